import type { SavedView } from '@/lib/contract/views';
import { database } from '@/lib/db/client';
import { listSavedViews } from '@/lib/db/saved-views';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { VIEW } from '@/lib/domain/search/saved-view';
import { ownerOf } from '@/lib/operations/views/owner';

/** views.list: one's own saved searches and those that others share. */
export async function listViews(actor: Actor): Promise<SavedView[]> {
  permit(actor, 'views:manage');
  const ownerId = ownerOf(actor);
  return (await listSavedViews(database(), ownerId, VIEW.sharedShownMax)).map((row) => ({
    id: row.id,
    name: row.name,
    query: row.query,
    isShared: row.is_shared,
    isMine: row.owner_id === ownerId,
    owner: row.owner,
  }));
}
