import type { DestinationInput } from '@/lib/contract/alerts';
import { seal } from '@/lib/crypto/seal';
import { newWebhookSecret } from '@/lib/crypto/standard-webhook';
import { insertDestination } from '@/lib/db/alert-deliveries';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { webhookProblem } from '@/lib/domain/alerts/address';
import { DESTINATIONS_MAX } from '@/lib/domain/alerts/rules';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid } from '@/lib/ids';
import { destinationPlace } from '@/lib/operations/alerts/deliver';
import { mayUseLoopback } from '@/lib/operations/alerts/post-webhook';

/** alerts.add_destination: a mailbox, or a webhook whose signing secret is in this one answer and nowhere else. */
export async function addDestination(
  actor: Actor,
  input: DestinationInput,
): Promise<{ id: string; secret: string | null }> {
  permit(actor, 'alerts:manage');
  const { kind, name, address } = input;
  const problem = kind === 'webhook' ? webhookProblem(address, mayUseLoopback()) : null;
  if (problem) throw new Refusal('invalid_request', { param: 'address', detail: problem });
  const id = newUuid();
  const secret = kind === 'webhook' ? newWebhookSecret() : null;
  const secretSealed = secret === null ? null : seal(secret, destinationPlace(id));
  await transact(async (tx) => {
    if (!(await insertDestination(tx, { id, kind, name, address, secretSealed }, DESTINATIONS_MAX))) {
      throw new Refusal('invalid_request', { detail: `There are ${DESTINATIONS_MAX} destinations already.` });
    }
    await insertAudit(tx, {
      actor,
      action: 'alert_destination.add',
      targetId: id,
      detail: { kind, name, address: shownAddress(address) },
    });
  });
  return { id, secret };
}

/** What a webhook's address holds after its host may be a secret of its receiver. */
function shownAddress(address: string): string {
  return URL.canParse(address) && address.includes('://') ? new URL(address).origin : address;
}
