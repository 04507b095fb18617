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

test('the range without data is named', () => {
  const none = { ...rate(0, 0, 0), value: null, low: null, high: null, n: 0 } as Value;
  const some = rate(0.9, 0.88, 0.92);
  expect(moveSentence('conversion', none, some, [])).toContain('the range before has no data');
  expect(moveSentence('conversion', some, none, [])).toContain('this range has no data');
  expect(moveSentence('conversion', none, none, [])).toContain('both ranges have no data');
});

test('a part that pulled the other way is not told as the reason, however strong', () => {
  const [before, after] = [rate(0.9, 0.88, 0.92), rate(0.85, 0.83, 0.87)];
  const helped = { ...brazil, key: 'IN', label: 'IN', rateEffect: 0.06 };
  const told = moveSentence('conversion', before, after, [helped, { ...brazil, rateEffect: -0.02 }]);
  expect(told).toContain('The largest part is BR (1.9 points)');
  expect(moveSentence('conversion', before, after, [helped])).not.toContain('IN');
});

test('a share of the traffic grew or shrank by the share, not by how many there were', () => {
  const [before, after] = [rate(0.9, 0.88, 0.92), { ...rate(0.85, 0.84, 0.86), n: 10_000 } as Value];
  const diluted = { ...brazil, rateEffect: 0, mixEffect: -0.05, after: { n: 1_000, rate: 0.9 } };
  expect(moveSentence('conversion', before, after, [diluted])).toContain(
    'its share of the traffic went from 50.0 % to 10.0 %',
  );
});
