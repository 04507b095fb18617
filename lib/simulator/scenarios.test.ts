import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  META,
  metaBody,
  metaStatuses,
  type PretendApp,
  sendMeta,
  sendTwilio,
  smsForm,
  startPretendApp,
  twilioAuth,
  twilioCallbacks,
} from '@/lib/simulator/testing/pretend-app';

const BR = '+5511987654321';
const ID = '+628123456789';
let app: PretendApp;
beforeEach(async () => {
  app = await startPretendApp({ settings: { ordinary: 'prompt' } });
});
afterEach(() => app.close());

const settled = () =>
  expect
    .poll(async () => (await app.control.stats()).timers_pending + (await app.control.stats()).webhooks.pending, {
      interval: 10,
    })
    .toBe(0);

test('only what matches is bent, and clearing ends it', async () => {
  const scenario = await app.control.addScenario({
    match: { provider: 'meta-cloud', country: 'BR' },
    behaviour: { send: 'refuse', error_code: 131042 },
  });
  expect(await (await sendMeta(app, metaBody(BR))).json()).toMatchObject({ error: { code: 131042 } });
  expect((await sendMeta(app, metaBody(ID))).status).toBe(200);
  expect((await sendTwilio(app, smsForm(app, BR))).status).toBe(201);
  await app.control.removeScenario(scenario.id);
  expect((await sendMeta(app, metaBody(BR))).status).toBe(200);
  await expect(app.control.removeScenario(scenario.id)).rejects.toThrow('404');
});

test('a scenario wins over a personality, and the newest over an older one', async () => {
  await app.control.addScenario({ match: { last4: '0002' }, behaviour: { send: 'ok' } });
  expect((await sendMeta(app, metaBody('+5511987650002'))).status).toBe(200);
  await app.control.waitForMessages('+5511987650002', 1);
  await app.control.addScenario({ match: { to: '+5511987650002' }, behaviour: { send: 'error500' } });
  expect((await sendMeta(app, metaBody('+5511987650002'))).status).toBe(500);
  await app.control.clearScenarios();
  expect((await sendMeta(app, metaBody('+5511987650002'))).status).toBe(400);
});

test('it ends by itself after its seconds, and after its number of messages', async () => {
  await app.control.addScenario({ behaviour: { send: 'error500' }, times: 2 });
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await sendMeta(app, metaBody(BR))).status);
  expect(statuses).toEqual([500, 500, 200]);
  await app.control.addScenario({ behaviour: { send: 'error500' }, for_seconds: 0.2 });
  expect((await sendMeta(app, metaBody(BR))).status).toBe(500);
  await expect.poll(async () => (await sendMeta(app, metaBody(BR))).status).toBe(200);
});

describe('the answer to a send', () => {
  const send = (signal: AbortSignal) => sendMeta(app, metaBody(BR), { signal });

  test('accept_then_hang never answers, yet the phone gets it and receipts come', async () => {
    await app.control.addScenario({ behaviour: { send: 'accept_then_hang' } });
    await expect(send(AbortSignal.timeout(500))).rejects.toThrow();
    await app.control.waitForMessages(BR, 1);
    await app.catcher.until((all) => metaStatuses(all).some((status) => status.status === 'delivered'));
  });

  test('hang never answers, and nothing comes of it', async () => {
    await app.control.addScenario({ behaviour: { send: 'hang' } });
    await expect(send(AbortSignal.timeout(300))).rejects.toThrow();
    expect(await app.control.messages(BR)).toEqual([]);
  });

  test('reset breaks the connection; with takes the phone gets it all the same', async () => {
    await app.control.addScenario({ behaviour: { send: 'reset' } });
    await expect(send(AbortSignal.timeout(2000))).rejects.toThrow('fetch failed');
    await settled();
    expect(await app.control.messages(BR)).toEqual([]);
    await app.control.addScenario({ behaviour: { send: 'reset', takes: true } });
    await expect(send(AbortSignal.timeout(2000))).rejects.toThrow('fetch failed');
    await app.control.waitForMessages(BR, 1);
  });

  test('garbage200 is a page of HTML with status 200', async () => {
    await app.control.addScenario({ behaviour: { send: 'garbage200' } });
    const response = await send(AbortSignal.timeout(2000));
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^<!doctype html>/);
  });

  test('slow_body begins well and drips one byte at a time', async () => {
    await app.control.addScenario({ behaviour: { send: 'slow_body' } });
    const response = await send(AbortSignal.timeout(1300));
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });
});

describe('the receipts', () => {
  const told = () => metaStatuses(app.catcher.caught).map((status) => status.status);

  test.each([
    ['none', [], 1],
    ['sent_only', ['sent'], 0],
    ['failed', ['failed', 'sent'], 0],
    ['duplicate', ['delivered', 'delivered', 'delivered', 'sent', 'sent', 'sent'], 1],
    ['normal', ['delivered', 'sent'], 1],
  ] as const)('%s', async (receipts, statuses, received) => {
    await app.control.addScenario({ behaviour: { receipts, error_code: 131049 } });
    await sendMeta(app, metaBody(BR));
    await settled();
    expect(told().sort()).toEqual(statuses);
    expect(await app.control.messages(BR)).toHaveLength(received);
    const failed = metaStatuses(app.catcher.caught).find((status) => status.status === 'failed');
    expect(failed?.errors?.map((error) => error.code)).toEqual(failed ? [131049] : undefined);
  });

  test('out_of_order tells the last thing first', async () => {
    await app.control.setSpeed(5);
    await app.control.addScenario({ behaviour: { receipts: 'out_of_order' } });
    await sendMeta(app, metaBody(BR));
    await app.catcher.until(() => told().length === 2);
    expect(told()).toEqual(['delivered', 'sent']);
  });

  test('a failed SMS carries the code that was asked for', async () => {
    await app.control.addScenario({ match: { channel: 'sms' }, behaviour: { receipts: 'failed', error_code: 30007 } });
    await sendTwilio(app, smsForm(app, BR));
    await app.catcher.until((all) => twilioCallbacks(all).some((params) => params.ErrorCode === '30007'));
  });

  test('none loses the callbacks of an SMS, yet Twilio knows when asked', async () => {
    await app.control.addScenario({ match: { channel: 'sms' }, behaviour: { receipts: 'none' } });
    const { uri } = (await (await sendTwilio(app, smsForm(app, BR))).json()) as { uri: string };
    const status = async () => {
      const response = await fetch(`${app.simulator.url}${uri}`, { headers: { authorization: twilioAuth() } });
      return ((await response.json()) as { status: string }).status;
    };
    await expect.poll(status).toBe('delivered');
    await settled();
    expect(app.catcher.caught).toEqual([]);
  });

  test('latency_ms and latency_factor move arrival and receipts', async () => {
    await app.control.setSpeed(1);
    await app.control.addScenario({ behaviour: { latency_ms: 100 } });
    const startedAt = Date.now();
    await sendMeta(app, metaBody(BR));
    await app.control.waitForMessages(BR, 1);
    expect(Date.now() - startedAt).toBeLessThan(1500);
    await app.control.addScenario({ behaviour: { latency_factor: 0.05 } });
    await sendMeta(app, metaBody(BR));
    await app.control.waitForMessages(BR, 2);
    expect(Date.now() - startedAt).toBeLessThan(3000);
  });
});

describe('the control routes', () => {
  test('say what is wrong with a request', async () => {
    const post = (path: string, body: string) =>
      fetch(`${app.simulator.url}/_control/${path}`, { method: 'POST', body });
    expect((await post('scenario', '{"behaviour":{"send":"maybe"}}')).status).toBe(400);
    expect((await post('scenario', '{')).status).toBe(400);
    expect((await post('nowhere', '{}')).status).toBe(404);
  });

  test('refuse a web page from elsewhere', async () => {
    const stats = `${app.simulator.url}/_control/stats`;
    expect((await fetch(stats, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await fetch(stats)).status).toBe(200);
  });

  test('list every send call with our own id, taken or not', async () => {
    await sendMeta(app, metaBody(BR, '482915', 'msg_a'));
    await sendMeta(app, metaBody('+5511987650002', '482915', 'msg_b'));
    await sendMeta(app, metaBody(BR, '482915', 'msg_c'), { headers: { authorization: 'Bearer wrong' } });
    await sendTwilio(app, smsForm(app, BR, '/webhooks/twilio?message=msg_d'));
    expect(await app.control.sends()).toMatchObject([
      {
        provider: 'meta-cloud',
        channel: 'whatsapp',
        to: BR,
        opaque_id: 'msg_a',
        outcome: 'accepted',
        provider_message_id: expect.stringMatching(/^wamid/),
      },
      { opaque_id: 'msg_b', outcome: 'refused:131026', provider_message_id: null, because: 'personality 0002' },
      { opaque_id: 'msg_c', outcome: 'refused:190' },
      {
        provider: 'twilio',
        channel: 'sms',
        opaque_id: 'msg_d',
        outcome: 'accepted',
        provider_message_id: expect.stringMatching(/^SM/),
      },
    ]);
    expect((await app.control.sends(BR)).map((send) => send.opaque_id)).toEqual(['msg_a', 'msg_c', 'msg_d']);
    await app.control.reset();
    expect(await app.control.sends()).toEqual([]);
  });

  test('take a second sender whose messages come from its own number', async () => {
    await app.control.setAccounts({
      meta: [
        {
          phone_number_id: '777',
          display_phone_number: '4930123456',
          access_token: 'second',
          webhook_url: `${app.catcher.url}/webhooks/meta`,
        },
      ],
    });
    const init = { path: '/v25.0/777/messages', headers: { authorization: 'Bearer second' } };
    expect((await sendMeta(app, metaBody(BR), init)).status).toBe(200);
    expect((await app.control.waitForMessages(BR, 1))[0]?.from).toBe('+4930123456');
    const crossed = await sendMeta(app, metaBody(BR), { ...init, path: `/v25.0/${META.phone_number_id}/messages` });
    expect(await crossed.json()).toMatchObject({ error: { error_subcode: 33 } });
  });
});
