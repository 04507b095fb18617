import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  callYCloud,
  type PretendApp,
  startPretendApp,
  YCLOUD,
  ycloudEvents,
  ycloudSmsBody,
  ycloudWhatsAppBody,
} from '@/lib/simulator/testing/pretend-app';
import { ycloudSignature } from '@/lib/simulator/ycloud-webhooks';

const TO = '+628123456789';
const DIRECT = 'whatsapp/messages/sendDirectly';
let app: PretendApp;
beforeEach(async () => {
  app = await startPretendApp({ settings: { ordinary: 'prompt' } });
});
afterEach(() => app.close());

const told = () => ycloudEvents(app.catcher.caught).map((event) => (event.whatsappMessage ?? event.sms)?.status);
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

test('a WhatsApp message is answered as the message object, then told and shown', async () => {
  const response = await callYCloud(app, DIRECT, ycloudWhatsAppBody(TO));
  expect(response.status).toBe(200);
  const { id, ...message } = (await response.json()) as { id: string };
  expect(id).toMatch(/^[0-9a-f]{24}$/);
  expect(message).toEqual({
    ...ycloudWhatsAppBody(TO),
    wabaId: YCLOUD.waba_id,
    status: 'accepted',
    createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    totalPrice: 0.025,
    currency: 'USD',
    regionCode: 'ID',
    pricingCategory: 'authentication',
    pricingModel: 'PMP',
    pricingType: 'regular',
    bizType: 'whatsapp',
  });
  await quiet();
  const [sent, delivered] = ycloudEvents(app.catcher.caught);
  expect(sent).toMatchObject({
    type: 'whatsapp.message.updated',
    apiVersion: 'v2',
    whatsappMessage: { id, status: 'sent' },
  });
  expect(delivered?.whatsappMessage).toMatchObject({
    id,
    status: 'delivered',
    externalId: 'msg_1',
    wamid: expect.stringMatching(/^wamid\./),
    sendTime: expect.any(String),
    deliverTime: expect.any(String),
  });
  expect(await app.control.messages(TO)).toMatchObject([
    { provider: 'ycloud', channel: 'whatsapp', from: YCLOUD.whatsapp_from, code: '482915', provider_message_id: id },
  ]);
});

test('an SMS is answered with its segments and price, and only its end is told', async () => {
  const response = await callYCloud(app, 'sms', ycloudSmsBody(TO));
  expect(response.status).toBe(200);
  const message = (await response.json()) as { id: string };
  expect(message).toMatchObject({ ...ycloudSmsBody(TO), totalSegments: 1, totalPrice: 0.28, status: 'accepted' });
  await quiet();
  expect(ycloudEvents(app.catcher.caught)).toMatchObject([
    { type: 'sms.message.updated', sms: { id: message.id, status: 'delivered', externalId: 'msg_1' } },
  ]);
  expect(await app.control.messages(TO)).toMatchObject([{ provider: 'ycloud', channel: 'sms', from: 'ACME' }]);
  const list = await (await callYCloud(app, `sms?filter.id=${message.id}`)).json();
  expect(list).toMatchObject({ length: 1, items: [{ id: message.id, status: 'delivered' }] });
});

describe('a send is refused as YCloud would', () => {
  test.each<[string, string, Record<string, unknown>, number, Record<string, unknown>]>([
    ['a number without its plus', 'sms', { to: '628123456789' }, 400, { code: 'PARAM_INVALID', target: 'to' }],
    ['a number that cannot exist', DIRECT, { to: '+62812' }, 400, { code: 'PARAM_INVALID', target: 'to' }],
    ['no text', 'sms', { text: '' }, 400, { code: 'PARAM_INVALID', target: 'text' }],
    ['another account’s sender', DIRECT, { from: '+15550100999' }, 400, { code: 'PARAM_INVALID', target: 'from' }],
    [
      'a template that does not exist',
      DIRECT,
      { template: { name: 'nothing', language: { code: 'en_US' } } },
      400,
      { target: 'whatsappApiError', whatsappApiError: { code: '132001' } },
    ],
    ['free text', DIRECT, { type: 'text' }, 400, { whatsappApiError: { code: '131047' } }],
  ])('%s', async (_, path, change, status, error) => {
    const body = path === 'sms' ? ycloudSmsBody(TO) : ycloudWhatsAppBody(TO);
    const response = await callYCloud(app, path, { ...body, ...change });
    expect(response.status).toBe(status);
    const answer = (await response.json()) as { error: { requestId: string } };
    expect(answer).toMatchObject({ error: { status, requestId: expect.stringMatching(/^req_/), ...error } });
    expect(response.headers.get('ycloud-request-id')).toBe(answer.error.requestId);
  });

  test('a wrong key is 401 everywhere', async () => {
    const headers = { 'x-api-key': 'wrong' };
    const answers = [
      await callYCloud(app, 'balance', undefined, { headers }),
      await callYCloud(app, 'sms', ycloudSmsBody(TO), { headers }),
      await callYCloud(app, DIRECT, ycloudWhatsAppBody(TO), { headers }),
      await callYCloud(app, 'whatsapp/templates', undefined, { headers: {} }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(await app.control.messages(TO)).toEqual([]);
  });

  test('a second message to one user within 6 s is Meta’s 131056 with HTTP 429', async () => {
    await app.control.setSpeed(1);
    await app.control.setSettings({ pair_rate_limit: true });
    await callYCloud(app, DIRECT, ycloudWhatsAppBody(TO));
    const response = await callYCloud(app, DIRECT, ycloudWhatsAppBody(TO));
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({
      error: { code: 'TOO_MANY_REQUESTS', whatsappApiError: { code: '131056' } },
    });
  });
});

describe('WhatsApp by the last four digits', () => {
  test.each([
    ['0001', ['failed'], 0],
    ['0003', ['sent'], 0],
    ['0004', ['sent', 'delivered'], 1],
    ['0008', ['failed'], 0],
    ['0009', ['failed'], 0],
    ['0010', ['delivered', 'sent'], 1],
  ])('%s is accepted, then told as %j', async (last4, statuses, received) => {
    const to = `+55119876${last4}`;
    expect((await callYCloud(app, DIRECT, ycloudWhatsAppBody(to))).status).toBe(200);
    await quiet();
    expect(told()).toEqual(statuses);
    expect(await app.control.messages(to)).toHaveLength(received);
    const failed = ycloudEvents(app.catcher.caught).find((event) => event.whatsappMessage?.status === 'failed');
    if (failed) expect(failed.whatsappMessage).toMatchObject({ errorCode: '131026', totalPrice: 0 });
  });

  test('0002 is refused by the answer itself, and no webhook follows', async () => {
    const response = await callYCloud(app, DIRECT, ycloudWhatsAppBody('+551198760002'));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { whatsappApiError: { code: '131026' } } });
    await quiet();
    expect(app.catcher.caught).toEqual([]);
  });

  test('0005 is told twice under the same event id, and delivered first', async () => {
    await callYCloud(app, DIRECT, ycloudWhatsAppBody('+551198760005'));
    await quiet();
    expect(told()[0]).toBe('delivered');
    expect(told().sort()).toEqual(['delivered', 'delivered', 'delivered', 'read', 'read', 'sent', 'sent']);
    expect(new Set(ycloudEvents(app.catcher.caught).map(({ id }) => id)).size).toBe(3);
    expect(await app.control.messages('+551198760005')).toHaveLength(1);
  });

  test('0006 is answered 500, and the phone stays empty', async () => {
    const response = await callYCloud(app, DIRECT, ycloudWhatsAppBody('+551198760006'));
    expect(response.status).toBe(500);
    await quiet();
    expect(await app.control.messages('+551198760006')).toEqual([]);
  });

  test('0007 is never answered, and the phone stays empty', async () => {
    const signal = AbortSignal.timeout(400);
    await expect(callYCloud(app, DIRECT, ycloudWhatsAppBody('+551198760007'), { signal })).rejects.toThrow();
    expect(await app.control.sends('+551198760007')).toMatchObject([
      { provider: 'ycloud', outcome: 'hang', opaque_id: 'msg_1' },
    ]);
  });
});

describe('SMS by the last four digits', () => {
  test.each([
    ['0001', ['delivered'], 1],
    ['0002', ['delivered'], 1],
    ['0003', ['delivered'], 1],
    ['0004', ['delivered'], 1],
    ['0005', ['delivered', 'delivered', 'delivered'], 1],
    ['0006', ['delivered'], 1],
    ['0007', ['delivered'], 1],
    ['0008', ['undelivered'], 0],
    ['0009', ['undelivered'], 0],
    ['0010', ['delivered'], 1],
  ])('%s is told as %j', async (last4, statuses, received) => {
    const to = `+55119876${last4}`;
    expect((await callYCloud(app, 'sms', ycloudSmsBody(to))).status).toBe(200);
    await quiet();
    expect(told()).toEqual(statuses);
    expect(await app.control.messages(to)).toHaveLength(received);
  });
});

describe('webhooks', () => {
  test('are signed over the time and the exact bytes, and repeated until they are taken', async () => {
    app.catcher.answers.push(500, 0);
    await callYCloud(app, 'sms', ycloudSmsBody(TO));
    const caught = await app.catcher.until((all) => all.length === 3);
    for (const { headers, body } of caught) {
      const [, seconds = '', hex] = /^t=(\d+),s=([0-9a-f]{64})$/.exec(String(headers['ycloud-signature'])) ?? [];
      expect(hex).toBe(createHmac('sha256', YCLOUD.webhook_secret).update(`${seconds}.${body}`).digest('hex'));
      expect(Math.abs(Date.now() / 1000 - Number(seconds))).toBeLessThan(60);
    }
    expect(new Set(caught.map(({ body }) => body)).size).toBe(1);
  });

  test('match the recorded vectors', () => {
    const file = path.join(import.meta.dirname, '../providers/ycloud/fixtures/signature-vectors.json');
    type Vectors = { secret: string; vectors: { raw_body: string; t: string; header: string; valid?: boolean }[] };
    const { secret, vectors } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
    for (const { raw_body: body, t, header, valid = true } of vectors) {
      expect(ycloudSignature(secret, Number(t), body) === header).toBe(valid);
    }
  });
});

describe('templates', () => {
  const draft = (name: string, change: Record<string, unknown> = {}) => ({
    wabaId: YCLOUD.waba_id,
    name,
    language: 'fr',
    category: 'AUTHENTICATION',
    messageSendTtlSeconds: 60,
    components: [
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 5 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy code' }] },
    ],
    ...change,
  });

  test.each([
    ['otp_fr', 'APPROVED', 'NONE'],
    ['otp_reject_fr', 'REJECTED', 'INVALID_FORMAT'],
  ])('%s waits for review and ends %s, told by webhook', async (name, status, reason) => {
    const response = await callYCloud(app, 'whatsapp/templates', draft(name));
    expect(await response.json()).toMatchObject({
      ...draft(name),
      status: 'PENDING',
      officialTemplateId: expect.any(String),
    });
    await app.catcher.until((all) => all.length === 1);
    expect(ycloudEvents(app.catcher.caught)[0]).toMatchObject({
      type: 'whatsapp.template.reviewed',
      whatsappTemplate: { name, language: 'fr', status, statusUpdateEvent: status, reason },
    });
    const one = await callYCloud(app, `whatsapp/templates/${YCLOUD.waba_id}/${name}/fr`);
    expect(await one.json()).toMatchObject({ name, status, messageSendTtlSeconds: 60 });
  });

  test.each<[string, Record<string, unknown>, number, string]>([
    ['another account', { wabaId: '1' }, 400, 'PARAM_INVALID'],
    ['another category', { category: 'MARKETING' }, 400, 'PARAM_INVALID'],
    ['a name in capitals', { name: 'OTP' }, 400, 'PARAM_INVALID'],
    ['one that is there', { name: 'otp_code_v1', language: 'en' }, 409, 'ALREADY_EXISTS'],
  ])('%s is refused', async (_, change, status, code) => {
    const response = await callYCloud(app, 'whatsapp/templates', draft('otp_new', change));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  test('are listed page by page, and one can be deleted', async () => {
    const page = async (query: string) =>
      (await (await callYCloud(app, `whatsapp/templates?${query}`)).json()) as { items: unknown[]; total?: number };
    expect(await page('limit=3&includeTotal=true')).toMatchObject({ offset: 0, limit: 3, length: 3, total: 4 });
    expect(await page('limit=3&page=2')).toMatchObject({ offset: 3, length: 1 });
    expect((await page('filter.language=de')).items).toMatchObject([{ name: 'otp_code_v1', language: 'de' }]);
    const path = `whatsapp/templates/${YCLOUD.waba_id}/otp_code_v1/de`;
    expect((await callYCloud(app, path, undefined, { method: 'DELETE' })).status).toBe(200);
    expect((await callYCloud(app, path)).status).toBe(404);
  });
});

test('the balance answers who asks with the right key', async () => {
  expect(await (await callYCloud(app, 'balance')).json()).toEqual({ amount: 100.5, currency: 'USD' });
});

test('messages past `keep` are forgotten', async () => {
  const small = await startPretendApp({ keep: 5, speed: 1000, settings: { ordinary: 'prompt' } });
  const ids: string[] = [];
  for (let i = 0; i < 12; i++) {
    const response = await callYCloud(small, DIRECT, ycloudWhatsAppBody(`+55119876${2000 + i}`));
    ids.push(((await response.json()) as { id: string }).id);
  }
  const found = await Promise.all(ids.map((id) => callYCloud(small, `whatsapp/messages/${id}`)));
  expect(found.filter(({ status }) => status === 200)).toHaveLength(5);
  await small.close();
});
