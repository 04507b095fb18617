import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effectsOf } from './movers';

// By hand. Before: A 90 of 100, B 50 of 100: 70 %. After: A 90 of 100, B 20 of 100: 55 %. B fell by 30 points with half of the traffic: −15.
test('a rate that falls in one part is that part’s doing', () => {
  expect(
    effectsOf([
      { key: 'A', before: { n: 100, hits: 90 }, after: { n: 100, hits: 90 } },
      { key: 'B', before: { n: 100, hits: 50 }, after: { n: 100, hits: 20 } },
    ]),
  ).toEqual([
    { key: 'A', rateEffect: expect.closeTo(0), mixEffect: expect.closeTo(0) },
    { key: 'B', rateEffect: expect.closeTo(-0.15), mixEffect: expect.closeTo(0) },
  ]);
});

// By hand. Rates stay 90 % and 50 %; B grows from half to three quarters: 70 % becomes 60 %. Both parts' shares did it, 5 points each.
test('traffic that moves to a worse part is the mix’s doing', () => {
  const effects = effectsOf([
    { key: 'A', before: { n: 100, hits: 90 }, after: { n: 50, hits: 45 } },
    { key: 'B', before: { n: 100, hits: 50 }, after: { n: 150, hits: 75 } },
  ]);
  for (const { rateEffect, mixEffect } of effects) {
    expect(rateEffect).toBeCloseTo(0);
    expect(mixEffect).toBeLessThan(0);
  }
  expect(effects.reduce((sum, { mixEffect }) => sum + mixEffect, 0)).toBeCloseTo(-0.1);
});

test('effects add up to the move, whatever came and went', () => {
  const side = fc
    .integer({ min: 0, max: 500 })
    .chain((n) => fc.record({ n: fc.constant(n), hits: fc.integer({ min: 0, max: n }) }));
  fc.assert(
    fc.property(
      fc.array(fc.record({ key: fc.string(), before: side, after: side }), { minLength: 1, maxLength: 20 }),
      (parts) => {
        const total = (at: 'before' | 'after', what: 'n' | 'hits') =>
          parts.reduce((sum, part) => sum + part[at][what], 0);
        fc.pre(total('before', 'n') > 0 && total('after', 'n') > 0);
        const moved = total('after', 'hits') / total('after', 'n') - total('before', 'hits') / total('before', 'n');
        const explained = effectsOf(parts).reduce((sum, { rateEffect, mixEffect }) => sum + rateEffect + mixEffect, 0);
        expect(explained).toBeCloseTo(moved, 9);
      },
    ),
    { numRuns: 500 },
  );
});

test('without one of the two there is nothing to explain', () => {
  expect(effectsOf([{ key: 'A', before: { n: 0, hits: 0 }, after: { n: 10, hits: 5 } }])).toEqual([]);
});
