import { createHash, createHmac, generateKeyPairSync, verify } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PROVIDERS } from '@/lib/domain/channel';
import { describeMailProvider, type MailSpecimen } from '@/lib/providers/mail.contract';
import { metaCloud } from '@/lib/providers/meta-cloud';
import type { Callback, OutboundMessage } from '@/lib/providers/provider';
import {
  CANARY,
  callbackOf,
  describeProvider,
  MESSAGE_ID,
  type Specimen,
  type Unsigned,
  withHeader,
} from '@/lib/providers/provider.contract';
import { smtp } from '@/lib/providers/smtp';
import { twilio } from '@/lib/providers/twilio';
import { vonage } from '@/lib/providers/vonage';
import { ycloud } from '@/lib/providers/ycloud';

const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, name));
const fixturesNamed = (folder: string, pattern: RegExp) =>
  readdirSync(path.join(import.meta.dirname, folder))
    .filter((name) => pattern.test(name))
    .map((name) => fixture(path.join(folder, name)));

const message: Omit<OutboundMessage, 'channel' | 'content'> = {
  messageId: MESSAGE_ID,
  to: CANARY.number,
  code: CANARY.code,
  validitySeconds: 118.4,
  statusCallbackUrl: `https://otp.example.com/api/webhooks/twilio/con_1?message=${MESSAGE_ID}`,
};

// ── Meta Cloud ──────────────────────────────────────────────────────────────────────────────────────────────────────

const WAMID = 'wamid.HBgMNjI4MTIzNDU2Nzg5FQIAERgSQTFCMkMzRDRFNUY2MDcxODI5AA==';
const metaUrl = 'https://otp.example.com/api/webhooks/meta-cloud/con_1';

function metaError(code: number, words: string, status = 400) {
  const error = { message: `(#${code}) ${words}`, type: 'OAuthException', code, error_data: { details: words } };
  return { status, body: JSON.stringify({ error }) };
}

function metaBody(value: unknown, field = 'messages'): Unsigned {
  const change = { value, field };
  const body = { object: 'whatsapp_business_account', entry: [{ id: '1', time: 1_795_305_600, changes: [change] }] };
  return { url: metaUrl, raw: Buffer.from(JSON.stringify(body)) };
}

const metaAnswer = (name: string) => {
  const text = fixture(`meta-cloud/fixtures/${name}.json`).toString('utf8');
  const { _http_status: status = 200, ...body } = JSON.parse(text) as { _http_status?: number };
  return { status, body: JSON.stringify(body) };
};

const meta: Specimen = {
  provider: metaCloud,
  access: (baseUrl) => ({
    id: 'con_1',
    provider: 'meta-cloud',
    baseUrl,
    settings: { phone_number_id: '200300400500600', waba_id: '100200300400500', api_version: 'v25.0' },
    credentials: {
      access_token: `${CANARY.secret}-access`,
      app_secret: `${CANARY.secret}-app`,
      verify_token: `${CANARY.secret}-verify`,
    },
    previousCredentials: null,
  }),
  messages: {
    whatsapp: {
      ...message,
      channel: 'whatsapp',
      content: { kind: 'template', name: 'otp_code_v1', language: 'en-US' },
    },
  },
  expectRequest: (_, request) => {
    expect(request).toMatchObject({ method: 'POST', url: '/v25.0/200300400500600/messages' });
    expect(request.headers).toMatchObject({
      authorization: `Bearer ${CANARY.secret}-access`,
      'content-type': 'application/json',
    });
    const text = fixture('meta-cloud/fixtures/send-auth-template.request.json').toString('utf8');
    const expected = text.replaceAll('628123456789', CANARY.number.slice(1)).replaceAll('482915', CANARY.code);
    expect(JSON.parse(request.body)).toEqual(JSON.parse(expected));
  },
  accepted: metaAnswer('send.response'),
  acceptedId: WAMID,
  refusals: [
    ['131026, not on WhatsApp,', metaAnswer('send-error.131026.response'), 'not_on_channel', '131026'],
    ['130429, throughput,', metaAnswer('send-error.130429.response'), 'throttled', '130429'],
    ['131000, with its HTTP 500,', metaAnswer('send-error.131000.response'), 'provider_down', '131000'],
    ['132001, template missing,', metaAnswer('send-error.132001.response'), 'template_unavailable', '132001'],
    ['131042, unpaid,', metaAnswer('send-error.131042.response'), 'account_restricted', '131042'],
    ['131008, parameter missing,', metaAnswer('send-error.131008.response'), 'request_rejected', '131008'],
    ['100, parameter wrong,', metaAnswer('send-error.100.response'), 'request_rejected', '100'],
    ['190, token expired,', metaAnswer('send-error.190.response'), 'credentials_rejected', '190'],
    ['210, permission missing,', metaError(210, 'Permission missing', 403), 'credentials_rejected', '210'],
    ['131056, pair limit,', metaError(131_056, 'Pair rate limit'), 'pair_rate_limited', '131056'],
    ['130403, blocked,', metaError(130_403, 'Blocked'), 'blocked_by_recipient', '130403'],
    ['130497, country,', metaError(130_497, 'Country', 403), 'country_not_allowed', '130497'],
    ['131049, healthy ecosystem,', metaError(131_049, 'Ecosystem'), 'provider_refused', '131049'],
    ['131021, sender is recipient,', metaError(131_021, 'Same number'), 'invalid_number', '131021'],
    [
      '131045, registration, whatever its HTTP 500 says,',
      metaError(131_045, 'Register', 500),
      'account_restricted',
      '131045',
    ],
    ['131026 inside a 200', { ...metaAnswer('send-error.131026.response'), status: 200 }, 'not_on_channel', '131026'],
    ['an unknown code', metaError(987_654, 'Something new'), 'unrecognised', '987654'],
    ['an unknown code with a 500', metaError(987_654, 'Something new', 500), 'provider_down', '987654'],
    ['an unknown code with a 429', metaError(987_654, 'Something new', 429), 'throttled', '987654'],
    [
      'a paused template, told with a 200,',
      { status: 200, body: JSON.stringify({ messages: [{ id: WAMID, message_status: 'paused' }] }) },
      'template_unavailable',
      'paused',
    ],
  ],
  refusalSaying: (words) => metaError(131_026, words),
  callback: (receipts) =>
    metaBody({
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550100200', phone_number_id: '200300400500600' },
      statuses: receipts.map(({ status, errorCode, words }, i) => ({
        id: WAMID,
        status,
        timestamp: String(1_795_305_600 + i),
        recipient_id: '628123456789',
        biz_opaque_callback_data: MESSAGE_ID,
        ...(errorCode === undefined
          ? {}
          : { errors: [{ code: errorCode, title: 'Failure', error_data: { details: words } }] }),
      })),
    }),
  unknownCallback: metaBody({ something: 'new' }, 'account_review_update'),
  sign: (unsigned, connection) => {
    const hex = createHmac('sha256', connection.credentials.app_secret ?? '')
      .update(unsigned.raw)
      .digest('hex');
    return callbackOf(unsigned, { 'x-hub-signature-256': `sha256=${hex}` });
  },
  spoil: Object.fromEntries(
    Object.entries({
      'a missing signature': () => null,
      'an empty signature': () => '',
      'a truncated signature': (value: string) => value.slice(0, -2),
      'an upper-case signature': (value: string) => `sha256=${value.slice(7).toUpperCase()}`,
      'an upper-case scheme': (value: string) => value.replace('sha256', 'SHA256'),
      'a signature without its scheme': (value: string) => value.slice(7),
      'a SHA-1 scheme': (value: string) => value.replace('sha256', 'sha1'),
      'a signature with more behind it': (value: string) => `${value}\n`,
      'two signatures': (value: string) => `${value}, ${value}`,
      'a signature with one other digit': (value: string) =>
        value.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
    }).map(([how, change]) => [how, (callback) => withHeader(callback, 'x-hub-signature-256', change)]),
  ),
  bodies: fixturesNamed('meta-cloud/fixtures', /^webhook\..*\.json$/),
};

describeProvider('meta-cloud', meta);

// ── Twilio ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const SID = 'SMb0000000000000000000000000000001';
const CONTENT = 'HXd0000000000000000000000000000001';
const twilioUrl = `https://otp.example.com/api/webhooks/twilio/con_1?message=${MESSAGE_ID}`;
const twilioAnswer = (name: string, status: number) => ({
  status,
  body: fixture(`twilio/fixtures/${name}.json`).toString('utf8'),
});

function twilioError(code: number, words: string, status = 400) {
  return { status, body: JSON.stringify({ code, message: words, more_info: 'https://www.twilio.com/docs', status }) };
}

function twilioForm(fields: Record<string, string>): Unsigned {
  const known = {
    AccountSid: 'ACa0000000000000000000000000000001',
    ApiVersion: '2010-04-01',
    MessageSid: SID,
    SmsSid: SID,
  };
  return { url: twilioUrl, raw: Buffer.from(new URLSearchParams({ ...known, ...fields }).toString()) };
}

const twilioSpecimen: Specimen = {
  provider: twilio,
  access: (baseUrl) => ({
    id: 'con_2',
    provider: 'twilio',
    baseUrl,
    settings: {
      account_sid: 'ACa0000000000000000000000000000001',
      sms_from: '+15005550006',
      whatsapp_from: '+15550100200',
    },
    credentials: { auth_token: `${CANARY.secret}-token` },
    previousCredentials: null,
  }),
  messages: {
    sms: {
      ...message,
      channel: 'sms',
      content: { kind: 'text', body: `${CANARY.code} is your Acme code.\n\n@acme.example` },
    },
    whatsapp: { ...message, channel: 'whatsapp', content: { kind: 'template', name: CONTENT, language: 'en' } },
  },
  expectRequest: (label, request) => {
    const account = 'ACa0000000000000000000000000000001';
    expect(request).toMatchObject({ method: 'POST', url: `/2010-04-01/Accounts/${account}/Messages.json` });
    expect(request.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`${account}:${CANARY.secret}-token`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    });
    const common = { StatusCallback: message.statusCallbackUrl, ValidityPeriod: '118' };
    expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual(
      label === 'sms'
        ? {
            ...common,
            To: CANARY.number,
            From: '+15005550006',
            Body: `${CANARY.code} is your Acme code.\n\n@acme.example`,
          }
        : {
            ...common,
            To: `whatsapp:${CANARY.number}`,
            From: 'whatsapp:+15550100200',
            ContentSid: CONTENT,
            ContentVariables: JSON.stringify({ 1: CANARY.code }),
          },
    );
  },
  accepted: twilioAnswer('sms.send.response', 201),
  acceptedId: SID,
  refusals: [
    ['20003, authentication,', twilioAnswer('error.20003.response', 401), 'credentials_rejected', '20003'],
    ['20429, too many requests,', twilioAnswer('error.20429.response', 429), 'throttled', '20429'],
    ['21211, invalid number,', twilioAnswer('error.21211.response', 400), 'invalid_number', '21211'],
    ['21408, country,', twilioError(21_408, 'Permission to send not enabled'), 'country_not_allowed', '21408'],
    ['21610, STOP,', twilioError(21_610, 'Unsubscribed'), 'blocked_by_recipient', '21610'],
    ['21612, no way there,', twilioError(21_612, 'Cannot route'), 'provider_refused', '21612'],
    ['21614, not a mobile,', twilioError(21_614, 'Not mobile'), 'not_on_channel', '21614'],
    ['21606, sender,', twilioError(21_606, 'From'), 'request_rejected', '21606'],
    ['63016, template missing,', twilioError(63_016, 'Outside window'), 'request_rejected', '63016'],
    ['63027, template unknown,', twilioError(63_027, 'Template'), 'template_unavailable', '63027'],
    ['30002, suspended,', twilioError(30_002, 'Suspended'), 'account_restricted', '30002'],
    ['63012, channel error,', twilioError(63_012, 'Internal'), 'provider_down', '63012'],
    ['an unknown code', twilioError(98_765, 'Something new'), 'unrecognised', '98765'],
    ['an unknown code with a 500', twilioError(98_765, 'Something new', 500), 'provider_down', '98765'],
    [
      'a message that was created as failed',
      { status: 201, body: JSON.stringify({ sid: SID, status: 'failed', error_code: 30_007 }) },
      'carrier_filtered',
      '30007',
    ],
  ],
  refusalSaying: (words) => twilioError(21_211, words),
  callback: (receipts) => {
    const [receipt, ...others] = receipts;
    if (!receipt || others.length > 0) return null;
    const { status, errorCode, words } = receipt;
    return twilioForm({
      MessageStatus: status === 'failed' ? 'undelivered' : status,
      ...(errorCode === undefined ? {} : { ErrorCode: String(errorCode) }),
      ...(words === undefined ? {} : { ChannelStatusMessage: words }),
      SomethingNew: 'added without notice',
    });
  },
  unknownCallback: twilioForm({ MessageStatus: 'partially_delivered' }),
  sign: (unsigned, connection) => {
    const form = [...new URLSearchParams(Buffer.from(unsigned.raw).toString('utf8'))];
    const text = form
      .map(([name, value]) => name + value)
      .sort()
      .join('');
    const signature = createHmac('sha1', connection.credentials.auth_token ?? '')
      .update(unsigned.url + text)
      .digest('base64');
    return callbackOf(unsigned, { 'x-twilio-signature': signature });
  },
  spoil: {
    ...Object.fromEntries(
      Object.entries({
        'a missing signature': () => null,
        'an empty signature': () => '',
        'a truncated signature': (value: string) => value.slice(0, -2),
        'an upper-case signature': (value: string) => value.toUpperCase(),
        'a lower-case signature': (value: string) => value.toLowerCase(),
        'a signature in hex': (value: string) => Buffer.from(value, 'base64').toString('hex'),
        'a signature with more behind it': (value: string) => `${value} `,
        'two signatures': (value: string) => `${value},${value}`,
      }).map(([how, change]) => [how, (callback) => withHeader(callback, 'x-twilio-signature', change)]),
    ),
    'a signature for another message': (callback) => ({ ...callback, url: callback.url.replace('0001', '0002') }),
    'a signature for another connection': (callback) => ({ ...callback, url: callback.url.replace('con_1', 'con_9') }),
    'a signature for another scheme': (callback) => ({ ...callback, url: callback.url.replace('https', 'http') }),
    'an address that is none': (callback) => ({ ...callback, url: '/api/webhooks/twilio/con_1' }),
  },
  bodies: fixturesNamed('twilio/fixtures', /\.form$/).filter((raw) => raw.includes('MessageSid')),
};

describeProvider('twilio', twilioSpecimen);

// ── Vonage ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const APPLICATION = '78d335fa-323d-0114-9c3d-d6f0d48968cf';
const UUID = '7c1d4a3e-0b7f-4a52-9a54-1f6c2b8e9d01';
const vonageUrl = `https://otp.example.com/api/webhooks/vonage/con_3?message=${MESSAGE_ID}`;

const vonageJson = (name: string) => {
  const text = fixture(`vonage/fixtures/${name}.json`).toString('utf8');
  const { _http_status: status = 200, ...body } = JSON.parse(text) as { _http_status?: number };
  return { status, body: JSON.stringify(body) };
};

function vonageError(code: number | string, words: string, status = 422) {
  const type = `https://developer.vonage.com/api-errors/messages#${code}`;
  return { status, body: JSON.stringify({ type, title: String(code), detail: words, instance: 'bf0ca0bf927b3b52' }) };
}

function vonageStatus(fields: Record<string, unknown>): Unsigned {
  const known = { message_uuid: UUID, to: '628123456789', from: 'Acme', timestamp: '2026-11-22T12:00:36.000Z' };
  return {
    url: vonageUrl,
    raw: Buffer.from(JSON.stringify({ ...known, channel: 'sms', client_ref: MESSAGE_ID, ...fields })),
  };
}

const jwtPart = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const fromJwtPart = (text: string | undefined) =>
  JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;

/** 2026-11-22T12:00:00Z, 20 seconds before the callback comes in. */
const IAT = 1_795_348_800;
const VONAGE_SECRET = `${CANARY.secret}-signature`;

function vonageToken(
  raw: Uint8Array,
  secret: string,
  change: { header?: Record<string, unknown>; claims?: Record<string, unknown> } = {},
): string {
  const hash = createHash('sha256').update(raw).digest('hex');
  const claims = { iat: IAT, jti: 'c5ba8f24', iss: 'Vonage', payload_hash: hash, api_key: 'a1b2c3d4' };
  const signed = `${jwtPart({ alg: 'HS256', typ: 'JWT', ...change.header })}.${jwtPart({ ...claims, ...change.claims })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const resigned = (change: Parameters<typeof vonageToken>[2]) => (callback: Callback) =>
  withHeader(callback, 'authorization', () => `Bearer ${vonageToken(callback.raw, VONAGE_SECRET, change)}`);

const vonageSpecimen: Specimen = {
  provider: vonage,
  access: (baseUrl) => ({
    id: 'con_3',
    provider: 'vonage',
    baseUrl,
    settings: { application_id: APPLICATION, sms_from: 'ACME', whatsapp_from: '+15550100200' },
    // A PEM reader skips what stands before its first line.
    credentials: { private_key: `${CANARY.secret}\n${privateKey}`, signature_secret: VONAGE_SECRET },
    previousCredentials: null,
  }),
  messages: {
    sms: {
      ...message,
      channel: 'sms',
      content: {
        kind: 'text',
        body: `${CANARY.code} is your Acme verification code. It expires in 5 minutes.\n\n@acme.example #${CANARY.code}`,
      },
      statusCallbackUrl: vonageUrl,
    },
    whatsapp: {
      ...message,
      channel: 'whatsapp',
      content: { kind: 'template', name: 'otp_code_v1', language: 'en' },
      statusCallbackUrl: null,
    },
  },
  expectRequest: (label, request) => {
    expect(request).toMatchObject({ method: 'POST', url: '/v1/messages' });
    expect(request.headers).toMatchObject({ 'content-type': 'application/json' });
    const [head, claims, signature] = (request.headers.authorization ?? '').replace('Bearer ', '').split('.');
    expect(fromJwtPart(head)).toEqual({ alg: 'RS256', typ: 'JWT' });
    const told = fromJwtPart(claims) as { iat: number; exp: number };
    expect(told).toMatchObject({ application_id: APPLICATION, jti: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(told.exp - told.iat).toBe(900);
    const signed = Buffer.from(`${head}.${claims}`);
    expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature ?? '', 'base64url'))).toBe(true);

    const name = label === 'sms' ? 'messages.sms.send' : 'messages.whatsapp-auth-template';
    const text = fixture(`vonage/fixtures/${name}.request.json`).toString('utf8');
    const expected = text.replaceAll('628123456789', CANARY.number.slice(1)).replaceAll('482915', CANARY.code);
    expect(JSON.parse(request.body)).toEqual(JSON.parse(expected));
  },
  accepted: vonageJson('messages.send.response'),
  acceptedId: UUID,
  refusals: [
    ['401, credentials,', vonageJson('messages.error-401.response'), 'credentials_rejected', 'unauthorized'],
    ['1000, throttled,', vonageJson('messages.error-429.response'), 'throttled', '1000'],
    ['an invalid number', vonageJson('messages.error-422.response'), 'invalid_number', '1150'],
    ['another invalid parameter', vonageError(1150, 'Invalid params'), 'request_rejected', '1150'],
    ['1120, sender,', vonageError(1120, 'Illegal sender'), 'request_rejected', '1120'],
    ['1030, internal,', vonageError(1030, 'Internal error', 500), 'provider_down', '1030'],
    ['1040, invalid message,', vonageError(1040, 'Invalid message'), 'provider_refused', '1040'],
    ['1050, barred number,', vonageError(1050, 'Number barred'), 'blocked_by_recipient', '1050'],
    ['1060, barred account,', vonageError(1060, 'Account barred', 403), 'account_restricted', '1060'],
    ['1070, quota,', vonageError(1070, 'Quota exceeded', 402), 'account_restricted', '1070'],
    ['402 without a code we know', vonageError('low-balance', 'Low balance', 402), 'account_restricted', 'low-balance'],
    ['1340, outside the window,', vonageError(1340, 'Outside allowed window'), 'request_rejected', '1340'],
    ['an unknown code', vonageError(98_765, 'Something new'), 'unrecognised', '98765'],
    ['an unknown code with a 500', vonageError(98_765, 'Something new', 500), 'provider_down', '98765'],
    [
      'a problem without a code',
      { status: 429, body: JSON.stringify({ title: 'Too many requests' }) },
      'throttled',
      'http_429',
    ],
  ],
  refusalSaying: (words) => vonageError(1150, words),
  callback: (receipts) => {
    const [receipt, ...others] = receipts;
    if (!receipt || others.length > 0) return null;
    const { status, errorCode, words } = receipt;
    return vonageStatus({
      status: status === 'sent' ? 'submitted' : status === 'failed' ? 'rejected' : status,
      ...(errorCode === undefined
        ? {}
        : {
            error: {
              type: `https://developer.vonage.com/api-errors/messages#${errorCode}`,
              title: String(errorCode),
              detail: words,
            },
          }),
      something_new: { added: 'without notice' },
    });
  },
  unknownCallback: vonageStatus({ status: 'pondering' }),
  sign: (unsigned, connection) =>
    callbackOf(unsigned, {
      authorization: `Bearer ${vonageToken(unsigned.raw, connection.credentials.signature_secret ?? '')}`,
    }),
  spoil: {
    ...Object.fromEntries(
      Object.entries({
        'a missing token': () => null,
        'an empty token': () => '',
        'a token without its scheme': (value: string) => value.slice(7),
        'a lower-case scheme': (value: string) => value.replace('Bearer', 'bearer'),
        'a truncated signature': (value: string) => value.slice(0, -2),
        'a token without its signature': (value: string) => value.replace(/[^.]+$/, ''),
        'a token with more behind it': (value: string) => `${value} `,
        'two tokens': (value: string) => `${value}, ${value}`,
        'a signature with one other character': (value: string) =>
          value.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')),
        'a signature in another spelling of the same bytes': (value: string) =>
          value.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
        'a token beyond any size': (value: string) => value.replace('Bearer ', `Bearer ${'A'.repeat(5_000)}`),
      }).map(([how, change]) => [how, (callback) => withHeader(callback, 'authorization', change)]),
    ),
    'a token that says it is not signed': (callback) =>
      withHeader(callback, 'authorization', (value) => {
        const [, claims] = value.split('.');
        return `Bearer ${jwtPart({ alg: 'none' })}.${claims}.`;
      }),
    'a token of another algorithm': resigned({ header: { alg: 'RS256' } }),
    'a token without a time': resigned({ claims: { iat: undefined } }),
    'a token of the day before yesterday': resigned({ claims: { iat: IAT - 2 * 86_400 } }),
    'a token of the future': resigned({ claims: { iat: IAT + 600 } }),
    'a token whose time is no number': resigned({ claims: { iat: String(IAT) } }),
    'a token for no body': resigned({ claims: { payload_hash: undefined } }),
    'a token for another body': resigned({ claims: { payload_hash: '0'.repeat(64) } }),
  },
  bodies: fixturesNamed('vonage/fixtures', /^webhook\.status\..*\.json$/),
};

describeProvider('vonage', vonageSpecimen);

// ── SMTP ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const letter = `${CANARY.code} is your Acme verification code. It expires in 5 minutes.\n\nIf you did not ask for it, ignore this e-mail.`;

const smtpSpecimen: MailSpecimen = {
  provider: smtp,
  access: (baseUrl, tls) => ({
    id: 'con_4',
    provider: 'smtp',
    baseUrl,
    settings: { from: 'otp@acme.example', from_name: 'Acme, Ünlimited', tls },
    credentials: { username: `${CANARY.secret}-user`, password: `${CANARY.secret}-password` },
    previousCredentials: null,
  }),
  message: {
    ...message,
    channel: 'email',
    to: 'user@example.net',
    content: { kind: 'mail', subject: 'Your Acme verification code', body: letter },
    statusCallbackUrl: null,
  },
  expectLetter: ({ user, pass, from, to, raw }) => {
    expect({ user, pass, from, to }).toEqual({
      user: `${CANARY.secret}-user`,
      pass: `${CANARY.secret}-password`,
      from: 'otp@acme.example',
      to: 'user@example.net',
    });
    const [head = '', ...parts] = raw.split('\r\n\r\n');
    const headers = new Map(
      head
        .replaceAll(/\r\n[ \t]+/g, ' ')
        .split('\r\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const known = fixture('smtp/fixtures/message.eml').toString('utf8');
    for (const [, name = ''] of known.matchAll(/^([A-Z][\w-]+): /gm)) {
      if (name !== 'Content-Transfer-Encoding') expect([...headers.keys()]).toContain(name);
    }
    expect(headers.get('From')).toMatch(/^=\?UTF-8\?.*\?= <otp@acme\.example>$/);
    expect(headers.get('To')).toBe('user@example.net');
    expect(headers.get('Subject')).toBe('Your Acme verification code');
    expect(headers.get('Message-ID')).toBe(`<${MESSAGE_ID}@acme.example>`);
    expect(headers.get('Auto-Submitted')).toBe('auto-generated');
    expect(headers.get('Content-Type')).toContain('multipart/alternative');
    expect(parts.filter((part) => part.includes(CANARY.code))).toHaveLength(2);
    expect(raw).toContain('<strong');
    expect(raw).not.toMatch(/https?:|<img/);
  },
  acceptedId: `<${MESSAGE_ID}@acme.example>`,
  refusals: [
    ['421, shutting down,', 'greeting', '421 4.3.2 Service shutting down', 'provider_down', '421 4.3.2'],
    ['554, no service,', 'greeting', '554 No SMTP service here', 'provider_down', '554'],
    ['535, credentials,', 'auth', '535 5.7.8 Authentication credentials invalid', 'credentials_rejected', '535 5.7.8'],
    ['454, cannot judge the credentials,', 'auth', '454 4.7.0 Temporary failure', 'provider_down', '454 4.7.0'],
    ['530, login missing,', 'mail', '530 5.7.0 Authentication required', 'credentials_rejected', '530 5.7.0'],
    ['550, sender,', 'mail', '550 5.1.8 Sender unknown', 'request_rejected', '550 5.1.8'],
    ['550, sender not ours,', 'mail', '550 5.7.60 Not allowed to send as', 'account_restricted', '550 5.7.60'],
    ['450, busy mailbox,', 'rcpt', '450 4.2.1 Mailbox temporarily unavailable', 'unreachable', '450 4.2.1'],
    ['451, greylisted,', 'rcpt', '451 4.7.1 Greylisted', 'throttled', '451 4.7.1'],
    ['452, full mailbox,', 'rcpt', '452 4.2.2 Mailbox full', 'unreachable', '452 4.2.2'],
    ['452, full disk,', 'mail', '452 4.3.1 Insufficient storage', 'provider_down', '452 4.3.1'],
    ['550, unknown user,', 'rcpt', '550 5.1.1 User unknown', 'invalid_number', '550 5.1.1'],
    ['550, policy,', 'rcpt', '550 5.7.1 Blocked', 'carrier_filtered', '550 5.7.1'],
    ['552, full mailbox,', 'rcpt', '552 5.2.2 Mailbox full', 'unreachable', '552 5.2.2'],
    ['503, out of order,', 'data', '503 5.5.1 No valid recipients', 'request_rejected', '503 5.5.1'],
    ['554, spam,', 'message', '554 5.7.1 Message rejected as spam', 'carrier_filtered', '554 5.7.1'],
    ['451, trouble with the message,', 'message', '451 4.3.0 Try later', 'provider_down', '451 4.3.0'],
    ['421 after the message', 'message', '421 4.4.2 Closing', 'provider_down', '421 4.4.2'],
    ['an unknown code', 'message', '599 Something new', 'unrecognised', '599'],
  ],
};

describeMailProvider('smtp', smtpSpecimen);

// ── YCloud ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const YCLOUD_ID = '63f8000000000000000000a1';
const ycloudUrl = 'https://otp.example.com/api/webhooks/ycloud/con_3';
const ycloudAnswer = (name: string, status = 200) => ({
  status,
  body: fixture(`ycloud/fixtures/${name}.json`).toString('utf8'),
});

function ycloudError(code: string, words: string, status = 400) {
  const error = {
    status,
    code,
    message: words,
    docUrl: 'https://docs.ycloud.com/reference/errors',
    requestId: 'req_1',
  };
  return { status, body: JSON.stringify({ error }) };
}

/** Meta's refusal as YCloud hands it on: its code is text in the SDK and a number in some answers. */
function ycloudPassedOn(code: string | number, words: string, status = 400) {
  const whatsappApiError = {
    message: `(#${code}) ${words}`,
    code,
    type: 'OAuthException',
    error_data: { details: words },
  };
  const error = { status, code: 'BAD_REQUEST', message: words, target: 'whatsappApiError', whatsappApiError };
  return { status, body: JSON.stringify({ error }) };
}

function ycloudEvent(type: string, payload: Record<string, unknown>): Unsigned {
  const event = { id: 'evt_1', type, apiVersion: 'v2', createTime: '2026-11-22T12:00:02.000Z', ...payload };
  return { url: ycloudUrl, raw: Buffer.from(JSON.stringify(event)) };
}

/** 2026-11-22T12:00:02Z; the contract takes callbacks in eighteen seconds later. */
const YCLOUD_SECONDS = 1_795_348_802;

const ycloudSpecimen: Specimen = {
  provider: ycloud,
  access: (baseUrl) => ({
    id: 'con_3',
    provider: 'ycloud',
    baseUrl,
    settings: { whatsapp_from: '+15550100200', waba_id: '100200300400500', sms_sender_id: 'ACME' },
    credentials: { api_key: `${CANARY.secret}-key`, webhook_secret: `${CANARY.secret}-webhook` },
    previousCredentials: null,
  }),
  messages: {
    whatsapp: {
      ...message,
      channel: 'whatsapp',
      content: { kind: 'template', name: 'otp_code_v1', language: 'en-US' },
    },
    sms: {
      ...message,
      channel: 'sms',
      content: {
        kind: 'text',
        body: `${CANARY.code} is your Acme verification code. It expires in 5 minutes.\n\n@acme.example #${CANARY.code}`,
      },
    },
  },
  expectRequest: (label, request) => {
    const isSms = label === 'sms';
    const path = isSms ? '/v2/sms' : '/v2/whatsapp/messages/sendDirectly';
    expect(request).toMatchObject({ method: 'POST', url: path });
    expect(request.headers).toMatchObject({
      'x-api-key': `${CANARY.secret}-key`,
      'content-type': 'application/json',
    });
    const name = isSms ? 'sms.send.request' : 'whatsapp.send-directly.request';
    const expected = fixture(`ycloud/fixtures/${name}.json`)
      .toString('utf8')
      .replaceAll('+628123456789', CANARY.number)
      .replaceAll('482915', CANARY.code)
      .replaceAll('otp_01JD0ZK7M4', MESSAGE_ID);
    expect(JSON.parse(request.body)).toEqual(JSON.parse(expected));
  },
  accepted: ycloudAnswer('whatsapp.send.response'),
  acceptedId: YCLOUD_ID,
  refusals: [
    [
      '131056, pair limit, told with a 429,',
      ycloudAnswer('whatsapp.send-directly.error-429.response', 429),
      'pair_rate_limited',
      '131056',
    ],
    ['PARAM_INVALID', ycloudAnswer('error.param-invalid.response', 400), 'request_rejected', 'PARAM_INVALID'],
    ['131026, not on WhatsApp,', ycloudPassedOn('131026', 'Message undeliverable'), 'not_on_channel', '131026'],
    ['131026 as a number', ycloudPassedOn(131_026, 'Message undeliverable'), 'not_on_channel', '131026'],
    ['130429, throughput,', ycloudPassedOn('130429', 'Rate limit hit', 429), 'throttled', '130429'],
    ['131000, with its HTTP 500,', ycloudPassedOn('131000', 'Went wrong', 500), 'provider_down', '131000'],
    ['132001, template missing,', ycloudPassedOn('132001', 'Template'), 'template_unavailable', '132001'],
    ['130497, country,', ycloudPassedOn('130497', 'Country', 403), 'country_not_allowed', '130497'],
    ['an unknown code of Meta’s', ycloudPassedOn('987654', 'Something new'), 'unrecognised', '987654'],
    ['an unknown code of Meta’s with a 500', ycloudPassedOn('987654', 'New', 500), 'provider_down', '987654'],
    [
      'a recipient who unsubscribed',
      ycloudError('RECIPIENT_UNSUBSCRIBED', 'No'),
      'blocked_by_recipient',
      'RECIPIENT_UNSUBSCRIBED',
    ],
    [
      'a recipient on the block list',
      ycloudError('RECIPIENT_IN_BLOCK_LIST', 'No'),
      'blocked_by_recipient',
      'RECIPIENT_IN_BLOCK_LIST',
    ],
    ['an empty balance', ycloudError('BALANCE_INSUFFICIENT', 'Pay', 403), 'account_restricted', 'BALANCE_INSUFFICIENT'],
    ['a limited account', ycloudError('ACCOUNT_LIMITED', 'Limited', 403), 'account_restricted', 'ACCOUNT_LIMITED'],
    ['too many requests', ycloudError('TOO_MANY_REQUESTS', 'Slow down', 429), 'throttled', 'TOO_MANY_REQUESTS'],
    ['a wrong key', ycloudError('UNAUTHORIZED', 'Key', 401), 'credentials_rejected', 'UNAUTHORIZED'],
    ['an unknown code with a 401', ycloudError('NO_SUCH_KEY', 'Key', 401), 'credentials_rejected', 'NO_SUCH_KEY'],
    ['an unknown code with a 403', ycloudError('NEW_LOCK', 'Locked', 403), 'account_restricted', 'NEW_LOCK'],
    ['an unknown code', ycloudError('SOMETHING_NEW', 'New'), 'unrecognised', 'SOMETHING_NEW'],
    ['an unknown code with a 500', ycloudError('SOMETHING_NEW', 'New', 500), 'provider_down', 'SOMETHING_NEW'],
    [
      'a message that was created as failed',
      { status: 200, body: JSON.stringify({ id: YCLOUD_ID, status: 'failed', errorCode: 'BALANCE_INSUFFICIENT' }) },
      'account_restricted',
      'BALANCE_INSUFFICIENT',
    ],
  ],
  refusalSaying: (words) => ycloudPassedOn('131026', words),
  callback: (receipts) => {
    const [receipt, ...others] = receipts;
    if (!receipt || others.length > 0) return null;
    const { status, errorCode, words } = receipt;
    const whatsappMessage = {
      id: YCLOUD_ID,
      from: '+15550100200',
      to: CANARY.number,
      type: 'template',
      externalId: MESSAGE_ID,
      status,
      updateTime: '2026-11-22T12:00:02.000Z',
      totalPrice: 0.025,
      currency: 'USD',
      ...(errorCode === undefined ? {} : { errorCode: String(errorCode) }),
      ...(words === undefined ? {} : { errorMessage: words }),
      somethingNew: 'added without notice',
    };
    return ycloudEvent('whatsapp.message.updated', { whatsappMessage });
  },
  unknownCallback: ycloudEvent('contact.created', { contactCreated: { id: '1' } }),
  sign: (unsigned, connection) => {
    const hex = createHmac('sha256', connection.credentials.webhook_secret ?? '')
      .update(`${YCLOUD_SECONDS}.`)
      .update(unsigned.raw)
      .digest('hex');
    return callbackOf(unsigned, { 'ycloud-signature': `t=${YCLOUD_SECONDS},s=${hex}` });
  },
  spoil: {
    ...Object.fromEntries(
      Object.entries({
        'a missing signature': () => null,
        'an empty signature': () => '',
        'a truncated signature': (value: string) => value.slice(0, -2),
        'an upper-case signature': (value: string) => value.replace(/[0-9a-f]{64}/, (hex) => hex.toUpperCase()),
        'a signature without its time': (value: string) => value.slice(value.indexOf('s=')),
        'a signature with another time': (value: string) => value.replace(/t=\d+/, `t=${YCLOUD_SECONDS + 1}`),
        'a signature with its time behind it': (value: string) => value.split(',').reverse().join(','),
        'a signature with more behind it': (value: string) => `${value}\n`,
        'two signatures': (value: string) => `${value},${value}`,
        'a signature with one other digit': (value: string) =>
          value.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
      }).map(([how, change]) => [how, (callback) => withHeader(callback, 'ycloud-signature', change)]),
    ),
    'a signature of longer ago than redeliveries last': (callback) => ({
      ...callback,
      receivedAt: new Date((YCLOUD_SECONDS + 3 * 3_600 + 1) * 1_000),
    }),
    'a signature from the future': (callback) => ({
      ...callback,
      receivedAt: new Date((YCLOUD_SECONDS - 301) * 1_000),
    }),
  },
  bodies: fixturesNamed('ycloud/fixtures', /^webhook\..*\.json$/),
};

describeProvider('ycloud', ycloudSpecimen);

test('every provider keeps the promises', () => {
  const described = [meta, twilioSpecimen, vonageSpecimen, smtpSpecimen, ycloudSpecimen].map(
    ({ provider }) => provider.name,
  );
  expect(described.sort()).toEqual([...PROVIDERS].sort());
});
