import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailureReason } from '@/lib/domain/message/reasons';
import type { ReceiptStatus } from '@/lib/domain/message/states';
import type { Callback, ConnectionAccess, OutboundMessage } from '@/lib/providers/provider';
import {
  answering,
  CANARY,
  callbackOf,
  expectNoCanary,
  MESSAGE_ID,
  TestCarrier,
} from '@/lib/providers/provider.contract';
import { twilio } from '@/lib/providers/twilio';
import { readPrice } from '@/lib/providers/twilio/api';
import { twilioReason } from '@/lib/providers/twilio/reasons';

const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const SID = 'SMb0000000000000000000000000000001';
const url = `https://otp.example.com/api/webhooks/twilio/con_2?message=${MESSAGE_ID}`;

function access(baseUrl = 'http://127.0.0.1:1', authToken = `${CANARY.secret}-token`): ConnectionAccess {
  return {
    id: 'con_2',
    provider: 'twilio',
    baseUrl,
    settings: {
      account_sid: 'ACa0000000000000000000000000000001',
      messaging_service_sid: 'MGc0000000000000000000000000000001',
    },
    credentials: { auth_token: authToken },
    previousCredentials: null,
  };
}

const callback = (raw: string, at = '2026-11-22T12:00:20Z', calledAt = url): Callback => ({
  ...callbackOf({ url: calledAt, raw: Buffer.from(raw) }, {}),
  receivedAt: new Date(at),
});

describe('signature', () => {
  const { auth_token, vectors, json_body_vector } = JSON.parse(fixture('signature-vectors.json')) as {
    auth_token: string;
    vectors: { url: string; params: Record<string, string>; signature: string }[];
    json_body_vector: { url: string; raw_body: string; signature: string };
  };
  const ours = access(undefined, auth_token);
  const believed = (address: string, raw: string, signature: string) =>
    twilio.isAuthentic(ours, callbackOf({ url: address, raw: Buffer.from(raw) }, { 'x-twilio-signature': signature }));

  test.each(vectors)('vector %# of Twilio’s own SDK', ({ url: called, params, signature }) => {
    const raw = new URLSearchParams(params).toString();
    expect(believed(called, raw, signature)).toBe(true);
    expect(believed(called, `${raw}&Added=1`, signature)).toBe(false);
    expect(believed(`${called}x`, raw, signature)).toBe(false);
  });

  test('the standard port may be in the address or not, whichever Twilio signed', () => {
    const { url: called, params, signature } = vectors[9] as (typeof vectors)[number];
    const raw = new URLSearchParams(params).toString();
    expect(believed(called.replace('.com/', '.com:443/'), raw, signature)).toBe(true);
    expect(believed(`${called}#rc=5`, raw, signature)).toBe(true);
    expect(believed(called.replace('https', 'http'), raw, signature)).toBe(false);
  });

  test('a JSON body is believed when its hash is in the signed address, and only that body', () => {
    const { url: called, raw_body, signature } = json_body_vector;
    expect(believed(called, raw_body, signature)).toBe(true);
    expect(believed(called, `${raw_body} `, signature)).toBe(false);
    expect(believed(called.replace('bodySHA256=9', 'bodySHA256=8'), raw_body, signature)).toBe(false);
    expect(believed(called.replace(/\?.*/, ''), raw_body, signature)).toBe(false);
    expect(twilio.readEvents(callback(raw_body, undefined, called))).toEqual([{ kind: 'ignored', what: 'json event' }]);
  });

  // Computed with Node's crypto from the SDK's rule: values of one name unique, sorted, each with its name.
  test('a name given several times is signed once per different value, in order', () => {
    const signature = 'V7D58hWXwYVQL3nJgxwMjQvxBB8=';
    const address = 'https://otp.example.com/a';
    expect(believed(address, 'M=b&A=1&M=a&M=b', signature)).toBe(true);
    expect(believed(address, 'M=a&M=b&A=1', signature)).toBe(true);
    expect(believed(address, 'M=a&A=1', signature)).toBe(false);
  });

  test('a body beyond any callback’s size is not hashed for a stranger', () => {
    const raw = `a=${'x'.repeat(70_000)}`;
    const signature = createHmac('sha1', auth_token)
      .update(`${url}a${raw.slice(2)}`)
      .digest('base64');
    expect(believed(url, raw, signature)).toBe(false);
    expect(() => twilio.readEvents(callback(raw))).toThrow('too long');
  });
});

// Every status of Twilio's enum and what it means for a message.
const statuses: [word: string, status: ReceiptStatus | 'ignored'][] = [
  ['accepted', 'accepted'],
  ['scheduled', 'accepted'],
  ['queued', 'accepted'],
  ['sending', 'accepted'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
  ['receiving', 'ignored'],
  ['received', 'ignored'],
  ['partially_delivered', 'ignored'],
  ['toString', 'ignored'],
];

describe('receipts', () => {
  test.each(statuses)('%s is %s', (word, status) => {
    const [event] = twilio.readEvents(callback(`MessageSid=${SID}&MessageStatus=${word}`));
    expect(event?.kind === 'receipt' ? event.status : event?.kind).toBe(status);
  });

  test('the older names SmsSid and SmsStatus do as well', () => {
    expect(twilio.readEvents(callback(`SmsSid=${SID}&SmsStatus=sent`))).toMatchObject([{ providerMessageId: SID }]);
  });

  test('a failure brings Twilio’s code and our word', () => {
    expect(twilio.readEvents(callback(fixture('callback.sms.undelivered.form')))).toEqual([
      {
        kind: 'receipt',
        messageId: MESSAGE_ID,
        providerMessageId: SID,
        status: 'failed',
        at: new Date('2026-11-22T12:00:20Z'),
        reason: 'unreachable',
        providerCode: '30003',
        detail: null,
        chargedMicros: null,
        currency: null,
      },
    ]);
  });

  test('a callback to an address without our message id still names Twilio’s', () => {
    const told = callback(fixture('callback.whatsapp.delivered.form'), undefined, url.replace(/\?.*/, ''));
    expect(twilio.readEvents(told)).toMatchObject([{ messageId: null, providerMessageId: SID }]);
  });

  // The carrier's minute is 12:00; what we may say depends on when the callback came.
  const clocks: [receivedAt: string, at: string, why: string][] = [
    ['2026-11-22T12:00:20.000Z', '2026-11-22T12:00:20.000Z', 'inside the minute: now'],
    ['2026-11-22T12:01:30.000Z', '2026-11-22T12:00:59.999Z', 'after the minute: no later than its end'],
    ['2026-11-22T11:59:30.000Z', '2026-11-22T11:59:30.000Z', 'the carrier’s clock is ahead: now'],
    ['2026-11-22T12:03:00.000Z', '2026-11-22T12:03:00.000Z', 'too far: another time zone or wrong'],
    ['2026-11-22T17:30:10.000Z', '2026-11-22T17:30:10.000Z', 'a carrier in India'],
  ];
  test.each(clocks)('a callback of %s happened at %s (%s)', (receivedAt, at) => {
    const [event] = twilio.readEvents(callback(fixture('callback.sms.delivered.form'), receivedAt));
    expect(event).toMatchObject({ at: new Date(at) });
  });

  test.each(['', '261122', '2613451299', 'yesterday', '99999999999'])('a done date of "%s" is not used', (date) => {
    const told = callback(`MessageSid=${SID}&MessageStatus=delivered&RawDlrDoneDate=${date}`);
    expect(twilio.readEvents(told)).toMatchObject([{ at: told.receivedAt }]);
  });
});

const prices: [price: string | null, unit: string | null, micros: number | null][] = [
  ['-0.00830', 'USD', 8_300],
  ['-0.28000', 'usd', 280_000],
  ['-12', 'USD', 12_000_000],
  ['-0.0000005', 'USD', 1],
  ['-0.1', 'EUR', 100_000],
  ['0', 'USD', 0],
  ['0.5', 'USD', null],
  [null, 'USD', null],
  ['-0.5', null, null],
  ['-0.5', 'dollars', null],
  ['-1e5', 'USD', null],
  ['', 'USD', null],
];
test.each(prices)('a price of %s %s is %s micros', (price, unit, micros) => {
  expect(readPrice(price, unit)).toEqual({
    chargedMicros: micros,
    currency: micros === null ? null : unit?.toUpperCase(),
  });
});

const codes: [FailureReason, number[]][] = [
  ['invalid_number', [21_211, 30_005]],
  ['not_on_channel', [21_614, 30_006, 63_003, 63_024]],
  ['unreachable', [30_003]],
  ['blocked_by_recipient', [21_610, 30_004, 63_014]],
  ['throttled', [20_429, 30_001, 63_018]],
  ['provider_down', [30_410, 30_500, 63_012]],
  ['provider_refused', [21_612, 63_032, 63_049]],
  ['carrier_filtered', [30_007]],
  ['unrecognised', [30_008]],
  ['expired_in_transit', [30_036]],
  ['credentials_rejected', [20_003]],
  ['country_not_allowed', [21_408]],
  ['account_restricted', [30_002, 30_034, 63_013, 63_020]],
  ['request_rejected', [21_603, 21_606, 63_005, 63_007, 63_016, 63_021]],
  ['template_unavailable', [21_655, 21_656, 63_027, 63_028, 63_029, 63_030, 63_054]],
];
test.each(codes)('Twilio’s codes for %s: %j', (reason, known) => {
  for (const code of known) expect(twilioReason(code), String(code)).toBe(reason);
});

describe('with a Messaging Service', () => {
  const carrier = new TestCarrier();
  beforeAll(() => carrier.start());
  afterAll(() => carrier.stop());
  const signal = () => AbortSignal.timeout(5_000);
  const sms: OutboundMessage = {
    messageId: MESSAGE_ID,
    channel: 'sms',
    to: CANARY.number,
    code: CANARY.code,
    content: { kind: 'text', body: `${CANARY.code} é o seu código` },
    validitySeconds: 90_000,
    statusCallbackUrl: null,
  };

  test('the service is the sender, and the parts are counted while Twilio says "0"', async () => {
    carrier.behave = answering({ status: 201, body: fixture('sms.send.messaging-service.response.json') });
    const long = { ...sms, content: { kind: 'text', body: 'ж'.repeat(71) } } as const;
    expect(await twilio.send(access(carrier.url), long, signal())).toMatchObject({ kind: 'accepted', segments: 2 });
    const form = Object.fromEntries(new URLSearchParams(carrier.lastRequest().body));
    expect(form).toMatchObject({ MessagingServiceSid: 'MGc0000000000000000000000000000001' });
    expect(form).not.toHaveProperty('From');
    expect(form).not.toHaveProperty('StatusCallback');
  });

  test('Twilio’s own count of parts wins', async () => {
    const body = fixture('sms.send.response.json').replace('"num_segments": "1"', '"num_segments": "3"');
    carrier.behave = answering({ status: 201, body });
    expect(await twilio.send(access(carrier.url), sms, signal())).toMatchObject({ kind: 'accepted', segments: 3 });
  });

  test.each([
    [90_000, '36000'],
    [59.9, '59'],
    [0, '1'],
    [-3, '1'],
  ])('%d seconds of life left are told as %s', async (validitySeconds, told) => {
    carrier.behave = answering({ status: 201, body: fixture('sms.send.response.json') });
    await twilio.send(access(carrier.url), { ...sms, validitySeconds }, signal());
    expect(new URLSearchParams(carrier.lastRequest().body).get('ValidityPeriod')).toBe(told);
  });

  test('a connection without a WhatsApp sender refuses WhatsApp without a call', async () => {
    const before = carrier.requests.length;
    const content = { kind: 'template', name: 'HXd0000000000000000000000000000001', language: 'en' } as const;
    const result = await twilio.send(access(carrier.url), { ...sms, channel: 'whatsapp', content }, signal());
    expect(result).toMatchObject({ kind: 'refused', reason: 'request_rejected' });
    expect(carrier.requests.length).toBe(before);
  });
});

describe('polling', () => {
  const carrier = new TestCarrier();
  beforeAll(() => carrier.start());
  afterAll(() => carrier.stop());
  const poll = (status: number, body: string) => {
    carrier.behave = answering({ status, body });
    return twilio.fetchReceipt?.(access(carrier.url), SID, AbortSignal.timeout(2_000));
  };
  const undelivered = fixture('sms.fetch.undelivered.response.json');

  test('a final state is told with its code, clock and price, and without the text it repeats', async () => {
    const event = await poll(200, undelivered.replace('482915', CANARY.code).replace('+628123456789', CANARY.number));
    expect(event).toEqual({
      kind: 'receipt',
      messageId: null,
      providerMessageId: SID,
      status: 'failed',
      at: new Date('2026-11-22T12:00:35Z'),
      reason: 'unreachable',
      providerCode: '30003',
      detail: null,
      chargedMicros: 280_000,
      currency: 'USD',
    });
    expectNoCanary(event);
    expect(carrier.lastRequest()).toMatchObject({
      method: 'GET',
      url: `/2010-04-01/Accounts/ACa0000000000000000000000000000001/Messages/${SID}.json`,
      body: '',
    });
  });

  test('a message that is no further than accepted brings nothing new', async () => {
    expect(await poll(200, undelivered.replace('"undelivered"', '"sending"'))).toBeNull();
  });

  test('another message, an error, garbage or no answer brings nothing', async () => {
    expect(await poll(200, undelivered.replaceAll('SMb00', 'SMb99'))).toBeNull();
    expect(await poll(404, fixture('error.20003.response.json'))).toBeNull();
    expect(await poll(503, 'unwell')).toBeNull();
    expect(await poll(200, '<html>')).toBeNull();
    carrier.behave = () => undefined;
    expect(await twilio.fetchReceipt?.(access(carrier.url), SID, AbortSignal.timeout(200))).toBeNull();
  });
});
