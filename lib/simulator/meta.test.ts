import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { metaJson, metaSignature } from '@/lib/simulator/meta-webhooks';
import {
  META,
  metaBody,
  metaStatuses,
  type PretendApp,
  sendMeta,
  startPretendApp,
} from '@/lib/simulator/testing/pretend-app';

const TO = '+5511987654321';
let app: PretendApp;
beforeEach(async () => {
  app = await startPretendApp({ settings: { ordinary: 'prompt' } });
});
afterEach(() => app.close());

const graph = (path: string, init: RequestInit = {}) =>
  fetch(`${app.simulator.url}/v26.0/${path}`, {
    headers: { authorization: `Bearer ${META.access_token}`, 'content-type': 'application/json' },
    ...init,
  });

test('a send is answered in the shape of the Cloud API', async () => {
  const response = await sendMeta(app, metaBody(TO));
  expect(response.status).toBe(200);
  const answer = (await response.json()) as { messages: { id: string }[] };
  expect(answer).toEqual({
    messaging_product: 'whatsapp',
    contacts: [{ input: '5511987654321', wa_id: '5511987654321' }],
    messages: [{ id: expect.stringMatching(/^wamid\./), message_status: 'accepted' }],
  });
  const bytes = Buffer.from(answer.messages[0]?.id.slice(6) ?? '', 'base64');
  // As Meta's own examples decode: 1C 18 ‹length› ‹phone› 15 02 00 11 18 ‹length› ‹id› 00.
  const phone = Buffer.from('5511987654321').toString('hex');
  expect(bytes.toString('hex')).toMatch(new RegExp(`^1c180d${phone}150200111812(3[0-9]|4[1-6]){18}00$`));
});

const template = (change: Record<string, unknown>) => {
  const body = metaBody(TO);
  return { ...body, template: { ...(body.template as Record<string, unknown>), ...change } };
};
const text = (value: string) => [{ type: 'text', text: value }];
const parts = (body: unknown, button: unknown) => template({ components: [body, button].filter(Boolean) });
const bodyPart = (parameters: unknown) => ({ type: 'body', parameters });
const buttonPart = (parameters: unknown) => ({ type: 'button', sub_type: 'url', index: 0, parameters });

describe('a send is refused as Meta would', () => {
  test.each<[string, unknown, number, number]>([
    ['a template that does not exist', template({ name: 'other' }), 404, 132001],
    ['a language without approved template', template({ language: { code: 'fi' } }), 404, 132001],
    ['no language', template({ language: {} }), 400, 100],
    ['no code in the body', parts(bodyPart([]), buttonPart(text('482915'))), 400, 132000],
    ['two texts in the body', parts(bodyPart([...text('1'), ...text('2')]), buttonPart(text('1'))), 400, 132000],
    ['no button', parts(bodyPart(text('482915')), null), 400, 131008],
    ['another code in the button', parts(bodyPart(text('482915')), buttonPart(text('482916'))), 400, 132012],
    ['a code of 16 characters', parts(bodyPart(text('1'.repeat(16))), buttonPart(text('1'.repeat(16)))), 400, 131009],
    ['free text', { ...metaBody(TO), type: 'text', text: { body: 'hi' } }, 400, 131047],
    ['no recipient', { ...metaBody(TO), to: undefined }, 400, 131008],
    ['a number that cannot exist', metaBody('+55119'), 400, 131009],
    ['another product', { ...metaBody(TO), messaging_product: 'sms' }, 400, 100],
    ['no JSON', '{"messaging_product":', 400, 100],
  ])('%s', async (_, body, status, code) => {
    const response = await sendMeta(app, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: {
        type: 'OAuthException',
        code,
        fbtrace_id: expect.any(String),
        message: expect.stringContaining(`(#${code})`),
      },
    });
    expect(await app.control.messages()).toEqual([]);
  });

  test('a wrong token is 401 with code 190', async () => {
    const response = await sendMeta(app, metaBody(TO), { headers: { authorization: 'Bearer wrong' } });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 190 } });
  });

  test('an unknown sender is code 100 subcode 33', async () => {
    const response = await sendMeta(app, metaBody(TO), { path: '/v25.0/999/messages' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 100, error_subcode: 33 } });
  });

  test('a body above 1 MiB is 413', async () => {
    const response = await sendMeta(app, 'x'.repeat(1024 * 1024 + 1));
    expect(response.status).toBe(413);
  });

  test('past the throughput it is 130429, a second message to one user 131056, when these limits are on', async () => {
    await app.control.setSettings({ pair_rate_limit: true });
    expect((await sendMeta(app, metaBody(TO))).status).toBe(200);
    expect(await (await sendMeta(app, metaBody(TO))).json()).toMatchObject({ error: { code: 131056 } });
    await app.control.setSettings({ pair_rate_limit: false, throughput_per_second: 2 });
    const all = await Promise.all(Array.from({ length: 8 }, (_, i) => sendMeta(app, metaBody(`+551198765431${i}`))));
    const refusals = await Promise.all(all.filter((r) => !r.ok).map((r) => r.json()));
    expect(refusals.length).toBeGreaterThanOrEqual(4);
    expect(refusals[0]).toMatchObject({ error: { code: 130429 } });
  });
});

describe('status webhooks', () => {
  test('are signed over their exact bytes, escaped, and echo our id', async () => {
    await sendMeta(app, metaBody(TO, '482915', 'msg_ü/1'));
    const caught = await app.catcher.until((all) => all.length === 2);
    for (const webhook of caught) {
      const mac = createHmac('sha256', META.app_secret).update(webhook.body).digest('hex');
      expect(webhook.headers['x-hub-signature-256']).toBe(`sha256=${mac}`);
      expect(webhook.body).toContain('msg_\\u00fc\\/1');
    }
    expect(metaStatuses(caught)).toMatchObject([
      { status: 'sent', recipient_id: TO.slice(1), biz_opaque_callback_data: 'msg_ü/1' },
      {
        status: 'delivered',
        pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'authentication' },
      },
    ]);
    const payload = JSON.parse(caught[0]?.body ?? '') as { entry: { id: string; changes: { value: unknown }[] }[] };
    expect(payload.entry[0]?.id).toBe(META.waba_id);
    expect(payload.entry[0]?.changes[0]?.value).toMatchObject({
      metadata: { display_phone_number: META.display_phone_number, phone_number_id: META.phone_number_id },
    });
  });

  test('are repeated byte for byte until taken, with growing gaps', async () => {
    app.catcher.answers.push(500, 0, 404);
    await app.control.addScenario({ behaviour: { receipts: 'sent_only' } });
    await sendMeta(app, metaBody(TO));
    const caught = await app.catcher.until((all) => all.length === 4);
    expect(new Set(caught.map((webhook) => webhook.body)).size).toBe(1);
    const gaps = caught.slice(1).map((webhook, index) => webhook.at - (caught[index]?.at ?? 0));
    expect(gaps[2]).toBeGreaterThan(gaps[0] ?? 0);
    await expect
      .poll(async () => (await app.control.stats()).webhooks)
      .toMatchObject({ taken: 1, retried: 3, pending: 0 });
  });

  test('are given up after six tries', async () => {
    await app.control.setSpeed(1000);
    app.catcher.answers.push(...Array.from({ length: 10 }, () => 503));
    await app.control.addScenario({ behaviour: { receipts: 'sent_only' } });
    await sendMeta(app, metaBody(TO));
    await expect.poll(async () => (await app.control.stats()).webhooks).toMatchObject({ given_up: 1, pending: 0 });
    expect(app.catcher.caught).toHaveLength(6);
  });

  test('come together in one POST when batching is on, and none is lost', async () => {
    await app.control.setSettings({ batch_window_ms: 60_000, batch_max: 40 });
    await Promise.all(
      Array.from({ length: 60 }, (_, i) => sendMeta(app, metaBody(`+55119876550${10 + i}`, '482915', `msg_${i}`))),
    );
    const caught = await app.catcher.until((all) => metaStatuses(all).length === 120);
    expect(caught).toHaveLength(3);
    expect(new Set(metaStatuses(caught).map((s) => s.biz_opaque_callback_data)).size).toBe(60);
  });

  test('go where the account says now, after a handshake with the verify token', async () => {
    const refused = await app.control.setAccounts({
      meta: [
        {
          phone_number_id: META.phone_number_id,
          webhook_url: `${app.catcher.url}/webhooks/meta/new`,
          app_secret: 'rotated',
          verify_token: 'v',
        },
      ],
    });
    expect(refused.webhooks[META.phone_number_id]).toBe('answered something else than the challenge');
    expect(app.catcher.caught[0]?.url).toMatch(/hub\.mode=subscribe&hub\.challenge=\d+&hub\.verify_token=v$/);
    await sendMeta(app, metaBody(TO));
    const caught = await app.catcher.until((all) => all.length === 3);
    const mac = createHmac('sha256', 'rotated')
      .update(caught[1]?.body ?? '')
      .digest('hex');
    expect(caught[1]).toMatchObject({ url: '/webhooks/meta/new', headers: { 'x-hub-signature-256': `sha256=${mac}` } });
  });

  test('"I did not request a code" arrives as the button of the newest message', async () => {
    await sendMeta(app, metaBody(TO));
    await app.control.waitForMessages(TO, 1);
    await app.control.denyCode(TO);
    const caught = await app.catcher.until((all) =>
      all.some((webhook) => webhook.body.includes('DID_NOT_REQUEST_CODE')),
    );
    const denied = caught.find((webhook) => webhook.body.includes('DID_NOT_REQUEST_CODE'));
    const id = metaStatuses(caught)[0]?.id;
    expect(JSON.parse(denied?.body ?? '').entry[0].changes[0].value.messages[0]).toMatchObject({
      type: 'button',
      from: TO.slice(1),
      context: { id },
    });
  });
});

describe('templates', () => {
  const copyCode = {
    name: 'otp_new',
    language: 'id',
    category: 'AUTHENTICATION',
    message_send_ttl_seconds: 60,
    components: [
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 5 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
    ],
  };
  const create = (body: unknown) =>
    graph(`${META.waba_id}/message_templates`, { method: 'POST', body: JSON.stringify(body) });
  const templateEvents = () =>
    app.catcher.caught
      .filter((webhook) => webhook.body.includes('message_template_status_update'))
      .map((w) => JSON.parse(w.body));

  test('a new template waits, is approved by webhook, and can then be sent', async () => {
    const created = await create(copyCode);
    expect(created.status).toBe(200);
    const { id, status } = (await created.json()) as { id: string; status: string };
    expect(status).toBe('PENDING');
    expect((await sendMeta(app, template({ name: 'otp_new', language: { code: 'id' } }))).status).toBe(404);
    await app.catcher.until(() => templateEvents().length === 1);
    expect(templateEvents()[0].entry[0]).toMatchObject({
      id: META.waba_id,
      time: expect.any(Number),
      changes: [
        {
          field: 'message_template_status_update',
          value: {
            event: 'APPROVED',
            message_template_id: Number(id),
            message_template_name: 'otp_new',
            message_template_language: 'id',
            reason: 'NONE',
          },
        },
      ],
    });
    expect((await sendMeta(app, template({ name: 'otp_new', language: { code: 'id' } }))).status).toBe(200);
    const [message] = await app.control.waitForMessages(TO, 1);
    expect(message?.text).toContain('482915 adalah kode verifikasi Anda.');
    const read = (await (await graph(id)).json()) as Record<string, unknown>;
    expect(read).toMatchObject({ status: 'APPROVED', message_send_ttl_seconds: 60 });
    expect(JSON.stringify(read)).toContain(
      'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=5&code=otp{{1}}',
    );
  });

  test('a name with "reject" in it is rejected with a reason', async () => {
    await create({ ...copyCode, name: 'reject_me' });
    await app.catcher.until(() => templateEvents().length === 1);
    expect(templateEvents()[0].entry[0].changes[0].value).toMatchObject({
      event: 'REJECTED',
      reason: 'INVALID_FORMAT',
    });
  });

  test('the same name and language again is subcode 2388024', async () => {
    await create(copyCode);
    const again = await create(copyCode);
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ error: { code: 100, error_subcode: 2388024 } });
  });

  test.each<[string, Record<string, unknown>]>([
    ['a time to live below 30 s', { message_send_ttl_seconds: 29 }],
    ['a language Meta does not have', { language: 'pt' }],
    ['a text in the body', { components: [{ type: 'BODY', text: 'mine' }, copyCode.components[2]] }],
    ['no button', { components: [copyCode.components[0]] }],
    [
      'one-tap without an app',
      { components: [copyCode.components[0], { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'ONE_TAP' }] }] },
    ],
    [
      'an expiry above 90 minutes',
      { components: [copyCode.components[0], { type: 'FOOTER', code_expiration_minutes: 91 }, copyCode.components[2]] },
    ],
  ])('%s is refused', async (_, change) => {
    const response = await create({ ...copyCode, ...change });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 100, error_user_title: expect.any(String) } });
  });

  test('upsert takes many languages; list filters and pages; delete removes all languages of a name', async () => {
    const upserted = await graph(`${META.waba_id}/upsert_message_templates`, {
      method: 'POST',
      body: JSON.stringify({ ...copyCode, name: 'many', language: undefined, languages: ['en_US', 'id', 'pt_BR'] }),
    });
    expect(((await upserted.json()) as { data: unknown[] }).data).toHaveLength(3);
    const list = async (query: string) =>
      (await (await graph(`${META.waba_id}/message_templates?${query}`)).json()) as {
        data: { language: string }[];
        paging: { cursors: { after: string }; next?: string };
      };
    const first = await list('name=many&limit=2');
    expect(first.data.map((t) => t.language)).toEqual(['en_US', 'id']);
    expect(first.paging.next).toBeDefined();
    const second = await list(`name=many&limit=2&after=${encodeURIComponent(first.paging.cursors.after)}`);
    expect(second.data.map((t) => t.language)).toEqual(['pt_BR']);
    expect(second.paging.next).toBeUndefined();
    const removed = await graph(`${META.waba_id}/message_templates?name=many`, { method: 'DELETE' });
    expect(await removed.json()).toEqual({ success: true });
    expect((await list('name=many')).data).toEqual([]);
  });

  test('an edit is reviewed anew', async () => {
    const [{ id } = { id: '' }] = (
      (await (await graph(`${META.waba_id}/message_templates?language=en_US`)).json()) as { data: { id: string }[] }
    ).data;
    const edited = await graph(id, { method: 'POST', body: JSON.stringify({ message_send_ttl_seconds: 90 }) });
    expect(await edited.json()).toEqual({ success: true });
    expect(await (await graph(id)).json()).toMatchObject({ status: 'PENDING', message_send_ttl_seconds: 90 });
    await expect.poll(async () => ((await (await graph(id)).json()) as { status: string }).status).toBe('APPROVED');
  });

  test('previews show the localized texts', async () => {
    const query =
      'category=AUTHENTICATION&languages=en_US,id&add_security_recommendation=true&code_expiration_minutes=5&button_types=OTP';
    const previews = await (await graph(`${META.waba_id}/message_template_previews?${query}`)).json();
    expect(previews).toEqual({
      data: [
        {
          body: '*{{1}}* is your verification code. For your security, do not share this code.',
          buttons: [{ autofill_text: 'Autofill', text: 'Copy code' }],
          footer: 'This code expires in 5 minutes.',
          language: 'en_US',
        },
        {
          body: '*{{1}}* adalah kode verifikasi Anda. Demi keamanan, jangan bagikan kode ini.',
          buttons: [{ autofill_text: 'Isi otomatis', text: 'Salin kode' }],
          footer: 'Kode ini kedaluwarsa dalam 5 menit.',
          language: 'id',
        },
      ],
    });
  });
});

describe('signing', () => {
  // Vectors computed elsewhere: HMAC-SHA256 over raw bytes with the app secret below.
  const secret = 'meta_app_secret_for_tests';

  test('matches the recorded vector', () => {
    const raw =
      '{"object":"whatsapp_business_account","entry":[{"id":"100200300400500","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550100200","phone_number_id":"200300400500600"},"statuses":[{"id":"wamid.HBgMNjI4MTIzNDU2Nzg5FQIAERgSQTFCMkMzRDRFNUY2MDcxODI5AA==","status":"delivered","timestamp":"1795305603","recipient_id":"628123456789","biz_opaque_callback_data":"otp_01JD0ZK7M4","pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"authentication"}}]},"field":"messages"}]}]}';
    expect(metaSignature(secret, raw)).toBe('sha256=3eb6bba27c6a5211bf79dcd4ed737c0469fdf89e0ed717315bf03ced915304f5');
  });

  test('covers the escapes that Meta writes', () => {
    const raw = metaJson({ object: 'whatsapp_business_account', note: 'café / ok' });
    expect(raw).toBe('{"object":"whatsapp_business_account","note":"caf\\u00e9 \\/ ok"}');
    expect(metaSignature(secret, raw)).toBe('sha256=0c00751e9913c708a0d9c31607b10305b4b94c136a4209b7b26d02310af23acc');
  });
});
