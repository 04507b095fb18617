import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPassword } from '@/lib/crypto/password';
import { closeDatabase, database as databasePool } from '@/lib/db/client';
import { findLiveEntities } from '@/lib/db/configuration-versions';
import { ROLES } from '@/lib/domain/actor';
import { MESSAGE_STATES } from '@/lib/domain/message/states';
import { VERIFICATION_STATUSES } from '@/lib/domain/verification/states';
import { uuidFrom } from '@/lib/ids';
import { findingsOf, readSurroundings } from '@/lib/operations/configuration/judge';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { authenticateKey } from '@/lib/operations/keys/authenticate';
import { answerChallenge } from '@/lib/operations/receipts/receive';
import { metaCredentials, metaSettings } from '@/lib/providers/meta-cloud/settings';
import { smtpCredentials, smtpSettings } from '@/lib/providers/smtp/settings';
import { twilioCredentials, twilioSettings } from '@/lib/providers/twilio/settings';
import { vonageCredentials, vonageSettings } from '@/lib/providers/vonage/settings';
import { ycloudCredentials, ycloudSettings } from '@/lib/providers/ycloud/settings';
import { accountsInput } from '@/lib/simulator/accounts';
import { seedDemo } from '../seed';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '../testing/database';
import { INVARIANTS } from './invariants';
import { newBuffers, writeBuffers } from './tables';

const SIMULATOR = 'http://127.0.0.1:4999';
const PUBLIC = 'http://127.0.0.1:3999';

let database: TestDatabase;
let client: pg.Client;
let made: Awaited<ReturnType<typeof seedDemo>>;
const progress: string[] = [];
const seedAgain = () =>
  seedDemo({
    size: 'e2e',
    simulatorUrl: SIMULATOR,
    smtpUrl: 'smtp://127.0.0.1:4025',
    publicUrl: PUBLIC,
    onProgress: (line) => progress.push(line),
  });

beforeAll(async () => {
  database = await createTestDatabase();
  putTestEnvironment(database);
  made = await seedAgain();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client?.end();
  await closeDatabase();
  await database?.drop();
});

const values = async <T>(sql: string): Promise<T[]> =>
  (await client.query<{ value: T }>(sql)).rows.map(({ value }) => value);

test('a plan that comes while the buffers are being written is written the next time', async () => {
  const buffers = newBuffers();
  const plan = (n: number) => ({ id: `00000000-0000-4000-8000-00000000000${n}`, body: '{}', outline: '{}' });
  buffers.plans.set(plan(1).id, plan(1));
  const writing = writeBuffers(client, buffers);
  buffers.plans.set(plan(2).id, plan(2));
  await writing;
  await writeBuffers(client, buffers);
  const written = await values<number>(`SELECT count(*)::int AS value FROM plan WHERE body = '{}'`);
  await client.query(`DELETE FROM plan WHERE body = '{}'`);
  expect(written).toEqual([2]);
});

describe('what is seeded', () => {
  test('every status of a verification is there, and so is every way to get there', async () => {
    const statuses = await values<string>('SELECT DISTINCT status AS value FROM verification');
    expect(statuses.sort()).toEqual([...VERIFICATION_STATUSES].sort());
    const states = await values<string>('SELECT DISTINCT state AS value FROM message');
    expect(MESSAGE_STATES.filter((state) => states.includes(state))).toEqual(
      expect.arrayContaining(['unknown', 'accepted', 'failed', 'delivered', 'read']),
    );
    const kinds = await values<string>('SELECT DISTINCT kind AS value FROM verification_event');
    expect(kinds).toEqual(expect.arrayContaining(['fallback', 'resend', 'undeliverable']));
    const causes = await values<string>(
      `SELECT DISTINCT detail->>'cause' AS value FROM verification_event WHERE kind = 'fallback'`,
    );
    expect(causes.sort()).toEqual(['failed', 'timeout']);
  });

  test.each(Object.entries(INVARIANTS))('there are no %s', async (_, sql) => {
    const [row] = (await client.query<{ count?: string }>(sql)).rows;
    expect(Number(Object.values(row ?? {})[0])).toBe(0);
  });

  test('nothing that is sent says another lifetime than its code has, and nothing is delivered after it', async () => {
    const codes = findingsOf(await findLiveEntities(databasePool()), await readSurroundings()).map(({ code }) => code);
    expect(codes).not.toContain('template_tells_other_minutes');
    expect(codes).not.toContain('message_outlives_code');
    const said = await client.query(
      `SELECT DISTINCT v.use_case, m.template, v.expires_at - v.created_at = t.code_expiration_minutes * interval '1 minute' AS agrees
         FROM message m JOIN verification v ON v.id = m.verification_id
         JOIN template t ON t.provider_name = m.template AND t.locale = m.locale AND m.channel = 'whatsapp'`,
    );
    expect(new Set(said.rows.map(({ template }) => template))).toEqual(
      new Set(['otp_code_5_minutes', 'otp_code_10_minutes']),
    );
    expect(said.rows.filter(({ agrees }) => !agrees)).toEqual([]);
  });

  test('somebody enters the code when it has expired', async () => {
    expect(
      await values<number>("SELECT count(*)::int AS value FROM check_attempt WHERE outcome = 'expired'"),
    ).not.toEqual([0]);
  });

  test('the keys that it answers are the keys of its apps, live and test', async () => {
    for (const app of made.demo.apps) {
      const live = await authenticateKey(`Bearer ${app.live_key}`, () => '');
      const test = await authenticateKey(`Bearer ${app.test_key}`, () => '');
      expect(live).toMatchObject({ appId: uuidFrom('app', app.id), livemode: true });
      expect(test).toMatchObject({ appId: uuidFrom('app', app.id), livemode: false });
    }
  });

  test('there is one account per role, and its password opens it', async () => {
    expect(made.demo.accounts.map(({ role }) => role)).toEqual([...ROLES]);
    for (const { role, email, password } of made.demo.accounts) {
      const [hash] = await values<string>(
        `SELECT password_hash AS value FROM console_user WHERE email = '${email}' AND role = '${role}'`,
      );
      expect(await isPassword(hash ?? null, password)).toBe(true);
    }
  });

  test('what is written down of Meta opens its handshake, and no other connection has one', async () => {
    const [meta, ...others] = made.demo.connections;
    const query = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.challenge': '1158201444',
      'hub.verify_token': meta?.verify_token ?? '',
    });
    expect(await answerChallenge('meta-cloud', meta?.id ?? '', query)).toBe('1158201444');
    expect(others.filter((other) => 'verify_token' in other)).toEqual([]);
  });

  test('the simulator is told of the same accounts and templates that the connections use', async () => {
    const told = accountsInput.parse(made.simulator);
    const names = await values<string>(
      `SELECT DISTINCT provider_name AS value FROM template WHERE channel = 'whatsapp' AND status = 'approved' ORDER BY 1`,
    );
    const locales = await values<string>(
      `SELECT DISTINCT locale AS value FROM template WHERE channel = 'whatsapp' ORDER BY 1`,
    );
    expect(told.templates.map(({ name }) => name).sort()).toEqual(names);
    expect([...(told.templates[0]?.languages ?? [])].sort()).toEqual(locales);
    expect(locales.length).toBeGreaterThanOrEqual(25);
    const urls = await values<string>('SELECT DISTINCT base_url AS value FROM connection ORDER BY 1');
    expect(urls).toEqual([SIMULATOR, 'smtp://127.0.0.1:4025']);
    expect(told.meta[0]?.webhook_url).toBe(PUBLIC + made.demo.connections[0]?.webhook_path);
    expect(told.ycloud[0]?.webhook_url).toBe(
      PUBLIC + made.demo.connections.find(({ provider }) => provider === 'ycloud')?.webhook_path,
    );
  });

  test('the connections hold what their providers ask for', async () => {
    const { connections } = await currentConfiguration();
    const [meta, twilio, ycloud] = ['meta-cloud', 'twilio', 'ycloud'].map((name) =>
      [...connections.values()].find(({ provider }) => provider === name),
    );
    expect(() => metaSettings.parse(meta?.settings)).not.toThrow();
    expect(() => metaCredentials.parse(meta?.credentials)).not.toThrow();
    expect(() => twilioSettings.parse(twilio?.settings)).not.toThrow();
    expect(() => twilioCredentials.parse(twilio?.credentials)).not.toThrow();
    expect(() => ycloudSettings.parse(ycloud?.settings)).not.toThrow();
    expect(() => ycloudCredentials.parse(ycloud?.credentials)).not.toThrow();
    expect([meta?.priceRule, twilio?.priceRule]).toEqual(['delivered', 'submitted']);
    const [vonage, smtp] = ['vonage', 'smtp'].map((name) =>
      [...connections.values()].find(({ provider }) => provider === name),
    );
    expect(() => vonageSettings.parse(vonage?.settings)).not.toThrow();
    expect(() => vonageCredentials.parse(vonage?.credentials)).not.toThrow();
    expect(() => smtpSettings.parse(smtp?.settings)).not.toThrow();
    expect(() => smtpCredentials.parse(smtp?.credentials)).not.toThrow();
    // Another SMS connection in use would change where messages go.
    expect([vonage?.enabled, smtp?.enabled]).toEqual([false, true]);
  });

  test('YCloud stands ready and switched off: no route takes it before somebody says so', async () => {
    const { connections } = await currentConfiguration();
    const enabled = [...connections.values()].map(({ provider, enabled: isOn }) => [provider, isOn]);
    // Behind the others, so that it is not even named where they can carry the code.
    expect(enabled.at(-1)).toEqual(['ycloud', false]);
    expect(await values<string>("SELECT DISTINCT provider AS value FROM message WHERE provider = 'ycloud'")).toEqual(
      [],
    );
  });

  test('a database that has apps is left alone', async () => {
    await expect(seedAgain()).rejects.toThrow('already holds apps');
    expect(await values<number>('SELECT count(*)::int AS value FROM app')).toEqual([2]);
  });
});
