import { reports, type Statement } from '@/lib/db/client';
import { type Closed, type Cut, cutFor, MESSAGE_CUTS, spansOf, VERIFICATION_CUTS } from '@/lib/domain/stats/cuts';

/** Live traffic of one country, use case and locale since a moment. Money in micros of a US dollar. */
export type TrafficCell = {
  country: string;
  useCase: string;
  /** The locale that was asked for, or the one the plan chose; of messages, the one of their text. */
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

const KEYS = ['country', 'use_case', 'locale'] as const;
const CUT = cutFor(VERIFICATION_CUTS, KEYS);
const rowsOf = (table: string, cuts: readonly Cut[]) => `
  FROM unnest($1::smallint[], $2::timestamptz[], $3::timestamptz[]) AS s(grain, since, until)
  JOIN ${table} r ON r.cut = ${cutFor(cuts, KEYS)?.code} AND r.grain = s.grain AND r.app_id = ANY (ARRAY(SELECT id FROM app)) AND r.at >= s.since AND r.at < s.until
 GROUP BY r.country, r.use_case, r.locale`;

// Out of the rollups, where a week of millions is a few thousand rows.
const TRAFFIC: Statement = {
  name: 'week_traffic',
  text: `
WITH v AS (
  SELECT r.country, r.use_case, r.locale, sum(r.created) AS verifications, sum(r.created) FILTER (WHERE NOT r.is_pending) AS ended, sum(r.approved) AS approved,
         sum(r.submitted) AS submitted, sum(r.delivered) AS delivered, sum(r.cost_micros) AS cost${rowsOf('verification_rollup', VERIFICATION_CUTS)}
),
m AS (SELECT r.country, r.use_case, r.locale, sum(r.messages) AS messages${rowsOf('message_rollup', MESSAGE_CUTS)})
SELECT country, use_case AS "useCase", locale, COALESCE(verifications, 0)::int AS verifications, COALESCE(ended, 0)::int AS ended, COALESCE(approved, 0)::int AS approved,
       COALESCE(messages, 0)::int AS messages, COALESCE(submitted, 0)::int AS submitted, COALESCE(delivered, 0)::int AS delivered, COALESCE(cost, 0)::float8 AS "costMicros"
  FROM v FULL JOIN m USING (country, use_case, locale)
 WHERE COALESCE(verifications, 0) <> 0 OR COALESCE(messages, 0) <> 0`,
};

const HALF_HOUR_MS = 30 * 60_000;
const NEVER = new Date(0);
const NOTHING_CLOSED: Closed = { 180: NEVER, 1440: NEVER, 10080: NEVER };

/** What was sent since a moment, begun at its half-hour, by country, use case and locale. Test traffic is left out. At most 15 days back. */
export async function weekTraffic(since: Date, now: Date): Promise<TrafficCell[]> {
  const from = new Date(Math.floor(since.getTime() / HALF_HOUR_MS) * HALF_HOUR_MS);
  const to = new Date(Math.ceil(now.getTime() / HALF_HOUR_MS) * HALF_HOUR_MS);
  if (!CUT?.isWide) throw new Error('the traffic of a week is read out of steps that are written at once');
  const spans = spansOf(from, to, CUT, NOTHING_CLOSED);
  return reports().query<TrafficCell>(TRAFFIC, [
    spans.map(({ grain }) => grain),
    spans.map((span) => span.from),
    spans.map((span) => span.to),
  ]);
}
