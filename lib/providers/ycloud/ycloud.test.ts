import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionAccess, OutboundMessage, TemplateDraft } from '@/lib/providers/provider';
import { answering, callbackOf, TestCarrier } from '@/lib/providers/provider.contract';
import { ycloud } from '@/lib/providers/ycloud';
import { type PretendApp, startPretendApp, YCLOUD } from '@/lib/simulator/testing/pretend-app';

const fixture = (name: string) =>
  readFileSync(path.join(import.meta.dirname, 'fixtures', `${name}.json`)).toString('utf8');
const url = 'https://otp.example.com/api/webhooks/ycloud/con_3';
const MESSAGE_ID = 'msg_0199c0de7a1c70008000000000000001';

const connection = (baseUrl: string, change: Partial<ConnectionAccess> = {}): ConnectionAccess => ({
  id: 'con_3',
  provider: 'ycloud',
  baseUrl,
  settings: { whatsapp_from: YCLOUD.whatsapp_from, waba_id: YCLOUD.waba_id, sms_sender_id: 'ACME' },
  credentials: { api_key: YCLOUD.api_key, webhook_secret: YCLOUD.webhook_secret },
  previousCredentials: null,
  ...change,
});
const soon = () => AbortSignal.timeout(5_000);

describe('signatures', () => {
  type Vectors = { secret: string; vectors: { raw_body: string; t: string; header: string; valid?: boolean }[] };
  const { secret, vectors } = JSON.parse(fixture('signature-vectors')) as Vectors;
  const access = connection('http://127.0.0.1:1', { credentials: { api_key: 'key', webhook_secret: secret } });
  const [vector] = vectors;
  const received = (seconds: number, raw = vector?.raw_body ?? '') => ({
    ...callbackOf({ url, raw: Buffer.from(raw) }, { 'ycloud-signature': vector?.header ?? '' }),
    receivedAt: new Date((Number(vector?.t) + seconds) * 1_000),
  });

  test.each(vectors)('vector %#: $valid', ({ raw_body: raw, valid = true }) => {
    expect(ycloud.isAuthentic(access, received(1, raw))).toBe(valid);
  });

  test.each([
    [-301, false],
    [-300, true],
    [0, true],
    [3 * 3_600, true],
    [3 * 3_600 + 1, false],
  ])('%d seconds after signing: %s', (seconds, isBelieved) => {
    expect(ycloud.isAuthentic(access, received(seconds))).toBe(isBelieved);
  });

  test('an API key signs nothing', () => {
    const swapped = { ...access, credentials: { api_key: secret } };
    expect(ycloud.isAuthentic(swapped, received(0))).toBe(false);
  });
});

describe('events', () => {
  const read = (raw: string) => ycloud.readEvents(callbackOf({ url, raw: Buffer.from(raw) }, {}));
  const event = (type: string, payload: Record<string, unknown>) =>
    read(JSON.stringify({ id: 'evt_1', type, apiVersion: 'v2', createTime: '2026-11-22T12:00:02.000Z', ...payload }));

  test.each([
    ['sent', '2026-11-22T12:00:01.000Z', null],
    ['delivered', '2026-11-22T12:00:03.000Z', 25_000],
    ['read', '2026-11-22T12:00:09.000Z', 25_000],
  ])('%s happened at YCloud’s time and is charged once it arrived', (status, at, chargedMicros) => {
    expect(read(fixture(`webhook.whatsapp.message.updated.${status}`))).toEqual([
      {
        kind: 'receipt',
        messageId: null,
        providerMessageId: '63f8000000000000000000a1',
        status,
        at: new Date(at),
        reason: null,
        providerCode: null,
        detail: null,
        chargedMicros,
        currency: chargedMicros === null ? null : 'USD',
      },
    ]);
  });

  test('a failure carries Meta’s code, and costs nothing', () => {
    expect(read(fixture('webhook.whatsapp.message.updated.failed'))).toMatchObject([
      {
        status: 'failed',
        reason: 'not_on_channel',
        providerCode: '131026',
        detail: 'Message Undeliverable.',
        chargedMicros: 0,
      },
    ]);
  });

  test('an SMS that arrived, and one that did not', () => {
    const delivered = fixture('webhook.sms.message.updated.delivered');
    const at = new Date('2026-11-22T12:00:39.000Z');
    expect(read(delivered)).toMatchObject([{ status: 'delivered', at, chargedMicros: 280_000, currency: 'USD' }]);
    expect(read(delivered.replace('"delivered"', '"undelivered"'))).toMatchObject([
      { status: 'failed', reason: 'unrecognised', providerCode: null },
    ]);
    expect(read(delivered.replace('"delivered"', '"accepted"'))).toMatchObject([{ kind: 'ignored' }]);
  });

  test.each([
    ['RECIPIENT_UNSUBSCRIBED', 'blocked_by_recipient'],
    ['BALANCE_INSUFFICIENT', 'account_restricted'],
    ['130429', 'throttled'],
    ['SOMETHING_NEW', 'unrecognised'],
  ])('a failure with YCloud’s %s is %s', (errorCode, reason) => {
    const whatsappMessage = { id: 'a', status: 'failed', errorCode, externalId: MESSAGE_ID };
    expect(event('whatsapp.message.updated', { whatsappMessage })).toMatchObject([
      { status: 'failed', reason, providerCode: errorCode, messageId: MESSAGE_ID },
    ]);
  });

  test('a reviewed template, by its event and else by its status', () => {
    const approved = fixture('webhook.whatsapp.template.reviewed.approved');
    const at = new Date('2026-11-22T11:02:00.000Z');
    const status = { kind: 'template_status', name: 'otp_code_v1', language: 'en_US', at };
    expect(read(approved)).toEqual([{ ...status, status: 'approved', reason: null }]);
    const rejected = approved.replaceAll('"APPROVED"', '"REJECTED"').replace('"NONE"', '"INVALID_FORMAT"');
    expect(read(rejected)).toEqual([{ ...status, status: 'rejected', reason: 'INVALID_FORMAT' }]);
    const flagged = approved.replace('"statusUpdateEvent": "APPROVED"', '"statusUpdateEvent": "FLAGGED"');
    expect(read(flagged)).toEqual([{ ...status, status: 'approved', reason: null }]);
  });

  const phone = { id: '1', phoneNumber: '+15550100200', displayPhoneNumber: '+1 555-010-0200', wabaId: '1' };
  const silent = { quality: null, messagingLimit: null, displayName: null, nameStatus: null, isVerified: null };
  const sender = { kind: 'sender_status', sender: '+15550100200', at: new Date('2026-11-22T12:00:02.000Z'), ...silent };

  test('a sender’s quality, limit and name', () => {
    const quality = { qualityRating: 'RED', messagingLimit: 'TIER_10K', qualityUpdateEvent: 'FLAGGED' };
    expect(event('whatsapp.phone_number.quality_updated', { whatsappPhoneNumber: { ...phone, ...quality } })).toEqual([
      { ...sender, quality: 'red', messagingLimit: 'TIER_10K' },
    ]);
    const name = { decision: 'APPROVED', requestedVerifiedName: 'Pomelo', isOfficialBusinessAccount: true };
    expect(event('whatsapp.phone_number.name_updated', { whatsappPhoneNumber: { ...phone, ...name } })).toEqual([
      { ...sender, displayName: 'Pomelo', nameStatus: 'approved', isVerified: true },
    ]);
    const declined = { decision: 'REJECTED', requestedVerifiedName: 'Pomelo', verifiedName: 'Old' };
    expect(event('whatsapp.phone_number.name_updated', { whatsappPhoneNumber: { ...phone, ...declined } })).toEqual([
      { ...sender, displayName: 'Old', nameStatus: 'rejected' },
    ]);
  });

  test('“I didn’t request a code”; any other inbound message is not for us', () => {
    const inbound = { from: '+628123456789', sendTime: '2026-11-22T12:00:01.000Z', context: { id: 'wamid.x' } };
    const pressed = { ...inbound, type: 'button', button: { payload: 'DID_NOT_REQUEST_CODE', text: 'No' } };
    expect(event('whatsapp.inbound_message.received', { whatsappInboundMessage: pressed })).toEqual([
      {
        kind: 'code_denied',
        from: '+628123456789',
        providerMessageId: null,
        at: new Date('2026-11-22T12:00:01.000Z'),
      },
    ]);
    expect(event('whatsapp.inbound_message.received', { whatsappInboundMessage: inbound })).toMatchObject([
      { kind: 'ignored' },
    ]);
  });

  test.each(['whatsappMessage', 'sms', 'whatsappTemplate', 'whatsappPhoneNumber'])(
    'without its %s an event says nothing',
    (key) => {
      const types: Record<string, string> = {
        whatsappMessage: 'whatsapp.message.updated',
        sms: 'sms.message.updated',
        whatsappTemplate: 'whatsapp.template.reviewed',
        whatsappPhoneNumber: 'whatsapp.phone_number.quality_updated',
      };
      expect(event(types[key] ?? '', {})).toMatchObject([
        { kind: 'ignored', what: expect.stringContaining('malformed') },
      ]);
    },
  );
});

describe('against the simulator, which was written from the documentation', () => {
  let app: PretendApp;
  const start = async () => {
    app = await startPretendApp({ settings: { ordinary: 'prompt' } });
    return connection(app.simulator.url);
  };
  afterEach(() => app.close());

  const message = (channel: 'whatsapp' | 'sms', to: string): OutboundMessage => ({
    messageId: MESSAGE_ID,
    to,
    code: '482915',
    validitySeconds: 300,
    statusCallbackUrl: null,
    channel,
    content:
      channel === 'sms'
        ? { kind: 'text', body: '482915 is your Acme code.' }
        : { kind: 'template', name: 'otp_code_v1', language: 'en-US' },
  });
  const events = (access: ConnectionAccess) =>
    app.catcher.caught.flatMap(({ headers, body }) => {
      const callback = callbackOf(
        { url, raw: Buffer.from(body) },
        { 'ycloud-signature': String(headers['ycloud-signature']) },
      );
      expect(ycloud.isAuthentic(access, { ...callback, receivedAt: new Date() })).toBe(true);
      return ycloud.readEvents(callback);
    });

  test.each(['whatsapp', 'sms'] as const)(
    '%s is sent, read by its webhooks and found again when asked for',
    async (channel) => {
      const access = await start();
      const sent = await ycloud.send(access, message(channel, '+628123456789'), soon());
      expect(sent).toMatchObject({ kind: 'accepted', segments: channel === 'sms' ? 1 : null });
      const id = sent.kind === 'accepted' ? sent.providerMessageId : '';
      await app.catcher.until((all) => all.some(({ body }) => body.includes('"delivered"')));
      expect(events(access).at(-1)).toMatchObject({
        kind: 'receipt',
        status: 'delivered',
        messageId: MESSAGE_ID,
        providerMessageId: id,
        currency: 'USD',
      });
      expect(await ycloud.fetchReceipt?.(access, id, soon())).toMatchObject({
        status: 'delivered',
        providerMessageId: id,
      });
    },
  );

  test('a number without WhatsApp is refused by the answer or fails by webhook, for the same reason', async () => {
    const access = await start();
    expect(await ycloud.send(access, message('whatsapp', '+551198760002'), soon())).toMatchObject({
      kind: 'refused',
      reason: 'not_on_channel',
      providerCode: '131026',
    });
    await ycloud.send(access, message('whatsapp', '+551198760001'), soon());
    await app.catcher.until((all) => all.length === 1);
    expect(events(access)).toMatchObject([{ status: 'failed', reason: 'not_on_channel', providerCode: '131026' }]);
  });

  test('a message that nobody knows is nothing new', async () => {
    const access = await start();
    expect(await ycloud.fetchReceipt?.(access, 'unknown/../id', soon())).toBeNull();
  });

  test('a template is created, listed as it was asked for, and its review told', async () => {
    const access = await start();
    const draft: TemplateDraft = {
      name: 'otp_new',
      language: 'pt-BR',
      addSecurityRecommendation: true,
      codeExpirationMinutes: 5,
      ttlSeconds: 60,
      button: { kind: 'copy_code' },
    };
    const made = await ycloud.templates?.create(access, draft, soon());
    expect(made).toMatchObject({ kind: 'created', status: 'pending' });
    await app.catcher.until((all) => all.length === 1);
    expect(events(access)).toMatchObject([
      { kind: 'template_status', name: 'otp_new', language: 'pt_BR', status: 'approved' },
    ]);
    const listed = await ycloud.templates?.list(access, soon());
    expect(listed).toMatchObject({ kind: 'listed', isComplete: true });
    expect(listed?.kind === 'listed' && listed.templates).toContainEqual({
      id: made?.kind === 'created' ? made.id : '',
      name: 'otp_new',
      language: 'pt_BR',
      status: 'approved',
      reason: null,
      ttlSeconds: 60,
      codeExpirationMinutes: 5,
      button: 'copy_code',
    });
    expect(await ycloud.templates?.create(access, draft, soon())).toMatchObject({
      kind: 'refused',
      reason: 'request_rejected',
      providerCode: 'ALREADY_EXISTS',
    });
  });

  test('a connection is good when its key is, and nothing is sent to find out', async () => {
    const access = await start();
    expect(await ycloud.testConnection?.(access, soon())).toEqual({
      isGood: true,
      detail: 'The balance is 100.50 USD',
    });
    const wrong = { ...access, credentials: { api_key: 'wrong-key' } };
    expect(await ycloud.testConnection?.(wrong, soon())).toMatchObject({ isGood: false });
    expect(await app.control.sends()).toEqual([]);
  });
});

describe('the list of templates', () => {
  const carrier = new TestCarrier();
  beforeAll(() => carrier.start());
  afterAll(() => carrier.stop());
  const item = (n: number, change = {}) => ({
    officialTemplateId: String(n),
    wabaId: YCLOUD.waba_id,
    name: `otp_${n}`,
    language: 'en',
    category: 'AUTHENTICATION',
    status: 'APPROVED',
    ...change,
  });

  test('a full page asks for the next one, up to a bound', async () => {
    const items = Array.from({ length: 100 }, (_, n) => item(n));
    carrier.behave = answering({ status: 200, body: JSON.stringify({ items, offset: 0, limit: 100, length: 100 }) });
    const before = carrier.requests.length;
    const listed = await ycloud.templates?.list(connection(carrier.url), soon());
    expect(listed).toMatchObject({ kind: 'listed', isComplete: false });
    expect(carrier.requests.length - before).toBe(20);
    expect(carrier.lastRequest().url).toBe(`/v2/whatsapp/templates?page=20&limit=100&filter.wabaId=${YCLOUD.waba_id}`);
  });

  test('another account’s and another category’s templates are left out', async () => {
    const items = [item(1), item(2, { wabaId: '999' }), item(3, { category: 'UTILITY' }), 'nonsense'];
    carrier.behave = answering({ status: 200, body: JSON.stringify({ items, offset: 0, limit: 100, length: 4 }) });
    const listed = await ycloud.templates?.list(connection(carrier.url), soon());
    expect(listed?.kind === 'listed' && listed.templates.map(({ name }) => name)).toEqual(['otp_1']);
  });

  test('an account that is not named asks nothing', async () => {
    const before = carrier.requests.length;
    const bare = connection(carrier.url, { settings: {} });
    expect(await ycloud.templates?.list(bare, soon())).toMatchObject({ kind: 'refused', reason: 'request_rejected' });
    expect(carrier.requests.length).toBe(before);
  });
});
