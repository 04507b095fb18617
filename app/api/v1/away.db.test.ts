import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GET as breakdown } from '@/app/api/v1/analytics/breakdown/route';
import { GET as durations } from '@/app/api/v1/analytics/durations/route';
import { GET as heatmap } from '@/app/api/v1/analytics/heatmap/route';
import { GET as movers } from '@/app/api/v1/analytics/movers/route';
import { GET as summary } from '@/app/api/v1/analytics/summary/route';
import { GET as timeseries } from '@/app/api/v1/analytics/timeseries/route';
import { POST as check } from '@/app/api/v1/verifications/[id]/check/route';
import { GET as get } from '@/app/api/v1/verifications/[id]/route';
import { POST as issue, GET as list } from '@/app/api/v1/verifications/route';
import { closeDatabase } from '@/lib/db/client';
import { env } from '@/lib/env';
import type { RouteHandler } from '@/lib/http/endpoint';
import type { HttpResponse } from '@/lib/http/message';
import { newUuid, publicId } from '@/lib/ids';
import { reloadConfiguration, watchConfiguration } from '@/lib/operations/configuration/snapshot';
import { createKey } from '@/lib/operations/keys/create';
import { startTestCore, type TestCore } from '@/scripts/testing/core';
import { startFreezable } from '@/scripts/testing/freezable';

let core: TestCore;
let database: Awaited<ReturnType<typeof startFreezable>>;
let secret = '';
const watching = new AbortController();
beforeAll(async () => {
  core = await startTestCore();
  const app = publicId('app', core.app);
  const made = await createKey({ kind: 'system', what: 'test' }, { appId: app, name: 'test', livemode: true });
  secret = made.secret;
  await closeDatabase();
  database = await startFreezable(core.databaseUrl);
  Object.assign(env(), { DATABASE_URL: database.url });
  await reloadConfiguration();
  watchConfiguration(watching.signal);
});
afterAll(async () => {
  watching.abort();
  database.thaw();
  await core.stop();
  await database.stop();
});

type Call = {
  handler: RouteHandler;
  method?: 'POST';
  path: string;
  id?: string;
  body?: object;
  idempotencyKey?: string;
};
type Heard = { status: number; ms: number; retryAfter: string | undefined; body: { outcome?: string } };

async function ask({ handler, method, path, id, body, idempotencyKey }: Call): Promise<Heard> {
  const url = new URL(`/api/v1/${path}`, 'http://127.0.0.1');
  const headers: Record<string, string | undefined> = {
    authorization: `Bearer ${secret}`,
    'content-type': 'application/json',
    'idempotency-key': idempotencyKey,
  };
  const began = performance.now();
  const answer: HttpResponse = await handler.core({
    method: method ?? 'GET',
    target: url.pathname + url.search,
    query: url.searchParams,
    params: id === undefined ? {} : { id },
    header: (name) => headers[name] ?? null,
    body: Buffer.from(body ? JSON.stringify(body) : ''),
  });
  const ms = performance.now() - began;
  return { status: answer.status, ms, retryAfter: answer.headers['retry-after'], body: JSON.parse(answer.body) };
}

const RANGE = 'from=2026-11-01T00:00:00Z&to=2026-11-08T00:00:00Z';
const READS: readonly Call[] = [
  { handler: list, path: 'verifications?limit=1' },
  { handler: summary, path: `analytics/summary?${RANGE}&metrics=created` },
  { handler: timeseries, path: `analytics/timeseries?${RANGE}&metrics=created` },
  { handler: breakdown, path: `analytics/breakdown?${RANGE}&metrics=created&dimension=country` },
  { handler: durations, path: `analytics/durations?${RANGE}&duration=deliver` },
  { handler: heatmap, path: `analytics/heatmap?${RANGE}&metrics=created` },
  { handler: movers, path: `analytics/movers?${RANGE}&metric=conversion` },
];

describe.each(['open', 'new'])('while the database hangs, with connections that are %s', (connections) => {
  let code: string;
  let checked: Call;
  let issued: () => Call;
  let heard: { wave: string; path: string; heard: Heard }[];

  beforeAll(async () => {
    const to = core.phone();
    const { resource } = await core.issue(to);
    await core.quiet();
    code = core.carrier.codeFor(to);
    const idempotencyKey = newUuid();
    const { id } = resource;
    checked = { handler: check, method: 'POST', path: `verifications/${id}/check`, id, body: { code }, idempotencyKey };
    issued = () => ({
      handler: issue,
      method: 'POST',
      path: 'verifications',
      body: { to: core.phone() },
      idempotencyKey: newUuid(),
    });
    const calls = [...READS, { handler: get, path: `verifications/${id}`, id }];
    for (const call of calls) expect(await ask(call)).toMatchObject({ status: 200 });
    // Side by side, so that there is a connection for each call below.
    await Promise.all(Array.from({ length: 8 }, () => ask({ handler: get, path: '', id })));
    expect(await ask(issued())).toMatchObject({ status: 201 });
    await core.quiet();
    if (connections === 'new') {
      await closeDatabase();
      await reloadConfiguration();
      await closeDatabase();
    }
    database.freeze();
    // Those who come later meet what the first ones have left behind.
    heard = [];
    for (const wave of ['first', 'later']) {
      // Of several issues some wait for their turn.
      const asked = [...calls, checked, issued(), issued(), issued()];
      heard.push(
        ...(await Promise.all(asked.map(async (call) => ({ wave, path: call.path, heard: await ask(call) })))),
      );
    }
  });

  test('every call is answered with 503 and Retry-After within 3 s', () => {
    expect(heard.filter((each) => each.heard.status !== 503 || each.heard.retryAfter !== '2')).toEqual([]);
    expect(heard.filter((each) => each.heard.ms > 3_000)).toEqual([]);
  });

  test('afterwards all of them work again by themselves, and a key that the database claimed late is free', async () => {
    database.thaw();
    const until = { timeout: 6_000, interval: 100 };
    for (const call of READS) await expect.poll(async () => (await ask(call)).status, until).toBe(200);
    await expect.poll(async () => (await ask(issued())).status, until).toBe(201);
    await expect.poll(() => ask(checked), until).toMatchObject({ status: 200 });
  });
});
