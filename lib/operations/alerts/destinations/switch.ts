import { setDestinationEnabled } from '@/lib/db/alert-deliveries';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';

/** alerts.switch_destination: on or off. Refuses `not_found`. */
export async function switchDestination(actor: Actor, input: { id: string; enabled: boolean }): Promise<void> {
  permit(actor, 'alerts:manage');
  await transact(async (tx) => {
    const row = await setDestinationEnabled(tx, input.id, input.enabled);
    if (!row) throw new Refusal('not_found', { detail: 'No such destination.' });
    const action = input.enabled ? 'alert_destination.enable' : 'alert_destination.disable';
    await insertAudit(tx, { actor, action, targetId: row.id, detail: { name: row.name } });
  });
}
