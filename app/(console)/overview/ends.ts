import type { Values } from '@/lib/contract/analytics';
import type { MetricName } from '@/lib/domain/stats/metrics';
import type { Value } from '@/lib/domain/stats/value';
import { wilson } from '@/lib/domain/stats/wilson';

/** The ends that have a rate of their own; together with what is left they are all that have ended. */
export const ENDS = [
  'conversion',
  'expired_rate',
  'locked_rate',
  'undeliverable_rate',
] as const satisfies readonly MetricName[];

/** The share of ended verifications that none of the rates holds: canceled by the app, or by a newer one. No data where one of them has none. */
export function restOf(values: Values): Value {
  const rates = ENDS.map((name) => values[name]);
  const n = rates[0]?.n ?? 0;
  const hits = rates.map((rate) => (rate?.value == null ? null : Math.round(rate.value * n)));
  const told = hits.reduce<number | null>((sum, each) => (sum === null || each === null ? null : sum + each), 0);
  const rest = told === null ? null : wilson(Math.max(0, n - told), n);
  return {
    value: rest?.share ?? null,
    unit: 'share',
    n,
    low: rest?.low ?? null,
    high: rest?.high ?? null,
    isLowSample: rest?.isLowSample ?? true,
  };
}
