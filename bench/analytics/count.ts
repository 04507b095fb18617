import pg from 'pg';
import type { Db } from '@/lib/db/client';
import { countedNow, keepSince, projectRange } from '@/lib/db/rollups/project';
import { sumSteps } from '@/lib/db/rollups/steps';
import { uuidFloor } from '@/lib/ids';
import { zonesOfCountries } from '@/lib/operations/rollups/zones';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const TABLES = '{verification_rollup,message_rollup,duration_rollup,duration_step}';
/** As the pool of the rollups (lib/db/client.ts), with memory for a day at once. */
const OPTIONS =
  '-c jit=off -c max_parallel_workers_per_gather=0 -c work_mem=256MB -c maintenance_work_mem=1GB -c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c synchronous_commit=off';

/**
 * Counts the rollups of a database that nobody else writes to, several days at a time: the statements of `rollups.rebuild`, without its
 * lock, which lets one projector work at a time. A day commits as a whole: a run that was ended goes on where it was.
 */
export async function countRollups(
  url: string,
  range: { from: Date; to: Date; lanes: number },
  onDay: (done: number, seconds: number) => void,
): Promise<number> {
  const one = new pg.Client({ connectionString: url, options: OPTIONS, application_name: 'watchword-bench-rollups' });
  await one.connect();
  const restore = await takeOffIndexes(one);
  const { rows: counted } = await one.query<{ at: Date }>(
    `SELECT DISTINCT at FROM verification_rollup WHERE cut = 0 AND grain = 1440 AND app_id = '00000000-0000-0000-0000-000000000000'`,
  );
  const isCounted = new Set(counted.map(({ at }) => at.getTime()));
  const days: number[] = [];
  for (let day = Math.floor(range.from.getTime() / DAY_MS) * DAY_MS; day <= range.to.getTime(); day += DAY_MS)
    if (!isCounted.has(day)) days.push(day);
  const began = Date.now();
  let done = 0;
  let n = 0;
  const lane = async () => {
    const client = new pg.Client({
      connectionString: url,
      options: OPTIONS,
      application_name: 'watchword-bench-rollups',
    });
    await client.connect();
    const db = dbOf(client);
    try {
      // The newest first: what panels of short ranges ask for is there soonest.
      for (let day = days.pop(); day !== undefined; day = days.pop()) {
        const [from, to] = [new Date(day), new Date(day + DAY_MS)];
        await client.query('BEGIN');
        n += await projectRange(db, uuidFloor(from), uuidFloor(to), zonesOfCountries(), { isAlone: true });
        await client.query('COMMIT');
        done += 1;
        onDay(done, (Date.now() - began) / 1_000);
      }
    } finally {
      await client.end();
    }
  };
  await Promise.all(Array.from({ length: range.lanes }, lane));
  await restore();
  const { closed } = await countedNow(dbOf(one));
  const week = (at: Date) => Math.floor(at.getTime() / WEEK_MS) * WEEK_MS;
  if (week(range.from) < closed[10_080].getTime())
    await sumSteps(dbOf(one), 10_080, new Date(week(range.from)), closed[10_080]);
  await keepSince(dbOf(one), new Date(0), new Date());
  await one.end();
  return n;
}

const dbOf = (client: pg.Client): Db => ({
  query: async <Row extends pg.QueryResultRow>(
    { name, text }: { name: string; text: string },
    values: readonly unknown[],
  ) => (await client.query<Row>({ name, text, values: [...values] })).rows,
});

/** Takes keys and indexes off the rollups: made at once in the end they cost a third. What makes them again is kept in the database, for a run that was ended. */
async function takeOffIndexes(client: pg.Client): Promise<() => Promise<void>> {
  await client.query('BEGIN');
  const { rows: found } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('bench_rollup_index') IS NOT NULL AS there`,
  );
  if (!found[0]?.there) {
    const { rows } = await client
      .query<{ drop: string }>(
        `CREATE TABLE bench_rollup_index AS
       SELECT CASE WHEN c.conname IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass) ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END AS drop,
              CASE WHEN c.conname IS NULL THEN pg_get_indexdef(i.indexrelid) ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) END AS make
         FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'p'
        WHERE i.indrelid = ANY ('${TABLES}'::regclass[])`,
      )
      .then(() => client.query<{ drop: string }>('SELECT drop FROM bench_rollup_index'));
    for (const { drop } of rows) await client.query(drop);
  }
  await client.query('COMMIT');
  return async () => {
    const { rows } = await client.query<{ make: string }>('SELECT make FROM bench_rollup_index');
    await client.query(
      ['BEGIN', ...rows.map(({ make }) => make), 'DROP TABLE bench_rollup_index', 'COMMIT'].join('; '),
    );
  };
}
