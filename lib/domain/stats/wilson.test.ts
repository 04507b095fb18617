import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOW_SAMPLE_BELOW, wilson } from '@/lib/domain/stats/wilson';

describe('the interval of a share', () => {
  // Published values (Newcombe 1998, table I; method 3).
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i is from %f to %f', (hits, n, low, high) => {
    const share = wilson(hits, n);
    expect(share?.low).toBeCloseTo(low, 4);
    expect(share?.high).toBeCloseTo(high, 4);
  });

  test('of nothing is no share, and under 30 is a low sample', () => {
    expect(wilson(0, 0)).toBeNull();
    expect(wilson(1, LOW_SAMPLE_BELOW - 1)?.isLowSample).toBe(true);
    expect(wilson(1, LOW_SAMPLE_BELOW)?.isLowSample).toBe(false);
  });

  test('holds the share, stays within 0 and 1, and is the mirror of its opposite', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
        const hits = Math.round(n * part);
        const [one, other] = [wilson(hits, n), wilson(n - hits, n)];
        if (!one || !other) throw new Error('there is a share');
        expect(one.low).toBeLessThanOrEqual(one.share + 1e-12);
        expect(one.high).toBeGreaterThanOrEqual(one.share - 1e-12);
        expect(one.low).toBeGreaterThanOrEqual(0);
        expect(one.high).toBeLessThanOrEqual(1);
        expect(one.low).toBeCloseTo(1 - other.high, 9);
      }),
    );
  });
});
