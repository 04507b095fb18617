import type { VerificationResource } from '@/lib/contract/verifications';
import { database } from '@/lib/db/client';
import { cancelVerification as cancel, findVerification } from '@/lib/db/verifications';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { describeVerification, reachOf, verificationUuid } from '@/lib/operations/verifications/resource';

/** verifications.cancel: ends a pending verification. Canceling a canceled one answers the same; any other end is 409. */
export async function cancelVerification(
  actor: Actor,
  input: { verificationId: string },
): Promise<VerificationResource> {
  permit(actor, 'verifications:cancel');
  const id = verificationUuid(input.verificationId);
  const ended = await cancel(database(), id, reachOf(actor), 'by_request');
  if (ended) return describeVerification(ended);
  const row = await findVerification(database(), id, reachOf(actor));
  if (!row) throw new Refusal('not_found', { detail: 'No such verification.' });
  if (row.status === 'canceled') return describeVerification(row);
  throw new Refusal('verification_closed', { detail: `It ended as ${row.status}.` });
}
