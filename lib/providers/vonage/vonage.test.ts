import { generateKeyPairSync } from 'node:crypto';
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
import { parseConnectionSettings } from '@/lib/providers/registry';
import { vonage } from '@/lib/providers/vonage';
import { vonageReason } from '@/lib/providers/vonage/reasons';
import { readCharge } from '@/lib/providers/vonage/receipts';

const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const UUID = '7c1d4a3e-0b7f-4a52-9a54-1f6c2b8e9d01';
const url = `https://otp.example.com/api/webhooks/vonage/con_3?message=${MESSAGE_ID}`;
const pem = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const KEY = pem(2048);

function access(baseUrl = 'http://127.0.0.1:1', signatureSecret = 'secret'): ConnectionAccess {
  return {
    id: 'con_3',
    provider: 'vonage',
    baseUrl,
    settings: { application_id: '78d335fa-323d-0114-9c3d-d6f0d48968cf', sms_from: '+15550100200' },
    credentials: { private_key: KEY, signature_secret: signatureSecret },
    previousCredentials: null,
  };
}

const callback = (body: Record<string, unknown>): Callback =>
  callbackOf({ url, raw: Buffer.from(JSON.stringify({ message_uuid: UUID, ...body })) }, {});

describe('signature', () => {
  const { signature_secret, raw_body, authorization } = JSON.parse(fixture('webhook-jwt-vector.json')) as {
    signature_secret: string;
    raw_body: string;
    authorization: string;
  };
  const ours = access(undefined, signature_secret);
  const believed = (raw: string, receivedAt: string) =>
    vonage.isAuthentic(ours, {
      ...callbackOf({ url, raw: Buffer.from(raw) }, { authorization }),
      receivedAt: new Date(receivedAt),
    });

  test('the recorded vector holds for its body and for a day', () => {
    expect(believed(raw_body, '2026-11-22T00:01:00Z')).toBe(true);
    expect(believed(raw_body, '2026-11-23T00:01:00Z')).toBe(true);
    expect(believed(raw_body, '2026-11-23T01:01:00Z')).toBe(false);
    expect(believed(raw_body, '2026-11-21T23:55:00Z')).toBe(false);
    expect(believed(`${raw_body} `, '2026-11-22T00:01:00Z')).toBe(false);
  });
});

const statuses: [word: unknown, status: ReceiptStatus | 'ignored'][] = [
  ['submitted', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['rejected', 'failed'],
  ['undeliverable', 'failed'],
  ['pending', 'ignored'],
  ['toString', 'ignored'],
  [null, 'ignored'],
  [7, 'ignored'],
];

describe('receipts', () => {
  test.each(statuses)('%s is %s', (word, status) => {
    const [event] = vonage.readEvents(callback({ status: word }));
    expect(event?.kind === 'receipt' ? event.status : event?.kind).toBe(status);
  });

  test('a message from a person has no status: not for us', () => {
    const inbound = callback({ message_type: 'text', text: 'hello', from: '628123456789' });
    expect(vonage.readEvents(inbound)).toEqual([{ kind: 'ignored', what: 'inbound message' }]);
  });

  test('a delivery brings Vonage’s clock and charge', () => {
    const told = callbackOf({ url, raw: Buffer.from(fixture('webhook.status.delivered.json')) }, {});
    expect(vonage.readEvents(told)).toEqual([
      {
        kind: 'receipt',
        messageId: MESSAGE_ID,
        providerMessageId: UUID,
        status: 'delivered',
        at: new Date('2026-11-22T12:00:36Z'),
        reason: null,
        providerCode: null,
        detail: null,
        chargedMicros: 33_300,
        currency: 'EUR',
      },
    ]);
  });

  test('a failure brings Vonage’s code, our word and its explanation', () => {
    const told = callbackOf({ url, raw: Buffer.from(fixture('webhook.status.undeliverable.json')) }, {});
    expect(vonage.readEvents(told)).toMatchObject([
      {
        status: 'failed',
        reason: 'provider_down',
        providerCode: '1100',
        detail: expect.stringContaining('communication failure'),
      },
    ]);
  });

  test('on WhatsApp a code of Meta’s in the words wins; on SMS it is only a number', () => {
    const error = {
      type: 'https://developer.vonage.com/api-errors/messages#1260',
      title: '1260',
      detail: '131026: no',
    };
    const [onWhatsApp] = vonage.readEvents(callback({ status: 'rejected', channel: 'whatsapp', error }));
    expect(onWhatsApp).toMatchObject({ reason: 'not_on_channel', providerCode: '131026' });
    const [onSms] = vonage.readEvents(callback({ status: 'rejected', channel: 'sms', error }));
    expect(onSms).toMatchObject({ reason: 'unreachable', providerCode: '1260' });
  });

  test.each([undefined, null, 'no', {}, { detail: 'x' }])(
    'a failure that explains itself as %j is unrecognised',
    (error) => {
      expect(vonage.readEvents(callback({ status: 'rejected', error }))).toMatchObject([
        { reason: 'unrecognised', providerCode: null, detail: null },
      ]);
    },
  );

  test.each(['', 'yesterday', '2026-13-45T99:99:99Z', '2026-11-22', 1_795_305_636, '1999-01-01T00:00:00Z'])(
    'a time of %j is not used',
    (timestamp) => {
      const told = callback({ status: 'delivered', timestamp });
      expect(vonage.readEvents(told)).toMatchObject([{ at: told.receivedAt }]);
    },
  );

  test('without an echo the address names our message', () => {
    expect(vonage.readEvents(callback({ status: 'read' }))).toMatchObject([{ messageId: MESSAGE_ID }]);
  });
});

const charges: [price: string | number, currency: string, micros: number | null][] = [
  ['0.0333', 'EUR', 33_300],
  [0.0333, 'eur', 33_300],
  ['12', 'USD', 12_000_000],
  ['0.0000005', 'USD', 1],
  ['0', 'USD', 0],
  ['-0.5', 'USD', null],
  ['1e5', 'USD', null],
  ['', 'USD', null],
  ['0.5', 'euros', null],
];
test.each(charges)('a price of %s %s is %s micros', (price, currency, micros) => {
  expect(readCharge({ price, currency })).toEqual({
    chargedMicros: micros,
    currency: micros === null ? null : currency.toUpperCase(),
  });
});

const codes: [FailureReason, string[]][] = [
  ['blocked_by_recipient', ['1050']],
  ['unreachable', ['1260']],
  ['throttled', ['1000']],
  ['provider_down', ['1030', '1100']],
  ['provider_refused', ['1040']],
  ['credentials_rejected', ['unauthorized']],
  ['account_restricted', ['1060', '1070', '1080']],
  ['request_rejected', ['1010', '1020', '1021', '1022', '1090', '1120', '1130', '1150', '1340']],
];
test.each(codes)('Vonage’s codes for %s: %j', (reason, known) => {
  for (const code of known) expect(vonageReason(code), code).toBe(reason);
  expect(vonageReason('toString')).toBeNull();
});

describe('at a carrier', () => {
  const carrier = new TestCarrier();
  beforeAll(() => carrier.start());
  afterAll(() => carrier.stop());
  const sms: OutboundMessage = {
    messageId: MESSAGE_ID,
    channel: 'sms',
    to: CANARY.number,
    code: CANARY.code,
    content: { kind: 'text', body: 'ж'.repeat(71) },
    validitySeconds: 3_600.9,
    statusCallbackUrl: null,
  };

  test('a number as the sender loses its plus sign, parts are counted, no callback address is sent', async () => {
    carrier.behave = answering({ status: 200, body: JSON.stringify({ message_uuid: UUID }) });
    const result = await vonage.send(access(carrier.url), sms, AbortSignal.timeout(5_000));
    expect(result).toEqual({ kind: 'accepted', providerMessageId: UUID, segments: 2 });
    const body = JSON.parse(carrier.lastRequest().body) as Record<string, unknown>;
    expect(body).toMatchObject({ from: '15550100200', ttl: 3_600 });
    expect(body).not.toHaveProperty('webhook_url');
  });

  const registered = { kind: 'text', body: 'x', dltTemplateId: '1107160000000012345' } as const;
  test.each([
    [
      '+919876543210',
      registered,
      { encoding_type: 'auto', entity_id: '1101234567890', content_id: '1107160000000012345' },
    ],
    ['+919876543210', { kind: 'text', body: 'x' }, { encoding_type: 'auto', entity_id: '1101234567890' }],
    ['+6281234567890', registered, { encoding_type: 'auto' }],
  ] as const)('an SMS to %s carries the DLT ids that India asks for, and nobody else', async (to, content, told) => {
    carrier.behave = answering({ status: 200, body: JSON.stringify({ message_uuid: UUID }) });
    const connection = access(carrier.url);
    const withEntity = { ...connection, settings: { ...connection.settings, dlt_entity_id: '1101234567890' } };
    await vonage.send(withEntity, { ...sms, to, content }, AbortSignal.timeout(5_000));
    expect((JSON.parse(carrier.lastRequest().body) as { sms: unknown }).sms).toEqual(told);
  });

  test('a connection without a WhatsApp sender refuses WhatsApp without a call', async () => {
    const before = carrier.requests.length;
    const content = { kind: 'template', name: 'otp_code_v1', language: 'en' } as const;
    const whatsapp = { ...sms, channel: 'whatsapp' as const, content };
    expect(await vonage.send(access(carrier.url), whatsapp, AbortSignal.timeout(5_000))).toMatchObject({
      kind: 'refused',
      reason: 'request_rejected',
    });
    expect(carrier.requests.length).toBe(before);
  });

  const tests: [answer: { status: number; body: string }, isGood: boolean][] = [
    [{ status: 422, body: JSON.stringify({ type: 'x#1150', title: 'Invalid params' }) }, true],
    [{ status: 401, body: fixture('messages.error-401.response.json') }, false],
    [{ status: 503, body: '<html>' }, false],
    [{ status: 200, body: '<html>' }, false],
    [{ status: 422, body: 'not Vonage' }, false],
  ];
  test.each(tests)('a test of the connection reads %j as %s, and sends nothing', async (answer, isGood) => {
    carrier.behave = answering(answer);
    const result = await vonage.testConnection?.(access(carrier.url), AbortSignal.timeout(5_000));
    expect(result).toMatchObject({ isGood });
    expect(result?.detail).not.toBe('');
    expect(carrier.lastRequest().body).toBe('{}');
    expectNoCanary(result);
  });
});

describe('settings', () => {
  const application_id = '78d335fa-323d-0114-9c3d-d6f0d48968cf';
  const secrets = { private_key: KEY, signature_secret: 'secret' };

  test('a key whose line breaks were written out, changed or lost is taken and repaired', () => {
    for (const lineBreak of ['\\n', '\n', '\r\n', ' ', '']) {
      const entered = { ...secrets, private_key: KEY.trim().replaceAll('\n', lineBreak) };
      expect(parseConnectionSettings('vonage', { application_id, sms_from: 'Acme' }, entered)).toMatchObject({
        kind: 'parsed',
        credentials: { ...secrets, private_key: KEY.trim() },
      });
    }
  });

  test.each([
    ['no sender', { application_id }, secrets, ['settings.sms_from']],
    [
      'an entity id that no portal shows',
      { application_id, sms_from: 'Acme', dlt_entity_id: '12-34' },
      secrets,
      ['settings.dlt_entity_id'],
    ],
    ['a wrong application', { application_id: '78d3', sms_from: 'Acme' }, secrets, ['settings.application_id']],
    [
      'a short key and no secret',
      { application_id, sms_from: 'Acme' },
      { private_key: pem(1024) },
      ['credentials.private_key', 'credentials.signature_secret'],
    ],
    [
      'a key that is none',
      { application_id, whatsapp_from: '+15550100200' },
      { ...secrets, private_key: 'hunter2' },
      ['credentials.private_key'],
    ],
  ])('%s is refused, and nothing quotes a secret', (_, settings, credentials, fields) => {
    const parsed = parseConnectionSettings('vonage', settings, credentials);
    expect(parsed.kind === 'invalid' && parsed.problems.map(({ field }) => field)).toEqual(fields);
    expect(JSON.stringify(parsed)).not.toMatch(/PRIVATE|hunter2/);
  });
});
