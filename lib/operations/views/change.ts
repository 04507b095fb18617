import type { ViewChange } from '@/lib/contract/views';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { changeSavedView, lockSavedView } from '@/lib/db/saved-views';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { ownerOf } from '@/lib/operations/views/owner';

/** views.change: another name for one's own view, or shared and no longer shared. */
export async function changeView(actor: Actor, change: ViewChange): Promise<void> {
  permit(actor, 'views:manage');
  if (change.is_shared) permit(actor, 'views:share');
  const ownerId = ownerOf(actor);
  await transact(async (tx) => {
    const before = await lockSavedView(tx, change.id, ownerId);
    if (!before) throw new Refusal('not_found', { detail: 'No such view of yours.' });
    await changeSavedView(tx, change.id, { name: change.name, isShared: change.is_shared });
    await insertAudit(tx, {
      actor,
      action: 'view.change',
      targetId: change.id,
      detail: {
        before: { name: before.name, is_shared: before.is_shared },
        after: { name: change.name, is_shared: change.is_shared },
      },
    });
  });
}
