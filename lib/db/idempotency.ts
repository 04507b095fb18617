import type { Db, Statement } from '@/lib/db/client';

export type IdempotencyId = { appId: string; livemode: boolean; operation: string; key: string };
export type FirstAnswer = {
  fingerprint: Buffer;
  status: number | null;
  response: unknown;
  isLockOver: boolean;
  isOrphan: boolean;
};

const FIND: Statement = {
  name: 'find_first_answer',
  text: `
SELECT k.fingerprint, k.status, k.response, COALESCE(k.locked_until < now(), false) AS is_lock_over,
       -- An answer that names a verification which was never made: the process died between refusing and forgetting the key.
       k.operation = 'verifications.issue' AND NOT EXISTS (
         SELECT 1 FROM verification v WHERE v.id = substr(k.response->>'id', 5)::uuid) AS is_orphan
  FROM idempotency_key k WHERE k.app_id = $1 AND k.livemode = $2 AND k.operation = $3 AND k.key = $4`,
};

/** What the first request with this key answered; null when there is none (any more). */
export async function findFirstAnswer(db: Db, id: IdempotencyId): Promise<FirstAnswer | null> {
  const [row] = await db.query<{
    fingerprint: Buffer;
    status: number | null;
    response: unknown;
    is_lock_over: boolean;
    is_orphan: boolean;
  }>(FIND, [id.appId, id.livemode, id.operation, id.key]);
  if (!row) return null;
  return {
    fingerprint: row.fingerprint,
    status: row.status,
    response: row.response,
    isLockOver: row.is_lock_over,
    isOrphan: row.is_orphan,
  };
}

const CLAIM: Statement = {
  name: 'claim_idempotency_key',
  text: `
INSERT INTO idempotency_key AS k (app_id, livemode, operation, key, fingerprint, created_at, locked_until)
VALUES ($1, $2, $3, $4, $5, now(), now() + interval '30 seconds')
ON CONFLICT (app_id, livemode, operation, key) DO UPDATE SET locked_until = now() + interval '30 seconds'
  WHERE k.status IS NULL AND k.locked_until < now() AND k.fingerprint = EXCLUDED.fingerprint
RETURNING 1`,
};

/** True for exactly one caller: the one that may run the request. A claim whose holder died can be taken over after 30 s. */
export async function claimIdempotencyKey(db: Db, id: IdempotencyId, fingerprint: Buffer): Promise<boolean> {
  return (await db.query(CLAIM, [id.appId, id.livemode, id.operation, id.key, fingerprint])).length === 1;
}

const KEEP: Statement = {
  name: 'keep_first_answer',
  text: `UPDATE idempotency_key SET status = $5, response = $6::json, locked_until = NULL WHERE app_id = $1 AND livemode = $2 AND operation = $3 AND key = $4`,
};

/** Keeps the answer for replays. */
export async function keepFirstAnswer(db: Db, id: IdempotencyId, status: number, response: unknown): Promise<void> {
  await db.query(KEEP, [id.appId, id.livemode, id.operation, id.key, status, JSON.stringify(response)]);
}

const FORGET: Statement = {
  name: 'forget_idempotency_key',
  text: 'DELETE FROM idempotency_key WHERE app_id = $1 AND livemode = $2 AND operation = $3 AND key = $4',
};

/** Forgets a key whose request was refused: refusals are never replayed. */
export async function forgetIdempotencyKey(db: Db, id: IdempotencyId): Promise<void> {
  await db.query(FORGET, [id.appId, id.livemode, id.operation, id.key]);
}
