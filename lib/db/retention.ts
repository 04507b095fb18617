import type { Db, Statement } from '@/lib/db/client';
import { ALL_APPS, durationCode } from '@/lib/db/rollups/project';
import {
  type Cut,
  DURATION_CUTS,
  KEPT_FINE_DAYS,
  KEPT_SMALL_DAYS,
  MESSAGE_CUTS,
  VERIFICATION_CUTS,
} from '@/lib/domain/stats/cuts';
import { DURATIONS, type Duration } from '@/lib/domain/stats/measures';
import { REACHABILITY_DAYS } from '@/lib/domain/verification/limits';

export type RetentionRule = { name: string; statement: Statement };

/**
 * Steps of a table that go after some days, and never before their day is closed. Named, all keys that the primary keys begin with: a look that finds
 * nothing then costs a look per key, not the whole index.
 */
const steps = (name: string, table: string, { cuts, duration, grains, days }: StepsToForget): RetentionRule[] => {
  if (cuts.length === 0) return [];
  const list = (codes: readonly number[]) => `ANY (ARRAY[${[...new Set(codes)].join(', ')}]::smallint[])`;
  return [
    rule(
      name,
      `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM ${table}
          WHERE ${duration === undefined ? '' : `duration = ${durationCode(duration)}::smallint AND `}cut = ${list(cuts.map(({ code }) => code))} AND grain = ${list(grains)}
            AND app_id = ANY (ARRAY(SELECT id FROM app UNION ALL SELECT '${ALL_APPS}'))
            AND at < LEAST(now() - interval '${days} days', (SELECT until FROM rollup_closed WHERE grain = 1440)) LIMIT $1))`,
    ),
  ];
};
type StepsToForget = {
  cuts: readonly Cut[];
  duration?: Duration | undefined;
  grains: readonly number[];
  days: number;
};

/** The fine steps of one table: five minutes, and half-hours and three hours of all cuts but the narrowest. */
const fineSteps = (name: string, table: string, cuts: readonly Cut[], duration?: Duration): RetentionRule[] => {
  const fine = cuts.filter(({ isFine }) => isFine);
  const others = cuts.filter(({ isFine }) => !isFine);
  return [
    ...steps(`${name}_fives`, table, { duration, cuts: fine, grains: [5], days: KEPT_FINE_DAYS }),
    ...steps(name, table, { duration, cuts: others, grains: [30, 180], days: KEPT_SMALL_DAYS }),
  ];
};

const rule = (name: string, text: string): RetentionRule => ({ name, statement: { name: `forget_${name}`, text } });

/**
 * How long what is kept. Callbacks: 7 days, as long as Meta redelivers. Numbers, and addresses with them: 30 days (Twilio's console keeps
 * them as long); afterwards only the keyed hash and the mask remain, until the month goes as a whole (lib/db/months.ts). Counters: as long as their longest window. Who was not on a channel: as long as that is believed. Steps of rollups of five minutes: 16 days; half-hours and three
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
    'reachabilities',
    `DELETE FROM reachability WHERE ctid = ANY (ARRAY(SELECT ctid FROM reachability WHERE at < now() - interval '${REACHABILITY_DAYS} days' LIMIT $1 FOR UPDATE SKIP LOCKED))`,
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
    `DELETE FROM alert_delivery WHERE id IN (SELECT id FROM alert_delivery WHERE created_at < now() - interval '30 days' AND next_try_at IS NULL AND NOT EXISTS (SELECT FROM alert a WHERE a.id = alert_delivery.alert_id AND a.resolved_at IS NULL) LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  ),
  rule(
    'alerts',
    `DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE opened_at < now() - interval '400 days' AND resolved_at IS NOT NULL LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  ),
  rule(
    'numbers',
    // From where the last batch ended: what is wiped stays for a year, and would be most of what is read. The mark never passes one that could not be wiped.
    `WITH found AS MATERIALIZED (
       SELECT id FROM verification
        WHERE id >= (SELECT until FROM retention_mark WHERE name = 'numbers')
          AND id < ('0' || lpad(to_hex((EXTRACT(epoch FROM now() - interval '30 days') * 1000)::bigint), 11, '0') || '-0000-0000-000000000000')::uuid
          AND to_sealed <> '' ORDER BY id LIMIT $1
     ),
     held AS MATERIALIZED (
       SELECT id FROM verification WHERE id IN (SELECT id FROM found) AND created_at < now() - interval '30 days' AND NOT is_checkable FOR UPDATE SKIP LOCKED
     ),
     marked AS (
       UPDATE retention_mark
          SET until = COALESCE((SELECT id FROM found WHERE id NOT IN (SELECT id FROM held) ORDER BY id LIMIT 1), (SELECT id FROM found ORDER BY id DESC LIMIT 1), until)
        WHERE name = 'numbers'
     )
     UPDATE verification SET to_sealed = '', email_sealed = NULL WHERE id IN (SELECT id FROM held)`,
  ),
  ...fineSteps('fine_verification_rollups', 'verification_rollup', VERIFICATION_CUTS),
  ...fineSteps('fine_message_rollups', 'message_rollup', MESSAGE_CUTS),
  // Half-hours lie in one of both, by whether they are closed.
  ...(Object.keys(DURATIONS) as Duration[]).flatMap((duration) =>
    (['rollup', 'step'] as const).flatMap((shape) =>
      fineSteps(`fine_${duration}_${shape}s`, `duration_${shape}`, DURATION_CUTS[duration], duration),
    ),
  ),
];

/** Deletes or wipes at most `limit` rows under one rule. Answers how many. */
export async function forgetOld(db: Db, { statement }: RetentionRule, limit: number): Promise<number> {
  const rows = await db.query({ name: statement.name, text: `${statement.text} RETURNING 1` }, [limit]);
  return rows.length;
}
