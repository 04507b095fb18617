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
  expect(moveSentence('conversion', before, after, { movers: [brazil], reasons: [] })).toBe(`${told} BR ${why}`);
  expect(moveSentence('conversion', before, after, { movers: [brazil], reasons: [] }, () => 'Brazil')).toBe(
    `${told} Brazil ${why}`,
  );
});

test('what chance alone would do names nobody', () => {
  const told = moveSentence('conversion', rate(0.9, 0.85, 0.95), rate(0.88, 0.83, 0.93), {
    movers: [brazil],
    reasons: [],
  });
  expect(told).toContain('chance alone');
  expect(told).not.toContain('BR');
});

const reason = (key: string, effect: number) => ({
  key,
  label: key,
  effect,
  before: rate(0.02, 0.01, 0.03),
  after: rate(0.02 + effect, 0.01 + effect, 0.03 + effect),
});

test('a failure reason that moved by next to nothing is not told, however sure its move is', () => {
  const moved = [rate(0.92, 0.915, 0.925), rate(0.9, 0.895, 0.905)] as const;
  const told = (effect: number) =>
    moveSentence('conversion', ...moved, { movers: [brazil], reasons: [reason('expired_in_transit', effect)] });
  expect(told(0.0005)).not.toContain('expired_in_transit');
  expect(told(0.0025)).toContain('expired_in_transit');
});

test('a failure reason is told when it moved the same way, not when it moved against it', () => {
  const worse = [rate(0.9, 0.88, 0.92), rate(0.85, 0.83, 0.87)] as const;
  const reasons = [reason('less_of_it', -0.015), reason('expired_in_transit', 0.04)];
  const told = moveSentence('conversion', ...worse, { movers: [brazil], reasons });
  expect(told).toMatch(/ Messages that failed as “expired_in_transit” went from 2\.0 % to 6\.0 %\.$/);
  const better = [worse[1], worse[0]] as const;
  expect(moveSentence('conversion', ...better, { movers: [brazil], reasons })).toContain('“less_of_it”');
  // More fallbacks are worse: more failures go with them.
  expect(moveSentence('fallback_rate', ...better, { movers: [brazil], reasons })).toContain('“expired_in_transit”');
});

test('without a range to compare with it says what is known, and nothing else', () => {
  const none = { ...rate(0, 0, 0), value: null, low: null, high: null, n: 0 } as Value;
  const nothing = { movers: [], reasons: [] };
  expect(moveSentence('conversion', none, rate(0.85, 0.83, 0.87), nothing)).toBe(
    'Conversion is 85.0 %. The range before has no data: there is nothing to compare with.',
  );
  expect(moveSentence('conversion', rate(0.85, 0.83, 0.87), none, nothing)).toBe(
    'Conversion has no data in this range.',
  );
});

test('a part that pulled the other way is not told as the reason, however strong', () => {
  const [before, after] = [rate(0.9, 0.88, 0.92), rate(0.85, 0.83, 0.87)];
  const helped = { ...brazil, key: 'IN', label: 'IN', rateEffect: 0.06 };
  const told = (...movers: MovedPart[]) => moveSentence('conversion', before, after, { movers, reasons: [] });
  expect(told(helped, { ...brazil, rateEffect: -0.02 })).toContain('The largest part is BR (1.9 points)');
  expect(told(helped)).not.toContain('IN');
});

test('a share of the traffic grew or shrank by the share, not by how many there were', () => {
  const [before, after] = [rate(0.9, 0.88, 0.92), { ...rate(0.85, 0.84, 0.86), n: 10_000 } as Value];
  const diluted = { ...brazil, rateEffect: 0, mixEffect: -0.05, after: { n: 1_000, rate: 0.9 } };
  expect(moveSentence('conversion', before, after, { movers: [diluted], reasons: [] })).toContain(
    'its share of the traffic went from 50.0 % to 10.0 %',
  );
});
