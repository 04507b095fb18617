import type { Db, Statement } from '@/lib/db/client';
import { ALL_APPS } from '@/lib/db/rollups/project';
import { bucketOf } from '@/lib/db/rollups/tally';
import type { Flow } from '@/lib/domain/alerts/flows';
import { type Cut, cutFor, MESSAGE_CUTS } from '@/lib/domain/stats/cuts';

/** A message without news is judged after this long: three times the slowest usual p95. */
export const SETTLED_SECONDS = 60;

type FlowRow = Omit<Flow, 'delays'> & { band: number; bucket: number | null };

/** What messages, `source`, did: by band (an expression of a message `m`), flow and delay bucket. */
const aggregate = (source: string, band = '0') => `
SELECT band, app_id AS "appId", country, channel, connection_id AS "connectionId", bucket,
       count(*)::int AS submitted, count(*) FILTER (WHERE state = 'unknown')::int AS unknown,
       count(*) FILTER (WHERE is_answered AND (is_settled OR has_arrived OR state = 'failed'))::int AS answered,
       count(*) FILTER (WHERE has_arrived)::int AS delivered,
       count(*) FILTER (WHERE is_taken AND is_settled)::int AS accepted,
       count(*) FILTER (WHERE is_taken AND (has_arrived OR sent_at IS NOT NULL OR failed_at IS NOT NULL))::int AS heard,
       sum(cost_micros)::float8 AS "costMicros"
  FROM (SELECT ${band} AS band, app_id, country, channel, connection_id, state, cost_micros, sent_at, failed_at,
               provider_message_id IS NOT NULL AS is_taken, provider_message_id IS NOT NULL OR state = 'failed' AS is_answered,
               submitted_at < now() - interval '${SETTLED_SECONDS} seconds' AS is_settled, delivered_at IS NOT NULL OR read_at IS NOT NULL AS has_arrived,
               ${bucketOf('(LEAST(delivered_at, read_at) - submitted_at)')} AS bucket
          FROM (${source}) m) k
 GROUP BY band, app_id, country, channel, connection_id, bucket`;

const WINDOWS: Statement = {
  name: 'alert_flows',
  text: aggregate(
    'SELECT * FROM message WHERE id >= $1::uuid AND livemode ORDER BY id DESC LIMIT $2',
    'width_bucket(m.id, $3::uuid[])',
  ),
};

/**
 * What messages did in windows that all end now, in one look at the longest, over the newest `limit` of it. `floors`: where each begins, a
 * UUIDv7 floor, the longest first. Answers the flows of each, in that order.
 */
export async function flowsSince(db: Db, floors: readonly string[], limit: number): Promise<Flow[][]> {
  if (floors.length === 0) return [];
  const rows = await db.query<FlowRow>(WINDOWS, [floors[0], limit, floors]);
  return floors.map((_, n) => toFlows(rows.filter(({ band }) => band > n)));
}

const SAMPLED: Statement = {
  name: 'alert_flows_sampled',
  text: aggregate(
    `SELECT x.* FROM unnest($1::uuid[], $2::uuid[]) AS r(from_id, to_id)
      CROSS JOIN LATERAL (SELECT * FROM message WHERE id >= r.from_id AND id < r.to_id AND livemode ORDER BY id DESC LIMIT $3) x`,
  ),
};

/** The same of a sample: the newest `limit` messages of each range. */
export async function flowsSampled(
  db: Db,
  ranges: readonly { fromId: string; toId: string }[],
  limit: number,
): Promise<Flow[]> {
  const rows = await db.query<FlowRow>(SAMPLED, [
    ranges.map(({ fromId }) => fromId),
    ranges.map(({ toId }) => toId),
    limit,
  ]);
  return toFlows(rows);
}

/** The cut without keys; there always is one. */
const EVERYTHING = cutFor(MESSAGE_CUTS, []) as Cut;

const COUNTED_SINCE: Statement = {
  name: 'alert_messages_counted',
  text: `
SELECT f.n, COALESCE(sum(r.messages), 0)::int AS messages
  FROM unnest($1::timestamptz[]) WITH ORDINALITY AS f(since, n)
  LEFT JOIN LATERAL (
    SELECT messages FROM message_rollup
     WHERE cut = ${EVERYTHING.code} AND grain = 5 AND app_id = '${ALL_APPS}' AND at >= date_bin('5 minutes', f.since, 'epoch'::timestamptz)
    OFFSET 0) r ON true
 GROUP BY f.n ORDER BY f.n`,
};

/** About how many messages there are since each of some moments of the last two weeks, out of the rollups: of whole five minutes, so rather too many. */
export async function messagesCounted(db: Db, since: readonly Date[]): Promise<number[]> {
  return (await db.query<{ messages: number }>(COUNTED_SINCE, [since])).map(({ messages }) => messages);
}

function toFlows(rows: readonly FlowRow[]): Flow[] {
  const found = new Map<string, Flow & { delays: [number, number][] }>();
  for (const { bucket, band: _, ...row } of rows) {
    const key = `${row.appId} ${row.country} ${row.channel} ${row.connectionId}`;
    const flow = found.get(key);
    const delays: [number, number][] = bucket === null ? [] : [[bucket, row.delivered]];
    if (!flow) found.set(key, { ...row, delays });
    else {
      flow.submitted += row.submitted;
      flow.unknown += row.unknown;
      flow.answered += row.answered;
      flow.delivered += row.delivered;
      flow.accepted += row.accepted;
      flow.heard += row.heard;
      flow.costMicros += row.costMicros;
      flow.delays.push(...delays);
    }
  }
  return [...found.values()];
}
