import { expect, test } from 'vitest';
import { whatsAppClassOf } from '@/lib/simulator/country-profiles';
import { ordinaryPlan } from '@/lib/simulator/ordinary-people';
import type { Plan, SendFacts } from '@/lib/simulator/plan';
import { logNormalMs, seededRandom } from '@/lib/simulator/random';

const facts = (change: Partial<SendFacts> = {}): SendFacts => ({
  provider: 'meta-cloud',
  channel: 'whatsapp',
  to: '+5511987654321',
  country: 'BR',
  ttlSeconds: 600,
  ...change,
});

function draw(change: (i: number) => Partial<SendFacts>, count = 4000): Plan[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, (_, i) =>
    ordinaryPlan(facts({ to: `+55119${10_000_000 + i * 137}`, ...change(i) }), random),
  );
}

const share = (plans: Plan[], is: (plan: Plan) => boolean) => plans.filter(is).length / plans.length;
const quantile = (values: number[], q: number) => values.sort((a, b) => a - b)[Math.floor(values.length * q)] ?? 0;
const arrivals = (plans: Plan[]) => plans.flatMap((plan) => (plan.arrivesMs === null ? [] : [plan.arrivesMs]));
const isOffWhatsApp = (plan: Plan) => plan.receipts.some((receipt) => receipt.fault === 'not_on_whatsapp');

test('the same seed draws the same day', () => {
  expect(draw(() => ({}), 50)).toEqual(draw(() => ({}), 50));
});

test('a log-normal has the median and the 95th percentile it was asked for', () => {
  const random = seededRandom(3);
  const drawn = Array.from({ length: 20_000 }, () => logNormalMs(random, 2300, 10_000));
  expect(quantile(drawn, 0.5) / 2300).toBeCloseTo(1, 1);
  expect(quantile(drawn, 0.95) / 10_000).toBeCloseTo(1, 0);
});

test('whether a number has WhatsApp never changes between messages', () => {
  const random = seededRandom(5);
  for (let i = 0; i < 300; i++) {
    const to = `+1201${5_550_000 + i}`;
    const verdicts = Array.from({ length: 5 }, () => isOffWhatsApp(ordinaryPlan(facts({ to, country: 'US' }), random)));
    expect(new Set(verdicts).size).toBe(1);
  }
});

test('countries differ: few miss WhatsApp in Brazil, many in the US, all in China', () => {
  expect(
    share(
      draw(() => ({ country: 'BR' })),
      isOffWhatsApp,
    ),
  ).toBeLessThan(0.03);
  expect(
    share(
      draw(() => ({ country: 'US' })),
      isOffWhatsApp,
    ),
  ).toBeGreaterThan(0.35);
  expect(
    share(
      draw(() => ({ country: 'CN' }), 100),
      isOffWhatsApp,
    ),
  ).toBe(1);
  expect(whatsAppClassOf('CN')).toBe('blocked');
  expect(whatsAppClassOf(null)).toBe('unknown');
});

test('WhatsApp is there within seconds, SMS takes longer and has a tail', () => {
  const whatsApp = arrivals(draw(() => ({})));
  const sms = arrivals(draw(() => ({ channel: 'sms', provider: 'twilio', ttlSeconds: 36_000 })));
  expect(quantile(whatsApp, 0.5)).toBeGreaterThan(1200);
  expect(quantile(whatsApp, 0.5)).toBeLessThan(4000);
  expect(quantile(sms, 0.5)).toBeGreaterThan(quantile(whatsApp, 0.5));
  expect(quantile(sms, 0.5)).toBeLessThan(8000);
  expect(quantile(sms, 0.95)).toBeLessThan(60_000);
});

test('a message is never told as delivered before it was on the phone, nor dropped and shown', () => {
  for (const plan of draw((i) => (i % 2 ? { channel: 'sms', provider: 'twilio' } : {}))) {
    const delivered = plan.receipts.filter((receipt) => receipt.status === 'delivered' || receipt.status === 'read');
    if (plan.arrivesMs === null) expect(delivered).toEqual([]);
    for (const receipt of delivered) expect(receipt.atMs).toBeGreaterThanOrEqual(plan.arrivesMs ?? Infinity);
    for (const receipt of plan.receipts) expect(receipt.postMs).toBeGreaterThanOrEqual(receipt.atMs);
  }
});

test('Meta drops a message that outlives its time to live without a word', () => {
  const late = draw(() => ({ ttlSeconds: 1 })).filter(
    (plan) => plan.because.startsWith('profile') && !isOffWhatsApp(plan),
  );
  const dropped = late.filter((plan) => plan.arrivesMs === null);
  expect(dropped.length).toBeGreaterThan(late.length / 2);
  expect(dropped.every((plan) => plan.receipts.every((receipt) => receipt.status === 'sent'))).toBe(true);
});
