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
};

const INSERT: Statement = {
  name: 'insert_api_key',
  text: 'INSERT INTO api_key (id, app_id, name, livemode, scopes, secret_hash, last_four) VALUES ($1, $2, $3, $4, $5, $6, $7)',
};

/** Adds a key; only its hash is stored. */
export async function insertApiKey(db: Db, key: NewKeyRow): Promise<void> {
  await db.query(INSERT, [key.id, key.appId, key.name, key.livemode, key.scopes, key.hash, key.lastFour]);
}

const ROTATE: Statement = {
  name: 'rotate_api_key',
  text: `UPDATE api_key SET replaced_by = $2, expires_at = LEAST(expires_at, now() + make_interval(secs => $3))
          WHERE id = $1 AND revoked_at IS NULL AND replaced_by IS NULL RETURNING app_id, name, livemode, scopes`,
};

/** Marks a key as replaced and lets it live for the overlap, in seconds. Null: it was revoked or replaced before. */
export async function retireApiKey(
  db: Db,
  id: string,
  replacedBy: string,
  overlapSeconds: number,
): Promise<{ app_id: string; name: string; livemode: boolean; scopes: string[] } | null> {
  const [row] = await db.query<{ app_id: string; name: string; livemode: boolean; scopes: string[] }>(ROTATE, [
    id,
    replacedBy,
    overlapSeconds,
  ]);
  return row ?? null;
}

const REVOKE: Statement = {
  name: 'revoke_api_key',
  text: 'UPDATE api_key SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING id',
};

/** Ends a key. False: it had ended before. */
export async function revokeApiKey(db: Db, id: string): Promise<boolean> {
  return (await db.query(REVOKE, [id])).length === 1;
}
