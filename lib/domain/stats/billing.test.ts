import { expect, test } from 'vitest';
import { billingOf } from '@/lib/domain/stats/billing';
import type { Value } from '@/lib/domain/stats/value';

const of = (value: number | null, unit: Value['unit'] = 'count'): Value => ({
  value,
  unit,
  n: 0,
  low: null,
  high: null,
  isLowSample: false,
});

test('60 of 80 messages billed at $0.33 where the list said $0.30: three quarters covered, 10 % above', () => {
  expect(
    billingOf({
      messages: of(80),
      billed_messages: of(60),
      billed_spend: of(330_000, 'micros'),
      billed_estimate: of(300_000, 'micros'),
    }),
  ).toEqual({
    messages: 80,
    billed: 60,
    covered: 0.75,
    billedMicros: 330_000,
    estimateMicros: 300_000,
    differenceMicros: 30_000,
    difference: 0.1,
  });
});

test('where no provider reported a price, nothing was billed that could be compared: dashes, not 0', () => {
  expect(
    billingOf({
      messages: of(80),
      billed_messages: of(0),
      billed_spend: of(0, 'micros'),
      billed_estimate: of(0, 'micros'),
    }),
  ).toEqual({
    messages: 80,
    billed: 0,
    covered: 0,
    billedMicros: null,
    estimateMicros: null,
    differenceMicros: null,
    difference: null,
  });
});

test('billed although the list said free: an amount, and no share of nothing', () => {
  const row = billingOf({ messages: of(2), billed_messages: of(2), billed_spend: of(9_000), billed_estimate: of(0) });
  expect(row).toMatchObject({ differenceMicros: 9_000, difference: null });
});

test('without messages nothing is covered and nothing uncovered', () => {
  expect(billingOf({}).covered).toBeNull();
});
