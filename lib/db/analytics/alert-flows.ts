import type { Db, Statement } from '@/lib/db/client';
import { ALL_APPS, durationCode } from '@/lib/db/rollups/project';
import { bucketOf } from '@/lib/db/rollups/tally';
import type { Flow, UsualCell } from '@/lib/domain/alerts/flows';
import type { LostTemplate } from '@/lib/domain/alerts/judge';
import type { AlertKind } from '@/lib/domain/alerts/rules';
import type { Channel } from '@/lib/domain/channel';
import { type Cut, cutFor, DURATION_CUTS, MESSAGE_CUTS } from '@/lib/domain/stats/cuts';

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

const COUNTED_SINCE: Statement = {
  name: 'alert_messages_counted',
  text: `
SELECT f.n, COALESCE(sum(r.messages), 0)::int AS messages
  FROM unnest($1::timestamptz[]) WITH ORDINALITY AS f(since, n)
  LEFT JOIN LATERAL (
    SELECT messages FROM message_rollup
     WHERE cut = ${cutFor(MESSAGE_CUTS, [])?.code} AND grain = 5 AND app_id = '${ALL_APPS}' AND at >= date_bin('5 minutes', f.since, 'epoch'::timestamptz)
    OFFSET 0) r ON true
 GROUP BY f.n ORDER BY f.n`,
};

/** About how many messages there are since each of some moments of the last two weeks, out of the rollups: of whole five minutes, so rather too many. */
export async function messagesCounted(db: Db, since: readonly Date[]): Promise<number[]> {
  return (await db.query<{ messages: number }>(COUNTED_SINCE, [since])).map(({ messages }) => messages);
}

/** What a rule looks at; null looks at everything. */
export type FlowScope = {
  appId: string | null;
  country: string | null;
  channel: Channel | null;
  connectionId: string | null;
};

/** Where the rollups hold what is usual of some cells: all messages, the failed by reason, and how long they took. */
export type UsualCuts = { all: Cut; failed: Cut; deliver: Cut };

/** The narrow cuts that cells of a level can be read from within a scope; null: there is none, and the wide one has no delays. */
export function usualCuts(level: 'country' | 'connection', scope: FlowScope): UsualCuts | null {
  const keys = [
    'channel' as const,
    ...(level === 'country' || scope.country !== null ? (['country'] as const) : []),
    ...(level === 'connection' || scope.connectionId !== null ? (['connection'] as const) : []),
  ];
  const all = cutFor(MESSAGE_CUTS, keys);
  const failed = cutFor(MESSAGE_CUTS, [...keys, 'reason']);
  const deliver = cutFor(DURATION_CUTS.deliver, keys);
  return all && failed && deliver && !all.isWide && !failed.isWide ? { all, failed, deliver } : null;
}

/** Half-hours of some ranges of one app, or of all together, within a scope. */
const halfHours = (table: string, condition: string) => `
  FROM unnest($3::timestamptz[], $4::timestamptz[]) AS s(since, until)
 CROSS JOIN LATERAL (
    SELECT * FROM ${table} r
     WHERE ${condition} AND r.grain = 30 AND r.app_id = $5 AND r.at >= s.since AND r.at < s.until
       AND ($6::text IS NULL OR r.country = $6) AND ($7::text IS NULL OR r.channel = $7) AND ($8::uuid IS NULL OR r.connection_id = $8)
    OFFSET 0) r`;

const USUAL: Statement = {
  name: 'alert_usual',
  // Answered is taken or failed; among the failed, what was not taken was refused. Cuts by reason hold the failed alone.
  text: `
SELECT r.country, r.channel, r.connection_id AS "connectionId",
       sum(CASE WHEN r.cut = $1::smallint THEN r.accepted ELSE r.messages - r.accepted END)::int AS answered,
       sum(CASE WHEN r.cut = $1::smallint THEN r.delivered ELSE 0 END)::int AS delivered${halfHours('message_rollup', 'r.cut = ANY (ARRAY[$1::smallint, $2::smallint])')}
 GROUP BY r.country, r.channel, r.connection_id`,
};

const USUAL_DELAYS: Statement = {
  name: 'alert_usual_delays',
  // Closed half-hours are lists, open ones a row per bucket; each is one of both, and one statement sees it once (lib/db/rollups/histograms.ts).
  text: `
SELECT country, channel, connection_id AS "connectionId", bucket, sum(n)::int AS n FROM (
  SELECT r.country, r.channel, r.connection_id, u.bucket, u.n${halfHours('duration_step', 'r.duration = $1::smallint AND r.cut = $2::smallint')}
   CROSS JOIN LATERAL unnest(r.buckets, r.counts) AS u(bucket, n)
  UNION ALL
  SELECT r.country, r.channel, r.connection_id, r.bucket, r.n${halfHours('duration_rollup', 'r.duration = $1::smallint AND r.cut = $2::smallint')}
) f GROUP BY country, channel, connection_id, bucket HAVING sum(n) <> 0`,
};

type Place = { country: string; channel: Channel; connectionId: string };

/**
 * What was usual in ranges of full half-hours, by the keys of the cuts, out of the rollups: they are there for 93 days (lib/db/retention.ts). A message
 * counts when its verification was made.
 */
export async function usualBetween(
  db: Db,
  ranges: readonly { from: Date; to: Date }[],
  scope: FlowScope,
  { all, failed, deliver }: UsualCuts,
): Promise<UsualCell[]> {
  const where = [
    ranges.map(({ from }) => from),
    ranges.map(({ to }) => to),
    scope.appId ?? ALL_APPS,
    scope.country,
    scope.channel,
    scope.connectionId,
  ];
  const [messages, delays] = await Promise.all([
    db.query<Place & { answered: number; delivered: number }>(USUAL, [all.code, failed.code, ...where]),
    db.query<Place & { bucket: number; n: number }>(USUAL_DELAYS, [durationCode('deliver'), deliver.code, ...where]),
  ]);
  const keyOf = ({ country, channel, connectionId }: Place) => `${country} ${channel} ${connectionId}`;
  const buckets = new Map<string, [number, number][]>();
  for (const row of delays) {
    const found = buckets.get(keyOf(row)) ?? [];
    found.push([row.bucket, row.n]);
    buckets.set(keyOf(row), found);
  }
  return messages.map(({ answered, delivered, ...place }) => ({
    country: all.keys.includes('country') ? place.country : null,
    connectionId: all.keys.includes('connection') ? place.connectionId : null,
    channel: place.channel,
    answered,
    delivered,
    delays: buckets.get(keyOf(place)) ?? [],
  }));
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

/** Messages that one look adds up one by one. */
export const ONE_LOOK_MAX = 50_000;

const SPEND: Statement = {
  name: 'alert_spend_between',
  text: `
SELECT sum(cost_micros) FILTER (WHERE is_meant)::float8 AS micros, (count(*) FILTER (WHERE is_meant))::int AS n, count(*) > ${ONE_LOOK_MAX} AS "isMore"
  FROM (SELECT cost_micros, ($3::uuid IS NULL OR app_id = $3) AND ($4::text IS NULL OR country = $4) AND ($5::text IS NULL OR channel = $5) AND ($6::uuid IS NULL OR connection_id = $6) AS is_meant
          FROM message WHERE id >= $1::uuid AND id < $2::uuid AND livemode ORDER BY id DESC LIMIT ${ONE_LOOK_MAX + 1}) m`,
};

export type Spent = { micros: number | null; n: number };

/** What messages of a range cost in micros of a US dollar (null: there were none), and how many they were. Null when there are more than ONE_LOOK_MAX in it. */
export async function spendBetween(db: Db, fromId: string, toId: string, scope: FlowScope): Promise<Spent | null> {
  const values = [fromId, toId, scope.appId, scope.country, scope.channel, scope.connectionId];
  const [row] = await db.query<Spent & { isMore: boolean }>(SPEND, values);
  if (!row) throw new Error('a sum answers one row');
  return row.isMore ? null : { micros: row.micros, n: row.n };
}

const SPEND_COUNTED: Statement = {
  name: 'alert_spend_counted',
  text: `
SELECT CASE WHEN at < $5 THEN 'first' WHEN at < $6 THEN 'inside' ELSE 'last' END AS part, sum(cost_micros)::float8 AS micros, sum(messages)::int AS n
  FROM message_rollup
 WHERE cut = $1::smallint AND grain = $2::smallint AND app_id = ANY ($3::uuid[]) AND at >= $4 AND at < $7
   AND ($8::text IS NULL OR country = $8) AND ($9::text IS NULL OR channel = $9) AND ($10::uuid IS NULL OR connection_id = $10)
 GROUP BY 1`,
};

/** Steps of the rollups: where they begin, where the full ones of a range begin and end, and where all end. `cut` has every key that the scope names. */
export type SpendSteps = {
  cut: Cut;
  grain: 5 | 30;
  apps: readonly string[];
  from: Date;
  begin: Date;
  end: Date;
  to: Date;
};
export type SpentParts = Record<'first' | 'inside' | 'last', Spent>;

/** The same out of the rollups, which have no limit: the step that a range begins in, the full ones, and the one that it ends in. Of the last two weeks. */
export async function spendCounted(
  db: Db,
  { cut, grain, apps, from, begin, end, to }: SpendSteps,
  { country, channel, connectionId }: FlowScope,
): Promise<SpentParts> {
  const values = [cut.code, grain, apps, from, begin, end, to, country, channel, connectionId];
  const rows = await db.query<Spent & { part: keyof SpentParts }>(SPEND_COUNTED, values);
  const part = (name: keyof SpentParts): Spent => {
    const { micros, n } = rows.find((row) => row.part === name) ?? { micros: null, n: 0 };
    return { micros: n === 0 ? null : micros, n };
  };
  return { first: part('first'), inside: part('inside'), last: part('last') };
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
