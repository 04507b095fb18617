import type { Question, Summary, Values } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { type Counted, figureOf, nothingCounted } from '@/lib/domain/stats/figures';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { countBoth } from '@/lib/operations/analytics/count';
import { beforeOf } from '@/lib/operations/analytics/question';
import { reachOf } from '@/lib/operations/verifications/resource';

/** analytics.summary: metrics over a range, with what to compare with. */
export async function readSummary(actor: Actor, question: Question, metrics: readonly MetricName[]): Promise<Summary> {
  permit(actor, 'analytics:read');
  const { counts, before } = await countBoth(reachOf(actor).appId, question, beforeOf(question), {
    metrics,
    groupBy: null,
  });
  return {
    trust: counts.trust,
    values: valuesOf(metrics, counts.groups.get('')?.[0]),
    before: before ? valuesOf(metrics, before.groups.get('')?.[0]) : null,
    beforeRange: before ? { from: before.reading.from, to: before.reading.to } : null,
  };
}

/** Figures of one cell. */
export function valuesOf(metrics: readonly MetricName[], counted: Counted | undefined): Values {
  return Object.fromEntries(metrics.map((name) => [name, figureOf(name, counted ?? nothingCounted())]));
}
