import type { Db, Statement } from '@/lib/db/client';
import { DELAY_BUCKETS, type Flow } from '@/lib/domain/alerts/flows';
import type { LostTemplate } from '@/lib/domain/alerts/judge';
import type { AlertKind } from '@/lib/domain/alerts/rules';
import type { Channel } from '@/lib/domain/channel';

/** A message without news is judged after this long: three times the slowest usual p95. */
export const SETTLED_SECONDS = 60;

type FlowRow = Omit<Flow, 'delays'> & { bucket: number | null };

const aggregate = (source: string, settled: string) => `
SELECT app_id AS "appId", country, channel, connection_id AS "connectionId", bucket,
       count(*)::int AS submitted, count(*) FILTER (WHERE state = 'unknown')::int AS unknown,
       count(*) FILTER (WHERE is_answered AND (is_settled OR has_arrived OR state = 'failed'))::int AS answered,
       count(*) FILTER (WHERE has_arrived)::int AS delivered,
       count(*) FILTER (WHERE is_taken AND is_settled)::int AS accepted,
       count(*) FILTER (WHERE is_taken AND (has_arrived OR sent_at IS NOT NULL OR failed_at IS NOT NULL))::int AS heard,
       sum(cost_micros)::float8 AS "costMicros"
  FROM (SELECT app_id, country, channel, connection_id, state, cost_micros, sent_at, failed_at,
               provider_message_id IS NOT NULL AS is_taken, provider_message_id IS NOT NULL OR state = 'failed' AS is_answered,
               ${settled} AS is_settled, delivered_at IS NOT NULL OR read_at IS NOT NULL AS has_arrived,
               CASE WHEN delivered_at IS NOT NULL OR read_at IS NOT NULL THEN
                 LEAST(${DELAY_BUCKETS.max}, floor(${DELAY_BUCKETS.perOctave} * log(2, GREATEST(1,
                   EXTRACT(epoch FROM LEAST(delivered_at, read_at) - submitted_at) * 1000 / ${DELAY_BUCKETS.fromMs}))))::int END AS bucket
          FROM (${source}) m) k
 GROUP BY app_id, country, channel, connection_id, bucket`;

const WINDOW: Statement = {
  name: 'alert_flows',
  text: aggregate(
    'SELECT * FROM message WHERE id >= $1::uuid AND livemode ORDER BY id DESC LIMIT $2',
    `submitted_at < now() - interval '${SETTLED_SECONDS} seconds'`,
  ),
};

/** What messages did since a moment (a UUIDv7 floor), over the newest `limit` of them. */
export async function flowsSince(db: Db, sinceId: string, limit: number): Promise<Flow[]> {
  return toFlows(await db.query<FlowRow>(WINDOW, [sinceId, limit]));
}

const BASELINE: Statement = {
  name: 'alert_baseline_flows',
  text: aggregate(
    `SELECT x.* FROM unnest($1::uuid[], $2::uuid[]) AS r(from_id, to_id)
      CROSS JOIN LATERAL (SELECT * FROM message WHERE id >= r.from_id AND id < r.to_id AND livemode ORDER BY id DESC LIMIT $3) x`,
    'true',
  ),
};

/** The same over ranges of the past, over the newest `limit` messages of each. */
export async function flowsBetween(
  db: Db,
  ranges: readonly { fromId: string; toId: string }[],
  limit: number,
): Promise<Flow[]> {
  const rows = await db.query<FlowRow>(BASELINE, [
    ranges.map(({ fromId }) => fromId),
    ranges.map(({ toId }) => toId),
    limit,
  ]);
  return toFlows(rows);
}

function toFlows(rows: readonly FlowRow[]): Flow[] {
  const found = new Map<string, Flow & { delays: [number, number][] }>();
  for (const { bucket, ...row } of rows) {
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

const SPEND: Statement = {
  name: 'alert_spend_between',
  text: `
SELECT sum(cost_micros)::float8 AS micros, count(*)::int AS n
  FROM (SELECT app_id, country, channel, connection_id, cost_micros FROM message WHERE id >= $1::uuid AND id < $2::uuid AND livemode ORDER BY id DESC LIMIT 200000) m
 WHERE ($3::uuid IS NULL OR app_id = $3) AND ($4::text IS NULL OR country = $4) AND ($5::text IS NULL OR channel = $5) AND ($6::uuid IS NULL OR connection_id = $6)`,
};

export type FlowScope = {
  appId: string | null;
  country: string | null;
  channel: Channel | null;
  connectionId: string | null;
};

export type Spent = { micros: number | null; n: number };

/** What messages of a range cost in micros of a US dollar, over the newest 200 000 of it (null: there were none), and how many they were. */
export async function spendBetween(db: Db, fromId: string, toId: string, scope: FlowScope): Promise<Spent> {
  const values = [fromId, toId, scope.appId, scope.country, scope.channel, scope.connectionId];
  return (await db.query<Spent>(SPEND, values))[0] ?? { micros: null, n: 0 };
}

const SPEND_COUNTED: Statement = {
  name: 'alert_spend_counted',
  text: `
SELECT sum(cost_micros)::float8 AS micros, COALESCE(sum(messages), 0)::int AS n FROM message_rollup
 WHERE cut = $1::smallint AND grain = 30 AND app_id = ANY ($2::uuid[]) AND at >= $3 AND at < $4
   AND ($5::text IS NULL OR country = $5) AND ($6::text IS NULL OR channel = $6) AND ($7::uuid IS NULL OR connection_id = $7)`,
};

/** The same out of half-hours of the rollups, which are there for 16 days. `cut` has every key that the scope names; of `apps`. */
export async function spendCounted(
  db: Db,
  counted: { cut: number; apps: readonly string[]; from: Date; to: Date },
  { country, channel, connectionId }: FlowScope,
): Promise<Spent> {
  const { cut, apps, from, to } = counted;
  const values = [cut, apps, from, to, country, channel, connectionId];
  return (await db.query<Spent>(SPEND_COUNTED, values))[0] ?? { micros: null, n: 0 };
}

const LOST_TEMPLATES: Statement = {
  name: 'lost_templates',
  text: `
SELECT t.connection_id AS "connectionId", t.provider_name AS name, array_agg(t.locale ORDER BY t.locale) AS locales, min(t.status) AS status
  FROM template t JOIN connection c ON c.id = t.connection_id
 WHERE t.channel = 'whatsapp' AND t.is_in_use AND c.enabled AND t.status IN ('paused', 'rejected', 'disabled') AND t.provider_name IS NOT NULL
 GROUP BY t.connection_id, t.provider_name ORDER BY 1, 2 LIMIT 100`,
};

/** Templates that routing would take and their provider does not send. */
export async function lostTemplates(db: Db): Promise<LostTemplate[]> {
  return db.query<LostTemplate>(LOST_TEMPLATES, []);
}

const SAMPLES: Statement = {
  name: 'alert_samples',
  text: `
SELECT verification_id AS id
  FROM (SELECT verification_id, country, channel, connection_id, app_id, state, template, provider_message_id, submitted_at, sent_at, delivered_at, read_at, failed_at, id
          FROM message WHERE id >= $1::uuid AND livemode ORDER BY id DESC LIMIT 20000) m
 WHERE ($2::uuid IS NULL OR connection_id = $2) AND ($3::text IS NULL OR channel = $3) AND (cardinality($4::text[]) = 0 OR country = ANY ($4))
   AND ($5::uuid IS NULL OR app_id = $5)
   AND CASE $6::text
         WHEN 'delivery_drop' THEN delivered_at IS NULL AND read_at IS NULL AND (state = 'failed' OR (provider_message_id IS NOT NULL AND submitted_at < now() - interval '${SETTLED_SECONDS} seconds'))
         WHEN 'slow_delivery' THEN LEAST(delivered_at, read_at) - submitted_at > make_interval(secs => $8::float8)
         WHEN 'unknown_rate' THEN state = 'unknown'
         WHEN 'webhook_silence' THEN provider_message_id IS NOT NULL AND sent_at IS NULL AND delivered_at IS NULL AND read_at IS NULL AND failed_at IS NULL
         WHEN 'template_not_sendable' THEN template = $7
         ELSE true END
 ORDER BY id DESC LIMIT 25`,
};

/** Up to five verifications that show a cause, newest first. */
export async function alertSamples(
  db: Db,
  sinceId: string,
  cause: {
    kind: AlertKind;
    connectionId: string | null;
    channel: Channel | null;
    countries: readonly string[];
    appId: string | null;
    template: string | null;
    /** For slow delivery: what took longer than this is slow. */
    slowSeconds?: number;
  },
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(SAMPLES, [
    sinceId,
    cause.connectionId,
    cause.channel,
    cause.countries,
    cause.appId,
    cause.kind,
    cause.template,
    cause.slowSeconds ?? 0,
  ]);
  return [...new Set(rows.map(({ id }) => id))].slice(0, 5);
}

const COUNTRIES: Statement = {
  name: 'countries_of_connection',
  text: `
SELECT DISTINCT country FROM (SELECT country, connection_id FROM message WHERE id >= $1::uuid AND livemode ORDER BY id DESC LIMIT 50000) m
 WHERE connection_id = $2 ORDER BY country`,
};

/** Countries that a connection carried messages in since a moment, among the newest 50 000. */
export async function countriesOfConnection(db: Db, sinceId: string, connectionId: string): Promise<string[]> {
  return (await db.query<{ country: string }>(COUNTRIES, [sinceId, connectionId])).map(({ country }) => country);
}
