import type { Db, Statement } from '@/lib/db/client';

const TOUCH: Statement = {
  name: 'touch_api_keys',
  text: 'UPDATE api_key SET last_used_at = now() WHERE id = ANY ($1::uuid[])',
};

/** Notes that these keys were used within the last minute. */
export async function touchApiKeys(db: Db, ids: readonly string[]): Promise<void> {
  await db.query(TOUCH, [ids]);
}

export type NewKeyRow = {
  id: string;
  appId: string;
  name: string;
  livemode: boolean;
  scopes: readonly string[];
  hash: Buffer;
  lastFour: string;
  /** Null: it does not expire. */
  lifetimeSeconds: number | null;
};

const INSERT: Statement = {
  name: 'insert_api_key',
  text: `
INSERT INTO api_key (id, app_id, name, livemode, scopes, secret_hash, last_four, expires_at)
SELECT $1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8::float8)
 WHERE (SELECT count(*) FROM api_key WHERE app_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) < $9
RETURNING id`,
};

/** Adds a key; only its hash is stored. False: the app has as many as it may. */
export async function insertApiKey(db: Db, key: NewKeyRow, keysMax: number): Promise<boolean> {
  const { id, appId, name, livemode, scopes, hash, lastFour, lifetimeSeconds } = key;
  const values = [id, appId, name, livemode, scopes, hash, lastFour, lifetimeSeconds, keysMax];
  return (await db.query(INSERT, values)).length === 1;
}

export type RetiredKey = {
  app_id: string;
  name: string;
  livemode: boolean;
  scopes: string[];
  /** How long it was made to live; null without an end. */
  lifetime_seconds: number | null;
};

const ROTATE: Statement = {
  name: 'rotate_api_key',
  text: `
WITH was AS (SELECT id, extract(epoch FROM expires_at - created_at)::float8 AS lifetime_seconds FROM api_key WHERE id = $1 FOR UPDATE)
UPDATE api_key k SET replaced_by = $2, expires_at = LEAST(k.expires_at, now() + make_interval(secs => $3))
  FROM was
 WHERE k.id = was.id AND k.revoked_at IS NULL AND k.replaced_by IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
RETURNING k.app_id, k.name, k.livemode, k.scopes, was.lifetime_seconds`,
};

/** Marks a key as replaced and lets it live for the overlap, in seconds. Null: it had ended or was replaced before. */
export async function retireApiKey(
  db: Db,
  id: string,
  replacedBy: string,
  overlapSeconds: number,
): Promise<RetiredKey | null> {
  const [row] = await db.query<RetiredKey>(ROTATE, [id, replacedBy, overlapSeconds]);
  return row ?? null;
}

export type ListedKey = {
  id: string;
  name: string;
  livemode: boolean;
  scopes: string[];
  lastFour: string;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  replacedBy: string | null;
  state: 'active' | 'ending' | 'expired' | 'revoked';
};

const LIST: Statement = {
  name: 'list_api_keys',
  text: `
SELECT id, name, livemode, scopes, last_four AS "lastFour", created_at AS "createdAt", expires_at AS "expiresAt",
       revoked_at AS "revokedAt", last_used_at AS "lastUsedAt", replaced_by AS "replacedBy",
       CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired'
            WHEN replaced_by IS NOT NULL THEN 'ending' ELSE 'active' END AS state
  FROM api_key WHERE app_id = $1
 ORDER BY (revoked_at IS NOT NULL OR COALESCE(expires_at <= now(), false)), created_at DESC, id DESC LIMIT $2`,
};

/** The keys of an app, those that work first, newest first. */
export async function listApiKeys(db: Db, appId: string, max: number): Promise<ListedKey[]> {
  return db.query<ListedKey>(LIST, [appId, max]);
}

const REVOKE: Statement = {
  name: 'revoke_api_key',
  text: 'UPDATE api_key SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING id',
};

/** Ends a key. False: it had ended before. */
export async function revokeApiKey(db: Db, id: string): Promise<boolean> {
  return (await db.query(REVOKE, [id])).length === 1;
}
