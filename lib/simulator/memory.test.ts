import { afterEach, expect, test } from 'vitest';
import { IndexedRing } from '@/lib/simulator/indexed-ring';
import { codeIn, e164, Phones } from '@/lib/simulator/phones';
import { metaBody, type PretendApp, sendMeta, startPretendApp } from '@/lib/simulator/testing/pretend-app';

let app: PretendApp | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

test('the ring keeps the newest entries, and forgets keys that have none left', () => {
  const ring = new IndexedRing<{ key: string; n: number }>(100, (entry) => entry.key);
  for (let n = 0; n < 10_000; n++) ring.add({ key: `k${n % 977}`, n });
  expect(ring.size).toBe(100);
  expect(ring.keys).toBe(100);
  expect(ring.newest(3).map((entry) => entry.n)).toEqual([9997, 9998, 9999]);
  expect(ring.of('k0')).toEqual([]);
  expect(ring.of(`k${9999 % 977}`).map((entry) => entry.n)).toEqual([9999]);
});

test('a thousand messages to one phone leave the newest, oldest first', () => {
  const phones = new Phones(50);
  for (let i = 0; i < 1000; i++) {
    phones.receive({
      channel: 'sms',
      provider: 'twilio',
      provider_message_id: `SM${i}`,
      to: '+1',
      from: '+2',
      text: `${i}`,
      code: null,
    });
  }
  expect(phones.kept).toBe(50);
  expect(phones.received).toBe(1000);
  expect(
    phones
      .list('+1')
      .map((message) => message.text)
      .slice(-2),
  ).toEqual(['998', '999']);
});

test('messages and sends past `keep` are forgotten over HTTP too', async () => {
  app = await startPretendApp({ keep: 10, speed: 1000, settings: { ordinary: 'prompt' } });
  const to = (i: number) => `+55119876${1000 + i}`;
  for (let i = 0; i < 25; i++) await sendMeta(app, metaBody(to(i)));
  await expect.poll(async () => (await app?.control.stats())?.messages).toEqual({ received: 25, kept: 10 });
  expect(await app.control.sends()).toHaveLength(10);
  expect(await app.control.messages(to(0))).toEqual([]);
  expect(await app.control.messages(to(24))).toHaveLength(1);
});

test('closing with work pending takes well under two seconds', async () => {
  const closing = await startPretendApp({ speed: 1 });
  void sendMeta(closing, metaBody('+5511987650007')).catch(() => undefined);
  await sendMeta(closing, metaBody('+5511987650004'));
  const startedAt = Date.now();
  await closing.close();
  expect(Date.now() - startedAt).toBeLessThan(1000);
});

test.each([
  ['482915 is your Acme verification code. It expires in 5 minutes.\n\n@acme.example #482915', '482915'],
  ['Your code: 1234. Valid 10 min', '1234'],
  ['Acme: 123-456 is your code', '123456'],
  ['Confirm 49.90 EUR to Shop with 77120034', '77120034'],
  ['<#> 482915 is your code\nFA+9qCX9VSu', '482915'],
  ['K7MQ2P is your Acme code', 'K7MQ2P'],
  ['Use XKQRTB para confirmar 4990 JPY', 'XKQRTB'],
  ['482915 confirms 4990 JPY to Shop 24', '482915'],
  ['No code here', null],
])('the code in %j is %s', (text, code) => {
  expect(codeIn(text)).toBe(code);
});

test.each([
  ['+55 11 98765-4321', '+5511987654321'],
  ['whatsapp:+628123456789', '+628123456789'],
  [' 628123456789', '+628123456789'],
  ['', null],
])('%j is the number %s', (written, number) => {
  expect(e164(written)).toBe(number);
});
