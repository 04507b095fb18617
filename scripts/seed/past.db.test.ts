import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDatabase } from '@/lib/db/client';
import { seedDemo } from '../seed';
import { createTestDatabase, type TestDatabase, useTestEnvironment } from '../testing/database';
import { INVARIANTS } from './invariants';

/** The whole demo, sixty days of it: what the console shows on its first morning. */
const SEED_SECONDS_MAX = 240;

let database: TestDatabase;
let client: pg.Client;
let tookMs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  useTestEnvironment(database);
  const began = performance.now();
  await seedDemo({
    size: 'demo',
    simulatorUrl: 'http://127.0.0.1:4999',
    smtpUrl: 'smtp://127.0.0.1:4025',
    publicUrl: 'http://127.0.0.1:3999',
    onProgress: (line) => process.env.SEED_SAYS && console.log(Math.round(performance.now() - began), line),
  });
  tookMs = performance.now() - began;
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
}, SEED_SECONDS_MAX * 1_000);

afterAll(async () => {
  await client?.end();
  await closeDatabase();
  await database?.drop();
});

const one = async (sql: string): Promise<number> => {
  const [row] = (await client.query<Record<string, string>>(sql)).rows;
  return Number(Object.values(row ?? {})[0]);
};

describe('the past of a demo', () => {
  test('is sixty days of at least 50,000 verifications in more than 40 countries', async () => {
    expect(await one('SELECT count(*) FROM verification')).toBeGreaterThanOrEqual(50_000);
    expect(await one('SELECT count(DISTINCT country) FROM verification')).toBeGreaterThan(40);
    expect(await one('SELECT count(DISTINCT created_at::date) FROM verification')).toBeGreaterThanOrEqual(60);
    if (process.env.SEED_SAYS) {
      console.log(tookMs);
      for (const sql of (process.env.SEED_SQL ?? '').split(';').filter((text) => text.trim() !== ''))
        console.table((await client.query(sql)).rows);
    }
  });

  test.each(Object.entries(INVARIANTS))('there are no %s', async (_, sql) => {
    expect(await one(sql)).toBe(0);
  });
});
