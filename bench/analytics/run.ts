import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import { closeDatabase } from '@/lib/db/client';
import { describeMachine } from '../report';
import { countRollups } from './count';
import { measurePages } from './explorer';
import { measureExport } from './export';
import { type Ground, type Held, prepareDatabase, startGround } from './ground';
import { load } from './load';
import { measurePanels, type PanelMeasurement, someIds } from './measure';
import { type AnalyticsOptions, readAnalyticsOptions } from './options';
import { baseTables, tablesRead } from './plans';
import { panelCases } from './questions';
import { measureRaw } from './raw';
import { type AnalyticsReport, renderAnalytics } from './report';
import { PANEL_APP } from './scenery';
import { measureTraffic } from './traffic';
import { statementsOf } from './watch';

const ROOT = path.join(import.meta.dirname, '..', '..');
const RESULTS = path.join(ROOT, 'bench', 'results');
const say = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

/** Names of the two databases: all that was asked for, and a tenth of it to hold growth against. */
const DATABASES = { full: 'watchword', smaller: 'smaller' } as const;

/** Fills the databases, counts the rollups, asks every question of every panel, and leaves the results in bench/results/. */
async function bench(options: AnalyticsOptions): Promise<void> {
  const ground = await startGround({ folder: options.folder, keeps: options.keeps });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= closeDatabase().then(() => ground.stop());
    return stopped;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  try {
    const sizes = [
      [DATABASES.full, options.verifications],
      [DATABASES.smaller, options.smaller],
    ] as const;
    const held: Held[] = [];
    for (const [name, total] of sizes) if (total > 0) held.push(await ensureLoaded(ground, name, total, options));
    if (options.until === 'load') return;
    for (const one of held) await ensureCounted(ground, one, options);
    if (options.until === 'rebuild') return;
    await measure(ground, held, options);
  } finally {
    await stop();
    if (options.keeps) say(`everything is kept in ${ground.folder}`);
  }
}

/** Points this process at one database; what it remembers of another is forgotten. Pools must be closed. */
function enter(ground: Ground, name: string): void {
  const holder = globalThis as { watchwordEnvironment?: unknown; watchwordConfiguration?: unknown };
  delete holder.watchwordEnvironment;
  delete holder.watchwordConfiguration;
  Object.assign(process.env, ground.notes.environment, { DATABASE_URL: ground.urlOf(name), LOG_LEVEL: 'warn' });
}

async function ensureLoaded(ground: Ground, name: string, total: number, options: AnalyticsOptions): Promise<Held> {
  const known = ground.notes.held.find((held) => held.name === name);
  if (known) {
    await prepareDatabase(ground, name);
    return known;
  }
  say(`writing ${total} verifications of ${options.days} days into ${name}`);
  enter(ground, name);
  const url = await prepareDatabase(ground, name);
  const now = new Date();
  const { apps, tables, seconds } = await load(
    url,
    { total, days: options.days, receiptsPercent: options.receiptsPercent, now },
    say,
  );
  await closeDatabase();
  const held: Held = {
    name,
    verifications: total,
    now: now.toISOString(),
    panelAppId: apps[PANEL_APP]?.id ?? '',
    tables,
    loadSeconds: seconds,
    rebuild: null,
  };
  ground.notes.held.push(held);
  ground.save();
  say(`${name} is loaded: ${JSON.stringify(tables)}, ${JSON.stringify(seconds)}`);
  return held;
}

const ROLLUPS = [
  'verification_rollup',
  'message_rollup',
  'duration_rollup',
  'duration_step',
  'verification_tally',
] as const;

/** Counts the rollups from the rows, as the command does after a restore. */
async function ensureCounted(ground: Ground, held: Held, options: AnalyticsOptions): Promise<void> {
  if (held.rebuild) return;
  say(`counting the rollups of ${held.name}`);
  enter(ground, held.name);
  const raw = rawPool(ground, held.name);
  // Migrations queue what was there before; it is counted here.
  await raw.query('TRUNCATE rollup_queue');
  const { rows: ends } = await raw.query<{ from: Date; to: Date }>(
    'SELECT min(created_at) AS "from", max(created_at) AS "to" FROM verification',
  );
  const { from, to } = ends[0] ?? { from: new Date(), to: new Date() };
  const began = Date.now();
  await countRollups(ground.urlOf(held.name), { from, to, lanes: options.lanes }, (done, seconds) => {
    if (done % 5 === 0) say(`${held.name}: ${done} days counted, ${Math.round(seconds)} s`);
  });
  const seconds = (Date.now() - began) / 1_000;
  await raw.query(`VACUUM (ANALYZE, PARALLEL 0) ${ROLLUPS.join(', ')}`);
  const tables: { name: string; rows: number; bytes: number }[] = [];
  for (const name of ROLLUPS) {
    const { rows } = await raw.query<{ rows: string; bytes: string }>(
      `SELECT count(*) AS rows, COALESCE((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('${name}')), pg_total_relation_size('${name}')) AS bytes FROM ${name}`,
    );
    tables.push({ name, rows: Number(rows[0]?.rows), bytes: Number(rows[0]?.bytes) });
  }
  await raw.end();
  await closeDatabase();
  held.rebuild = { seconds, tables };
  ground.save();
  say(`${held.name} is counted in ${Math.round(seconds)} s: ${JSON.stringify(tables)}`);
}

function rawPool(ground: Ground, name: string): Pool {
  const made = new Pool({ connectionString: ground.urlOf(name), max: 2, application_name: 'watchword-bench' });
  // Idle connections end with Postgres when something fails; that is what should be told.
  made.on('error', () => {});
  return made;
}

async function measure(ground: Ground, held: readonly Held[], options: AnalyticsOptions): Promise<void> {
  const [full, small] = held;
  if (!full) throw new Error('there is nothing to measure');
  const raw = rawPool(ground, full.name);
  enter(ground, full.name);
  const now = new Date(full.now);
  const cases = panelCases(now, full.panelAppId);
  const explained = await explainPanels(cases, raw);
  const panels = await measurePanels(raw, cases, await someIds(raw), options.runs, say);
  await closeDatabase();

  let smallerPanels: PanelMeasurement[] = [];
  if (small) {
    enter(ground, small.name);
    const smallRaw = rawPool(ground, small.name);
    smallerPanels = await measurePanels(
      smallRaw,
      panelCases(new Date(small.now), small.panelAppId),
      await someIds(smallRaw),
      options.runs,
      say,
    );
    await smallRaw.end();
    await closeDatabase();
  }

  enter(ground, full.name);
  const depths = [0, 0.2, 0.8].map((share) => Math.round(full.verifications * share));
  const pages = await measurePages(raw, { appId: full.panelAppId, runs: Math.min(options.runs, 20), depths }, say);
  const exported = await measureExport(say);
  const traffic = options.trafficSeconds > 0 ? await measureTraffic(raw, options.trafficSeconds) : null;
  const report: AnalyticsReport = {
    at: new Date().toISOString(),
    options,
    machine: describeMachine(ROOT),
    postgres: ground.settings,
    load: os.loadavg()[2] ?? 0,
    held: [...held],
    panels,
    smallerPanels,
    raw: [],
    explained,
    pages,
    exported,
    traffic,
  };
  // The rows themselves take longest: what is known is written down before.
  writeResults(report);
  if (options.rawRuns > 0) {
    report.raw = await measureRaw(ground.urlOf(full.name), { now, appId: full.panelAppId, runs: options.rawRuns }, say);
    writeResults(report);
  }
  await raw.end();
}

/** Asks every question once and has Postgres explain each different statement with the values that it came with. */
async function explainPanels(cases: ReturnType<typeof panelCases>, raw: Pool): Promise<AnalyticsReport['explained']> {
  const base = await baseTables(raw);
  const seen = new Map<string, { name: string; table: string; by: string }[]>();
  for (const one of cases) {
    const { sent } = await statementsOf(one.ask);
    for (const statement of sent) {
      const key = `${statement.name} ${one.range} ${one.scope}`;
      if (seen.has(key)) continue;
      const read = await tablesRead(raw, statement);
      seen.set(
        key,
        read.filter(({ table }) => base.has(table)).map((found) => ({ name: statement.name, ...found })),
      );
    }
  }
  return { statements: seen.size, offenders: [...seen.values()].flat() };
}

/** A smoke run is printed and not kept. */
function writeResults(report: AnalyticsReport): void {
  const page = renderAnalytics(report);
  say(`\n${page}`);
  if (report.options.isQuick) return;
  mkdirSync(RESULTS, { recursive: true });
  const stamp = report.at.slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  writeFileSync(
    path.join(RESULTS, `analytics-${stamp}-${report.machine.commit}.json`),
    `${JSON.stringify(report, rounded)}\n`,
  );
  writeFileSync(path.join(RESULTS, 'analytics.md'), page);
}

/** Microseconds are enough. */
const rounded = (_key: string, value: unknown) =>
  typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value;

bench(readAnalyticsOptions(process.argv.slice(2))).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(
      `The bench failed. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  },
);
