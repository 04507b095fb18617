import type { z } from 'zod';
import { API, type ApiOperationName } from '@/lib/contract/api';
import { expect, test } from '../fixtures/test';
import { bearer, expectRefusal, read } from './client';

/** The answer, checked against the contract: every key known, every value of its type. */
function contract<Name extends ApiOperationName>(name: Name, body: unknown): z.output<(typeof API)[Name]['result']> {
  const parsed = API[name].result.parse(body);
  expect(body).toEqual(parsed);
  return parsed as z.output<(typeof API)[Name]['result']>;
}

const ROUTE = '/api/v1/verifications';

test('a code is issued, arrives, is checked and can be followed', async ({
  request,
  installation,
  simulator,
  phone,
}) => {
  const to = phone();
  const headers = bearer(installation.apps[0]?.live_key);
  const issued = await request.post(ROUTE, {
    headers,
    data: { to, use_case: 'login', reference: 'order-7', metadata: { cart: '9' } },
  });
  expect(issued.status()).toBe(201);
  const verification = contract('verifications.issue', await issued.json());
  expect(verification).toMatchObject({
    status: 'pending',
    country: 'ID',
    channel: 'whatsapp',
    route: ['whatsapp', 'sms'],
    checks_remaining: 5,
    livemode: true,
    reference: 'order-7',
    metadata: { cart: '9' },
  });
  expect(verification.to_masked).not.toContain(to.slice(4, 10));

  const [message] = await simulator.waitForMessages(to, 1);
  expect(message).toMatchObject({ channel: 'whatsapp', code: expect.stringMatching(/^\d{6}$/) });

  const wrong = await request.post(`${ROUTE}/${verification.id}/check`, {
    headers,
    data: { code: message?.code === '111111' ? '222222' : '111111' },
  });
  expect(contract('verifications.check', await wrong.json())).toMatchObject({
    outcome: 'mismatch',
    checks_remaining: 4,
  });
  const right = await request.post(`${ROUTE}/${verification.id}/check`, { headers, data: { code: message?.code } });
  expect(right.status()).toBe(200);
  expect(contract('verifications.check', await right.json())).toMatchObject({
    outcome: 'approved',
    verification: { status: 'approved' },
  });
  const again = await request.post(`${ROUTE}/${verification.id}/check`, { headers, data: { code: message?.code } });
  expect(contract('verifications.check', await again.json())).toMatchObject({ outcome: 'closed' });

  await expect
    .poll(async () => (await (await request.get(`${ROUTE}/${verification.id}`, { headers })).json()).messages[0].state)
    .toMatch(/delivered|read/);
  const life = await request.get(`${ROUTE}/${verification.id}`, { headers });
  const text = await life.text();
  const seen = contract('verifications.get', JSON.parse(text));
  expect(seen).toMatchObject({
    status: 'approved',
    messages: [{ channel: 'whatsapp', cause: 'issue' }],
    checks: [{ outcome: 'mismatch' }, { outcome: 'approved' }],
  });
  expect(seen.decisions.map(({ kind }) => kind)).toEqual(['route', 'ended']);
  expect(text).not.toContain(to.slice(1));
  expect(text).not.toContain(`"${message?.code}"`);
});

test('a number that is not on WhatsApp gets its code by SMS at once', async ({
  request,
  installation,
  simulator,
  phone,
}) => {
  const to = phone('0001');
  const headers = bearer(installation.apps[0]?.live_key);
  const { id } = await (await request.post(ROUTE, { headers, data: { to } })).json();
  const [message] = await simulator.waitForMessages(to, 1, 8_000);
  expect(message?.channel).toBe('sms');
  const life = contract('verifications.get', await (await request.get(`${ROUTE}/${id}`, { headers })).json());
  expect(life.messages).toMatchObject([
    { channel: 'whatsapp', state: 'failed', reason: 'not_on_channel' },
    { channel: 'sms', cause: 'fallback' },
  ]);
  expect(life.decisions.find(({ kind }) => kind === 'fallback')?.detail).toMatchObject({ cause: 'failed' });
});

test('a refused send, and a receipt before the answer, both end well', async ({
  request,
  installation,
  simulator,
  phone,
}) => {
  const headers = bearer(installation.apps[0]?.live_key);
  const [refused, early] = [phone('0002'), phone('0010')];
  await request.post(ROUTE, { headers, data: { to: refused } });
  const { id } = await (await request.post(ROUTE, { headers, data: { to: early } })).json();
  expect((await simulator.waitForMessages(refused, 1))[0]?.channel).toBe('sms');
  await expect
    .poll(async () => (await (await request.get(`${ROUTE}/${id}`, { headers })).json()).messages[0].state)
    .toMatch(/delivered|read/);
  expect((await simulator.messages(early)).length).toBe(1);
});

test('the user’s own choice is honoured, and can be switched by a resend', async ({
  request,
  installation,
  simulator,
  phone,
}) => {
  const to = phone();
  const headers = bearer(installation.apps[0]?.live_key);
  const issued = contract(
    'verifications.issue',
    await (await request.post(ROUTE, { headers, data: { to, channel: 'sms' } })).json(),
  );
  expect(issued).toMatchObject({ channel: 'sms', route: ['sms'], switch_to: ['whatsapp'], next_fallback_at: null });
  expect((await simulator.waitForMessages(to, 1))[0]?.channel).toBe('sms');
  const early = await read(
    await request.post(`${ROUTE}/${issued.id}/resend`, { headers, data: { channel: 'whatsapp' } }),
  );
  expectRefusal(early, 'already_pending');
  expect(Number(early.headers['retry-after'])).toBeGreaterThan(50);
  expect(early.headers).toMatchObject({
    ratelimit: expect.stringMatching(/^"default";r=0;t=\d+$/),
    'ratelimit-policy': '"default";q=1',
  });
});

test('with a test key nothing leaves the house and the code is 000000', async ({
  request,
  installation,
  simulator,
  phone,
}) => {
  const to = phone();
  const headers = bearer(installation.apps[0]?.test_key);
  const issued = contract('verifications.issue', await (await request.post(ROUTE, { headers, data: { to } })).json());
  expect(issued).toMatchObject({ livemode: false, next_fallback_at: null });
  const checked = await request.post(`${ROUTE}/${issued.id}/check`, { headers, data: { code: '000000' } });
  expect(contract('verifications.check', await checked.json()).outcome).toBe('approved');
  expect(await simulator.messages(to)).toEqual([]);
});

test('cancel ends it, twice the same; a canceled one takes no code and no resend', async ({
  request,
  installation,
  phone,
}) => {
  const headers = bearer(installation.apps[0]?.test_key);
  const { id } = await (await request.post(ROUTE, { headers, data: { to: phone() } })).json();
  const first = contract(
    'verifications.cancel',
    await (await request.post(`${ROUTE}/${id}/cancel`, { headers })).json(),
  );
  expect(first).toMatchObject({ status: 'canceled', end_reason: 'by_request' });
  expect(await (await request.post(`${ROUTE}/${id}/cancel`, { headers, data: {} })).json()).toEqual(first);
  expect(
    (await (await request.post(`${ROUTE}/${id}/check`, { headers, data: { code: '000000' } })).json()).outcome,
  ).toBe('closed');
  expectRefusal(await read(await request.post(`${ROUTE}/${id}/resend`, { headers })), 'verification_closed');
});

test('inside the cooldown a second request is 429 with Retry-After and RateLimit', async ({
  request,
  installation,
  phone,
}) => {
  const headers = bearer(installation.apps[0]?.test_key);
  const data = { to: phone() };
  await request.post(ROUTE, { headers, data });
  const refused = await read(await request.post(ROUTE, { headers, data }));
  expectRefusal(refused, 'already_pending');
  const wait = Number(refused.headers['retry-after']);
  expect(wait).toBeGreaterThan(0);
  expect(refused.headers.ratelimit).toBe(`"default";r=0;t=${wait}`);
  expect(JSON.parse(refused.body).error.retry_after).toBe(wait);
});

test('through both doors at once one number gets one code', async ({ request, installation, simulator, phone }) => {
  const to = phone();
  const headers = bearer(installation.apps[0]?.live_key);
  const doors = [installation.base_url, installation.next_url];
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => request.post(`${doors[n % 2]}${ROUTE}`, { headers, data: { to } })),
  );
  const statuses = answers.map((answer) => answer.status());
  expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  expect(statuses.filter((status) => status === 429)).toHaveLength(19);
  await simulator.waitForMessages(to, 1);
  expect(await simulator.sends(to)).toHaveLength(1);
});

test('through both doors at once five guesses are compared, and one approval is given', async ({
  request,
  installation,
  phone,
}) => {
  const headers = bearer(installation.apps[0]?.test_key);
  const doors = [installation.base_url, installation.next_url];
  const guess = (id: string, n: number, code: string) =>
    request.post(`${doors[n % 2]}${ROUTE}/${id}/check`, { headers, data: { code } });
  const wrong = await (await request.post(ROUTE, { headers, data: { to: phone() } })).json();
  const guesses = await Promise.all(Array.from({ length: 40 }, (_, n) => guess(wrong.id, n, String(100_000 + n))));
  const outcomes = await Promise.all(guesses.map(async (answer) => (await answer.json()).outcome));
  expect(outcomes.filter((outcome) => outcome === 'mismatch')).toHaveLength(4);
  expect(outcomes.filter((outcome) => outcome === 'locked')).toHaveLength(36);
  const life = await (await request.get(`${ROUTE}/${wrong.id}`, { headers })).json();
  expect(life.checks).toHaveLength(5);

  const right = await (await request.post(ROUTE, { headers, data: { to: phone() } })).json();
  const approvals = await Promise.all(Array.from({ length: 40 }, (_, n) => guess(right.id, n, '000000')));
  const ends = await Promise.all(approvals.map(async (answer) => (await answer.json()).outcome));
  expect(ends.filter((outcome) => outcome === 'approved')).toHaveLength(1);
  expect(ends.filter((outcome) => outcome === 'closed')).toHaveLength(39);
});

test('an Idempotency-Key answers the first answer again, byte for byte, through either door', async ({
  request,
  installation,
  phone,
  baseURL,
}) => {
  const data = { to: phone(), metadata: { z: '1', a: '2' } };
  const headers = { ...bearer(installation.apps[0]?.live_key), 'idempotency-key': `key-${data.to}` };
  const first = await request.post(ROUTE, { headers, data });
  const elsewhere = baseURL === installation.next_url ? installation.base_url : installation.next_url;
  for (const door of [baseURL, elsewhere]) {
    const again = await request.post(`${door}${ROUTE}`, { headers, data });
    expect(again.status()).toBe(201);
    expect(await again.text()).toBe(await first.text());
    expect(again.headers()['idempotent-replayed']).toBe('true');
  }
  expect(first.headers()['idempotent-replayed']).toBeUndefined();
  expectRefusal(
    await read(await request.post(ROUTE, { headers, data: { ...data, reference: 'other' } })),
    'idempotency_conflict',
  );
  for (const key of ['', ' ', 'a b', 'ü', 'x'.repeat(256)]) {
    const refused = await request
      .post(ROUTE, { headers: { ...headers, 'idempotency-key': key }, data })
      .catch(() => null);
    if (refused) expectRefusal(await read(refused), 'invalid_request', 'already_pending');
  }
});

test('an Idempotency-Key on a check spends one guess however often it is sent', async ({
  request,
  installation,
  phone,
}) => {
  const auth = bearer(installation.apps[0]?.test_key);
  const { id } = await (await request.post(ROUTE, { headers: auth, data: { to: phone() } })).json();
  const headers = { ...auth, 'idempotency-key': `check-${id}` };
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => request.post(`${ROUTE}/${id}/check`, { headers, data: { code: '111111' } })),
  );
  for (const answer of answers) expect([200, 409]).toContain(answer.status());
  const replay = await request.post(`${ROUTE}/${id}/check`, { headers, data: { code: '111111' } });
  expect(await replay.json()).toMatchObject({ outcome: 'mismatch', checks_remaining: 4 });
  expectRefusal(
    await read(await request.post(`${ROUTE}/${id}/check`, { headers, data: { code: '000000' } })),
    'idempotency_conflict',
  );
});

test('an unknown id and someone else’s are the same 404, byte for byte', async ({ request, installation, phone }) => {
  const [mine, theirs] = installation.apps;
  const { id } = await (await request.post(ROUTE, { headers: bearer(theirs?.test_key), data: { to: phone() } })).json();
  const unknown = `vrf_0199f2c0a1b27c3d8e4f5a6b7c8d9e0f`;
  const calls = (of: string) =>
    [
      request.get(`${ROUTE}/${of}`, { headers: { ...bearer(mine?.test_key), 'x-request-id': 'same' } }),
      ...[
        ['check', { code: '000000' }],
        ['resend', {}],
        ['cancel', {}],
      ].map(([verb, data]) =>
        request.post(`${ROUTE}/${of}/${verb}`, {
          headers: { ...bearer(mine?.test_key), 'x-request-id': 'same' },
          data,
        }),
      ),
    ] as const;
  const [known, foreign] = await Promise.all([Promise.all(calls(unknown)), Promise.all(calls(id))]);
  for (const [n, answer] of foreign.entries()) {
    expectRefusal(await read(answer), 'not_found');
    expect(await answer.text()).toBe(await known[n]?.text());
  }
  // The other mode of the same app is as foreign as another app.
  expectRefusal(await read(await request.get(`${ROUTE}/${id}`, { headers: bearer(theirs?.live_key) })), 'not_found');
  const untouched = await (await request.get(`${ROUTE}/${id}`, { headers: bearer(theirs?.test_key) })).json();
  expect(untouched).toMatchObject({ status: 'pending', checks_remaining: 5 });
});

test('the list pages by cursor, filters, and shows nobody else’s', async ({ request, installation, phone }) => {
  const headers = bearer(installation.apps[1]?.test_key);
  const reference = `list-${phone()}`;
  const made: string[] = [];
  for (let n = 0; n < 5; n += 1)
    made.unshift((await (await request.post(ROUTE, { headers, data: { to: phone(), reference } })).json()).id);
  const page = async (query: string) =>
    contract(
      'verifications.list',
      await (await request.get(`${ROUTE}?reference=${encodeURIComponent(reference)}${query}`, { headers })).json(),
    );
  const first = await page('&limit=2');
  expect(first).toMatchObject({ has_more: true });
  const second = await page(`&limit=2&starting_after=${first.data.at(-1)?.id}`);
  const third = await page(`&limit=2&starting_after=${second.data.at(-1)?.id}`);
  expect(third.has_more).toBe(false);
  expect([...first.data, ...second.data, ...third.data].map(({ id }) => id)).toEqual(made);
  expect((await page('&status=approved')).data).toEqual([]);
  expect((await page('&status=pending,approved&country=ID&use_case=login')).data).toHaveLength(5);
  const foreign = await request.get(`${ROUTE}?reference=${encodeURIComponent(reference)}`, {
    headers: bearer(installation.apps[0]?.test_key),
  });
  expect((await foreign.json()).data).toEqual([]);
});

test('channels and the route of a number can be asked for, and asking sends nothing', async ({
  request,
  installation,
  simulator,
  phone,
}) => {
  const to = phone();
  const headers = bearer(installation.apps[0]?.live_key);
  const channels = await request.get(`/api/v1/channels?to=${encodeURIComponent(to)}`, { headers });
  expect(contract('channels.list', await channels.json())).toMatchObject({
    country: 'ID',
    mode: 'automatic',
    channels: [{ channel: 'whatsapp' }, { channel: 'sms' }],
  });
  const explained = await request.post('/api/v1/routes/explain', { headers, data: { to } });
  expect(explained.status()).toBe(200);
  const explanation = contract('routes.explain', await explained.json());
  expect(explanation).toMatchObject({
    would_send: true,
    refusal: null,
    steps: [
      { channel: 'whatsapp', starts_after_seconds: 0 },
      { channel: 'sms', starts_after_seconds: 30 },
    ],
  });
  const chosen = await request.post('/api/v1/routes/explain', { headers, data: { to, channel: 'voice' } });
  expect(contract('routes.explain', await chosen.json())).toMatchObject({
    would_send: false,
    refusal: 'channel_not_available',
  });
  expect(await simulator.sends(to)).toEqual([]);
});

test('the description lists every route, and needs no key', async ({ request }) => {
  const answer = await request.get('/api/v1/openapi.json');
  expect(answer.status()).toBe(200);
  const document = await answer.json();
  expect(document.openapi).toMatch(/^3\.1/);
  for (const [name, { path, method }] of Object.entries(API)) {
    expect(document.paths[path]?.[method.toLowerCase()], name).toBeTruthy();
  }
});

test('every answer says no-store and carries a request id, the caller’s own where it is a plain token', async ({
  request,
  installation,
  phone,
}) => {
  const headers = bearer(installation.apps[0]?.test_key);
  const answers = [
    await request.get(ROUTE, { headers: { ...headers, 'x-request-id': 'abc_DEF-123' } }),
    await request.post(ROUTE, { headers: { ...headers, 'x-request-id': 'abc_DEF-123' }, data: { to: phone() } }),
    await request.get(`${ROUTE}/nothing`, { headers: { ...headers, 'x-request-id': 'abc_DEF-123' } }),
  ];
  for (const answer of answers) {
    expect(answer.headers()).toMatchObject({
      'x-request-id': 'abc_DEF-123',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers()['x-powered-by']).toBeUndefined();
  }
  const odd = await request.get(ROUTE, { headers: { ...headers, 'x-request-id': 'a b"<script>' } });
  expect(odd.headers()['x-request-id']).toMatch(/^req_[0-9a-f]{32}$/);
});

test.describe('who is asking', () => {
  for (const [name, authorization] of [
    ['nothing', null],
    ['an empty header', ''],
    ['a word', 'Bearer'],
    ['another scheme', 'Basic d3dfbGl2ZTp4'],
    ['a key that nobody has', `Bearer ww_live_${'a'.repeat(43)}`],
    ['a key with a letter too many', 'KEYx'],
    ['two keys', 'KEY, KEY'],
  ] as const) {
    test(`${name} is 401`, async ({ request, installation }) => {
      const key = `Bearer ${installation.apps[0]?.test_key}`;
      const headers: Record<string, string> =
        authorization === null ? {} : { authorization: authorization.replaceAll('KEY', key) };
      for (const path of [
        ROUTE,
        `${ROUTE}/vrf_0199f2c0a1b27c3d8e4f5a6b7c8d9e0f`,
        '/api/v1/channels?to=%2B6281234567890',
      ]) {
        expectRefusal(await read(await request.get(path, { headers })), 'unauthenticated');
      }
    });
  }

  test('a key in the address is no key', async ({ request, installation }) => {
    const answer = await read(await request.get(`${ROUTE}?api_key=${installation.apps[0]?.test_key}`));
    expectRefusal(answer, 'unauthenticated');
  });
});
