import type { Db, Statement } from '@/lib/db/client';
import { KEPT_FINE_DAYS, KEPT_SMALL_DAYS, MESSAGE_CUTS, VERIFICATION_CUTS } from '@/lib/domain/stats/cuts';

export type RetentionRule = { name: string; statement: Statement };

const FINE_CUTS = {
  verification_rollup: VERIFICATION_CUTS,
  message_rollup: MESSAGE_CUTS,
  duration_rollup: [],
  duration_step: [],
};

/** Cuts whose half-hours and three hours go as well. */
function fineCutsOf(table: keyof typeof FINE_CUTS): string {
  const kept = FINE_CUTS[table].filter(({ isFine }) => isFine).map(({ code }) => code);
  return kept.length === 0 ? 'true' : `cut NOT IN (${kept.join(', ')})`;
}

const rule = (name: string, text: string): RetentionRule => ({ name, statement: { name: `forget_${name}`, text } });

/**
 * How long what is kept. Callbacks: 7 days, as long as Meta redelivers. Numbers, and addresses with them: 30 days (Twilio's console keeps
 * them as long); afterwards only the keyed hash and the mask remain, until the month goes as a whole (lib/db/months.ts). Counters: as long as their longest window. Steps of rollups of five minutes: 16 days; half-hours and three
 * hours of most cuts: 93 days; all of them until their day is closed. Receipts, whose
 * key is the provider's and not a moment: `keepDays`, as long as their messages.
 */
export const retentionRules = (keepDays: number): readonly RetentionRule[] => [
  rule(
    'receipts',
    `DELETE FROM receipt WHERE ctid = ANY (ARRAY(SELECT ctid FROM receipt WHERE received_at < now() - interval '${keepDays} days' LIMIT $1 FOR UPDATE SKIP LOCKED))`,
  ),
  rule(
    'callbacks',
    `DELETE FROM callback WHERE id IN (SELECT id FROM callback WHERE received_at < now() - interval '7 days' LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  ),
  rule(
    'idempotency_keys',
    `DELETE FROM idempotency_key WHERE ctid = ANY (ARRAY(SELECT ctid FROM idempotency_key WHERE created_at < now() - interval '24 hours' LIMIT $1 FOR UPDATE SKIP LOCKED))`,
  ),
  rule(
    'send_limits',
    `DELETE FROM send_limit WHERE key IN (SELECT key FROM send_limit WHERE used_at < now() - interval '2 days' LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  ),
  rule(
    'failure_budgets',
    `DELETE FROM failure_budget WHERE ctid = ANY (ARRAY(SELECT ctid FROM failure_budget WHERE updated_at < now() - interval '90 days' LIMIT $1 FOR UPDATE SKIP LOCKED))`,
  ),
  rule(
    'sign_in_throttles',
    `DELETE FROM sign_in_throttle WHERE key IN (SELECT key FROM sign_in_throttle WHERE updated_at < now() - interval '2 days' LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  ),
  rule(
    'console_sessions',
    `DELETE FROM console_session WHERE id IN (SELECT id FROM console_session WHERE last_seen_at < now() - interval '30 days' LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  ),
  rule(
    'alert_deliveries',
    `DELETE FROM alert_delivery WHERE id IN (SELECT id FROM alert_delivery WHERE created_at < now() - interval '30 days' AND next_try_at IS NULL LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  ),
  rule(
    'alerts',
    `DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE opened_at < now() - interval '400 days' AND resolved_at IS NOT NULL LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  ),
  rule(
    'numbers',
    `UPDATE verification SET to_sealed = '', email_sealed = NULL WHERE id IN (
       SELECT id FROM verification WHERE created_at < now() - interval '30 days' AND to_sealed <> '' AND NOT is_checkable
          AND id < ('0' || lpad(to_hex((EXTRACT(epoch FROM now() - interval '30 days') * 1000)::bigint), 11, '0') || '-0000-0000-000000000000')::uuid
        ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  ),
  ...(['verification_rollup', 'message_rollup', 'duration_rollup', 'duration_step'] as const).map((table) =>
    rule(
      `fine_${table}s`,
      `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM ${table} WHERE at < (SELECT until FROM rollup_closed WHERE grain = 1440)
            AND (grain = 5 AND at < now() - interval '${KEPT_FINE_DAYS} days'
                 OR grain IN (30, 180) AND at < now() - interval '${KEPT_SMALL_DAYS} days' AND ${fineCutsOf(table)}) LIMIT $1))`,
    ),
  ),
];

/** Deletes or wipes at most `limit` rows under one rule. Answers how many. */
export async function forgetOld(db: Db, { statement }: RetentionRule, limit: number): Promise<number> {
  const rows = await db.query({ name: statement.name, text: `${statement.text} RETURNING 1` }, [limit]);
  return rows.length;
}
