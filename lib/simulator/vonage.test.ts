import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  metaBody,
  type PretendApp,
  sendVonage,
  startPretendApp,
  VONAGE,
  vonageSms,
  vonageStatuses,
  vonageToken,
  vonageWhatsApp,
} from '@/lib/simulator/testing/pretend-app';
import { vonageBearer } from '@/lib/simulator/vonage-callbacks';

const TO = '+628123456789';
const PREFIX = '+55119876';
let app: PretendApp;
beforeEach(async () => {
  app = await startPretendApp({ settings: { ordinary: 'prompt', unsigned_callbacks: false } });
});
afterEach(() => app.close());

/** Everything the simulator meant to do has happened. */
const quiet = () =>
  expect
    .poll(
      async () => {
        const stats = await app.control.stats();
        return stats.timers_pending + stats.webhooks.pending;
      },
      { timeout: 8000, interval: 10 },
    )
    .toBe(0);
const told = () => vonageStatuses(app.catcher.caught).map(({ status }) => status);
const authorized = (authorization: string) => ({ headers: { authorization } });

test('an SMS is taken with 202, and lies in the phone with its code', async () => {
  const response = await sendVonage(app, vonageSms(app, TO));
  expect(response.status).toBe(202);
  const { message_uuid: uuid } = (await response.json()) as { message_uuid: string };
  expect(uuid).toMatch(/^[0-9a-f-]{36}$/);
  const [message] = await app.control.waitForMessages(TO, 1);
  expect(message).toMatchObject({ channel: 'sms', provider: 'vonage', from: 'ACME', code: '482915' });
  expect(message?.provider_message_id).toBe(uuid);
});

test('a WhatsApp template is taken as Meta’s own object and read in its language', async () => {
  expect((await sendVonage(app, vonageWhatsApp(app, TO))).status).toBe(202);
  const [message] = await app.control.waitForMessages(TO, 1);
  expect(message).toMatchObject({ channel: 'whatsapp', from: '+15550100200', code: '482915' });
  expect(message?.text).toContain('482915 is your verification code.');
});

describe('a send is refused as Vonage would', () => {
  test.each<[string, Record<string, unknown>, number, string]>([
    ['a number with its plus sign', { to: TO }, 422, '1150'],
    ['a number that cannot exist', { to: '62812' }, 422, '1150'],
    ['no channel', { channel: undefined }, 422, '1150'],
    ['no text', { text: '' }, 422, '1150'],
    ['a text of 1001 characters', { text: 'x'.repeat(1001) }, 422, '1090'],
    ['a name of 12 letters', { from: 'ABCDEFGHIJKL' }, 422, '1120'],
    ['a time to live of milliseconds', { ttl: 900_000_000 }, 422, '1130'],
    ['an address that is none', { webhook_url: 'nowhere' }, 422, '1150'],
    ['a long client_ref', { client_ref: 'x'.repeat(101) }, 422, '1150'],
  ])('%s', async (_, change, status, code) => {
    const response = await sendVonage(app, { ...vonageSms(app, TO), ...change });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const type = `https://developer.vonage.com/api-errors/messages#${code}`;
    expect(await response.json()).toMatchObject({ type, instance: expect.any(String) });
  });

  test('an empty object is told what is missing, and bad credentials come first', async () => {
    expect((await sendVonage(app, {})).status).toBe(422);
    expect((await sendVonage(app, {}, authorized('Bearer x.y.z'))).status).toBe(401);
  });

  test('free text on WhatsApp, an unknown template, and a code that is not the button’s', async () => {
    const whatsapp = vonageWhatsApp(app, TO);
    const type = async (body: unknown) => ((await (await sendVonage(app, body)).json()) as { type: string }).type;
    expect(await type({ ...whatsapp, message_type: 'text', text: '482915' })).toMatch(/#1340$/);
    const { template } = metaBody(TO) as { template: { components: unknown[] } };
    expect(await type({ ...whatsapp, custom: { type: 'template', template: { ...template, name: 'other' } } })).toMatch(
      /#1022$/,
    );
    const [body] = template.components;
    const button = { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '111111' }] };
    const odd = { ...template, components: [body, button] };
    expect(await type({ ...whatsapp, custom: { type: 'template', template: odd } })).toMatch(/#1150$/);
  });
});

describe('credentials', () => {
  const now = Math.floor(Date.now() / 1000);
  test.each<[string, () => string]>([
    ['nothing', () => ''],
    ['a token that is none', () => 'Bearer abc'],
    ['another application', () => `Bearer ${vonageToken({ application_id: 'another' })}`],
    ['a token that has ended', () => `Bearer ${vonageToken({ iat: now - 1000, exp: now - 100 })}`],
    ['a token of the future', () => `Bearer ${vonageToken({ iat: now + 1000, exp: now + 1900 })}`],
    ['a token without an id', () => `Bearer ${vonageToken({ jti: '' })}`],
    ['a token without a signature', () => `Bearer ${vonageToken().replace(/[^.]+$/, '')}`],
    ['a token that chooses HS256', () => `Bearer ${vonageToken({}, { alg: 'HS256' })}`],
    ['a wrong secret', () => `Basic ${Buffer.from(`${VONAGE.api_key}:wrong`).toString('base64')}`],
  ])('%s is 401', async (_, authorization) => {
    const response = await sendVonage(app, vonageSms(app, TO), authorized(authorization()));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ type: 'https://developer.vonage.com/api-errors/#unauthorized' });
  });

  test('a token is good once', async () => {
    const authorization = `Bearer ${vonageToken()}`;
    expect((await sendVonage(app, vonageSms(app, TO), authorized(authorization))).status).toBe(202);
    expect((await sendVonage(app, vonageSms(app, TO), authorized(authorization))).status).toBe(401);
  });

  test('the account’s key and secret do as well', async () => {
    const pair = Buffer.from(`${VONAGE.api_key}:${VONAGE.api_secret}`).toString('base64');
    expect((await sendVonage(app, vonageSms(app, TO), authorized(`Basic ${pair}`))).status).toBe(202);
  });
});

describe('status callbacks', () => {
  test('carry a token over the hash of their bytes', async () => {
    for (let i = 0; i < 5; i++) await sendVonage(app, vonageSms(app, `+62812345678${i}`));
    const caught = await app.catcher.until((all) => all.length === 10);
    for (const { headers, body, url } of caught) {
      expect(url).toBe('/webhooks/vonage?message=msg_1');
      const [, head, claims, signature] = /^Bearer (.+)\.(.+)\.(.+)$/.exec(headers.authorization ?? '') ?? [];
      const mac = createHmac('sha256', VONAGE.signature_secret).update(`${head}.${claims}`).digest('base64url');
      expect(signature).toBe(mac);
      expect(JSON.parse(Buffer.from(claims ?? '', 'base64url').toString('utf8'))).toMatchObject({
        iss: 'Vonage',
        api_key: VONAGE.api_key,
        payload_hash: createHash('sha256').update(body).digest('hex'),
        iat: expect.any(Number),
      });
    }
    expect(vonageStatuses(caught).some((status) => 'workflow' in status)).toBe(true);
    expect(vonageStatuses(caught)[0]).toMatchObject({
      to: '628123456780',
      from: 'ACME',
      channel: 'sms',
      status: 'submitted',
      client_ref: 'msg_1',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      usage: { currency: 'USD', price: '0.2800' },
      sms: { num_messages: '1' },
    });
  });

  test('of WhatsApp are charged on arrival', async () => {
    await sendVonage(app, vonageWhatsApp(app, TO));
    const caught = await app.catcher.until((all) => all.length === 2);
    const [submitted, delivered] = vonageStatuses(caught);
    expect(submitted).not.toHaveProperty('usage');
    expect(delivered).toMatchObject({ status: 'delivered', usage: { currency: 'EUR' } });
  });

  test('go to the application’s address when the message names none', async () => {
    const status_url = `${app.catcher.url}/webhooks/vonage/of-the-application`;
    await app.control.setAccounts({ vonage: [{ application_id: VONAGE.application_id, status_url }] });
    const { webhook_url: _, ...body } = vonageSms(app, TO);
    await sendVonage(app, body);
    const caught = await app.catcher.until((all) => all.length === 2);
    expect(caught[0]?.url).toBe('/webhooks/vonage/of-the-application');
  });

  test('are repeated until they are taken', async () => {
    await app.control.addScenario({ behaviour: { receipts: 'sent_only' } });
    app.catcher.answers.push(500, 0);
    await sendVonage(app, vonageSms(app, TO));
    const caught = await app.catcher.until((all) => all.length === 3);
    expect(new Set(caught.map(({ body }) => body)).size).toBe(1);
  });

  test('come unsigned now and then, and again with a signature when that was refused', async () => {
    await app.control.setSettings({ unsigned_callbacks: true });
    await app.control.addScenario({ behaviour: { receipts: 'sent_only' } });
    for (let i = 0; i < 39; i++) await sendVonage(app, vonageSms(app, `+62812345${1000 + i}`));
    await quiet();
    app.catcher.answers.push(401);
    await sendVonage(app, vonageSms(app, TO));
    await quiet();
    const unsigned = app.catcher.caught.filter(({ headers }) => headers.authorization === undefined);
    expect(unsigned).toHaveLength(1);
    const again = app.catcher.caught.filter(({ body }) => body === unsigned[0]?.body);
    expect(again.some(({ headers }) => headers.authorization !== undefined)).toBe(true);
  });

  test('carry a token of the recorded vector’s form', () => {
    const bearer = vonageBearer({ ...VONAGE, status_url: null }, '{}', new Date('2026-11-22T00:00:36Z'));
    const [, claims] = bearer.split('.');
    const read = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
    expect(Object.keys(read).sort()).toEqual(['api_key', 'application_id', 'iat', 'iss', 'jti', 'payload_hash']);
    expect(read.iat).toBe(1_795_305_636);
  });
});

describe('the last four digits decide, on WhatsApp', () => {
  test.each<[string, string[], (string | undefined)[], number]>([
    ['0001', ['rejected'], ['1260'], 0],
    ['0003', ['submitted'], [], 0],
    ['0004', ['submitted', 'delivered'], [], 1],
    ['0008', ['rejected'], ['1260'], 0],
    ['0009', ['rejected'], ['1260'], 0],
    ['0010', ['delivered', 'submitted'], [], 1],
  ])('%s is told as %j', async (last4, statuses, errors, received) => {
    expect((await sendVonage(app, vonageWhatsApp(app, PREFIX + last4))).status).toBe(202);
    await quiet();
    expect(told()).toEqual(statuses);
    const explained = vonageStatuses(app.catcher.caught).flatMap(({ error }) => (error ? [error] : []));
    expect(explained.map((error) => (error as { title: string }).title)).toEqual(errors);
    for (const error of explained) expect((error as { detail: string }).detail).toContain('131026');
    expect(await app.control.messages(PREFIX + last4)).toHaveLength(received);
  });

  test('0002 is refused by the answer itself, 0006 is answered 500, 0007 never; the phone stays empty', async () => {
    expect((await sendVonage(app, vonageWhatsApp(app, `${PREFIX}0002`))).status).toBe(422);
    expect((await sendVonage(app, vonageWhatsApp(app, `${PREFIX}0006`))).status).toBe(500);
    const hanging = sendVonage(app, vonageWhatsApp(app, `${PREFIX}0007`), { signal: AbortSignal.timeout(300) });
    await expect(hanging).rejects.toThrow();
    await quiet();
    expect(app.catcher.caught).toEqual([]);
    expect(await app.control.messages()).toEqual([]);
    expect(await app.control.sends(`${PREFIX}0007`)).toMatchObject([{ outcome: 'hang', opaque_id: 'msg_1' }]);
  });

  test('0005 tells the same facts twice and out of order', async () => {
    await sendVonage(app, vonageWhatsApp(app, `${PREFIX}0005`));
    await quiet();
    expect([...told()].sort()).toEqual([
      'delivered',
      'delivered',
      'delivered',
      'read',
      'read',
      'submitted',
      'submitted',
    ]);
    expect(told()[0]).toBe('delivered');
  });
});

describe('the last four digits decide, on SMS', () => {
  test.each<[string, string[], string | null, number]>([
    ['0001', ['submitted', 'delivered'], null, 1],
    ['0008', ['submitted', 'rejected'], '1260', 0],
    ['0009', ['submitted', 'rejected'], '1260', 0],
  ])('%s is told as %j', async (last4, statuses, error, received) => {
    expect((await sendVonage(app, vonageSms(app, PREFIX + last4))).status).toBe(202);
    await quiet();
    expect(told()).toEqual(statuses);
    expect(vonageStatuses(app.catcher.caught).at(-1)?.error ?? null).toEqual(
      error === null ? null : expect.objectContaining({ title: error }),
    );
    expect(await app.control.messages(PREFIX + last4)).toHaveLength(received);
  });
});

test('a scenario bends Vonage alone, and names its own code', async () => {
  await app.control.addScenario({
    match: { provider: 'vonage' },
    behaviour: { send: 'refuse', error_code: 1060 },
  });
  const response = await sendVonage(app, vonageSms(app, TO));
  expect(await response.json()).toMatchObject({ type: expect.stringMatching(/#1060$/) });
});

test('a message that outlives its time to live is rejected and never reaches the phone', async () => {
  await app.control.setSettings({ ordinary: 'believable' });
  await app.control.setSpeed(1000);
  for (let i = 0; i < 60; i++) await sendVonage(app, { ...vonageSms(app, `+9230012345${10 + i}`), ttl: 20 });
  await quiet();
  const rejected = vonageStatuses(app.catcher.caught).filter(({ status }) => status === 'rejected');
  expect(rejected.some(({ error }) => (error as { detail: string }).detail.includes('could not be reached'))).toBe(
    true,
  );
  const delivered = vonageStatuses(app.catcher.caught).filter(({ status }) => status === 'delivered');
  expect((await app.control.messages()).length).toBeLessThan(60);
  expect(delivered.length).toBeGreaterThan(0);
});
