import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { database, transact } from '@/lib/db/client';
import { migrate } from '@/lib/db/migrate';
import { dropMonths, learnMonths, makeMonths, partitionOf, partitionOfMessages } from '@/lib/db/months';
import { applyReceiptRows } from '@/lib/db/receipts';
import { analysePartitioned } from '@/lib/db/statistics';
import { expireVerifications } from '@/lib/db/timers';
import { newUuid, uuidFloor, uuidFrom } from '@/lib/ids';
import { cancelVerification } from '@/lib/operations/verifications/cancel';
import { checkVerification } from '@/lib/operations/verifications/check';
import { startTestCore, type TestCore } from '@/scripts/testing/core';
import { createTestDatabase } from '@/scripts/testing/database';
import { insertPast } from '@/scripts/testing/past';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const DAY_MS = 86_400_000;
const suffixOf = (at: Date) => `_${at.toISOString().slice(0, 7).replace('-', '_')}`;
const TABLES = ['verification', 'message', 'verification_event', 'check_attempt', 'verification_tally'] as const;

/** In which tables the rows of one verification lie. */
async function placesOf(id: string): Promise<string[]> {
  const rows = await core.sql<{ place: string }>(
    TABLES.map(
      (table) =>
        `SELECT tableoid::regclass::text AS place FROM ${table} WHERE ${table === 'verification' ? 'id' : 'verification_id'} = $1`,
    ).join(' UNION '),
    [id],
  );
  return rows.map(({ place }) => place).sort();
}

const held = async () =>
  (await core.sql<{ id: string }>('SELECT verification_id AS id FROM live_verification ORDER BY 1')).map(
    ({ id }) => id,
  );
const live = async () =>
  (await core.sql<{ id: string }>('SELECT id FROM verification WHERE is_checkable ORDER BY 1')).map(({ id }) => id);

test('everything of a verification lies in the month of its id, and statements on the way of a code name it', async () => {
  const to = core.phone();
  const { resource } = await core.issue(to);
  await core.quiet();
  await checkVerification(core.key(), { verificationId: resource.id, code: '000000' });
  const id = uuidFrom('verification', resource.id) ?? '';
  const suffix = suffixOf(new Date());
  expect(await placesOf(id)).toEqual([`check_attempt${suffix}`, `message${suffix}`, `verification${suffix}`]);
  expect(partitionOf(id, id)).toBe(suffix);
  // Two months, a message of nobody, and a month that nobody made: the partitioned tables.
  expect(partitionOf(uuidFloor(new Date(Date.now() - 40 * DAY_MS)), id)).toBe('');
  expect(partitionOfMessages([id, null])).toBe('');
  expect(partitionOf(uuidFloor(new Date('2040-01-01')), uuidFloor(new Date('2040-01-02')))).toBe('');
});

test('a number is free again however its verification ends, and held while it lives', async () => {
  const begin = async (to: string) => (await core.issue(to)).resource.id;
  const [approved, canceled, locked, expired, superseded, kept] = [0, 1, 2, 3, 4, 5].map(() => core.phone());
  const approvedId = await begin(approved ?? '');
  await core.quiet();
  await checkVerification(core.key(), { verificationId: approvedId, code: core.carrier.codeFor(approved ?? '') });
  await cancelVerification(core.key(), { verificationId: await begin(canceled ?? '') });
  const lockedId = await begin(locked ?? '');
  for (let n = 0; n < 5; n += 1)
    await checkVerification(core.key(), { verificationId: lockedId, code: 'no' }).catch(() => {});
  const expiredId = uuidFrom('verification', await begin(expired ?? ''));
  await core.sql('UPDATE verification SET expires_at = now() WHERE id = $1', [expiredId]);
  await expireVerifications(database(), 100);
  await begin(superseded ?? '');
  await core.forgetLimits();
  const successor = uuidFrom('verification', await begin(superseded ?? ''));
  const keptId = uuidFrom('verification', await begin(kept ?? ''));
  await core.quiet();

  expect(await held()).toEqual(await live());
  expect(await held()).toEqual(expect.arrayContaining([successor, keptId]));
  expect((await core.verification(expiredId ?? '')).status).toBe('expired');
});

test('a number whose holder is gone can still be used', async () => {
  const to = core.phone();
  const { resource } = await core.issue(to);
  await core.quiet();
  const id = uuidFrom('verification', resource.id) ?? '';
  // As a restored backup or a dropped month would leave it.
  await core.sql('DELETE FROM message WHERE verification_id = $1', [id]);
  await core.sql('DELETE FROM verification WHERE id = $1', [id]);
  await core.forgetLimits();
  const next = await core.issue(to);
  expect(await held()).toContain(uuidFrom('verification', next.resource.id));
});

test('a statement that had to wait for a verification finds it afterwards', async () => {
  const to = core.phone();
  const { resource } = await core.issue(to);
  await core.quiet();
  const id = uuidFrom('verification', resource.id) ?? '';
  const [message] = await core.messages(id);
  const other = new pg.Client({ connectionString: core.databaseUrl });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query('UPDATE verification SET reference = reference WHERE id = $1', [id]);
    await other.query('UPDATE message SET detail = detail WHERE verification_id = $1', [id]);
    const answers = Promise.all([
      checkVerification(core.key(), { verificationId: resource.id, code: core.carrier.codeFor(to) }),
      applyReceiptRows(
        database(),
        [
          {
            connectionId: message?.connection_id ?? '',
            providerMessageId: message?.provider_message_id ?? '',
            messageId: null,
            status: 'delivered',
            at: new Date(),
            receivedAt: new Date(),
            reason: null,
            isOffChannel: false,
            providerCode: null,
            detail: null,
            chargedMicros: null,
            callbackId: null,
          },
        ],
        [],
      ),
    ]);
    await expect
      .poll(async () => {
        const [row] = await core.sql<{ n: string }>(
          `SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        );
        return Number(row?.n);
      })
      .toBe(2);
    await other.query('COMMIT');
    const [checked] = await answers;
    expect(checked.outcome).toBe('approved');
    expect((await core.messages(id))[0]?.state).toBe('delivered');
  } finally {
    await other.end();
  }
});

test('months are made ahead, once; what no month was made for is kept and moves to its month', async () => {
  expect(await transact(makeMonths)).toBe(0);
  const far = new Date(Date.now() + 100 * DAY_MS);
  await insertPast(core.sql, {
    n: 3,
    everyMs: 1_000,
    until: far,
    apps: [core.app],
    connections: [core.whatsapp, core.sms],
  });
  const [row] = await core.sql<{ id: string }>(
    'SELECT id FROM verification WHERE created_at > $1 ORDER BY id LIMIT 1',
    [new Date(far.getTime() - DAY_MS)],
  );
  const id = row?.id ?? '';
  expect(await placesOf(id)).toEqual(['message_default', 'verification_default']);
  await core.sql('SELECT make_monthly_partitions(now(), $1)', [far]);
  expect(await placesOf(id)).toEqual([`message${suffixOf(far)}`, `verification${suffixOf(far)}`]);
  await learnMonths();
  expect(partitionOf(id, id)).toBe(suffixOf(far));
  const [left] = await core.sql<{ n: string }>('SELECT count(*) AS n FROM verification_default');
  expect(Number(left?.n)).toBe(0);
});

test('whole months go when their newest verification is past its time, and nothing younger', async () => {
  await core.sql('SELECT begin_monthly_partitions($1)', [new Date(Date.now() - 150 * DAY_MS)]);
  await insertPast(core.sql, {
    n: 150,
    everyMs: DAY_MS,
    until: new Date(),
    apps: [core.app],
    connections: [core.whatsapp, core.sms],
  });
  const dropped = await transact((tx) => dropMonths(tx, 60));
  const cut = new Date(Date.now() - 60 * DAY_MS);
  // The month that day 60 lies in stays whole.
  const first = Date.UTC(cut.getUTCFullYear(), cut.getUTCMonth(), 1);
  expect(dropped).toContain(`verification${suffixOf(new Date(first - DAY_MS))}`);
  expect(dropped).not.toContain(`verification${suffixOf(cut)}`);
  for (const [table, key] of [
    ['verification', 'id'],
    ['message', 'verification_id'],
    ['verification_event', 'verification_id'],
  ] as const) {
    const [row] = await core.sql<{ oldest: string }>(`SELECT min(${key}::text) AS oldest FROM ${table}`);
    expect((row?.oldest ?? '') >= uuidFloor(new Date(first)).slice(0, 13)).toBe(true);
  }
  const [row] = await core.sql<{ n: string }>('SELECT count(*) AS n FROM verification WHERE created_at > $1', [cut]);
  expect(Number(row?.n)).toBeGreaterThanOrEqual(60);
  expect(await transact((tx) => dropMonths(tx, 60))).toEqual([]);
});

test('tables of months have statistics as wholes, which autovacuum never makes', async () => {
  await core.issue(core.phone());
  await transact(analysePartitioned);
  const rows = await core.sql<{ name: string; looked: boolean }>(
    `SELECT relname AS name, reltuples > 0 AS looked FROM pg_class WHERE relkind = 'p' AND relname IN ('verification', 'message') ORDER BY relname`,
  );
  expect(rows).toEqual([
    { name: 'message', looked: true },
    { name: 'verification', looked: true },
  ]);
});

test('an installation with rows keeps them, and its live verification holds its number', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-months-'));
  const { url, drop } = await createTestDatabase({ empty: true });
  try {
    const all = path.join(process.cwd(), 'prisma/migrations');
    for (const name of await readdir(all))
      if (name < '20261128') await cp(path.join(all, name), path.join(folder, name), { recursive: true });
    await migrate(url, folder);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const id = newUuid();
    const old = newUuid(Date.now() - 200 * DAY_MS);
    for (const [each, isCheckable] of [
      [id, true],
      [old, false],
    ] as const) {
      await client.query(
        `INSERT INTO verification (id, app_id, livemode, use_case, country, to_blind, prefix_blind, to_sealed, to_masked, locale, is_checkable, checks_max, plan_id,
           falls_back_on_failed, created_at, expires_at, resend_after)
         VALUES ($1, $1, true, 'login', 'DE', '\\x01', '\\x02', '', '', 'en', $2, 5, $1, true, now(), now() + interval '5 minutes', now())`,
        [each, isCheckable],
      );
      await client.query(
        `INSERT INTO message (id, verification_id, app_id, livemode, country, step, cause, channel, provider, connection_id, template, locale, state, state_rank, submitted_at, price_rule)
         VALUES (gen_random_uuid(), $1, $1, true, 'DE', 0, 'issue', 'sms', 'twilio', $1, 't', 'en', 'submitted', 1, now(), 'any')`,
        [each],
      );
    }
    expect(await migrate(url)).toContain('20261128000000_partition_by_month');
    const { rows } = await client.query(
      `SELECT v.id, v.tableoid::regclass::text AS place, m.tableoid::regclass::text AS message, l.verification_id IS NOT NULL AS holds
         FROM verification v JOIN message m ON m.verification_id = v.id LEFT JOIN live_verification l ON l.verification_id = v.id ORDER BY v.id`,
    );
    expect(rows).toEqual([
      { id: old, place: 'verification_before', message: 'message_before', holds: false },
      { id, place: 'verification_before', message: 'message_before', holds: true },
    ]);
    // This month's rows lie among the older ones: the hourly job makes no second place for them.
    const made = await client.query(
      `SELECT make_monthly_partitions(now() - interval '1 day', now() + interval '1 month') AS n`,
    );
    expect(made.rows).toEqual([{ n: 0 }]);
    // Whoever ends it tells the rollups and frees the number, by either name of the table.
    await client.query('TRUNCATE rollup_queue');
    await client.query('UPDATE verification_before SET is_checkable = false WHERE id = $1', [id]);
    const { rows: after } = await client.query(
      'SELECT (SELECT count(*)::int FROM live_verification) AS held, (SELECT count(*)::int FROM rollup_queue) AS told',
    );
    expect(after).toEqual([{ held: 0, told: 1 }]);
    await client.end();
  } finally {
    await drop();
    await rm(folder, { recursive: true, force: true });
  }
});
