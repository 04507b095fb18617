import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { endOverlap } from '@/lib/db/connections';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';

/** connections.end_overlap: callbacks signed with the credentials before the last rotation are refused from now on. */
export async function endCredentialsOverlap(actor: Actor, input: { connectionId: string }): Promise<void> {
  permit(actor, 'connections:manage');
  const id = uuidFrom('connection', input.connectionId);
  await transact(async (tx) => {
    if (!id || !(await endOverlap(tx, id))) {
      throw new Refusal('not_found', { detail: 'No such connection, or nothing was rotated.' });
    }
    await insertAudit(tx, { actor, action: 'connection.end_overlap', targetId: input.connectionId, detail: {} });
  });
}
