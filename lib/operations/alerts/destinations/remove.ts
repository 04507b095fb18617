import { closeDestination, deleteDestination, rulesTellingOnly } from '@/lib/db/alert-deliveries';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';

/**
 * alerts.remove_destination: it goes out of the rules that name it, and what still waits for it is given up. Refuses `not_found`, and
 * `invalid_request` while a rule tells nobody else: without it the rule would fall silent, or tell everybody.
 */
export async function removeDestination(actor: Actor, input: { id: string }): Promise<void> {
  permit(actor, 'alerts:manage');
  await transact(async (tx) => {
    await closeDestination(tx, input.id);
    const rules = await rulesTellingOnly(tx, input.id);
    if (rules.length > 0) {
      const detail = `Only this destination is told by ${rules.join(', ')}. Choose another one there first.`;
      throw new Refusal('invalid_request', { param: 'destination', detail });
    }
    const row = await deleteDestination(tx, input.id);
    if (!row) throw new Refusal('not_found', { detail: 'No such destination.' });
    await insertAudit(tx, { actor, action: 'alert_destination.remove', targetId: row.id, detail: { name: row.name } });
  });
}
