import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effectsOf, reasonEffectsOf } from './movers';

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

// By hand. 90 of 100 arrived, 6 failed for A, 4 neither; then 160 of 200, 30 for A, 6 for B, 4 neither: 90 % became 80 %; A 6 → 15 %, B 0 → 3 %, neither 4 → 2 %.
test('a reason that more messages fail for took that much from what arrived', () => {
  const failed = (counts: Record<string, number>) => new Map(Object.entries(counts));
  expect(
    reasonEffectsOf(
      { n: 100, delivered: 90, failed: failed({ A: 6 }) },
      { n: 200, delivered: 160, failed: failed({ A: 30, B: 6 }) },
    ),
  ).toEqual([
    { key: 'A', effect: expect.closeTo(-0.09), before: expect.closeTo(0.06), after: expect.closeTo(0.15) },
    { key: 'B', effect: expect.closeTo(-0.03), before: 0, after: expect.closeTo(0.03) },
    { key: null, effect: expect.closeTo(0.02), before: expect.closeTo(0.04), after: expect.closeTo(0.02) },
  ]);
});

test('what reasons did, and what neither arrived nor failed, add up to the move, whatever reasons came and went', () => {
  const side = fc
    .record({
      delivered: fc.integer({ min: 0, max: 500 }),
      neither: fc.integer({ min: 0, max: 500 }),
      failed: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 500 })),
    })
    .map(({ delivered, neither, failed }) => ({
      n: delivered + neither + Object.values(failed).reduce((sum, n) => sum + n, 0),
      delivered,
      failed: new Map(Object.entries(failed)),
    }))
    .filter(({ n }) => n > 0);
  fc.assert(
    fc.property(side, side, (before, after) => {
      const explained = reasonEffectsOf(before, after).reduce((sum, { effect }) => sum + effect, 0);
      expect(explained).toBeCloseTo(after.delivered / after.n - before.delivered / before.n, 9);
    }),
    { numRuns: 300 },
  );
});

test('reasons explain nothing where one of the two has no messages', () => {
  const none = { n: 0, delivered: 0, failed: new Map() };
  expect(reasonEffectsOf(none, { n: 5, delivered: 5, failed: new Map() })).toEqual([]);
});
