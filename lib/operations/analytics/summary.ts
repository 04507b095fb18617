import type { Question, Summary, Values } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { type Counted, figureOf, nothingCounted } from '@/lib/domain/stats/figures';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { count } from '@/lib/operations/analytics/count';
import { beforeOf } from '@/lib/operations/analytics/question';
import { reachOf } from '@/lib/operations/verifications/resource';

/** analytics.summary: metrics over a range, with what to compare with. */
export async function readSummary(actor: Actor, question: Question, metrics: readonly MetricName[]): Promise<Summary> {
  permit(actor, 'analytics:read');
  const counting = { metrics, groupBy: null, series: null };
  const before = beforeOf(question);
  const [counts, countsBefore] = await Promise.all([
    count(reachOf(actor).appId, question, counting),
    before ? count(reachOf(actor).appId, before, counting) : null,
  ]);
  return {
    trust: counts.trust,
    values: valuesOf(metrics, counts.groups.get('')?.[0]),
    before: countsBefore ? valuesOf(metrics, countsBefore.groups.get('')?.[0]) : null,
    beforeRange: countsBefore ? { from: countsBefore.reading.from, to: countsBefore.reading.to } : null,
  };
}

/** Figures of one cell. */
export function valuesOf(metrics: readonly MetricName[], counted: Counted | undefined): Values {
  return Object.fromEntries(metrics.map((name) => [name, figureOf(name, counted ?? nothingCounted())]));
}
