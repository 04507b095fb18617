import type { SnoozeInput } from '@/lib/contract/alerts';
import { snoozeAlertRow } from '@/lib/db/alerts';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';

const MINUTES: Record<SnoozeInput['length'], number | null> = { '1h': 60, '8h': 480, until_resolved: null, off: null };

/** alerts.snooze: an open alert tells nobody for a while; it stays on the page. Refuses `not_found` when it is not open. */
export async function snoozeAlert(actor: Actor, input: SnoozeInput): Promise<void> {
  permit(actor, 'alerts:manage');
  const id = uuidFrom('alert', input.alertId);
  await transact(async (tx) => {
    const isOpen = id && (await snoozeAlertRow(tx, id, MINUTES[input.length], input.length === 'until_resolved'));
    if (!id || !isOpen) throw new Refusal('not_found', { detail: 'This alert is not open any more.' });
    await insertAudit(tx, { actor, action: 'alert.snooze', targetId: id, detail: { length: input.length } });
  });
}
