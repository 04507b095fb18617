import { type Share, wilson } from '@/lib/domain/stats/wilson';

export type DurationBucket = { fromMs: number; toMs: number; n: number };

/** How a lifetime fits those who entered a code: in time, and after it had died. */
export type LifetimeFit = {
  /** Entered a code while it lived, of all who entered one. Null: nobody did. */
  answered: Share | null;
  /** Came too late, of all who entered a code: at most this many, for nobody can say whether the late code was the right one. */
  late: Share | null;
  /**
   * Of those in time, how many at least needed longer than the lifetime of today: it was longer then. The bucket that the
   * lifetime falls into is not among them: nobody knows on which side they were.
   */
  beyond: number;
  /**
   * The lifetime, in milliseconds, that 95 and 99 of 100 would be done within: the upper edge of the bucket where that many
   * are reached. Null: so many came too late that their time is not known, only that it is longer than the lifetime.
   */
  neededMs: { p95: number | null; p99: number | null };
};

/**
 * Sets the times of those who were in time against a lifetime. `late` counts the expired ones for which a code was
 * entered after the end. Approvals end at the lifetime, so their percentiles alone would always praise it: the late ones
 * count as slower than everybody seen. Who gave up without typing is not in any of the figures.
 */
export function lifetimeFit(buckets: readonly DurationBucket[], late: number, lifetimeSeconds: number): LifetimeFit {
  const inTime = buckets.reduce((sum, { n }) => sum + n, 0);
  const all = inTime + late;
  return {
    answered: wilson(inTime, all),
    late: wilson(late, all),
    beyond: buckets.reduce((sum, { fromMs, n }) => (fromMs >= lifetimeSeconds * 1000 ? sum + n : sum), 0),
    neededMs: { p95: neededMs(buckets, all, 0.95), p99: neededMs(buckets, all, 0.99) },
  };
}

function neededMs(buckets: readonly DurationBucket[], all: number, part: number): number | null {
  // 0.95 × 100 is a hair under 95 in binary; without the rounding one person more would be asked for.
  const wanted = Math.ceil(Math.round(all * part * 1e6) / 1e6);
  if (wanted === 0) return null;
  let seen = 0;
  for (const { toMs, n } of buckets.toSorted((a, b) => a.fromMs - b.fromMs)) {
    seen += n;
    if (seen >= wanted) return toMs;
  }
  return null;
}
