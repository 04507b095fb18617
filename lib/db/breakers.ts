import type { Db, Statement } from '@/lib/db/client';

const OPEN: Statement = {
  name: 'open_breaker',
  // Looks that failed are forgotten once the connection has worked for ten minutes.
  text: `
UPDATE connection
   SET breaker_state = 'open', breaker_reason = $2, breaker_since = now(),
       -- A look that closed it minutes ago was wrong: it counts as one that failed.
       breaker_failed_looks = CASE WHEN breaker_since > now() - interval '10 minutes' THEN LEAST(breaker_failed_looks + 1, 10) ELSE 0 END,
       breaker_retry_at = now() + make_interval(secs => ($3::int[])[LEAST(cardinality($3::int[]), 1 + CASE WHEN breaker_since > now() - interval '10 minutes' THEN breaker_failed_looks + 1 ELSE 0 END)])
 WHERE id = $1 AND breaker_state = 'closed'
RETURNING id`,
};

/**
 * Opens a connection's breaker. True for exactly one caller: however many processes see the failures.
 *
 * @param retryAfterSeconds when it is looked at, by how many looks have failed, from 0 to 10.
 */
export async function openBreaker(
  db: Db,
  id: string,
  reason: string,
  retryAfterSeconds: readonly number[],
): Promise<boolean> {
  return (await db.query(OPEN, [id, reason, retryAfterSeconds])).length === 1;
}

const CLAIM: Statement = {
  name: 'claim_breaker_looks',
  // The claim is a retry time in the future: whoever dies with it leaves the next look to somebody else.
  text: `
UPDATE connection SET breaker_retry_at = now() + interval '20 seconds'
 WHERE id IN (SELECT id FROM connection WHERE breaker_state = 'open' AND breaker_retry_at <= now() ORDER BY breaker_retry_at LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING id, breaker_failed_looks AS "failedLooks"`,
};

/** Takes connections whose time to be looked at has come, each for one process. */
export async function claimBreakerLooks(db: Db, limit: number): Promise<{ id: string; failedLooks: number }[]> {
  return db.query<{ id: string; failedLooks: number }>(CLAIM, [limit]);
}

const CLOSE: Statement = {
  name: 'close_breaker',
  text: `UPDATE connection SET breaker_state = 'closed', breaker_reason = NULL, breaker_retry_at = NULL, breaker_since = now() WHERE id = $1 AND breaker_state = 'open' RETURNING id`,
};

/** The provider works again. */
export async function closeBreaker(db: Db, id: string): Promise<boolean> {
  return (await db.query(CLOSE, [id])).length === 1;
}

const KEEP: Statement = {
  name: 'keep_breaker_open',
  text: `
UPDATE connection SET breaker_failed_looks = LEAST(breaker_failed_looks + 1, 10), breaker_retry_at = now() + make_interval(secs => $2), breaker_reason = $3
 WHERE id = $1 AND breaker_state = 'open'`,
};

/** A look that failed: the next one comes later. */
export async function keepBreakerOpen(db: Db, id: string, retryAfterSeconds: number, reason: string): Promise<void> {
  await db.query(KEEP, [id, retryAfterSeconds, reason]);
}
