import { PrismaPg } from '@prisma/adapter-pg';
import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import { PrismaClient } from '@/lib/db/generated/client';
import { env } from '@/lib/env';

/**
 * A place to run SQL: the pool, or one connection inside a transaction. `query` names its statement, so that Postgres
 * plans it once per connection (measured 2.7 × cheaper than the ORM's raw query, performance notes 3b).
 */
export type Db = {
  query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
};

/** A statement and its name; the name must be unique to the text. */
export type Statement = { name: string; text: string };

type Counters = { statements: number; commits: number; byName: Map<string, number> };
const holder = globalThis as {
  watchwordPool?: Pool;
  watchwordReports?: Pool;
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
 * a table that has grown meanwhile. Reports that want other plans bring a pool of their own.
 */
const INDEX_PLANS = [
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'jit=off',
  'plan_cache_mode=force_generic_plan',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

function databaseUrl(): string {
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
  const made = new Pool({
    connectionString,
    max,
    connectionTimeoutMillis: 2_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: 2_500,
    query_timeout: 2_800,
    idle_in_transaction_session_timeout: 10_000,
    lock_timeout: 2_000,
    options: INDEX_PLANS,
    application_name: 'watchword',
  });
  // An idle connection that the server closed is no reason to end the process: the pool replaces it.
  made.on('error', () => {});
  // The same for one that a query holds: the query's own promise rejects, and that is where it is handled.
  made.on('connect', (client) => client.on('error', () => {}));
  return made;
}

function runner(source: Pool | PoolClient): Db {
  return {
    async query<Row extends QueryResultRow>({ name, text }: Statement, values: readonly unknown[]): Promise<Row[]> {
      const counters = statementCounters();
      counters.statements += 1;
      counters.byName.set(name, (counters.byName.get(name) ?? 0) + 1);
      const result = await source.query<Row>({ name, text, values: values as unknown[] });
      return result.rows;
    },
  };
}

/** The database of this process, outside any transaction: each statement commits by itself. */
export function database(): Db {
  return runner(pool());
}

/** Several statements that stand or fall together. Rolls back on any throw. */
export async function transact<T>(work: (tx: Db) => Promise<T>): Promise<T> {
  const client = await pool().connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(runner(client));
    await client.query('COMMIT');
    return result;
  } catch (error: unknown) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Connections for questions that read much: few, read only, and apart from those that codes wait for. Statements have no
 * name here, so each is planned for its own values; index scans stay, because the tables they read are the large ones.
 */
function reportPool(): Pool {
  if (!holder.watchwordReports) {
    const made = new Pool({
      connectionString: databaseUrl(),
      max: 4,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      statement_timeout: REPORT_MS_MAX,
      query_timeout: REPORT_MS_MAX + 1_000,
      idle_in_transaction_session_timeout: 10_000,
      options: ['enable_seqscan=off', 'jit=off', 'default_transaction_read_only=on', 'work_mem=32MB']
        .map((setting) => `-c ${setting}`)
        .join(' '),
      application_name: 'watchword reports',
    });
    made.on('error', () => {});
    made.on('connect', (client) => client.on('error', () => {}));
    holder.watchwordReports = made;
  }
  return holder.watchwordReports;
}
const REPORT_MS_MAX = 30_000;

/** One statement that only reads, with its own patience. When that is over the answer is null, and the database has stopped. */
export async function report<Row extends QueryResultRow>(
  { text }: Statement,
  values: readonly unknown[],
  patienceMs: number,
): Promise<Row[] | null> {
  const client = await reportPool().connect();
  let broken: Error | undefined;
  try {
    await client.query(`BEGIN; SET LOCAL statement_timeout = ${Math.max(1, Math.floor(patienceMs))}`);
    const { rows } = await client.query<Row>({ text, values: values as unknown[] });
    await client.query('COMMIT');
    return rows;
  } catch (error: unknown) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    if (error instanceof Error && 'code' in error && error.code === '57014') return null;
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Prisma over the same pool, for everything that is not hot. */
export function prisma(): PrismaClient {
  holder.watchwordPrisma ??= new PrismaClient({ adapter: new PrismaPg(pool()) });
  return holder.watchwordPrisma;
}

/** Ends the pool; used at the end of a process and of a test file. */
export async function closeDatabase(): Promise<void> {
  await holder.watchwordPrisma?.$disconnect();
  const ended = holder.watchwordPool;
  const reports = holder.watchwordReports;
  delete holder.watchwordPrisma;
  delete holder.watchwordPool;
  delete holder.watchwordReports;
  await Promise.all([ended?.end(), reports?.end()]);
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
    /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Cannot use a pool after/.test(
      error.message,
    )
  );
}
