import type { Db, Statement } from '@/lib/db/client';

export type SavedViewRow = {
  id: string;
  name: string;
  query: string;
  is_shared: boolean;
  owner_id: string;
  owner: string;
};

const LIST: Statement = {
  name: 'list_saved_views',
  text: `
SELECT w.id, w.name, w.query, w.is_shared, w.owner_id, u.name AS owner FROM (
  (SELECT * FROM saved_view WHERE owner_id = $1)
  UNION ALL
  (SELECT * FROM saved_view WHERE is_shared AND owner_id <> $1 ORDER BY name LIMIT $2)
) w JOIN console_user u ON u.id = w.owner_id ORDER BY w.name, w.id`,
};

/** One's own views, and at most `sharedMax` that others share, by name. */
export const listSavedViews = (db: Db, ownerId: string, sharedMax: number): Promise<SavedViewRow[]> =>
  db.query<SavedViewRow>(LIST, [ownerId, sharedMax]);

const LOCK: Statement = { name: 'lock_saved_views', text: 'SELECT 1 FROM console_user WHERE id = $1 FOR UPDATE' };
const INSERT: Statement = {
  name: 'insert_saved_view',
  text: `
INSERT INTO saved_view (id, owner_id, is_shared, name, query)
SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM saved_view WHERE owner_id = $2) < $6 RETURNING id`,
};

/** Keeps a view unless its owner has `max` already, however many are saved at once: the owner's row is locked first. */
export async function insertSavedView(
  tx: Db,
  view: { id: string; ownerId: string; isShared: boolean; name: string; query: string },
  max: number,
): Promise<boolean> {
  await tx.query(LOCK, [view.ownerId]);
  const rows = await tx.query(INSERT, [view.id, view.ownerId, view.isShared, view.name, view.query, max]);
  return rows.length === 1;
}

const FIND: Statement = {
  name: 'find_saved_view',
  text: "SELECT id, name, query, is_shared, owner_id, '' AS owner FROM saved_view WHERE id = $1 AND owner_id = $2 FOR UPDATE",
};
const CHANGE: Statement = {
  name: 'change_saved_view',
  text: 'UPDATE saved_view SET name = $2, is_shared = $3, updated_at = now() WHERE id = $1',
};
const DELETE: Statement = { name: 'delete_saved_view', text: 'DELETE FROM saved_view WHERE id = $1' };

/** One's own view, locked until the transaction ends; someone else's is as good as none. */
export async function lockSavedView(tx: Db, id: string, ownerId: string): Promise<SavedViewRow | null> {
  return (await tx.query<SavedViewRow>(FIND, [id, ownerId]))[0] ?? null;
}

/** Renames a view and shares it or not; its search stays. Lock it first: whose it is is not asked here. */
export async function changeSavedView(tx: Db, id: string, view: { name: string; isShared: boolean }): Promise<void> {
  await tx.query(CHANGE, [id, view.name, view.isShared]);
}

/** Takes a view away for all who see it. Lock it first: whose it is is not asked here. */
export async function deleteSavedView(tx: Db, id: string): Promise<void> {
  await tx.query(DELETE, [id]);
}
