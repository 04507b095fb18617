import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { segmentsOf } from '@/lib/simulator/sms-segments';
import {
  CONTENT_SID,
  type PretendApp,
  sendTwilio,
  smsForm,
  startPretendApp,
  TWILIO,
  twilioAuth,
  twilioCallbacks,
  twilioWhatsAppForm,
} from '@/lib/simulator/testing/pretend-app';
import { twilioSignature } from '@/lib/simulator/twilio-callbacks';

const TO = '+628123456789';
let app: PretendApp;
beforeEach(async () => {
  app = await startPretendApp({ settings: { ordinary: 'prompt' } });
});
afterEach(() => app.close());

const get = (path: string) => fetch(`${app.simulator.url}${path}`, { headers: { authorization: twilioAuth() } });

test('an SMS is answered 201 in the shape of the Messages resource', async () => {
  const response = await sendTwilio(app, smsForm(app, TO));
  expect(response.status).toBe(201);
  const message = (await response.json()) as { sid: string };
  expect(message.sid).toMatch(/^SM[0-9a-f]{32}$/);
  const uri = `/2010-04-01/Accounts/${TWILIO.account_sid}/Messages/${message.sid}`;
  expect(message).toEqual({
    account_sid: TWILIO.account_sid,
    api_version: '2010-04-01',
    body: smsForm(app, TO).Body,
    date_created: expect.stringMatching(/^\w{3}, \d{2} \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/),
    date_sent: null,
    date_updated: expect.any(String),
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: '+15005550006',
    messaging_service_sid: null,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: 'queued',
    subresource_uris: { media: `${uri}/Media.json` },
    to: TO,
    uri: `${uri}.json`,
  });
});

test('through a messaging service the sender and the segments are not known at first', async () => {
  const { From: _, ...form } = smsForm(app, TO);
  const response = await sendTwilio(app, { ...form, MessagingServiceSid: 'MGc0000000000000000000000000000001' });
  expect(await response.json()).toMatchObject({ status: 'accepted', from: null, num_segments: '0' });
});

describe('a send is refused as Twilio would', () => {
  test.each<[string, Record<string, string>, number]>([
    ['the magic number of an invalid To', { To: '+15005550001' }, 21211],
    ['the magic number of a closed region', { To: '+15005550003' }, 21408],
    ['the magic number of STOP', { To: '+15005550004' }, 21610],
    ['the magic number of a landline', { To: '+15005550009' }, 21614],
    ['the magic number of an invalid From', { From: '+15005550001' }, 21212],
    ['a number that cannot exist', { To: '+62812' }, 21211],
    ['a text of 1601 characters', { Body: 'x'.repeat(1601) }, 21617],
    ['no text', { Body: '' }, 21602],
    ['no recipient', { To: '' }, 21604],
    ['a callback host with an underscore', { StatusCallback: 'https://my_host.example/x' }, 21609],
  ])('%s', async (_, change, code) => {
    const response = await sendTwilio(app, { ...smsForm(app, TO), ...change });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code,
      status: 400,
      more_info: `https://www.twilio.com/docs/errors/${code}`,
    });
  });

  test('wrong credentials are 401 with code 20003', async () => {
    for (const authorization of [twilioAuth(TWILIO.account_sid, 'wrong'), 'Basic !!', '']) {
      const response = await sendTwilio(app, smsForm(app, TO), { headers: { authorization } });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: 20003 });
    }
  });
});

describe('status callbacks', () => {
  test('are signed over the address with its query and every parameter, known or not', async () => {
    for (let i = 0; i < 5; i++) await sendTwilio(app, smsForm(app, `+62812345678${i}`));
    const caught = await app.catcher.until((all) => all.length === 10);
    for (const webhook of caught) {
      const params = [...new URLSearchParams(webhook.body)].sort(([a], [b]) => (a < b ? -1 : 1));
      const signed = params.reduce((text, [name, value]) => text + name + value, `${app.catcher.url}${webhook.url}`);
      const mac = createHmac('sha1', TWILIO.auth_token).update(signed).digest('base64');
      expect(webhook.headers['x-twilio-signature']).toBe(mac);
      expect(webhook.headers['i-twilio-idempotency-token']).toBeDefined();
    }
    expect(twilioCallbacks(caught).some((params) => 'DestinationNetwork' in params)).toBe(true);
    expect(twilioCallbacks(caught)[0]).toMatchObject({
      AccountSid: TWILIO.account_sid,
      ApiVersion: '2010-04-01',
      From: '+15005550006',
    });
  });

  test('of WhatsApp name the channel and the event', async () => {
    await sendTwilio(app, twilioWhatsAppForm(app, TO));
    const caught = await app.catcher.until((all) => all.length === 2);
    expect(twilioCallbacks(caught)).toMatchObject([
      { MessageStatus: 'sent', ChannelPrefix: 'whatsapp', StructuredMessage: 'false', To: `whatsapp:${TO}` },
      { MessageStatus: 'delivered', EventType: 'DELIVERED' },
    ]);
  });

  test('are not repeated when the app answers 500, unless the address asks for it; the fragment is not signed', async () => {
    await app.control.addScenario({ behaviour: { receipts: 'sent_only' } });
    app.catcher.answers.push(500);
    await sendTwilio(app, smsForm(app, TO));
    await expect.poll(async () => (await app.control.stats()).webhooks.given_up).toBe(1);
    expect(app.catcher.caught).toHaveLength(1);

    app.catcher.answers.push(500, 500);
    await sendTwilio(app, smsForm(app, TO, '/webhooks/twilio?message=msg_2#rc=5&rp=all'));
    const caught = await app.catcher.until((all) => all.length === 4);
    expect(caught[3]?.url).toBe('/webhooks/twilio?message=msg_2');
    const params = Object.fromEntries(new URLSearchParams(caught[3]?.body));
    expect(caught[3]?.headers['x-twilio-signature']).toBe(
      twilioSignature(TWILIO.auth_token, `${app.catcher.url}/webhooks/twilio?message=msg_2`, params),
    );
  });

  test('are tried once more when the connection breaks', async () => {
    await app.control.addScenario({ behaviour: { receipts: 'sent_only' } });
    app.catcher.answers.push(0);
    await sendTwilio(app, smsForm(app, TO));
    const caught = await app.catcher.until((all) => all.length === 2);
    expect(caught[0]?.body).toBe(caught[1]?.body);
  });
});

test('a message whose callbacks got lost can be asked for: final status, price, error', async () => {
  const sent = (await (await sendTwilio(app, smsForm(app, '+628123450008', null))).json()) as { sid: string };
  const path = `/2010-04-01/Accounts/${TWILIO.account_sid}/Messages/${sent.sid}.json`;
  await expect
    .poll(async () => (await get(path)).json())
    .toMatchObject({ status: 'undelivered', error_code: 30003, price: '-0.28000' });
  expect((await get(path.replace(/SM\w+/, `SM${'0'.repeat(32)}`))).status).toBe(404);
});

test('a message that outlives its ValidityPeriod fails with 30036 and never reaches the phone', async () => {
  await app.control.setSettings({ ordinary: 'believable' });
  const sent = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      sendTwilio(app, { ...smsForm(app, `+62812345671${10 + i}`), ValidityPeriod: '1' }),
    ),
  );
  expect(sent.every((response) => response.status === 201)).toBe(true);
  const caught = await app.catcher.until(
    (all) => twilioCallbacks(all).filter((params) => params.ErrorCode === '30036').length >= 30,
  );
  const expired = twilioCallbacks(caught).filter((params) => params.ErrorCode === '30036');
  expect(expired.every((params) => params.MessageStatus === 'failed')).toBe(true);
});

describe('WhatsApp content', () => {
  test('is created, approved after a while, and carries the code in its language', async () => {
    const post = (path: string, body: unknown) =>
      fetch(`${app.simulator.url}/v1/Content${path}`, {
        method: 'POST',
        headers: { authorization: twilioAuth() },
        body: JSON.stringify(body),
      });
    const created = await post('', {
      friendly_name: 'otp_de',
      language: 'de',
      variables: { 1: '123456' },
      types: { 'whatsapp/authentication': { code_expiration_minutes: 5, actions: [{ type: 'COPY_CODE' }] } },
    });
    expect(created.status).toBe(201);
    const { sid } = (await created.json()) as { sid: string };
    expect(sid).toMatch(/^HX[0-9a-f]{32}$/);
    const status = async () =>
      ((await (await get(`/v1/Content/${sid}/ApprovalRequests`)).json()) as { whatsapp: { status: string } }).whatsapp
        .status;
    expect(await status()).toBe('unsubmitted');
    const asked = await post(`/${sid}/ApprovalRequests/whatsapp`, { name: 'otp_de', category: 'AUTHENTICATION' });
    expect(await asked.json()).toMatchObject({ status: 'received', content_type: 'whatsapp/authentication' });
    await expect.poll(status).toBe('approved');
    await sendTwilio(app, { ...twilioWhatsAppForm(app, TO), ContentSid: sid });
    const [message] = await app.control.waitForMessages(TO, 1);
    expect(message).toMatchObject({ channel: 'whatsapp', provider: 'twilio', code: '482915' });
    expect(message?.text).toContain('Dein Verifizierungscode lautet 482915.');
  });

  test('unknown content is refused; free text is taken and fails with 63016', async () => {
    const form = twilioWhatsAppForm(app, TO);
    expect(await (await sendTwilio(app, { ...form, ContentSid: CONTENT_SID.replace('1', '2') })).json()).toMatchObject({
      code: 21655,
    });
    expect(await (await sendTwilio(app, { ...form, ContentVariables: 'nope' })).json()).toMatchObject({ code: 21656 });
    const { ContentSid: _, ContentVariables: __, ...free } = form;
    expect((await sendTwilio(app, { ...free, Body: 'Your code is 482915' })).status).toBe(201);
    const caught = await app.catcher.until((all) => all.length === 1);
    expect(twilioCallbacks(caught)[0]).toMatchObject({ MessageStatus: 'failed', ErrorCode: '63016' });
  });
});

describe('signing', () => {
  // Computed with Twilio's official SDK.
  const token = 'twilio_auth_token_for_tests';
  const sms = {
    AccountSid: 'ACa0000000000000000000000000000001',
    ApiVersion: '2010-04-01',
    From: '+15005550006',
    To: '+628123456789',
    MessageSid: 'SMb0000000000000000000000000000001',
    SmsSid: 'SMb0000000000000000000000000000001',
  };
  const url = 'https://otp.example.com/webhooks/twilio/otp_01JD0ZK7M4';
  test.each<[string, Record<string, string>, string]>([
    [url, { ...sms, MessageStatus: 'sent', SmsStatus: 'sent' }, 'F+523hPK8C/smLIQ6nvm7u1lezM='],
    [
      url,
      { ...sms, MessageStatus: 'delivered', SmsStatus: 'delivered', RawDlrDoneDate: '2611221200' },
      '4AB1H3dzio1szQgy4vX5wRTzp6Y=',
    ],
    [
      url,
      {
        ...sms,
        MessageStatus: 'undelivered',
        SmsStatus: 'undelivered',
        ErrorCode: '30003',
        RawDlrDoneDate: '2611221200',
      },
      'STUyvhsfmy+tidg8J36Ch131m4M=',
    ],
    [
      `${url}?tenant=acme&v=1`,
      { ...sms, MessageStatus: 'delivered', SmsStatus: 'delivered', RawDlrDoneDate: '2611221200' },
      'dXHdco/KSXKU1hPPZiccIgHxKFQ=',
    ],
  ])('matches the recorded vector for %s', (address, params, signature) => {
    expect(twilioSignature(token, address, params)).toBe(signature);
  });
});

test.each([
  ['a'.repeat(160), 1],
  ['a'.repeat(161), 2],
  ['a'.repeat(306), 2],
  ['a'.repeat(307), 3],
  ['ç'.repeat(70), 1],
  ['ç'.repeat(71), 2],
  ['€'.repeat(80), 1],
  ['€'.repeat(81), 2],
])('a text is billed by its parts', (text, segments) => {
  expect(segmentsOf(text)).toBe(segments);
});
