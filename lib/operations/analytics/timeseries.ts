import type { Interval, Question, Timeseries } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import type { Dimension } from '@/lib/domain/stats/measures';
import type { MetricName } from '@/lib/domain/stats/metrics';

/** analytics.timeseries: metrics over time in the time zone asked for; one series, or one per value of a dimension (the 8 largest). */
export async function readTimeseries(
  actor: Actor,
  question: Question,
  metrics: readonly MetricName[],
  options: { interval?: Interval | undefined; groupBy?: Dimension | undefined } = {},
): Promise<Timeseries> {
  permit(actor, 'analytics:read');
  throw new Error('not built yet');
}
