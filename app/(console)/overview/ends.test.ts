import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figureOf, nothingCounted } from '@/lib/domain/stats/figures';
import { ENDS, restOf } from './ends';

/** As the operation answers: rates of `n` that have ended. */
const answered = (n: number, hits: readonly number[]) =>
  Object.fromEntries(
    ENDS.map((name, at) => [
      name,
      { value: (hits[at] ?? 0) / n, unit: 'share' as const, n, low: null, high: null, isLowSample: n < 30 },
    ]),
  );

test('the ends that are shown are all that have ended, to the last one', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000_000), { minLength: 5, maxLength: 5 }), (ends) => {
      const n = ends.reduce((sum, each) => sum + each, 0);
      fc.pre(n > 0);
      const rest = restOf(answered(n, ends));
      expect(Math.round((rest.value ?? -1) * n)).toBe(ends[4]);
      expect(rest).toMatchObject({ n, isLowSample: n < 30 });
    }),
  );
});

test('where nothing has ended, what is left over is no data', () => {
  const values = Object.fromEntries(ENDS.map((name) => [name, figureOf(name, nothingCounted())]));
  expect(restOf(values)).toMatchObject({ value: null, n: 0 });
});
