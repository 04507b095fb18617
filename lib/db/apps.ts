import type { Db, Statement } from '@/lib/db/client';
import { holdLock } from '@/lib/db/locks';

export type AppFields = {
  name: string;
  brand: string;
  defaultLocale: string | null;
  webDomain: string | null;
  allowedUseCases: readonly string[];
  allowedNetworks: readonly string[];
};
export type StoredApp = AppFields & { id: string; edits: number; createdAt: Date };

const INSERT: Statement = {
  name: 'insert_app',
  text: `INSERT INTO app (id, name, brand, default_locale, web_domain, allowed_use_cases, allowed_networks)
         SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM app) < $8 RETURNING id`,
};

/** Adds an app, however many are added at once. False: the installation is full. */
export async function insertApp(tx: Db, id: string, app: AppFields, appsMax: number): Promise<boolean> {
  await holdLock(tx, 'apps');
  return (await tx.query(INSERT, [id, ...columns(app), appsMax])).length === 1;
}

const FIELDS = `id, name, brand, default_locale AS "defaultLocale", web_domain AS "webDomain",
  COALESCE(allowed_use_cases, '{}') AS "allowedUseCases", COALESCE(allowed_networks, '{}') AS "allowedNetworks", edits, created_at AS "createdAt"`;

const LOCK: Statement = { name: 'lock_app', text: `SELECT ${FIELDS} FROM app WHERE id = $1 FOR UPDATE` };
const FIND: Statement = { name: 'find_app', text: `SELECT ${FIELDS} FROM app WHERE id = $1` };

/** An app as it is now; nobody else changes it until the transaction ends. */
export async function lockApp(tx: Db, id: string): Promise<StoredApp | null> {
  const [row] = await tx.query<StoredApp>(LOCK, [id]);
  return row ?? null;
}

const LOCK_OF_KEY: Statement = {
  name: 'lock_app_of_key',
  text: 'SELECT a.id FROM app a JOIN api_key k ON k.app_id = a.id WHERE k.id = $1 FOR UPDATE OF a',
};

/** The same lock, on the app that a key belongs to; before the key is touched, for whoever changes the app holds the two in this order. */
export async function lockAppOfKey(tx: Db, keyId: string): Promise<void> {
  await tx.query(LOCK_OF_KEY, [keyId]);
}

/** An app as it is now, without holding it. Null: no such app. */
export async function findApp(db: Db, id: string): Promise<StoredApp | null> {
  const [row] = await db.query<StoredApp>(FIND, [id]);
  return row ?? null;
}

const UPDATE: Statement = {
  name: 'update_app',
  text: `UPDATE app SET name = $2, brand = $3, default_locale = $4, web_domain = $5, allowed_use_cases = $6, allowed_networks = $7, edits = edits + 1
          WHERE id = $1`,
};

/** Replaces what may be changed of an app and raises its `edits`. Hold it (lockApp) in the same transaction. */
export async function updateApp(tx: Db, id: string, app: AppFields): Promise<void> {
  await tx.query(UPDATE, [id, ...columns(app)]);
}

const columns = (app: AppFields) => [
  app.name,
  app.brand,
  app.defaultLocale,
  app.webDomain,
  app.allowedUseCases,
  app.allowedNetworks,
];

export type ListedApp = StoredApp & { activeKeys: number; lastUsedAt: Date | null };

const LIST: Statement = {
  name: 'list_apps',
  text: `
SELECT ${FIELDS},
       (SELECT count(*)::int FROM api_key k WHERE k.app_id = app.id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())) AS "activeKeys",
       (SELECT max(k.last_used_at) FROM api_key k WHERE k.app_id = app.id) AS "lastUsedAt"
  FROM app ORDER BY lower(name), id LIMIT $1`,
};

/** Every app with its keys counted. */
export async function listApps(db: Db, max: number): Promise<ListedApp[]> {
  return db.query<ListedApp>(LIST, [max]);
}
