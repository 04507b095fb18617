import { type Statement, transact } from '@/lib/db/client';

const SETTINGS: Statement = {
  name: 'response_settings',
  text: `SELECT set_config('enable_hashjoin', 'on', true), set_config('enable_seqscan', 'on', true), set_config('plan_cache_mode', 'force_custom_plan', true)`,
};

/** A whole month of a busy use case answers no better than its newest codes. */
const SAMPLE_MAX = 50_000;

const SECONDS: Statement = {
  name: 'response_seconds',
  text: `
SELECT LEAST(GREATEST(ceil(EXTRACT(epoch FROM COALESCE(v.approved_at, late.at) - v.created_at)), 0), 7200)::int AS seconds,
       count(*)::int AS n, count(late.at)::int AS late
  FROM (SELECT id, created_at, approved_at FROM verification
         WHERE id >= $1 AND use_case = $2 AND livemode AND status IN ('approved', 'expired')
         ORDER BY id DESC LIMIT ${SAMPLE_MAX}) v
  LEFT JOIN LATERAL (SELECT min(a.at) AS at FROM check_attempt a
                      WHERE v.approved_at IS NULL AND a.verification_id = v.id AND a.outcome = 'expired') late ON true
 WHERE COALESCE(v.approved_at, late.at) IS NOT NULL
 GROUP BY 1 ORDER BY 1`,
};

/**
 * From the request of a code to its entry, in whole seconds (rounded up): approved verifications of one use case, and those
 * where a code was entered when it had died. Live traffic since a moment (a UUIDv7 floor), the newest ones where there are many.
 */
export async function responseSeconds(
  sinceId: string,
  useCase: string,
): Promise<{ seconds: number; n: number; late: number }[]> {
  return transact(async (tx) => {
    await tx.query(SETTINGS, []);
    return tx.query<{ seconds: number; n: number; late: number }>(SECONDS, [sinceId, useCase]);
  });
}
