/**
 * Durations in buckets of equal ratio: bucket b holds [2^(b/4), 2^((b+1)/4)) milliseconds, so that a percentile is wrong by 9 % at most
 * (half a bucket either way: 2^(1/8)) and histograms add up. Everything under a millisecond is bucket 0.
 */
export const BUCKETS_PER_DOUBLING = 4;

export type Bucket = { bucket: number; n: number };

export const bucketFloorMs = (bucket: number): number => 2 ** (bucket / BUCKETS_PER_DOUBLING);

export function bucketOf(ms: number): number {
  return Math.floor(BUCKETS_PER_DOUBLING * Math.log2(Math.max(ms, 1)));
}

/** Histograms, given one behind the other as buckets and how many of each, as one: ascending, without buckets of nothing. */
export function histogramOf(buckets: readonly number[], counts: readonly number[]): Bucket[] {
  const sums: number[] = [];
  buckets.forEach((bucket, n) => {
    while (sums.length <= bucket) sums.push(0);
    sums[bucket] = (sums[bucket] ?? 0) + (counts[n] ?? 0);
  });
  return sums.flatMap((n, bucket) => (n === 0 ? [] : [{ bucket, n }]));
}

/**
 * The duration that `share` of all stayed within, placed inside its bucket by rank on the logarithmic scale. Null without any.
 * `buckets` may come in any order.
 */
export function percentileMs(buckets: readonly Bucket[], share: number): number | null {
  // Most come ascending, and a picture of 90 days asks for 180.
  const isAscending = buckets.every(({ bucket }, n) => n === 0 || bucket >= (buckets[n - 1]?.bucket ?? 0));
  const sorted = isAscending ? buckets : [...buckets].sort((a, b) => a.bucket - b.bucket);
  const total = sorted.reduce((sum, { n }) => sum + Math.max(n, 0), 0);
  if (total === 0) return null;
  const rank = share * total;
  let below = 0;
  let last = 0;
  for (const { bucket, n } of sorted) {
    if (n <= 0) continue;
    if (below + n >= rank) {
      const within = Math.min(1, Math.max(0, (rank - below) / n));
      return 2 ** ((bucket + within) / BUCKETS_PER_DOUBLING);
    }
    below += n;
    last = bucket;
  }
  return bucketFloorMs(last + 1);
}
