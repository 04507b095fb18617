import type { DurationHistogram, Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { isDurationKept } from '@/lib/domain/stats/cuts';
import { bucketFloorMs, percentileMs } from '@/lib/domain/stats/histogram';
import type { Duration } from '@/lib/domain/stats/measures';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { count } from '@/lib/operations/analytics/count';
import { reachOf } from '@/lib/operations/verifications/resource';

/** The metric that brings each histogram along. */
const METRIC_OF: Record<Duration, MetricName> = {
  deliver: 'time_to_deliver_p50_ms',
  webhook_lag: 'webhook_lag_p50_ms',
  respond: 'response_time_p50_ms',
  verify: 'time_to_verify_p50_ms',
  rescue: 'time_to_rescue_p50_ms',
};

/** How long something took, as a histogram. No buckets: nothing was seen, or (`isKept`) it is not kept by what is filtered by. */
export async function readDurations(actor: Actor, question: Question, duration: Duration): Promise<DurationHistogram> {
  permit(actor, 'analytics:read');
  const counts = await count(reachOf(actor).appId, question, {
    metrics: [METRIC_OF[duration]],
    groupBy: null,
    series: null,
  });
  const held = counts.groups.get('')?.[0]?.durations[duration];
  const buckets = [...(held ?? [])].sort((a, b) => a.bucket - b.bucket);
  const at = (share: number) => percentileMs(buckets, share);
  return {
    trust: counts.trust,
    isKept: held !== null && isDurationKept(duration, question.filters),
    n: buckets.reduce((sum, { n }) => sum + n, 0),
    buckets: buckets.map(({ bucket, n }) => ({ fromMs: bucketFloorMs(bucket), toMs: bucketFloorMs(bucket + 1), n })),
    percentiles: { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) },
  };
}
