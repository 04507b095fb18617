import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { POST as checkRoute } from '@/app/api/v1/verifications/[id]/check/route';
import { GET as getRoute } from '@/app/api/v1/verifications/[id]/route';
import { POST as issueRoute } from '@/app/api/v1/verifications/route';
import { closeDatabase, database, statementCounters } from '@/lib/db/client';
import { learnMonths } from '@/lib/db/months';
import type { HttpRequest } from '@/lib/http/message';
import { webhook } from '@/lib/http/webhook';
import { newUuid, uuidFrom } from '@/lib/ids';
import { drainBackground } from '@/lib/operations/background';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { putProviders } from '@/lib/operations/messages/dispatch';
import { providerNamed } from '@/lib/providers/registry';
import { install } from '../scripts/seed/installation';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '../scripts/testing/database';
import { benchNumber } from './numbers';
import { metaStatus, metaWebhook, type Prepared, prepareVerifications } from './prepared';

let testDatabase: TestDatabase;
let authorization: string;
let appId: string;
let connection: { id: string; secret: string };
let issued = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  putTestEnvironment(testDatabase);
  const { seeded } = await install({
    simulatorUrl: 'http://127.0.0.1:9',
    publicUrl: 'http://127.0.0.1:9',
    since: new Date(),
  });
  await learnMonths();
  const [app] = seeded.apps;
  const meta = seeded.connections.find(({ provider }) => provider === 'meta-cloud');
  if (!app || !meta) throw new Error('the installation is not complete');
  authorization = `Bearer ${app.live_key}`;
  appId = uuidFrom('app', app.id) ?? '';
  connection = meta;
  putProviders((name) => {
    const real = providerNamed(name);
    const send = async () => ({ kind: 'accepted' as const, providerMessageId: `wamid.${newUuid()}`, segments: 1 });
    return real && { ...real, send };
  });
});

afterAll(async () => {
  await drainBackground(10_000);
  await closeDatabase();
  await testDatabase.drop();
});

function request(options: {
  target: string;
  params?: Record<string, string>;
  body?: string;
  headers?: Record<string, string>;
}): HttpRequest {
  const headers: Record<string, string> = { authorization, 'content-type': 'application/json', ...options.headers };
  return {
    method: options.body === undefined ? 'GET' : 'POST',
    target: options.target,
    query: new URLSearchParams(),
    params: options.params ?? {},
    header: (name) => headers[name] ?? null,
    body: Buffer.from(options.body ?? ''),
  };
}

/** The statements that `work` ran, by name. A fresh snapshot keeps the revision check, which belongs to the clock, out of it. */
async function statementsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  await drainBackground(10_000);
  await reloadConfiguration();
  const { byName } = statementCounters();
  const before = new Map(byName);
  await work();
  return Object.fromEntries(
    [...byName]
      .map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
}

const issue = (headers: Record<string, string> = {}) => {
  issued += 1;
  const body = JSON.stringify({ to: benchNumber('issued', issued) });
  return issueRoute.core(request({ target: '/api/v1/verifications', body, headers }));
};

/** Prepared rows wait for their check with public ids. */
const check = ({ id, code }: Prepared) => {
  const publicId = `vrf_${id.replaceAll('-', '')}`;
  const body = JSON.stringify({ code });
  return checkRoute.core(
    request({ target: `/api/v1/verifications/${publicId}/check`, params: { id: publicId }, body }),
  );
};

test('an issue is one statement, and one more records its send', async () => {
  const statements = await statementsOf(async () => {
    const response = await issue();
    expect(response.status).toBe(201);
    await drainBackground(10_000);
  });

  expect(statements).toEqual({ issue_verifications: 1, record_sends: 1 });
});

test('an issue with an Idempotency-Key is one statement as well', async () => {
  const statements = await statementsOf(async () => {
    const response = await issue({ 'idempotency-key': 'counted-once' });
    expect(response.status).toBe(201);
    await drainBackground(10_000);
  });

  expect(statements).toEqual({ issue_verifications_keys: 1, record_sends: 1 });
});

test('64 issues at once share a few commits', async () => {
  const statements = await statementsOf(async () => {
    const responses = await Promise.all(Array.from({ length: 64 }, () => issue()));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([201]));
    await drainBackground(10_000);
  });

  expect(statements.issue_verifications).toBeLessThanOrEqual(8);
  expect(statements.record_sends).toBeLessThanOrEqual(16);
});

test('a check is one statement, and so is a get', async () => {
  const [right, wrong] = await prepareVerifications(appId, 0, 2);
  if (!right || !wrong) throw new Error('nothing was prepared');

  const approved = await statementsOf(async () => {
    const response = await check(right);
    expect(JSON.parse(response.body)).toMatchObject({ outcome: 'approved' });
  });
  const mismatched = await statementsOf(async () => {
    const response = await check({ ...wrong, code: wrong.code === '123456' ? '654321' : '123456' });
    expect(JSON.parse(response.body)).toMatchObject({ outcome: 'mismatch' });
  });
  const read = await statementsOf(async () => {
    const id = `vrf_${right.id.replaceAll('-', '')}`;
    const response = await getRoute.core(request({ target: `/api/v1/verifications/${id}`, params: { id } }));
    expect(response.status).toBe(200);
  });

  expect(approved).toEqual({ check_verifications_1: 1 });
  expect(mismatched).toEqual({ check_verifications_1: 1 });
  expect(Object.values(read)).toEqual([1]);
});

test('100 webhooks over 64 connections take at most 20 commits until all are applied', async () => {
  const rows = await prepareVerifications(appId, 1_000, 100);
  const waiting = [...rows];
  const connectionOf = async () => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      const body = metaWebhook([metaStatus(row, 'delivered', new Date())]);
      const signature = createHmac('sha256', connection.secret).update(body).digest('hex');
      const response = await webhook.core(
        request({
          target: `/api/webhooks/meta-cloud/${connection.id}`,
          params: { provider: 'meta-cloud', connection: connection.id },
          body,
          headers: { 'x-hub-signature-256': `sha256=${signature}` },
        }),
      );
      expect(response.status).toBe(200);
    }
  };

  const statements = await statementsOf(async () => {
    await Promise.all(Array.from({ length: 64 }, connectionOf));
    await drainBackground(10_000);
  });

  const delivered = await database().query<{ n: number }>(
    {
      name: 'count_delivered',
      text: `SELECT count(*)::int AS n FROM message WHERE id = ANY ($1) AND state = 'delivered'`,
    },
    [rows.map(({ messageId }) => messageId)],
  );
  expect(delivered).toEqual([{ n: 100 }]);
  // Each statement is a commit of its own.
  expect(Object.keys(statements).sort()).toEqual(['apply_receipts', 'keep_callbacks']);
  expect(Object.values(statements).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(20);
});
