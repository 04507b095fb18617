import type { ViewForm } from '@/lib/contract/views';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { insertSavedView } from '@/lib/db/saved-views';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { VIEW } from '@/lib/domain/search/saved-view';
import { newUuid } from '@/lib/ids';
import { ownerOf } from '@/lib/operations/views/owner';

/** views.save: keeps a search under a name, for oneself or, where the role may share, for all. At most a hundred per person. */
export async function saveView(actor: Actor, form: ViewForm): Promise<{ id: string }> {
  permit(actor, 'views:manage');
  if (form.is_shared) permit(actor, 'views:share');
  const id = newUuid();
  const view = { id, ownerId: ownerOf(actor), isShared: form.is_shared, name: form.name, query: form.query };
  await transact(async (tx) => {
    if (!(await insertSavedView(tx, view, VIEW.perPersonMax))) {
      throw new Refusal('invalid_request', {
        param: 'name',
        detail: `You have ${VIEW.perPersonMax} views already. Delete one first.`,
      });
    }
    await insertAudit(tx, {
      actor,
      action: 'view.save',
      targetId: id,
      detail: { name: form.name, query: form.query, is_shared: form.is_shared },
    });
  });
  return { id };
}
