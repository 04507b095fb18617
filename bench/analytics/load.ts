import pg from 'pg';
import { fill, installScene, prepareScene } from './installation';
import {
  CARRIED,
  CLEAN,
  HELPERS,
  INSERT_CHECKS,
  INSERT_EVENTS,
  INSERT_MESSAGES,
  INSERT_RECEIPTS,
  INSERT_VERIFICATIONS,
  LIFE,
  SENT,
} from './life-sql';
import { type SceneApp, slots } from './scenery';

export const LOADED = ['verification', 'message', 'receipt', 'verification_event', 'check_attempt'] as const;
export type Loaded = Record<(typeof LOADED)[number], { rows: number; bytes: number }>;

const DAY_MS = 86_400_000;
/** Days written at the same time. */
const LANES = 2;

/** What makes the load fast and nothing else slow: this session only. */
const SESSION = `
SET synchronous_commit = off; SET work_mem = '256MB'; SET temp_buffers = '256MB';
SET maintenance_work_mem = '1GB'; SET max_parallel_workers_per_gather = 0; SET max_parallel_maintenance_workers = 1`;

/**
 * Fills the empty, migrated database at DATABASE_URL with an installation and `total` verifications of the last `days` days.
 * Indexes and keys are taken off while rows come in and made again afterwards, as they were.
 */
export async function load(
  url: string,
  size: { total: number; days: number; receiptsPercent: number; now: Date },
  say: (line: string) => void,
): Promise<{ apps: SceneApp[]; tables: Loaded; seconds: { rows: number; indexes: number; vacuum: number } }> {
  const nowMs = size.now.getTime();
  const fromMs = Math.floor((nowMs - size.days * DAY_MS) / 3_600_000) * 3_600_000;
  const clients = await Promise.all(
    Array.from({ length: LANES }, async () => {
      const client = new pg.Client({ connectionString: url, application_name: 'watchword-bench-load' });
      await client.connect();
      await client.query(SESSION);
      return client;
    }),
  );
  const [client] = clients;
  if (!client) throw new Error('there is a lane');
  try {
    const apps = await installScene(client, new Date(fromMs - DAY_MS));
    await client.query('SELECT begin_monthly_partitions($1)', [new Date(fromMs)]);
    await client.query(HELPERS);
    await prepareScene(client, apps);
    const hours = slots(size.total, fromMs, nowMs);
    await fill(
      client,
      'slot',
      hours.map((slot) => ({
        day: slot.day,
        start_ms: slot.startMs,
        length_ms: slot.lengthMs,
        country: slot.country,
        first: slot.first,
        n: slot.n,
        whatsapp_silent: slot.whatsappSilent,
        sms_failed: slot.smsFailed,
        slow: slot.slow,
      })),
    );
    await client.query('CREATE INDEX ON bench_load.slot (day)');

    let began = Date.now();
    const lap = () => {
      const seconds = (Date.now() - began) / 1_000;
      began = Date.now();
      return seconds;
    };
    const restore = await takeOffIndexes(client);
    // They would tell the rollups of every row; those are counted afterwards.
    for (const table of LOADED) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    const days = [...new Set(hours.map(({ day }) => day))];
    let done = 0;
    const lane = async (own: pg.Client) => {
      for (let day = days.shift(); day !== undefined; day = days.shift()) {
        await writeDay(own, day, nowMs, size.receiptsPercent);
        done += 1;
        if (done % 10 === 0) say(`${done} days written, ${Math.round((Date.now() - began) / 1_000)} s`);
      }
    };
    await Promise.all(clients.map(lane));
    const rows = lap();
    say(`rows are there after ${Math.round(rows)} s; making indexes`);
    await restore();
    for (const table of LOADED) await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
    const indexes = lap();
    say(`indexes are there after ${Math.round(indexes)} s; vacuum and statistics`);
    await client.query('DROP SCHEMA bench_load CASCADE');
    await client.query(`VACUUM (ANALYZE, PARALLEL 0) ${LOADED.join(', ')}`);
    await client.query('ANALYZE plan, app, connection, template, route, policy');
    return { apps, tables: await sizesOf(client), seconds: { rows, indexes, vacuum: lap() } };
  } finally {
    await Promise.all(clients.map((one) => one.end()));
  }
}

async function writeDay(client: pg.Client, day: number, nowMs: number, receiptsPercent: number): Promise<void> {
  const given = (sql: string) =>
    sql
      .replaceAll('$NOW', `${nowMs}::bigint`)
      .replaceAll('$DAY', `${day}`)
      .replaceAll('$RECEIPTS', `${receiptsPercent}`);
  await client.query('BEGIN');
  await client.query(given(LIFE));
  await client.query(given(SENT));
  await client.query(given(CARRIED));
  await client.query(given(INSERT_VERIFICATIONS));
  await client.query(given(INSERT_MESSAGES));
  if (receiptsPercent > 0) await client.query(given(INSERT_RECEIPTS));
  await client.query(given(INSERT_EVENTS));
  await client.query(given(INSERT_CHECKS));
  await client.query(CLEAN);
  await client.query('COMMIT');
}

/** Drops every index and key of the loaded tables. Answers what makes them again. */
async function takeOffIndexes(client: pg.Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ drop: string; make: string }>(
    `SELECT CASE WHEN c.conname IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass) ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END AS drop,
            CASE WHEN c.conname IS NULL THEN replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) END AS make
       FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
      WHERE i.indrelid = ANY ($1::regclass[]) ORDER BY c.conname IS NULL`,
    [LOADED],
  );
  for (const { drop } of rows) await client.query(drop);
  return async () => {
    for (const { make } of rows) await client.query(make);
  };
}

async function sizesOf(client: pg.Client): Promise<Loaded> {
  const sizes = {} as Loaded;
  for (const table of LOADED) {
    const { rows } = await client.query<{ rows: string; bytes: string }>(
      `SELECT count(*) AS rows, COALESCE((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('${table}')), pg_total_relation_size('${table}')) AS bytes FROM ${table}`,
    );
    sizes[table] = { rows: Number(rows[0]?.rows), bytes: Number(rows[0]?.bytes) };
  }
  return sizes;
}
