import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { holdTemplateLock, putInUse } from '@/lib/db/templates';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';

/**
 * templates.use: makes one template the one that routing takes for a use case (null: for every use case without its own) on its
 * connection; the one before becomes a spare. In effect for the next code. Refuses `not_found`.
 */
export async function useTemplate(
  actor: Actor,
  input: { connectionId: string; name: string; useCase: string | null },
): Promise<void> {
  permit(actor, 'templates:manage');
  const id = uuidFrom('connection', input.connectionId);
  await transact(async (tx) => {
    if (!id) throw new Refusal('not_found', { detail: 'No such connection.' });
    await holdTemplateLock(tx, id);
    if ((await putInUse(tx, id, input.name, input.useCase)) === 0) {
      throw new Refusal('not_found', { detail: 'No such template.' });
    }
    await insertAudit(tx, {
      actor,
      action: 'template.use',
      targetId: input.connectionId,
      detail: { name: input.name, use_case: input.useCase },
    });
  });
  await reloadConfiguration();
}
