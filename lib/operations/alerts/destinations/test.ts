import { queueDeliveries } from '@/lib/db/alert-deliveries';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { env } from '@/lib/env';
import { newUuid, publicId } from '@/lib/ids';
import type { AlertNotice } from '@/lib/operations/alerts/notify';

/** alerts.test_destination: sends an event that says it is a test. It goes the way of every other one. Refuses `not_found`. */
export async function testDestination(actor: Actor, input: { id: string }): Promise<void> {
  permit(actor, 'alerts:manage');
  const at = new Date().toISOString();
  const body: AlertNotice = {
    type: 'alert.test',
    timestamp: at,
    data: {
      id: publicId('alert', newUuid()),
      kind: 'test',
      severity: 'warning',
      cause: 'A test: nothing is wrong.',
      opened_at: at,
      resolved_at: null,
      openings: 1,
      scope: { connection: null, channel: null, countries: [], app: null, template: null, reason: null },
      evidence: { unit: 'messages', now: null, before: null, baseline: null, window_minutes: 0 },
      samples: [],
      url: `${env().WATCHWORD_PUBLIC_URL}/alerts`,
    },
  };
  await transact(async (tx) => {
    const rows = [{ id: newUuid(), destinationId: input.id }];
    if ((await queueDeliveries(tx, rows, { alertId: null, event: 'alert.test', body })) === 0) {
      throw new Refusal('not_found', { detail: 'No such destination.' });
    }
    await insertAudit(tx, { actor, action: 'alert_destination.test', targetId: input.id, detail: {} });
  });
}
