/** Half of a 95 % interval of the normal distribution lies within this many standard deviations. */
const Z = 1.959964;
/** Under this many, a share says little: half of 30 lies between 33 and 67 %. */
export const LOW_SAMPLE_BELOW = 30;

/** A share of `n` with its 95 % interval. */
export type Share = { hits: number; n: number; share: number; low: number; high: number; isLowSample: boolean };

/**
 * Wilson's score interval: unlike the usual one it stays between 0 and 1 and says something at 0 of 12 as well. Null
 * where there is nothing to take a share of: "no data" is never 0 %.
 */
export function wilson(hits: number, n: number): Share | null {
  if (n <= 0) return null;
  const share = hits / n;
  const z2 = Z * Z;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return {
    hits,
    n,
    share,
    // At the ends rounding would leave 1e-17 where the formula says 0 or 1.
    low: hits === 0 ? 0 : Math.max(0, centre - half),
    high: hits === n ? 1 : Math.min(1, centre + half),
    isLowSample: n < LOW_SAMPLE_BELOW,
  };
}
