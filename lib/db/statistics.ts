import type { Db, Statement } from '@/lib/db/client';

/** Tables that grow with traffic and that hot statements join; with their partitions. */
const GROWING = [
  'verification',
  'live_verification',
  'message',
  'callback',
  'receipt',
  'send_limit',
  'failure_budget',
  'reachability',
  'check_attempt',
  'verification_event',
  'verification_tally',
  'verification_rollup',
  'message_rollup',
  'duration_rollup',
  'duration_step',
] as const;

const OUTGROWN: Statement = {
  name: 'find_outgrown_statistics',
  text: `
SELECT c.relname AS name FROM pg_class c
 WHERE (c.relname = ANY ($1) OR EXISTS (SELECT FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent WHERE i.inhrelid = c.oid AND p.relname = ANY ($1)))
   AND c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
   AND pg_relation_size(oid) > 5 * GREATEST(relpages, 10) * current_setting('block_size')::bigint`,
};

/**
 * Renews the statistics of tables that have grown fivefold since they were last looked at. Plans made while a table was empty read
 * all of it, and prepared statements keep them until the table is analysed; autovacuum would get there within a minute, which
 * on a new installation is long enough for a burst to bring everything to a halt. Answers how many tables it looked at.
 */
export async function analyseOutgrown(db: Db): Promise<number> {
  const outgrown = await db.query<{ name: string }>(OUTGROWN, [GROWING]);
  for (const { name } of outgrown) await db.query({ name: `analyse_${name}`, text: `ANALYZE "${name}"` }, []);
  return outgrown.length;
}

/**
 * Renews the statistics of partitioned tables as a whole, which autovacuum never does: searches plan their joins by them. A sample of every partition; seconds on
 * large tables.
 */
export async function analysePartitioned(db: Db): Promise<void> {
  const rows = await db.query<{ name: string }>(PARTITIONED, []);
  for (const { name } of rows) await db.query({ name: `analyse_${name}`, text: `ANALYZE "${name}"` }, []);
}

const PARTITIONED: Statement = { name: 'find_partitioned', text: 'SELECT name FROM monthly_tables()' };
