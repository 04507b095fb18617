import { type Statement, transact } from '@/lib/db/client';

/** Live traffic of one country, use case and locale since a moment. Money in micros of a US dollar. */
export type TrafficCell = {
  country: string;
  useCase: string;
  /** The locale that was asked for, or the one the plan chose. */
  locale: string;
  verifications: number;
  /** No longer pending: rates are of these. */
  ended: number;
  approved: number;
  messages: number;
  /** Verifications with at least one message, and with at least one that arrived. */
  submitted: number;
  delivered: number;
  costMicros: number;
};

// Joins many rows to many: not the kind of plan that the pool is set up for, hence the settings, which end with the transaction.
const SETTINGS: Statement = {
  name: 'report_settings',
  text: `SELECT set_config('enable_hashjoin', 'on', true), set_config('enable_seqscan', 'on', true), set_config('plan_cache_mode', 'force_custom_plan', true)`,
};

const TRAFFIC: Statement = {
  name: 'week_traffic',
  text: `
SELECT v.country, v.use_case AS "useCase", v.locale, count(*)::int AS verifications,
       count(*) FILTER (WHERE v.status <> 'pending')::int AS ended, count(*) FILTER (WHERE v.status = 'approved')::int AS approved,
       COALESCE(sum(m.messages), 0)::int AS messages, count(m.messages)::int AS submitted, count(*) FILTER (WHERE m.arrived)::int AS delivered,
       COALESCE(sum(m.cost), 0)::float8 AS "costMicros"
  FROM verification v
  LEFT JOIN (SELECT verification_id, count(*) AS messages, bool_or(delivered_at IS NOT NULL OR read_at IS NOT NULL) AS arrived, sum(cost_micros) AS cost
               FROM message WHERE id >= $1 AND livemode GROUP BY verification_id) m ON m.verification_id = v.id
 WHERE v.id >= $1 AND v.livemode
 GROUP BY v.country, v.use_case, v.locale`,
};

/** What was sent since a moment (a UUIDv7 floor), by country, use case and locale. Test traffic is left out. */
export async function weekTraffic(sinceId: string): Promise<TrafficCell[]> {
  return transact(async (tx) => {
    await tx.query(SETTINGS, []);
    return tx.query<TrafficCell>(TRAFFIC, [sinceId]);
  });
}
