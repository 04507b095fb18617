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
  twilioCallbacks,
  twilioWhatsAppForm,
} from '@/lib/simulator/testing/pretend-app';

let app: PretendApp;
beforeEach(async () => {
  app = await startPretendApp();
});
afterEach(() => app.close());

const PREFIX = '+55119876';
const told = () => metaStatuses(app.catcher.caught).map((status) => status.status);
const toldBySms = () => twilioCallbacks(app.catcher.caught).map((params) => params.MessageStatus);
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

describe('WhatsApp at Meta, by the last four digits', () => {
  test.each([
    ['0001', ['failed'], [131026], 0],
    ['0003', ['sent'], [], 0],
    ['0004', ['sent', 'delivered'], [], 1],
    ['0008', ['failed'], [131026], 0],
    ['0009', ['failed'], [131026], 0],
    ['0010', ['delivered', 'sent'], [], 1],
  ])('%s is accepted, then told as %j', async (last4, statuses, errors, received) => {
    const to = `${PREFIX}${last4}`;
    const response = await sendMeta(app, metaBody(to));
    expect(response.status).toBe(200);
    await quiet();
    expect(told()).toEqual(statuses);
    expect(
      metaStatuses(app.catcher.caught)
        .flatMap((s) => s.errors ?? [])
        .map((e) => e.code),
    ).toEqual(errors);
    expect(await app.control.messages(to)).toHaveLength(received);
  });

  test('0002 is refused by the answer itself, and no webhook follows', async () => {
    const response = await sendMeta(app, metaBody(`${PREFIX}0002`));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 131026, error_data: { messaging_product: 'whatsapp' } },
    });
    await quiet();
    expect(app.catcher.caught).toEqual([]);
  });

  test('0006 is answered 500, and the phone stays empty', async () => {
    const response = await sendMeta(app, metaBody(`${PREFIX}0006`));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { code: 131000 } });
    await quiet();
    expect(await app.control.messages(`${PREFIX}0006`)).toEqual([]);
  });

  test('0007 is never answered, and the phone stays empty', async () => {
    await expect(sendMeta(app, metaBody(`${PREFIX}0007`), { signal: AbortSignal.timeout(400) })).rejects.toThrow();
    expect(await app.control.sends(`${PREFIX}0007`)).toMatchObject([{ outcome: 'hang', opaque_id: 'msg_1' }]);
    expect(await app.control.messages(`${PREFIX}0007`)).toEqual([]);
  });

  test('0004 takes 45 simulated seconds', async () => {
    const startedAt = Date.now();
    await sendMeta(app, metaBody(`${PREFIX}0004`));
    await app.control.waitForMessages(`${PREFIX}0004`, 1);
    const simulatedSeconds = ((Date.now() - startedAt) * 50) / 1000;
    expect(simulatedSeconds).toBeGreaterThan(44);
    expect(simulatedSeconds).toBeLessThan(70);
  });

  test('0005 is told twice and delivered first', async () => {
    await sendMeta(app, metaBody(`${PREFIX}0005`));
    await quiet();
    expect(told()[0]).toBe('delivered');
    expect(told().sort()).toEqual(['delivered', 'delivered', 'delivered', 'read', 'read', 'sent', 'sent']);
    expect(await app.control.messages(`${PREFIX}0005`)).toHaveLength(1);
  });

  test('0005 keeps the time at which each thing happened, whatever the order of telling', async () => {
    await app.control.setSpeed(1);
    await sendMeta(app, metaBody(`${PREFIX}0005`));
    await app.catcher.until(() => told().length === 7);
    const byStatus = new Map(metaStatuses(app.catcher.caught).map((s) => [s.status, Number(s.timestamp)]));
    expect(byStatus.get('sent')).toBeLessThanOrEqual(byStatus.get('delivered') ?? 0);
    expect(byStatus.get('delivered')).toBeLessThanOrEqual(byStatus.get('read') ?? 0);
    const copies = metaStatuses(app.catcher.caught).filter((s) => s.status === 'delivered');
    expect(new Set(copies.map((s) => s.timestamp)).size).toBe(1);
  });

  test('0010 has told and shown the message, and waited for the 2xx, before the send is answered', async () => {
    app.catcher.delayMs = 250;
    const startedAt = Date.now();
    const response = await sendMeta(app, metaBody(`${PREFIX}0010`));
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(250);
    const answer = (await response.json()) as { messages: { id: string }[] };
    expect(metaStatuses(app.catcher.caught)[0]).toMatchObject({ status: 'delivered', id: answer.messages[0]?.id });
    expect(await app.control.messages(`${PREFIX}0010`)).toHaveLength(1);
  });
});

describe('SMS at Twilio, by the last four digits', () => {
  test.each([
    ['0001', ['sent', 'delivered'], 1],
    ['0002', ['sent', 'delivered'], 1],
    ['0003', ['sent', 'delivered'], 1],
    ['0004', ['sent', 'delivered'], 1],
    ['0006', ['sent', 'delivered'], 1],
    ['0007', ['sent', 'delivered'], 1],
    ['0008', ['sent', 'undelivered'], 0],
    ['0009', ['sent', 'undelivered'], 0],
    ['0010', ['delivered', 'sent'], 1],
  ])('%s is told as %j', async (last4, statuses, received) => {
    const to = `${PREFIX}${last4}`;
    const response = await sendTwilio(app, smsForm(app, to));
    expect(response.status).toBe(201);
    await quiet();
    expect(toldBySms()).toEqual(statuses);
    expect(await app.control.messages(to)).toHaveLength(received);
  });
});

test('0005 is told twice and delivered first by SMS too', async () => {
  await sendTwilio(app, smsForm(app, `${PREFIX}0005`));
  await quiet();
  expect(toldBySms()[0]).toBe('delivered');
  expect(toldBySms().sort()).toEqual(['delivered', 'delivered', 'delivered', 'sent', 'sent']);
});

describe('WhatsApp at Twilio, by the last four digits', () => {
  test.each([
    ['0001', 201, ['undelivered'], '63024'],
    ['0003', 201, ['sent'], undefined],
    ['0008', 201, ['undelivered'], '63024'],
  ])('%s answers %i and is told as %j', async (last4, status, statuses, errorCode) => {
    const response = await sendTwilio(app, twilioWhatsAppForm(app, `${PREFIX}${last4}`));
    expect(response.status).toBe(status);
    await quiet();
    expect(toldBySms()).toEqual(statuses);
    expect(twilioCallbacks(app.catcher.caught)[0]?.ErrorCode).toBe(errorCode);
  });

  test('0002 is refused by the answer itself', async () => {
    const response = await sendTwilio(app, twilioWhatsAppForm(app, `${PREFIX}0002`));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 63003, status: 400 });
  });

  test('0006 is answered 500', async () => {
    const response = await sendTwilio(app, twilioWhatsAppForm(app, `${PREFIX}0006`));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: 20500 });
  });
});

test('what a phone received names channel, provider, sender, text and code', async () => {
  const to = `${PREFIX}0003`;
  await sendTwilio(app, smsForm(app, to));
  const [message] = await app.control.waitForMessages(to, 1);
  expect(message).toMatchObject({ channel: 'sms', provider: 'twilio', from: '+15005550006', code: '482915', to });
  expect(message?.text).toContain('482915 is your Acme verification code');
  await sendMeta(app, metaBody(`${PREFIX}0005`, '77120034'));
  const [whatsApp] = await app.control.waitForMessages(`${PREFIX}0005`, 1);
  expect(whatsApp).toMatchObject({ channel: 'whatsapp', from: `+${META.display_phone_number}`, code: '77120034' });
  expect(whatsApp?.text).toBe(
    '77120034 is your verification code. For your security, do not share this code.\nThis code expires in 5 minutes.',
  );
});
