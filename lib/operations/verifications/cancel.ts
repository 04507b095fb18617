import type { VerificationResource } from '@/lib/contract/verifications';
import { database } from '@/lib/db/client';
import { expireVerification } from '@/lib/db/timers';
import { cancelVerification as cancel, findVerification } from '@/lib/db/verifications';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid } from '@/lib/ids';
import { describeVerification, reachOf, verificationUuid } from '@/lib/operations/verifications/resource';

/**
 * verifications.cancel: ends a pending verification, and takes the code of an undeliverable one that may still arrive, whose status stays.
 * Asked again, it answers the same; any other end is 409.
 */
export async function cancelVerification(
  actor: Actor,
  input: { verificationId: string },
): Promise<VerificationResource> {
  permit(actor, 'verifications:cancel');
  const id = verificationUuid(input.verificationId);
  const ended = await cancel(database(), id, reachOf(actor), 'by_request', newUuid());
  if (ended) return describeVerification(ended);
  const row = await findVerification(database(), id, reachOf(actor));
  if (!row) throw new Refusal('not_found', { detail: 'No such verification.' });
  if (row.status === 'canceled' || row.status === 'undeliverable') return describeVerification(row);
  // Past its lifetime, and the sweep has not come by: there is nothing left to cancel.
  if (row.status === 'pending') await expireVerification(database(), id);
  throw new Refusal('verification_closed', {
    detail: row.status === 'pending' ? 'It has expired.' : `It ended as ${row.status}.`,
  });
}
