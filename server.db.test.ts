import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Child, choosePort, startChild, untilReady } from './scripts/child';
import { install } from './scripts/seed/installation';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from './scripts/testing/database';

let testDatabase: TestDatabase;
let key: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  putTestEnvironment(testDatabase);
  const { seeded } = await install({
    simulatorUrl: 'http://127.0.0.1:9',
    publicUrl: 'http://127.0.0.1:9',
    since: new Date(),
  });
  key = seeded.apps[0]?.test_key ?? '';
});
afterAll(() => testDatabase.drop());

describe.each([
  { roles: 'api', port: 'PORT', issues: 201 },
  { roles: 'worker', port: 'WATCHWORD_PROBE_PORT', issues: 404 },
])('a process of the role $roles', ({ roles, port: variable, issues }) => {
  let url: string;
  let child: Child;
  beforeAll(async () => {
    const port = await choosePort(0);
    url = `http://127.0.0.1:${port}`;
    child = startChild(
      'server.ts',
      [],
      {
        WATCHWORD_ROLES: roles,
        [variable]: String(port),
        HOST: '127.0.0.1',
        WATCHWORD_METRICS_TOKEN: 'scraped-by-prometheus',
      },
      null,
    );
    await untilReady(child, `${url}/api/health`);
  });
  afterAll(() => child.stop());

  const ask = (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, { redirect: 'manual', ...init });

  test('is asked for its health, its readiness and its counters', async () => {
    const headers = { authorization: 'Bearer scraped-by-prometheus' };
    expect((await ask('/api/ready')).status).toBe(200);
    const metrics = await ask('/api/metrics', { headers });
    expect(metrics.status).toBe(200);
    expect(await metrics.text()).toContain('watchword_overdue_seconds');
    const inSmallLetters = { authorization: 'bearer scraped-by-prometheus' };
    expect((await ask('/api/metrics', { headers: inSmallLetters })).status).toBe(200);
    const refused = await ask('/api/metrics', { headers: { authorization: 'Bearer else' } });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  test.each(['/', '/sign-in', '/overview', '/api/auth/session', '/_next/static/x.js', '/api/nowhere'])(
    'has no page at %s and says so in the one error shape',
    async (path) => {
      const answer = await ask(path);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error: { code: 'not_found' } });
    },
  );

  test(`answers ${issues} to who asks for a code`, async () => {
    const issued = await ask('/api/v1/verifications', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to: '+5511987654321' }),
    });
    expect(issued.status).toBe(issues);
  });
});

test('a worker without a port for it listens on nothing', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-worker-'));
  const variables = { WATCHWORD_ROLES: 'worker', LOG_LEVEL: 'info' };
  const child = startChild('server.ts', [], variables, path.join(folder, 'log'));
  try {
    await expect.poll(() => child.tail(), { timeout: 15_000 }).toContain('server.started');
    expect(child.tail()).toMatch(/"port":0,.*server\.started/);
  } finally {
    await child.stop();
    await rm(folder, { recursive: true });
  }
});
