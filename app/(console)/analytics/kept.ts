import type { Question } from '@/lib/contract/analytics';
import { cutFor, DURATION_CUTS } from '@/lib/domain/stats/cuts';
import { DIMENSIONS, type Dimension, type Duration } from '@/lib/domain/stats/measures';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';

/** Histograms are kept by what was sent or by whom it went to: false where nobody can tell how long it took of just these. */
export function isDurationKept(duration: Duration, { filters }: Pick<Question, 'filters'>, by?: Dimension): boolean {
  const needed = DIMENSIONS.filter((dimension) => filters[dimension] !== undefined || dimension === by);
  return cutFor(DURATION_CUTS[duration], needed) !== null;
}

/** The same of what a panel shows: false when one of its figures is a percentile that is not kept. */
export function areKept(metrics: readonly MetricName[], question: Pick<Question, 'filters'>, by?: Dimension): boolean {
  return metrics.every((name) => {
    const formula = metric(name);
    return formula.kind !== 'percentile' || isDurationKept(formula.duration, question, by);
  });
}

export const NOT_KEPT =
  'Times are kept by country, use case and channel, and by template, language, connection and channel, but not by both together: take a filter away to see them.';
