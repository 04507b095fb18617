import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DurationBucket, lifetimeFit } from '@/lib/domain/stats/lifetime-fit';

const bucket = (fromSeconds: number, toSeconds: number, n: number): DurationBucket => ({
  fromMs: fromSeconds * 1000,
  toMs: toSeconds * 1000,
  n,
});

describe('a lifetime of 5 minutes against 100 people', () => {
  const quick = [bucket(0, 30, 60), bucket(30, 60, 30), bucket(60, 120, 6)];

  test('4 of 100 who came too late: 96 were in time, 95 need 2 minutes, and what 99 need is not known', () => {
    const fit = lifetimeFit(quick, 4, 300);
    expect(fit.answered).toMatchObject({ hits: 96, n: 100, share: 0.96 });
    expect(fit.late).toMatchObject({ hits: 4, n: 100, share: 0.04 });
    expect(fit.neededMs).toEqual({ p95: 120_000, p99: null });
    expect(fit.beyond).toBe(0);
  });

  test('nobody late: 99 of 100 are told as well', () => {
    expect(lifetimeFit([...quick, bucket(120, 240, 4)], 0, 300).neededMs).toEqual({ p95: 120_000, p99: 240_000 });
  });

  test('with the lifetime cut to 60 s, those who had surely taken longer are counted', () => {
    expect(lifetimeFit(quick, 0, 60).beyond).toBe(6);
    expect(lifetimeFit(quick, 0, 61).beyond).toBe(0);
  });
});

test('without anybody there is no share and no need, not 0 %', () => {
  expect(lifetimeFit([], 0, 300)).toEqual({
    answered: null,
    late: null,
    beyond: 0,
    neededMs: { p95: null, p99: null },
  });
});

test('only late ones: nothing is known but that the lifetime was too short for them', () => {
  const fit = lifetimeFit([], 12, 300);
  expect(fit.answered?.share).toBe(0);
  expect(fit.late).toMatchObject({ share: 1, isLowSample: true });
  expect(fit.neededMs).toEqual({ p95: null, p99: null });
});

describe('of any histogram', () => {
  const histogram = fc
    .array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 40 })
    .map((counts) =>
      counts.map((n, at) => ({ fromMs: at === 0 ? 0 : 1000 * 1.19 ** at, toMs: 1000 * 1.19 ** (at + 1), n })),
    );

  test('in time and late are all; beyond falls as the lifetime grows; 99 of 100 never need less than 95', () => {
    fc.assert(
      fc.property(
        histogram,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 3600 }),
        fc.integer({ min: 0, max: 600 }),
        (buckets, late, lifetime, longer) => {
          const fit = lifetimeFit(buckets, late, lifetime);
          if (fit.answered && fit.late) expect(fit.answered.share + fit.late.share).toBeCloseTo(1, 9);
          expect(lifetimeFit(buckets, late, lifetime + longer).beyond).toBeLessThanOrEqual(fit.beyond);
          const { p95, p99 } = fit.neededMs;
          if (p99 !== null) expect(p95 === null ? Number.POSITIVE_INFINITY : p95).toBeLessThanOrEqual(p99);
          // Whoever is late needs more: never less than without them.
          const praise = lifetimeFit(buckets, 0, lifetime).neededMs.p95;
          if (p95 !== null && praise !== null) expect(p95).toBeGreaterThanOrEqual(praise);
        },
      ),
    );
  });

  test('a lifetime of what 95 of 100 need is enough for 95 of 100', () => {
    fc.assert(
      fc.property(histogram, fc.integer({ min: 0, max: 50 }), (buckets, late) => {
        const all = buckets.reduce((sum, { n }) => sum + n, 0) + late;
        const { p95 } = lifetimeFit(buckets, late, 300).neededMs;
        if (p95 === null) return;
        const within = buckets.reduce((sum, { toMs, n }) => (toMs <= p95 ? sum + n : sum), 0);
        expect(within).toBeGreaterThanOrEqual(all * 0.95 - 1e-6);
      }),
    );
  });
});
