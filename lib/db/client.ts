import { setTimeout as pause } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client, DatabaseError, Pool, type PoolClient, type QueryResultRow, types } from 'pg';
import { PrismaClient } from '@/lib/db/generated/client';
import { readTime } from '@/lib/db/read-time';
import { env } from '@/lib/env';

types.setTypeParser(types.builtins.TIMESTAMPTZ, readTime);

/**
 * A place to run SQL: the pool, or one connection inside a transaction. `query` names its statement, so that Postgres
 * plans it once per connection (measured 2.7 × cheaper than the ORM's raw query).
 */
export type Db = {
  query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
};

/** A statement and its name; together with its partition, the name must be unique to the text. `partition`: whose tables it names (lib/db/months.ts). */
export type Statement = { name: string; text: string; partition?: string };

/** What Postgres knows a statement by. */
export const preparedName = ({ name, partition = '' }: Statement): string => name + partition;

type Counters = { statements: number; commits: number; byName: Map<string, number> };
const holder = globalThis as {
  watchwordPool?: Pool;
  watchwordReports?: Pool;
  watchwordProjector?: Pool;
  watchwordSearches?: Pool;
  watchwordPrisma?: PrismaClient;
  watchwordCounters?: Counters;
};

/** How many statements ran in this process, by name: the counted checks of CI read it. */
export function statementCounters(): Counters {
  holder.watchwordCounters ??= { statements: 0, commits: 0, byName: new Map() };
  return holder.watchwordCounters;
}

/** The pool of this process. Next bundles its own copy of modules, hence the global. */
export function pool(): Pool {
  holder.watchwordPool ??= makePool(databaseUrl());
  return holder.watchwordPool;
}

/**
 * Every statement of this pool looks up a few rows by index. Prepared statements are planned once, perhaps while the
 * tables are still empty, and a plan with a sequential scan then stays until the next ANALYZE: seconds per statement on
 * a table that has grown meanwhile. Reports, which want other plans, have a pool of their own.
 */
const INDEX_PLANS = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
  plan_cache_mode: 'force_generic_plan',
};

/** Where the database is. Throws when nobody said. */
export function databaseUrl(): string {
  const url = env().DATABASE_URL;
  if (!url) throw new Error('DATABASE_URL is not set and no embedded Postgres was started');
  return url;
}

/**
 * Limits on everything, so that a request fails with 503 within 3 s instead of waiting for ever (pg's default): 2 s to
 * get a connection, 2.5 s for a statement on the server, 2.8 s for its answer (a server that hangs sends none), 2 s
 * for a lock, 10 s idle in a transaction.
 */
export function makePool(connectionString: string, max: number = env().WATCHWORD_POOL_SIZE): Pool {
  return newPool(connectionString, { max, statementMs: 2_500, settings: INDEX_PLANS, name: 'watchword' });
}

/** Settings are made by a statement on each new connection, not while it is opened: PgBouncer knows no such parameters, and refuses or drops them. */
function newPool(
  connectionString: string,
  {
    max,
    statementMs,
    settings,
    name,
  }: { max: number; statementMs: number; settings: Readonly<Record<string, string>>; name: string },
): Pool {
  const all = {
    statement_timeout: statementMs,
    lock_timeout: 2_000,
    idle_in_transaction_session_timeout: 10_000,
    ...settings,
  };
  const set = Object.entries(all)
    .map(([setting, value]) => `SET ${setting} = '${value}'`)
    .join('; ');
  const made = new Pool({
    connectionString,
    max,
    // What is not a code may wait as long for a connection as it may take.
    connectionTimeoutMillis: statementMs < 5_000 ? 2_000 : 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    query_timeout: statementMs + 300,
    application_name: name,
    // A connection that cannot be set so is none.
    onConnect: (client) => client.query(set).then(() => {}),
  });
  // An idle connection that the server closed is no reason to end the process: the pool replaces it.
  made.on('error', () => {});
  // The same for one that a query holds: the query's own promise rejects, and that is where it is handled.
  made.on('connect', (client) => client.on('error', () => {}));
  return made;
}

/**
 * Figures read many rows: their statements have one good plan each (one look into an index per span of time), which is kept, as planning again
 * would take as long as most of them do, and never a sequential scan, as above. Rows are grouped by hash: sorted by text first, they cost a quarter more. A few connections of their own, so that a dashboard never
 * keeps a code waiting. May be a replica (WATCHWORD_REPORTS_URL): figures then lag behind by as much as it does. A statement may take 5 s while the
 * database answers (`unlessSilent`).
 */
export function reports(): Db {
  holder.watchwordReports ??= newPool(env().WATCHWORD_REPORTS_URL ?? databaseUrl(), {
    max: REPORT_CONNECTIONS,
    statementMs: 5_000,
    settings: {
      jit: 'off',
      max_parallel_workers_per_gather: '0',
      work_mem: '32MB',
      enable_seqscan: 'off',
      enable_sort: 'off',
      plan_cache_mode: 'force_generic_plan',
    },
    name: 'watchword reports',
  });
  const source = holder.watchwordReports;
  return { query: (statement, values) => unlessSilent(source, (client) => runner(client).query(statement, values)) };
}
const REPORT_CONNECTIONS = 6;

/** Days that a rebuild counts side by side: each keeps a processor of Postgres busy, and codes want some as well. */
export const REBUILD_LANES = 2;

/**
 * The rollups' own connections: one projects at a time, a rebuild counts days in two, with plans that join lists. A statement may take a minute (a
 * rebuild's piece).
 */
export function transactRollups<T>(work: (tx: Db) => Promise<T>): Promise<T> {
  holder.watchwordProjector ??= newPool(databaseUrl(), {
    max: REBUILD_LANES,
    statementMs: 60_000,
    settings: {
      jit: 'off',
      max_parallel_workers_per_gather: '0',
      work_mem: '64MB',
      enable_seqscan: 'off',
      plan_cache_mode: 'force_generic_plan',
    },
    name: 'watchword rollups',
  });
  return transactOn(holder.watchwordProjector, work);
}

function runner(source: Pool | PoolClient): Db {
  return {
    async query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
      const { name, text } = statement;
      const counters = statementCounters();
      counters.statements += 1;
      counters.byName.set(name, (counters.byName.get(name) ?? 0) + 1);
      const result = await source.query<Row>({ name: preparedName(statement), text, values: values as unknown[] });
      return result.rows;
    },
  };
}

/** The database of this process, outside any transaction: each statement commits by itself. */
export function database(): Db {
  const source = pool();
  if (held?.source !== source) held = { source, db: runner(source) };
  return held.db;
}
let held: { source: Pool; db: Db } | undefined;

/** Several statements that stand or fall together. Rolls back on any throw. */
export async function transact<T>(work: (tx: Db) => Promise<T>): Promise<T> {
  return transactOn(pool(), work);
}

async function transactOn<T>(source: Pool, work: (tx: Db) => Promise<T>): Promise<T> {
  const client = await source.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(runner(client));
    await client.query('COMMIT');
    return result;
  } catch (error: unknown) {
    broken = await rollBack(client, error);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Why the connection is good for nothing any more; undefined where it is. One that gave no answer is not asked again: that would be as long a wait. */
async function rollBack(client: PoolClient, cause: unknown): Promise<Error | undefined> {
  if (cause instanceof Error && !(cause instanceof DatabaseError) && isDatabaseAway(cause)) return cause;
  return client.query('ROLLBACK').then(
    () => undefined,
    (error: Error) => error,
  );
}

/** A statement with patience may be slow for this long before anybody asks whether the database answers at all. */
const SILENCE_MS = 1_200;
/** What a new connection and its first answer may take: together with the silence less than the 3 s in which a caller hears of an outage. */
const LIVENESS_MS = { connect: 1_000, answer: 500 } as const;

/**
 * Runs work on a connection of a pool whose statements may take longer than an outage may be kept from callers. A slow answer and none look the
 * same from here, so from 1.2 s on (waiting for a connection included) the database is asked for a sign of life on a connection of its own, again
 * and again: while it gives one the work has all of its pool's patience. Without one this throws (`isDatabaseAway`) within 2.7 s,
 * and the connection is closed.
 */
async function unlessSilent<T>(source: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const silence = silenceOf(source.options.connectionString ?? '', over.signal);
  const connecting = source.connect();
  let client: PoolClient | undefined;
  let broken: Error | undefined;
  try {
    client = await Promise.race([connecting, silence]);
    return await Promise.race([work(client), silence]);
  } catch (error: unknown) {
    // Nobody waits any more for a connection that comes later.
    if (!client) connecting.then((late) => late.release()).catch(() => {});
    if (error instanceof Error && !(error instanceof DatabaseError && error.severity !== 'FATAL')) broken = error;
    throw error;
  } finally {
    over.abort();
    client?.release(broken);
  }
}

/** Rejects when the database gives no sign of life, or the signal aborts; never resolves. */
async function silenceOf(connectionString: string, signal: AbortSignal): Promise<never> {
  do await pause(SILENCE_MS, undefined, { signal });
  while (await isAlive(connectionString));
  throw new Error(SILENT);
}
const SILENT = 'The database does not answer';

/** Whether the database answers anything; those who ask at the same time share the answer. Never rejects. */
function isAlive(connectionString: string): Promise<boolean> {
  const asked =
    asking.get(connectionString) ?? askForLife(connectionString).finally(() => asking.delete(connectionString));
  asking.set(connectionString, asked);
  return asked;
}
const asking = new Map<string, Promise<boolean>>();

async function askForLife(connectionString: string): Promise<boolean> {
  const client = new Client({
    connectionString,
    connectionTimeoutMillis: LIVENESS_MS.connect,
    query_timeout: LIVENESS_MS.answer,
    application_name: 'watchword liveness',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error: unknown) {
    // Too many connections is an answer; shutting down and starting up are none.
    return error instanceof DatabaseError && !/^(08|57P)/.test(error.code ?? '');
  } finally {
    void client.end().catch(() => {});
  }
}

/**
 * Searches and exports: read only, planned for their own values (their statements have no name), and with patience. Index scans stay, because the
 * tables they read are the large ones. Times that the database writes out are in UTC.
 */
function searchPool(): Pool {
  holder.watchwordSearches ??= newPool(databaseUrl(), {
    max: 4,
    statementMs: 30_000,
    settings: {
      enable_seqscan: 'off',
      jit: 'off',
      default_transaction_read_only: 'on',
      work_mem: '32MB',
      TimeZone: 'UTC',
    },
    name: 'watchword searches',
  });
  return holder.watchwordSearches;
}

/**
 * One statement that only reads, with its own patience. When that is over the answer is null, and the database has stopped. A database that does not
 * answer at all is no matter of patience: `unlessSilent`.
 */
export function report<Row extends QueryResultRow>(
  { text }: Statement,
  values: readonly unknown[],
  patienceMs: number,
): Promise<Row[] | null> {
  return unlessSilent(searchPool(), async (client) => {
    try {
      await client.query(`BEGIN; SET LOCAL statement_timeout = ${Math.max(1, Math.floor(patienceMs))}`);
      const { rows } = await client.query<Row>({ text, values: values as unknown[] });
      await client.query('COMMIT');
      return rows;
    } catch (error: unknown) {
      const broken = await rollBack(client, error);
      if (broken) throw broken;
      if (error instanceof DatabaseError && error.code === '57014') return null;
      throw error;
    }
  });
}

/** Prisma over the same pool: the database tests read through it, the server's statements are all SQL. */
export function prisma(): PrismaClient {
  holder.watchwordPrisma ??= new PrismaClient({ adapter: new PrismaPg(pool()) });
  return holder.watchwordPrisma;
}

/** Ends the pool; used at the end of a process and of a test file. */
export async function closeDatabase(): Promise<void> {
  await holder.watchwordPrisma?.$disconnect();
  const ended = [holder.watchwordPool, holder.watchwordReports, holder.watchwordProjector, holder.watchwordSearches];
  delete holder.watchwordPrisma;
  delete holder.watchwordPool;
  delete holder.watchwordReports;
  delete holder.watchwordProjector;
  delete holder.watchwordSearches;
  await Promise.all(ended.map((pool) => pool?.end()));
}

/** True when the database itself is out of reach or overloaded, as against a mistake of ours. Such errors become 503. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    /^(08|57P|53|58)/.test(code) ||
    /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|ENOENT|EHOSTUNREACH|55P03|57014|25006|40P01|40001)$/.test(
      code,
    ) ||
    error.message === SILENT ||
    /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Cannot use a pool after/.test(
      error.message,
    )
  );
}
