import type { Db, Statement } from '@/lib/db/client';

/** What a connection did lately. Times in milliseconds; null where nothing was seen. */
export type ConnectionHealth = {
  connectionId: string;
  submitted: number;
  /** The provider answered, with yes or no. */
  answered: number;
  accepted: number;
  delivered: number;
  failed: number;
  /** No answer yet, or none in time. */
  unknown: number;
  acceptMsP50: number | null;
  acceptMsP95: number | null;
  deliverMsP50: number | null;
  deliverMsP95: number | null;
};

const HEALTH: Statement = {
  name: 'connection_health',
  text: `
SELECT connection_id AS "connectionId", count(*)::int AS submitted, count(answered_at)::int AS answered, count(provider_message_id)::int AS accepted,
       count(*) FILTER (WHERE delivered_at IS NOT NULL OR read_at IS NOT NULL)::int AS delivered, count(*) FILTER (WHERE state = 'failed')::int AS failed,
       count(*) FILTER (WHERE state = 'unknown')::int AS unknown,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY EXTRACT(epoch FROM answered_at - submitted_at)::float8 * 1000) AS "acceptMsP50",
       percentile_cont(0.95) WITHIN GROUP (ORDER BY EXTRACT(epoch FROM answered_at - submitted_at)::float8 * 1000) AS "acceptMsP95",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY GREATEST(0, EXTRACT(epoch FROM COALESCE(delivered_at, read_at) - submitted_at)::float8 * 1000)) AS "deliverMsP50",
       percentile_cont(0.95) WITHIN GROUP (ORDER BY GREATEST(0, EXTRACT(epoch FROM COALESCE(delivered_at, read_at) - submitted_at)::float8 * 1000)) AS "deliverMsP95"
  FROM (SELECT * FROM message WHERE id >= $1::uuid AND livemode ORDER BY id DESC LIMIT 50000) m
 GROUP BY connection_id`,
};

/** Health per connection since a moment (a UUIDv7 floor), over the newest 50 000 messages at most. */
export async function connectionHealth(db: Db, sinceId: string): Promise<ConnectionHealth[]> {
  return db.query<ConnectionHealth>(HEALTH, [sinceId]);
}

const CARRIED: Statement = {
  name: 'carried_by_connection',
  text: `SELECT count(*)::int AS n FROM (SELECT 1 FROM message WHERE id >= $1::uuid AND connection_id = $2 AND livemode LIMIT 100000) m`,
};

/** Messages of a connection since a moment, counted up to 100 000. */
export async function carriedBy(db: Db, sinceId: string, connectionId: string): Promise<number> {
  return (await db.query<{ n: number }>(CARRIED, [sinceId, connectionId]))[0]?.n ?? 0;
}
