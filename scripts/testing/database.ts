import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Postgres of this test run, made by global-database.ts. */
    templateDatabaseUrl: string;
  }
}

/** A migrated database of this test file's own. */
export type TestDatabase = { url: string; drop(): Promise<void> };

/**
 * Clones the migrated template (about 50 ms). Call it once per test file, in `beforeAll`, and `drop` it in `afterAll`;
 * the whole Postgres is thrown away after the run in any case. With `{ empty: true }` the database has no tables.
 */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const template = inject('templateDatabaseUrl');
  assertLocalDatabase(template);
  const name = `test_${randomBytes(6).toString('hex')}`;
  const from = options.empty ? 'template0' : new URL(template).pathname.slice(1);
  await asAdministrator(template, `CREATE DATABASE ${name} TEMPLATE ${from}`);

  const url = new URL(template);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asAdministrator(template, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** Throws unless the address is on this machine: suites that write must never meet a real installation. */
export function assertLocalDatabase(url: string): void {
  const { hostname } = new URL(url);
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    throw new Error(`tests write only to a database on this machine, not on ${hostname}`);
  }
}

/** Makes the code under test use this database: lib/env.ts has to find it, and keys, before it is first asked. */
export function putTestEnvironment(database: TestDatabase): void {
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    WATCHWORD_PUBLIC_URL: 'http://127.0.0.1:3000',
    WATCHWORD_KEYS: `1:${randomBytes(32).toString('base64')}`,
    WATCHWORD_INDEX_KEY: randomBytes(32).toString('base64'),
    NEXTAUTH_SECRET: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'silent',
  });
}

async function asAdministrator(url: string, sql: string): Promise<void> {
  const administration = new URL(url);
  administration.pathname = '/postgres';
  const client = new pg.Client({ connectionString: administration.href });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
