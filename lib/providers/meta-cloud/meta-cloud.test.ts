import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailureReason } from '@/lib/domain/message/reasons';
import { metaCloud } from '@/lib/providers/meta-cloud';
import { metaReason } from '@/lib/providers/meta-cloud/reasons';
import { createTemplate, listTemplates } from '@/lib/providers/meta-cloud/templates';
import { type Callback, type ConnectionAccess, MalformedCallback, type TemplateDraft } from '@/lib/providers/provider';
import {
  answering,
  CANARY,
  callbackOf,
  expectNoCanary,
  MESSAGE_ID,
  TestCarrier,
} from '@/lib/providers/provider.contract';

const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8');
const url = 'https://otp.example.com/api/webhooks/meta-cloud/con_1';
const WAMID = 'wamid.HBgMNjI4MTIzNDU2Nzg5FQIAERgSQTFCMkMzRDRFNUY2MDcxODI5AA==';

const callback = (raw: string, headers: Record<string, string> = {}): Callback =>
  callbackOf({ url, raw: Buffer.from(raw) }, headers);
const read = (name: string) => metaCloud.readEvents(callback(fixture(name)));
const statuses = (...items: unknown[]) =>
  callback(JSON.stringify({ entry: [{ changes: [{ field: 'messages', value: { statuses: items } }] }] }));

function access(baseUrl = 'http://127.0.0.1:1', credentials: Record<string, string> = {}): ConnectionAccess {
  return {
    id: 'con_1',
    provider: 'meta-cloud',
    baseUrl,
    settings: { phone_number_id: '200300400500600', waba_id: '100200300400500', api_version: 'v25.0' },
    credentials: { access_token: `${CANARY.secret}-access`, ...credentials },
    previousCredentials: null,
  };
}

describe('signature', () => {
  const { app_secret, vectors } = JSON.parse(fixture('signature-vectors')) as {
    app_secret: string;
    vectors: { raw_body: string; header: string; valid?: boolean }[];
  };

  test.each(vectors)('vector %#: bytes as they came, escapes included', ({ raw_body, header, valid = true }) => {
    const signed = callback(raw_body, { 'x-hub-signature-256': header });
    expect(metaCloud.isAuthentic(access(undefined, { app_secret }), signed)).toBe(valid);
  });

  test('a body that was parsed and written again is not believed', () => {
    const escaped = vectors[1] as { raw_body: string; header: string };
    const rewritten = JSON.stringify(JSON.parse(escaped.raw_body));
    const signed = callback(rewritten, { 'x-hub-signature-256': escaped.header });
    expect(metaCloud.isAuthentic(access(undefined, { app_secret }), signed)).toBe(false);
  });
});

describe('handshake', () => {
  const ours = access(undefined, { verify_token: 'my-verify-token' });
  const ask = (connection: ConnectionAccess, query: Record<string, string>) =>
    metaCloud.answerChallenge?.(connection, new URLSearchParams(query));
  const right = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': 'my-verify-token' };

  test('the right token gets the bare challenge back', () => {
    expect(ask(ours, right)).toBe('1158201444');
  });

  test('while the token is rotated the old one still passes', () => {
    const rotating = {
      ...access(undefined, { verify_token: 'new' }),
      previousCredentials: { verify_token: 'my-verify-token' },
    };
    expect(ask(rotating, right)).toBe('1158201444');
  });

  test.each([
    ['another token', { ...right, 'hub.verify_token': 'my-verify-tokens' }],
    ['no token', { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444' }],
    ['another mode', { ...right, 'hub.mode': 'unsubscribe' }],
    ['no mode', { 'hub.challenge': '1158201444', 'hub.verify_token': 'my-verify-token' }],
    ['no challenge', { 'hub.mode': 'subscribe', 'hub.verify_token': 'my-verify-token' }],
    ['a challenge that is markup', { ...right, 'hub.challenge': '<script>1</script>' }],
  ])('%s gets nothing', (_, query) => {
    expect(ask(ours, query)).toBeNull();
  });

  test('a connection without a token answers nobody, not even an empty token', () => {
    expect(ask(access(undefined, { verify_token: '' }), { ...right, 'hub.verify_token': '' })).toBeNull();
    expect(ask(access(), { ...right, 'hub.verify_token': '' })).toBeNull();
  });
});

describe('receipts', () => {
  test('every entry, change and status of a batch is read, in Meta’s order', () => {
    const events = read('webhook.status.batched');
    expect(events.map((event) => event.kind === 'receipt' && [event.status, event.at.toISOString()])).toEqual([
      ['delivered', '2026-11-22T00:00:03.999Z'],
      ['sent', '2026-11-22T00:00:01.999Z'],
      ['sent', '2026-11-22T00:00:01.999Z'],
    ]);
  });

  test('a receipt of v24 and later, and one of v21 with its conversation, read the same', () => {
    const text = fixture('webhook.status.delivered');
    const older = text.replace(
      '"pricing": {',
      '"conversation": {"id": "c1", "expiration_timestamp": "1795392000", "origin": {"type": "authentication"}}, "pricing": {',
    );
    expect(older).not.toBe(text);
    const [event] = metaCloud.readEvents(callback(older));
    expect(event).toEqual(read('webhook.status.delivered')[0]);
    expect(event).toEqual({
      kind: 'receipt',
      about: { phone_number_id: '200300400500600' },
      messageId: MESSAGE_ID,
      providerMessageId: WAMID,
      status: 'delivered',
      at: new Date(1_795_305_603_999),
      reason: null,
      providerCode: null,
      detail: null,
      chargedMicros: null,
      currency: null,
    });
  });

  test('131026 says the number is not on WhatsApp; 131047 says our template was missing', () => {
    expect(read('webhook.status.failed.131026')).toMatchObject([
      { status: 'failed', reason: 'not_on_channel', providerCode: '131026', detail: 'Message Undeliverable.' },
    ]);
    expect(read('webhook.status.failed.131047')).toMatchObject([
      { reason: 'request_rejected', providerCode: '131047' },
    ]);
  });

  test('of several errors the first that we know explains the failure', () => {
    const events = metaCloud.readEvents(
      statuses({ id: WAMID, status: 'failed', errors: [{ code: 999_999 }, { code: '131056' }, 'odd'] }),
    );
    expect(events).toMatchObject([{ reason: 'pair_rate_limited', providerCode: '131056' }]);
  });

  test('a failure without any error is unrecognised', () => {
    const events = metaCloud.readEvents(statuses({ id: WAMID, status: 'failed' }));
    expect(events).toMatchObject([{ reason: 'unrecognised', providerCode: null, detail: null }]);
  });

  test('bytes that are not UTF-8 are malformed, not repaired into another id', () => {
    const raw = Buffer.from(fixture('webhook.status.delivered'));
    raw[raw.indexOf('wamid') + 8] = 0xff;
    expect(() => metaCloud.readEvents(callbackOf({ url, raw }, {}))).toThrow(MalformedCallback);
  });

  test('a time cut off to the second never dates a receipt before its own send, nor after its arrival', () => {
    const second = new Date('2026-11-22T00:00:03.000Z').getTime();
    const told = (receivedAt: number) => ({
      ...statuses({ id: WAMID, status: 'delivered', timestamp: String(second / 1000) }),
      receivedAt: new Date(receivedAt),
    });
    const at = (receivedAt: number) =>
      metaCloud.readEvents(told(receivedAt)).map((event) => 'at' in event && event.at.getTime());
    expect(at(second + 400)).toEqual([second + 400]);
    expect(at(second + 60_000)).toEqual([second + 999]);
    expect(at(second - 5_000)).toEqual([second]);
  });

  test('an odd status does not cost its neighbours', () => {
    const good = { id: WAMID, status: 'read', timestamp: '1795305603' };
    const odd = [
      null,
      7,
      {},
      { id: '', status: 'read' },
      { id: WAMID, status: 'constructor' },
      { ...good, status: 'played' },
    ];
    const events = metaCloud.readEvents(statuses(...odd, good));
    expect(events.map(({ kind }) => kind)).toEqual([...odd.map(() => 'ignored'), 'receipt']);
  });

  test.each(['never', '', '-5', '99999999999', null, {}, Number.NaN])(
    'a timestamp of %o becomes our arrival time',
    (timestamp) => {
      const told = statuses({ id: WAMID, status: 'read', timestamp });
      expect(metaCloud.readEvents(told)).toMatchObject([{ at: told.receivedAt }]);
    },
  );

  test('"I didn’t request a code" names the person and the message', () => {
    expect(read('webhook.inbound.did-not-request-code')).toEqual([
      {
        kind: 'code_denied',
        about: { phone_number_id: '200300400500600' },
        from: '+628123456789',
        providerMessageId: WAMID,
        at: new Date(1_795_305_640_999),
      },
    ]);
  });

  test('other inbound messages and account errors are kept without effect, and quote nobody', () => {
    const value = {
      messages: [{ from: '628123456789', type: 'text', text: { body: CANARY.code } }],
      errors: [{ code: 130_429, title: CANARY.number }],
    };
    const events = metaCloud.readEvents(
      callback(JSON.stringify({ entry: [{ changes: [{ field: 'messages', value }] }] })),
    );
    expect(events).toEqual([
      { kind: 'ignored', what: 'inbound message' },
      { kind: 'ignored', what: 'account error 130429' },
    ]);
  });

  test('a template’s new state, with Meta’s reason, language in the API’s spelling', () => {
    expect(read('webhook.template-status.approved')).toEqual([
      {
        kind: 'template_status',
        about: { waba_id: '100200300400500' },
        name: 'otp_code_v1',
        language: 'id',
        status: 'approved',
        reason: null,
        at: new Date(1_795_305_600_999),
      },
    ]);
    expect(read('webhook.template-status.rejected')).toMatchObject([
      { status: 'rejected', reason: expect.stringMatching(/^INVALID_FORMAT: The template has a component/) },
    ]);
    const dashed = fixture('webhook.template-status.approved').replace(
      '"id",\n            "reason"',
      '"en-US",\n            "reason"',
    );
    expect(metaCloud.readEvents(callback(dashed.replace('APPROVED', 'PAUSED')))).toMatchObject([
      { status: 'paused', language: 'en_US' },
    ]);
    expect(metaCloud.readEvents(callback(dashed.replace('APPROVED', 'FLAGGED')))).toMatchObject([{ kind: 'ignored' }]);
  });
});

// Every code of Meta's page that a code message can meet, by what we do about it.
const codes: [FailureReason, number[]][] = [
  ['not_on_channel', [131_026]],
  ['invalid_number', [131_021]],
  ['blocked_by_recipient', [130_403, 131_050]],
  ['pair_rate_limited', [131_056]],
  ['country_not_allowed', [130_497]],
  ['provider_refused', [130_472, 131_049]],
  ['throttled', [4, 80_007, 130_429]],
  ['provider_down', [1, 2, 131_000, 131_016, 131_057, 133_004, 2_494_100]],
  ['template_unavailable', [131_064, 132_001, 132_007, 132_015, 132_016, 132_018, 132_068, 132_069]],
  ['credentials_rejected', [0, 3, 10, 190, 200, 250, 299, 131_005]],
  ['account_restricted', [33, 368, 131_031, 131_037, 131_042, 131_045, 131_048, 133_010]],
  ['request_rejected', [100, 131_008, 131_009, 131_047, 132_000, 132_005, 132_012, 135_000]],
];

test.each(codes)('Meta’s codes for %s: %j', (reason, known) => {
  for (const code of known) expect(metaReason(code), String(code)).toBe(reason);
});

test('a code that Meta’s page does not hold is not guessed', () => {
  for (const code of [5, 199, 300, 131_027, 999_999, -1]) expect(metaReason(code)).toBeNull();
});

describe('templates', () => {
  const carrier = new TestCarrier();
  beforeAll(() => carrier.start());
  afterAll(() => carrier.stop());
  const signal = () => AbortSignal.timeout(5_000);

  test('the list holds authentication templates with their states', async () => {
    carrier.behave = answering({ status: 200, body: fixture('template-list.response') });
    expect(await listTemplates(access(carrier.url), signal())).toEqual({
      kind: 'listed',
      isComplete: true,
      templates: [
        {
          id: '954600000000001',
          name: 'otp_code_v1',
          language: 'en_US',
          status: 'approved',
          reason: null,
          ttlSeconds: 60,
          codeExpirationMinutes: 5,
          button: 'copy_code',
        },
        {
          id: '954600000000002',
          name: 'otp_code_v1',
          language: 'id',
          status: 'pending',
          reason: null,
          ttlSeconds: null,
          codeExpirationMinutes: 5,
          button: 'copy_code',
        },
      ],
    });
    expect(carrier.lastRequest().url).toMatch(
      /^\/v25\.0\/100200300400500\/message_templates\?category=AUTHENTICATION&/,
    );
  });

  test('pages follow the cursor on our own host, never Meta’s next address, and end after 20', async () => {
    const next = 'http://elsewhere.invalid/steal';
    const { data } = JSON.parse(fixture('template-list.response')) as { data: unknown[] };
    const page = { data: data.slice(0, 1), paging: { cursors: { before: 'a', after: 'MQZDZD' }, next } };
    carrier.behave = answering({ status: 200, body: JSON.stringify(page) });
    const before = carrier.requests.length;
    const list = await listTemplates(access(carrier.url), signal());
    expect(list).toMatchObject({ kind: 'listed', isComplete: false });
    expect(list.kind === 'listed' && list.templates.length).toBe(20);
    expect(carrier.requests.length - before).toBe(20);
    expect(carrier.lastRequest().url).toContain('after=MQZDZD');
  });

  test('a life of -1 is Meta’s longest, thirty days, and not its default', async () => {
    const one = { id: '1', name: 'otp', language: 'en', status: 'APPROVED', category: 'AUTHENTICATION' };
    const lives = [-1, 60, 0, -2, 'soon', null];
    const data = lives.map((life) => ({ ...one, message_send_ttl_seconds: life }));
    carrier.behave = answering({ status: 200, body: JSON.stringify({ data }) });
    const list = await listTemplates(access(carrier.url), signal());
    expect(list.kind === 'listed' && list.templates.map(({ ttlSeconds }) => ttlSeconds)).toEqual([
      2_592_000,
      60,
      null,
      null,
      null,
      null,
    ]);
  });

  test('templates of other categories, nameless items and unknown states are never shown as sendable', async () => {
    const one = { id: '1', name: 'promo', language: 'en', status: 'APPROVED', category: 'MARKETING' };
    const odd = { id: '2', name: 'otp', language: 'pt-BR', status: 'SOMETHING_NEW', category: 'authentication' };
    carrier.behave = answering({ status: 200, body: JSON.stringify({ data: [one, null, {}, odd] }) });
    expect(await listTemplates(access(carrier.url), signal())).toMatchObject({
      templates: [{ name: 'otp', language: 'pt_BR', status: 'disabled' }],
    });
  });

  test('a refusal or a missing answer is told as such', async () => {
    carrier.behave = answering({ status: 401, body: fixture('send-error.190.response') });
    expect(await listTemplates(access(carrier.url), signal())).toMatchObject({ reason: 'credentials_rejected' });
    carrier.behave = () => undefined;
    expect(await listTemplates(access(carrier.url), AbortSignal.timeout(200))).toMatchObject({ kind: 'unknown' });
  });

  const draft = {
    language: 'en-US',
    addSecurityRecommendation: true,
    codeExpirationMinutes: 5,
    ttlSeconds: 60,
  } as const;
  const apps = [{ packageName: 'com.acme.shop', signatureHash: 'Ab3/dEfGh1+' }];
  const labels = { text: 'Copy code', autofillText: 'Autofill', apps };
  const drafts: [string, TemplateDraft][] = [
    ['copy-code', { ...draft, name: 'otp_code_v1', button: { kind: 'copy_code', text: 'Copy code' } }],
    ['one-tap', { ...draft, name: 'otp_one_tap_v1', button: { kind: 'one_tap', ...labels } }],
    ['zero-tap', { ...draft, name: 'otp_zero_tap_v1', button: { kind: 'zero_tap', ...labels, termsAccepted: true } }],
  ];
  test.each(drafts)('a %s template is submitted in Meta’s shape', async (kind, wanted) => {
    carrier.behave = answering({ status: 200, body: fixture('template-create.response') });
    const made = await createTemplate(access(carrier.url), wanted, signal());
    expect(made).toEqual({ kind: 'created', id: '594400000000001', status: 'pending' });
    expect(carrier.lastRequest()).toMatchObject({ method: 'POST', url: '/v25.0/100200300400500/message_templates' });
    expect(JSON.parse(carrier.lastRequest().body)).toEqual(JSON.parse(fixture(`template-create.${kind}.request`)));
  });

  test('what is left out is not sent', async () => {
    carrier.behave = answering({ status: 200, body: fixture('template-create.response') });
    const bare = { ...draft, codeExpirationMinutes: null, ttlSeconds: null };
    await createTemplate(access(carrier.url), { ...bare, name: 'otp', button: { kind: 'copy_code' } }, signal());
    expect(JSON.parse(carrier.lastRequest().body)).toEqual({
      name: 'otp',
      language: 'en_US',
      category: 'AUTHENTICATION',
      components: [
        { type: 'BODY', add_security_recommendation: true },
        { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
      ],
    });
  });

  test('a duplicate is refused with Meta’s sentence for people, without our token', async () => {
    const body = fixture('template-create.error-duplicate.response').replace(
      'There is',
      `${CANARY.secret}-access: there is`,
    );
    carrier.behave = answering({ status: 400, body });
    const made = await createTemplate(access(carrier.url), (drafts[0] as [string, TemplateDraft])[1], signal());
    expect(made).toMatchObject({
      kind: 'refused',
      reason: 'request_rejected',
      detail: expect.stringContaining('already English (US) content'),
    });
    expectNoCanary(made);
  });
});
