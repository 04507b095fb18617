import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, database, pool, report, reports, transact, transactRollups } from '@/lib/db/client';
import { env } from '@/lib/env';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '@/scripts/testing/database';
import { startFreezable } from '@/scripts/testing/freezable';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  putTestEnvironment(db);
});
afterAll(async () => {
  await closeDatabase();
  await db.drop();
});

const SETTINGS = {
  name: 'settings_of_a_connection',
  text: `SELECT current_setting('statement_timeout') AS statements, current_setting('lock_timeout') AS locks,
                current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('plan_cache_mode') AS plans, current_setting('jit') AS jit`,
};
const LIMITS = { locks: '2s', idle: '10s', plans: 'force_generic_plan', jit: 'off' };

test('every connection has its limits and plans, also those that are opened all at once', async () => {
  const codes = await Promise.all(Array.from({ length: 10 }, () => database().query(SETTINGS, [])));
  expect(codes.flat()).toEqual(Array.from({ length: 10 }, () => ({ statements: '2500ms', ...LIMITS })));
  expect(await reports().query(SETTINGS, [])).toEqual([{ statements: '5s', ...LIMITS }]);
  expect(await transactRollups((tx) => tx.query(SETTINGS, []))).toEqual([{ statements: '1min', ...LIMITS }]);
});

const SLOW = { name: 'slow_question', text: 'SELECT 1 AS one FROM pg_sleep(3)' };

test('figures and searches that are slow are waited for while the database answers', async () => {
  expect(await Promise.all([reports().query(SLOW, []), report(SLOW, [], 4_000)])).toEqual([[{ one: 1 }], [{ one: 1 }]]);
});

test('a transaction without an answer ends within 3 s and asks no more of its connection, which is closed', async () => {
  const hanging = await startFreezable(db.url);
  await closeDatabase();
  Object.assign(env(), { DATABASE_URL: hanging.url });
  let began = 0;
  const frozen = transact(async (tx) => {
    hanging.freeze();
    began = performance.now();
    await tx.query(SETTINGS, []);
  });
  await expect(frozen).rejects.toThrow('Query read timeout');
  expect(performance.now() - began).toBeLessThan(3_000);
  await expect.poll(() => pool().totalCount).toBe(0);
  hanging.thaw();
  expect(await transact((tx) => tx.query(SETTINGS, []))).toHaveLength(1);
  await closeDatabase();
  await hanging.stop();
});
