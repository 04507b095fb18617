import type { MetricUnit } from '@/lib/domain/stats/metrics';

/**
 * One figure as it is shown. `value` null means "no data", shown as a dash, never as 0. `n` is what stands under the line: a rate's
 * denominator, a percentile's sample; for counts and money the verifications or messages behind them.
 */
export type Value = {
  value: number | null;
  unit: MetricUnit;
  n: number;
  /** Of rates: the 95 % interval after Wilson. */
  low: number | null;
  high: number | null;
  /** Rates and percentiles of fewer than 30. */
  isLowSample: boolean;
};

/** How many a rate has counted: it is a quotient of whole numbers, told by its value and what stands under the line. 0 where nothing is known. */
export const hitsOf = (rate: Value | undefined): number => Math.round((rate?.value ?? 0) * (rate?.n ?? 0));
