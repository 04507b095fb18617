import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { deleteSavedView, lockSavedView } from '@/lib/db/saved-views';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { ownerOf } from '@/lib/operations/views/owner';

/** views.remove: forgets one's own view. */
export async function removeView(actor: Actor, input: { id: string }): Promise<void> {
  permit(actor, 'views:manage');
  const ownerId = ownerOf(actor);
  await transact(async (tx) => {
    const before = await lockSavedView(tx, input.id, ownerId);
    if (!before) throw new Refusal('not_found', { detail: 'No such view of yours.' });
    await deleteSavedView(tx, input.id);
    await insertAudit(tx, {
      actor,
      action: 'view.remove',
      targetId: input.id,
      detail: { name: before.name, query: before.query, is_shared: before.is_shared },
    });
  });
}
