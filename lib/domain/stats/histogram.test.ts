import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketFloorMs, bucketOf, histogramOf, percentileMs } from './histogram';

test('a bucket holds what lies between its bounds', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 1e9, noNaN: true }), (ms) => {
      const bucket = bucketOf(ms);
      expect(ms).toBeGreaterThanOrEqual(bucketFloorMs(bucket) * (1 - 1e-12));
      expect(ms).toBeLessThan(bucketFloorMs(bucket + 1) * (1 + 1e-12));
    }),
  );
});

test('histograms one behind the other are one, ascending, and what comes to nothing is left out', () => {
  expect(histogramOf([3, 40, 41, 3, 7, 41], [1, 2, 5, 4, 1, -5])).toEqual([
    { bucket: 3, n: 5 },
    { bucket: 7, n: 1 },
    { bucket: 40, n: 2 },
  ]);
  expect(histogramOf([], [])).toEqual([]);
});

// By hand: 10 at [1024, 1218), 10 at [2048, 2435): half of 20 is the end of the first bucket.
test('half of two equal buckets is where the first ends', () => {
  const buckets = [
    { bucket: 44, n: 10 },
    { bucket: 40, n: 10 },
  ];
  expect(percentileMs(buckets, 0.5)).toBeCloseTo(2 ** (41 / 4));
  expect(percentileMs(buckets, 0.25)).toBeCloseTo(2 ** (40.5 / 4));
  expect(percentileMs(buckets, 0.75)).toBeCloseTo(2 ** (44.5 / 4));
  expect(percentileMs(buckets, 1)).toBeCloseTo(2 ** (45 / 4));
});

test('nothing has no percentile', () => {
  expect(percentileMs([], 0.5)).toBeNull();
  expect(percentileMs([{ bucket: 3, n: 0 }], 0.5)).toBeNull();
});

test('a percentile is within a bucket (19 %) of the exact one, and grows with the share', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.9, 0.95, 0.99),
      (times, share) => {
        const buckets = times.map((ms) => ({ bucket: bucketOf(ms), n: 1 }));
        const exact = times.toSorted((a, b) => a - b)[Math.ceil(share * times.length) - 1] ?? 0;
        const told = percentileMs(buckets, share) ?? 0;
        expect(told / exact).toBeGreaterThan(2 ** (-1 / 4) * 0.999);
        expect(told / exact).toBeLessThan(2 ** (1 / 4) * 1.001);
        expect(percentileMs(buckets, 1) ?? 0).toBeGreaterThanOrEqual(told);
      },
    ),
  );
});
