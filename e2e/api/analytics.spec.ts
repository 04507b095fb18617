import type { APIRequestContext } from '@playwright/test';
import pg from 'pg';
import { API } from '@/lib/contract/api';
import { expect, test } from '../fixtures/test';
import { bearer, expectRefusal, read } from './client';

const BASE = '/api/v1/analytics';
const DAY_MS = 86_400_000;

/** Two days until the next half-hour: on steps that every count has, so that none widens the range. */
function recent(): { from: string; to: string } {
  const to = Math.ceil(Date.now() / 1_800_000) * 1_800_000;
  return { from: new Date(to - 2 * DAY_MS).toISOString(), to: new Date(to).toISOString() };
}

async function sql<Row extends object>(databaseUrl: string, text: string, values: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row & Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}

const url = (path: string, query: Record<string, string>) => `${BASE}/${path}?${new URLSearchParams(query)}`;

test('figures are those of plain SQL over the verifications themselves, and parts add up to the whole', async ({
  request,
  installation,
}) => {
  const app = installation.apps[0];
  const headers = bearer(app?.live_key);
  const { from, to } = recent();
  const metrics = 'created,verified,conversion,spend';
  const get = async (path: string, query: Record<string, string>) =>
    (await request.get(url(path, { from, to, metrics, ...query }), { headers })).json();
  // Other tests write meanwhile: both are asked again until nothing moves between the two.
  await expect(async () => {
    const [plain] = await sql<{ created: number; approved: number; ended: number; spend: string; indonesia: number }>(
      installation.database_url,
      `SELECT count(*)::int AS created, count(*) FILTER (WHERE status = 'approved')::int AS approved, count(*) FILTER (WHERE status <> 'pending')::int AS ended,
              count(*) FILTER (WHERE country = 'ID')::int AS indonesia,
              COALESCE((SELECT sum(m.cost_micros) FROM message m JOIN verification w ON w.id = m.verification_id
                         WHERE w.app_id = $1 AND w.livemode AND w.created_at >= $2 AND w.created_at < $3), 0) AS spend
         FROM verification WHERE app_id = $1 AND livemode AND created_at >= $2 AND created_at < $3`,
      [app?.id.replace('app_', ''), from, to],
    );
    const summary = API['analytics.summary'].result.parse(await get('summary', {}));
    expect(summary.values.created?.value).toBe(plain?.created);
    expect(summary.values.verified?.value).toBe(plain?.approved);
    expect(summary.values.conversion?.n).toBe(plain?.ended);
    expect(summary.values.spend?.value ?? 0).toBe(Number(plain?.spend));

    const breakdown = API['analytics.breakdown'].result.parse(
      await get('breakdown', { dimension: 'country', limit: '500' }),
    );
    expect(breakdown.rows.reduce((sum, { values }) => sum + (values.created?.value ?? 0), 0)).toBe(plain?.created);
    expect(breakdown.rows.find(({ key }) => key === 'ID')?.values.created?.value ?? 0).toBe(plain?.indonesia);

    for (const timezone of ['UTC', 'Asia/Kolkata', 'America/Sao_Paulo']) {
      const { series } = API['analytics.timeseries'].result.parse(
        await get('timeseries', { timezone, interval: 'hour' }),
      );
      const points = series[0]?.points ?? [];
      expect(points.reduce((sum, { values }) => sum + (values.created?.value ?? 0), 0)).toBe(plain?.created);
    }
    const without = API['analytics.summary'].result.parse(await get('summary', { country: '-ID' }));
    expect(without.values.created?.value).toBe((plain?.created ?? 0) - (plain?.indonesia ?? 0));
  }).toPass({ timeout: 25_000 });
});

test('a code that was just checked is in the figures within seconds, and test traffic never is', async ({
  request,
  installation,
  simulator,
  phone,
}, info) => {
  // Both doors ask at once, of one installation.
  const useCase = info.project.metadata.door === 'next' ? 'password_reset' : 'account_recovery';
  const headers = bearer(installation.apps[1]?.live_key);
  const from = new Date(Date.now() - 600_000).toISOString();
  const query = () =>
    url('summary', {
      from,
      to: new Date(Date.now() + 60_000).toISOString(),
      metrics: 'created,verified',
      use_case: useCase,
    });
  const before = await ask(request, query(), headers);

  const to = phone();
  const issued = await (
    await request.post('/api/v1/verifications', { headers, data: { to, use_case: useCase } })
  ).json();
  const [message] = await simulator.waitForMessages(to, 1);
  await request.post(`/api/v1/verifications/${issued.id}/check`, { headers, data: { code: message?.code } });
  const began = Date.now();
  await expect
    .poll(async () => (await ask(request, query(), headers)).values.verified?.value, {
      timeout: 15_000,
      intervals: [100],
    })
    .toBe((before.values.verified?.value ?? 0) + 1);
  test
    .info()
    .annotations.push({ type: 'seconds from check to figure', description: String((Date.now() - began) / 1000) });

  const testHeaders = bearer(installation.apps[1]?.test_key);
  await request.post('/api/v1/verifications', {
    headers: testHeaders,
    data: { to: phone(), use_case: useCase },
  });
  const after = await ask(request, query(), headers);
  expect(after.values.created?.value).toBe((before.values.created?.value ?? 0) + 1);

  // A test key lies in places where live volumes and spend have no business.
  const refused = await request.get(query(), { headers: testHeaders });
  expect(refused.status()).toBe(403);
  expect(await refused.json()).toMatchObject({
    error: { code: 'forbidden', message: expect.stringContaining('live key') },
  });
});

for (const [what, query, param] of [
  ['no range', { metrics: 'created' }, 'from'],
  [
    'a range that ends before it begins',
    { from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z', metrics: 'created' },
    'to',
  ],
  ['three years', { from: '2023-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z', metrics: 'created' }, 'from'],
  ['an unknown metric', { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', metrics: 'happiness' }, 'metrics'],
  ['no metric', { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', metrics: '' }, 'metrics'],
  [
    'an unknown time zone',
    { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', metrics: 'created', timezone: 'Mars/Olympus' },
    'timezone',
  ],
  [
    'a connection that is no id',
    { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', metrics: 'created', connection: '1' },
    'connection',
  ],
  [
    'a question about apps',
    { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', metrics: 'created', app: 'x' },
    'app',
  ],
] as const) {
  test(`${what} is a clear 400`, async ({ request, installation }) => {
    const answer = await read(
      await request.get(url('summary', query as Record<string, string>), {
        headers: bearer(installation.apps[0]?.live_key),
      }),
    );
    expectRefusal(answer, 'invalid_request');
    expect(JSON.parse(answer.body).error.param).toBe(param);
  });
}

test('histograms, hours of the week and moves are of the same verifications as the figures', async ({
  request,
  installation,
}) => {
  const headers = bearer(installation.apps[0]?.live_key);
  // Hours of the week are of whole days of UTC.
  const to = Math.ceil(Date.now() / DAY_MS) * DAY_MS;
  const range = { from: new Date(to - 7 * DAY_MS).toISOString(), to: new Date(to).toISOString() };
  const get = async (path: string, query: Record<string, string>) => {
    const answer = await request.get(url(path, { ...range, ...query }), { headers });
    expect(answer.status(), path).toBe(200);
    return answer.json();
  };
  await expect(async () => {
    const whole = API['analytics.summary'].result.parse(
      await get('summary', { metrics: 'created,conversion,response_time_p50_ms' }),
    );
    const { cells } = API['analytics.heatmap'].result.parse(await get('heatmap', { metrics: 'created' }));
    expect(cells).toHaveLength(168);
    expect(cells.reduce((sum, { values }) => sum + (values.created?.value ?? 0), 0)).toBe(whole.values.created?.value);

    const took = API['analytics.durations'].result.parse(await get('durations', { duration: 'respond' }));
    expect(took).toMatchObject({ is_kept: true, n: whole.values.response_time_p50_ms?.n });
    expect(took.p50_ms).toBe(whole.values.response_time_p50_ms?.value);
    expect(took.buckets.reduce((sum, { n }) => sum + n, 0)).toBe(took.n);

    const moved = API['analytics.movers'].result.parse(await get('movers', { metric: 'conversion' }));
    expect(moved.after).toMatchObject({ n: whole.values.conversion?.n, value: whole.values.conversion?.value });
    expect(moved.sentence).toContain('Conversion');
  }).toPass({ timeout: 25_000 });

  const split = API['analytics.durations'].result.parse(
    await get('durations', { duration: 'respond', country: 'ID', locale: 'en' }),
  );
  expect(split).toMatchObject({ is_kept: false, n: 0, p50_ms: null });
});

for (const [path, query, param] of [
  ['movers', { metric: 'created' }, 'metric'],
  ['movers', { metric: 'block_rate' }, 'metric'],
  ['movers', { metric: 'conversion', compare: 'none' }, 'compare'],
  ['durations', { duration: 'patience' }, 'duration'],
  ['heatmap', { metrics: 'message_delivery_rate' }, 'metrics'],
  ['heatmap', { metrics: 'response_time_p50_ms' }, 'metrics'],
] as const) {
  test(`${path} of ${Object.values(query).join(' and ')} is a clear 400`, async ({ request, installation }) => {
    const answer = await read(
      await request.get(url(path, { ...recent(), ...query }), { headers: bearer(installation.apps[0]?.live_key) }),
    );
    expectRefusal(answer, 'invalid_request');
    expect(JSON.parse(answer.body).error.param).toBe(param);
  });
}

async function ask(request: APIRequestContext, path: string, headers: Record<string, string>) {
  return API['analytics.summary'].result.parse(await (await request.get(path, { headers })).json());
}
