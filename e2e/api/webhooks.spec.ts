import pg from 'pg';
import { expect, test } from '../fixtures/test';
import { bearer, expectRefusal, metaSignature, metaStatus, read } from './client';

const ROUTE = '/api/v1/verifications';

/** How many callbacks with this text in their address or none were kept: counted by connection, since files run side by side. */
async function rows(databaseUrl: string, sql: string, values: unknown[]): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return Number((await client.query<{ n: string }>(sql, values)).rows[0]?.n);
  } finally {
    await client.end();
  }
}

test('a callback is believed only with its signature, and then has one effect however often it comes', async ({
  request,
  installation,
  simulator,
  phone,
}) => {
  const meta = installation.connections.find(({ provider }) => provider === 'meta-cloud');
  const to = phone('0003');
  const headers = bearer(installation.apps[0]?.live_key);
  const { id } = await (await request.post(ROUTE, { headers, data: { to } })).json();
  const life = async () => (await request.get(`${ROUTE}/${id}`, { headers })).json();
  await expect.poll(async () => (await life()).messages[0].state).toBe('sent');
  const message = (await life()).messages[0];
  const body = metaStatus(message.provider_message_id, 'failed', {
    errors: [{ code: 131026, title: 'Message undeliverable' }],
  });
  const facts = () =>
    rows(installation.database_url, 'SELECT count(*) AS n FROM receipt WHERE provider_message_id = $1', [
      message.provider_message_id,
    ]);
  const before = await facts();

  const good = metaSignature(body, meta?.secret ?? '');
  const wrongs: (string | undefined)[] = [
    undefined,
    '',
    'sha256=',
    good.slice(0, -1),
    `${good}0`,
    good.toUpperCase(),
    metaSignature(body, 'other'),
    good.replace('sha256', 'sha1'),
  ];
  for (const signature of wrongs) {
    const answer = await request.post(meta?.webhook_path ?? '', {
      headers: {
        'content-type': 'application/json',
        ...(signature === undefined ? {} : { 'x-hub-signature-256': signature }),
      },
      data: body,
    });
    expectRefusal(await read(answer), 'not_authentic');
  }
  expect(await facts()).toBe(before);
  expect((await life()).messages).toHaveLength(1);

  const deliver = () =>
    request.post(meta?.webhook_path ?? '', {
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': good },
      data: body,
    });
  const answers = await Promise.all(Array.from({ length: 20 }, deliver));
  for (const answer of answers) expect(answer.status()).toBe(200);
  await expect.poll(async () => (await life()).messages.length).toBe(2);
  expect((await deliver()).status()).toBe(200);
  expect(await facts()).toBe(before + 1);
  expect((await life()).messages.map((each: { channel: string; state: string }) => each.channel)).toEqual([
    'whatsapp',
    'sms',
  ]);
  expect((await simulator.sends(to)).length).toBe(2);
});

test('the re-serialised body is not the body that was signed', async ({ request, installation }) => {
  const meta = installation.connections.find(({ provider }) => provider === 'meta-cloud');
  const body = Buffer.from('{"object":"whatsapp_business_account","entry":[]  }');
  const signature = metaSignature(body, meta?.secret ?? '');
  const send = (data: Buffer) =>
    request.post(meta?.webhook_path ?? '', {
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
      data,
    });
  expect((await send(body)).status()).toBe(200);
  expectRefusal(await read(await send(Buffer.from(JSON.stringify(JSON.parse(body.toString()))))), 'not_authentic');
});

test('signed for one connection is nothing at another, and unknown ones are 404', async ({ request, installation }) => {
  const meta = installation.connections.find(({ provider }) => provider === 'meta-cloud');
  const twilio = installation.connections.find(({ provider }) => provider === 'twilio');
  const body = metaStatus('wamid.nobody', 'sent');
  const headers = {
    'content-type': 'application/json',
    'x-hub-signature-256': metaSignature(body, meta?.secret ?? ''),
  };
  expectRefusal(await read(await request.post(twilio?.webhook_path ?? '', { headers, data: body })), 'not_authentic');
  for (const path of [
    '/api/webhooks/meta-cloud/con_0199f2c0a1b27c3d8e4f5a6b7c8d9e0f',
    '/api/webhooks/meta-cloud/con_1',
    `/api/webhooks/nexmo/${meta?.id}`,
    `/api/webhooks/twilio/${meta?.id}`,
    '/api/webhooks/__proto__/constructor',
  ]) {
    expectRefusal(await read(await request.post(path, { headers, data: body })), 'not_found');
  }
});

test('signed but malformed is 400, and too large is 413', async ({ request, installation }) => {
  const meta = installation.connections.find(({ provider }) => provider === 'meta-cloud');
  for (const body of [Buffer.from('{'), Buffer.from('null'), Buffer.from([0xff, 0xfe]), Buffer.alloc(0)]) {
    const answer = await request.post(meta?.webhook_path ?? '', {
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': metaSignature(body, meta?.secret ?? '') },
      data: body,
    });
    expectRefusal(await read(answer), 'malformed_callback');
  }
  const large = Buffer.alloc(3 * 1024 * 1024 + 1, 0x20);
  const answer = await request.post(meta?.webhook_path ?? '', {
    headers: { 'x-hub-signature-256': metaSignature(large, meta?.secret ?? '') },
    data: large,
  });
  expectRefusal(await read(answer), 'body_too_large');
});

test('the handshake answers whoever knows the token of the demo', async ({ request, installation }) => {
  const meta = installation.connections.find(({ provider }) => provider === 'meta-cloud');
  const query = `?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${meta?.verify_token}`;
  const answer = await request.get(`${meta?.webhook_path}${query}`);
  expect(answer.status()).toBe(200);
  expect(await answer.text()).toBe('1158201444');
});

test('the handshake answers nobody who does not know the token', async ({ request, installation }) => {
  const meta = installation.connections.find(({ provider }) => provider === 'meta-cloud');
  for (const query of [
    '',
    '?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=wrong',
    '?hub.mode=subscribe&hub.challenge=1',
  ]) {
    expectRefusal(await read(await request.get(`${meta?.webhook_path}${query}`)), 'forbidden');
  }
});

test('deep nesting and garbage under a good signature harm nothing', async ({ request, installation }) => {
  const meta = installation.connections.find(({ provider }) => provider === 'meta-cloud');
  const deep = Buffer.from(`{"entry":${'['.repeat(30_000)}${']'.repeat(30_000)}}`);
  const answer = await request.post(meta?.webhook_path ?? '', {
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': metaSignature(deep, meta?.secret ?? '') },
    data: deep,
  });
  expect([200, 400]).toContain(answer.status());
  expect((await request.get('/api/health')).status()).toBe(200);
});
