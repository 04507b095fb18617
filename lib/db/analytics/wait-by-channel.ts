import type { Db, Statement } from '@/lib/db/client';

export type ChannelWait = { channel: string; n: number; p50_seconds: number | null; p90_seconds: number | null };

const WAIT: Statement = {
  name: 'wait_by_channel',
  text: `
SELECT m.channel, count(*)::int AS n,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY EXTRACT(epoch FROM m.delivered_at - m.submitted_at)::float8) AS p50_seconds,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY EXTRACT(epoch FROM m.delivered_at - m.submitted_at)::float8) AS p90_seconds
  FROM (SELECT m.channel, m.delivered_at, m.submitted_at FROM message m
         WHERE m.id >= $2::uuid AND m.country = $1 AND m.livemode AND m.delivered_at IS NOT NULL
         ORDER BY m.id DESC LIMIT 2000) m
 GROUP BY m.channel`,
};

/** Seconds from submit to delivery per channel in a country, over the newest deliveries (at most 2 000) since `since`, given as a UUIDv7 floor. */
export async function waitByChannel(db: Db, country: string, sinceId: string): Promise<ChannelWait[]> {
  return db.query<ChannelWait>(WAIT, [country, sinceId]);
}
