import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { setConnectionEnabled } from '@/lib/db/connections';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';

/** connections.set_enabled: takes a connection out of routing for new codes, or back in. Its callbacks are heard either way. */
export async function setConnectionUse(actor: Actor, input: { connectionId: string; enabled: boolean }): Promise<void> {
  permit(actor, 'connections:manage');
  const id = uuidFrom('connection', input.connectionId);
  await transact(async (tx) => {
    if (!id || !(await setConnectionEnabled(tx, id, input.enabled)))
      throw new Refusal('not_found', { detail: 'No such connection.' });
    await insertAudit(tx, {
      actor,
      action: input.enabled ? 'connection.enable' : 'connection.disable',
      targetId: input.connectionId,
      detail: {},
    });
  });
}
