import type { Question } from '@/lib/contract/analytics';
import { isDurationKept } from '@/lib/domain/stats/cuts';
import type { Dimension } from '@/lib/domain/stats/measures';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';

/** False when one of the figures that a panel shows is a percentile that is not kept of just what is filtered by. */
export function areKept(
  metrics: readonly MetricName[],
  { filters }: Pick<Question, 'filters'>,
  by?: Dimension,
): boolean {
  return metrics.every((name) => {
    const formula = metric(name);
    return formula.kind !== 'percentile' || isDurationKept(formula.duration, filters, by);
  });
}

export const NOT_KEPT =
  'Times are kept by country, use case and channel, and by template, language, connection and channel, but not by both together: take a filter away to see them.';
