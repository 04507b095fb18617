import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Pool } from 'pg';
import { closeDatabase } from '@/lib/db/client';
import { migrate } from '@/lib/db/migrate';
import { learnMonths } from '@/lib/db/months';
import { uuidFrom } from '@/lib/ids';
import { ensureDefaults } from '@/lib/operations/setup/install-defaults';
import { buildWhenStale } from '../scripts/build';
import { choosePort } from '../scripts/child';
import { install } from '../scripts/seed/installation';
import { type BenchCase, benchCases, type Field, type Installation, parameterCost } from './cases';
import { ourEnvironment, startContestants } from './contestants';
import type { Measurement } from './measure';
import { type BenchOptions, readOptions } from './options';
import { requirePgbench } from './pgbench';
import { DATABASES, startBenchPostgres } from './postgres';
import { describeMachine, type Report, ratiosOf, renderReport } from './report';
import { requireWrk } from './wrk';

const ROOT = path.join(import.meta.dirname, '..');
const RESULTS = path.join(import.meta.dirname, 'results');
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Runs every case and leaves the results in bench/results/. Rejects when anything was not as it should be. */
async function bench(options: BenchOptions): Promise<void> {
  requireWrk();
  const pgbenchProgram = requirePgbench();
  if (!options.keepsBuild) buildWhenStale(say);

  const ends: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= (async () => {
      for (const end of ends.splice(0).reverse()) await end();
    })();
    return stopped;
  };
  // The servers hang on this process; Postgres and the folder need to be told.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  try {
    say('starting Postgres, our server, our server behind Next, and better-auth');
    const postgres = await startBenchPostgres();
    ends.push(() => postgres.stop());
    const port = await choosePort(0);
    const environment = ourEnvironment(postgres.urlOf(DATABASES.ours), `http://127.0.0.1:${port}`);
    Object.assign(process.env, environment, { LOG_LEVEL: 'warn' });
    const { LOG_LEVEL: _, ...inherited } = environment;

    const installation = await prepareDatabases(postgres.urlOf);
    ends.push(closeDatabase);
    const contestants = await startContestants(postgres, inherited, port);
    ends.push(() => contestants.stop());
    const poolOf = (database: string) => {
      const pool = new Pool({ connectionString: postgres.urlOf(database), max: 2 });
      ends.push(() => pool.end());
      return pool;
    };
    const field: Field = {
      postgres,
      contestants,
      installation,
      pgbenchProgram,
      ours: poolOf(DATABASES.ours),
      peer: poolOf(DATABASES.peer),
      pgbench: poolOf(DATABASES.pgbench),
    };
    const all = await benchCases(field);
    const cases = all.filter(
      ({ name }) => options.only.length === 0 || options.only.some((wanted) => name.startsWith(wanted)),
    );
    if (cases.length === 0)
      throw new Error(`--only names no case. There are: ${all.map(({ name }) => name).join(', ')}`);

    await warmUp(cases, field, options);
    const measurements = await runRounds(cases, field, options);
    const parameter = cases.some(({ name }) => name === 'pgbench/issue') ? await parameterCost(field) : null;
    writeResults({
      at: new Date().toISOString(),
      options,
      machine: describeMachine(ROOT),
      postgres: postgres.settings,
      parameter,
      cases: cases.map(({ name, what }) => ({ name, what })),
      measurements,
      ratios: ratiosOf(measurements),
    });
  } finally {
    await stop();
  }
}

/** Migrates both of our databases. The one of pgbench gets nothing but tables and defaults: its statement carries its own plan. */
async function prepareDatabases(urlOf: (database: string) => string): Promise<Installation> {
  await migrate(urlOf(DATABASES.ours));
  await migrate(urlOf(DATABASES.pgbench));
  const { seeded } = await install({
    simulatorUrl: 'http://127.0.0.1:9',
    publicUrl: 'http://127.0.0.1:9',
    since: new Date(),
  });
  await ensureDefaults();
  await learnMonths();
  const pool = new Pool({ connectionString: urlOf(DATABASES.ours), max: 1 });
  // One measurement must not leave work for the worker in another.
  await pool.query('UPDATE policy SET lifetime_seconds = 86400');
  await pool.query('UPDATE route SET fallback_after_seconds = 36000 WHERE fallback_after_seconds IS NOT NULL');
  await pool.end();

  const [app] = seeded.apps;
  const meta = seeded.connections.find(({ provider }) => provider === 'meta-cloud');
  const appId = app && uuidFrom('app', app.id);
  if (!app || !appId || !meta) throw new Error('the installation has no app or no Meta connection');
  return { appId, liveKey: app.live_key, metaWebhookPath: meta.webhook_path, metaSecret: meta.secret };
}

async function warmUp(cases: readonly BenchCase[], field: Field, options: BenchOptions): Promise<void> {
  for (const one of cases) {
    const seconds = Math.min(options.warmUpSeconds, one.warmUpSecondsMax);
    const began = Date.now();
    // In parts: the first rate is a guess, and requests may run out.
    const parts = Math.max(1, Math.ceil(seconds / 5));
    for (let part = 0; part < parts; part += 1) await one.run(part % 2 === 0 ? 16 : 64, Math.ceil(seconds / parts));
    say(`warm: ${one.name} (${Math.round(one.rate)}/s, ${Math.round((Date.now() - began) / 1000)} s)`);
  }
  await analyse(field);
}

/** Planner statistics are part of a warm database; the same moment for all of them. */
async function analyse(field: Field): Promise<void> {
  for (const pool of [field.ours, field.peer, field.pgbench]) await pool.query('ANALYZE');
}

/** Every round has all cases in another order: turned by one, and backwards every other time. */
async function runRounds(cases: readonly BenchCase[], field: Field, options: BenchOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    const turned = cases.map((_, n) => cases[(n + (round - 1) * 3) % cases.length] as BenchCase);
    const order = round % 2 === 0 ? turned.reverse() : turned;
    for (const one of order) {
      for (const connections of options.connections) {
        const result = await one.run(connections, options.seconds);
        measurements.push({ case: one.name, connections, round, ...result });
        const cpu = `${result.serverMicroseconds === null ? '–' : Math.round(result.serverMicroseconds)} + ${Math.round(result.postgresMicroseconds)} µs`;
        say(
          `round ${round}: ${one.name} × ${connections}: ${Math.round(result.perSecond)}/s, p50 ${result.p50?.toFixed(1) ?? '–'} p99 ${result.p99?.toFixed(1) ?? '–'} ms, ${cpu}, stolen ${Math.round(result.stolen * 100)} %${result.isExhausted ? ' (requests ran out)' : ''}`,
        );
      }
    }
    await analyse(field);
  }
  return measurements;
}

/** A smoke run, or a part of the cases, is printed and not kept. */
function writeResults(report: Report): void {
  const page = renderReport(report);
  say(`\n${page}`);
  if (report.options.isQuick || report.options.only.length > 0) return;
  mkdirSync(RESULTS, { recursive: true });
  const stamp = report.at.slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  writeFileSync(path.join(RESULTS, `${stamp}-${report.machine.commit}.json`), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(path.join(RESULTS, 'latest.md'), page);
}

bench(readOptions(process.argv.slice(2))).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(
      `The bench failed. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  },
);
