import { expect, test } from 'vitest';
import { type MovedPart, moveSentence } from '@/lib/domain/stats/move-sentence';
import type { Value } from '@/lib/domain/stats/value';

const rate = (value: number, low: number, high: number) =>
  ({ value, n: 1_000, low, high, unit: 'share', isLowSample: false }) as Value;
const brazil: MovedPart = {
  dimension: 'country',
  key: 'BR',
  label: 'BR',
  rateEffect: -0.05,
  mixEffect: 0.001,
  before: { n: 500, rate: 0.9 },
  after: { n: 500, rate: 0.8 },
};

test('a move is told with the part that did most of it, by the name it has where it is read', () => {
  const [before, after] = [rate(0.9, 0.88, 0.92), rate(0.85, 0.83, 0.87)];
  const told = 'Conversion fell by 5.0 points, from 90.0 % to 85.0 %. Most of it is';
  const why = '(4.9 points): its own rate went from 90.0 % to 80.0 %.';
  expect(moveSentence('conversion', before, after, [brazil])).toBe(`${told} BR ${why}`);
  expect(moveSentence('conversion', before, after, [brazil], () => 'Brazil')).toBe(`${told} Brazil ${why}`);
});

test('what chance alone would do names nobody', () => {
  const told = moveSentence('conversion', rate(0.9, 0.85, 0.95), rate(0.88, 0.83, 0.93), [brazil]);
  expect(told).toContain('chance alone');
  expect(told).not.toContain('BR');
});
