import pg from 'pg';
import type { Db } from '@/lib/db/client';
import { clearRollups, projectRange } from '@/lib/db/rollups/project';
import { uuidFloor } from '@/lib/ids';
import { zonesOfCountries } from '@/lib/operations/rollups/zones';

const DAY_MS = 86_400_000;
/** As the pool of the rollups (lib/db/client.ts). */
const OPTIONS =
  '-c jit=off -c max_parallel_workers_per_gather=0 -c work_mem=64MB -c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c synchronous_commit=off';

/**
 * Counts the rollups of a database that nobody else writes to, several days at a time: the statements of `rollups.rebuild`, without its
 * lock, which lets one projector work at a time.
 */
export async function countRollups(
  url: string,
  range: { from: Date; to: Date; lanes: number },
  onDay: (done: number, seconds: number) => void,
): Promise<number> {
  const days: number[] = [];
  for (let day = Math.floor(range.from.getTime() / DAY_MS) * DAY_MS; day <= range.to.getTime(); day += DAY_MS)
    days.push(day);
  // Indexes that keep nothing unique are made afterwards.
  const one = new pg.Client({ connectionString: url });
  await one.connect();
  const { rows: indexes } = await one.query<{ name: string; make: string }>(
    `SELECT i.indexrelid::regclass::text AS name, replace(pg_get_indexdef(i.indexrelid), 'CREATE INDEX', 'CREATE INDEX IF NOT EXISTS') AS make FROM pg_index i
      WHERE i.indrelid = ANY ('{verification_rollup,message_rollup,duration_rollup}'::regclass[]) AND NOT i.indisunique`,
  );
  for (const { name } of indexes) await one.query(`DROP INDEX ${name}`);
  const began = Date.now();
  let done = 0;
  let counted = 0;
  const lane = async () => {
    const client = new pg.Client({
      connectionString: url,
      options: OPTIONS,
      application_name: 'watchword-bench-rollups',
    });
    await client.connect();
    const db: Db = {
      query: async <Row extends pg.QueryResultRow>(
        { name, text }: { name: string; text: string },
        values: readonly unknown[],
      ) => (await client.query<Row>({ name, text, values: [...values] })).rows,
    };
    try {
      // The newest first: what panels of short ranges ask for is there soonest.
      for (let day = days.pop(); day !== undefined; day = days.pop()) {
        const [from, to] = [new Date(day), new Date(day + DAY_MS)];
        if (await isCounted(client, from)) {
          done += 1;
          continue;
        }
        await client.query('BEGIN');
        await clearRollups(db, uuidFloor(from), uuidFloor(to), from, to);
        counted += await projectRange(db, uuidFloor(from), uuidFloor(to), zonesOfCountries());
        await client.query('COMMIT');
        done += 1;
        onDay(done, (Date.now() - began) / 1_000);
      }
    } finally {
      await client.end();
    }
  };
  await Promise.all(Array.from({ length: range.lanes }, lane));
  for (const { make } of indexes) await one.query(make);
  await one.end();
  return counted;
}

/** A day commits as a whole: a run that was ended goes on where it was. */
async function isCounted(client: pg.Client, day: Date): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM verification_rollup WHERE cut = 0 AND grain = 1440 AND app_id = '00000000-0000-0000-0000-000000000000' AND at = $1 LIMIT 1`,
    [day],
  );
  return (rowCount ?? 0) > 0;
}
