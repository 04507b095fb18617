import type { Db, Statement } from '@/lib/db/client';
import { ALL_APPS, durationCode } from '@/lib/db/rollups/project';
import type { UsualCell } from '@/lib/domain/alerts/flows';
import type { Channel } from '@/lib/domain/channel';
import { type Cut, cutFor, DURATION_CUTS, MESSAGE_CUTS } from '@/lib/domain/stats/cuts';

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
