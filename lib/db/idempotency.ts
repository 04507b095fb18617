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

// Until there is an answer, its place holds who claimed the key.
const CLAIM: Statement = {
  name: 'claim_idempotency_key',
  text: `
INSERT INTO idempotency_key AS k (app_id, livemode, operation, key, fingerprint, created_at, locked_until, response)
VALUES ($1, $2, $3, $4, $5, now(), now() + interval '30 seconds', json_build_object('claim', $6::text))
ON CONFLICT (app_id, livemode, operation, key) DO UPDATE SET locked_until = now() + interval '30 seconds', response = EXCLUDED.response
  WHERE k.status IS NULL AND k.locked_until < now() AND k.fingerprint = EXCLUDED.fingerprint
RETURNING true AS is_ours`,
};

/**
 * What the holder of a key shows to keep or forget it: a new UUID of its own, made before it claims, so that a claim is known even where its
 * answer never came. Whoever took the key over shows another one.
 */
export type IdempotencyClaim = string;

/** True for exactly one caller, the one that may run the request. A claim whose holder died can be taken over after 30 s. */
export async function claimIdempotencyKey(
  db: Db,
  id: IdempotencyId,
  fingerprint: Buffer,
  claim: IdempotencyClaim,
): Promise<boolean> {
  const values = [id.appId, id.livemode, id.operation, id.key, fingerprint, claim];
  return (await db.query(CLAIM, values)).length > 0;
}

const HELD = `app_id = $1 AND livemode = $2 AND operation = $3 AND key = $4 AND status IS NULL AND response->>'claim' = $5`;

const KEEP: Statement = {
  name: 'keep_first_answer',
  text: `UPDATE idempotency_key SET status = $6, response = $7::json, locked_until = NULL WHERE ${HELD}`,
};

/** Keeps the answer for replays, unless the claim has gone to somebody else meanwhile. */
export async function keepFirstAnswer(
  db: Db,
  id: IdempotencyId,
  claim: IdempotencyClaim,
  status: number,
  response: unknown,
): Promise<void> {
  await db.query(KEEP, [id.appId, id.livemode, id.operation, id.key, claim, status, JSON.stringify(response)]);
}

const FORGET: Statement = {
  name: 'forget_idempotency_key',
  text: `DELETE FROM idempotency_key WHERE ${HELD} RETURNING true AS was_ours`,
};

/** Forgets a key whose request was refused: refusals are never replayed. False where the claim is not there, or somebody else's by now, which stays. */
export async function forgetIdempotencyKey(db: Db, id: IdempotencyId, claim: IdempotencyClaim): Promise<boolean> {
  return (await db.query(FORGET, [id.appId, id.livemode, id.operation, id.key, claim])).length > 0;
}

const FORGET_ISSUE: Statement = {
  name: 'forget_issue_key',
  text: `DELETE FROM idempotency_key WHERE app_id = $1 AND livemode = $2 AND operation = 'verifications.issue' AND key = $3 AND response->>'id' = $4`,
};

/** Forgets the key of an issue that made no verification, by the id that it would have had: a later issue may hold the key by now. */
export async function forgetIssueKey(
  db: Db,
  id: Omit<IdempotencyId, 'operation'>,
  verificationId: string,
): Promise<void> {
  await db.query(FORGET_ISSUE, [id.appId, id.livemode, id.key, verificationId]);
}
