import type { Breakdown, BreakdownRow, Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { pendingOf } from '@/lib/domain/stats/figures';
import type { Dimension } from '@/lib/domain/stats/measures';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { countBoth } from '@/lib/operations/analytics/count';
import { labelsOf } from '@/lib/operations/analytics/labels';
import { beforeOf } from '@/lib/operations/analytics/question';
import { valuesOf } from '@/lib/operations/analytics/summary';
import { reachOf } from '@/lib/operations/verifications/resource';

/** analytics.breakdown: metrics per value of a dimension, those with most verifications (or messages) first. */
export async function readBreakdown(
  actor: Actor,
  question: Question,
  dimension: Dimension,
  metrics: readonly MetricName[],
  limit = 50,
): Promise<Breakdown> {
  permit(actor, 'analytics:read');
  const [{ counts, before }, label] = await Promise.all([
    countBoth(reachOf(actor).appId, question, beforeOf(question), { metrics, groupBy: dimension }),
    labelsOf(dimension),
  ]);
  const sized = [...counts.groups.entries()]
    .map(([key, [cell]]) => ({ key, cell, size: sizeOf(cell) }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size || (a.key < b.key ? -1 : 1));
  const total = sized.reduce((sum, { size }) => sum + size, 0);
  const rows = sized.slice(0, limit).map(
    ({ key, cell, size }): BreakdownRow => ({
      key,
      label: label(key),
      values: valuesOf(metrics, cell),
      before: before ? valuesOf(metrics, before.groups.get(key)?.[0]) : null,
      pending: pendingOf(cell),
      share: total > 0 ? size / total : null,
    }),
  );
  return { trust: counts.trust, dimension, rows, isTruncated: sized.length > limit };
}

/** Verifications of a cell; where only messages were counted, those. */
function sizeOf(cell: Parameters<typeof valuesOf>[1]): number {
  if (!cell) return 0;
  const { verification, message, refused } = cell;
  // A country that is blocked has requests and no verification.
  const created = (verification.ended.created ?? 0) + (verification.pending.created ?? 0) + (refused ?? 0);
  return created || (message.ended.messages ?? 0) + (message.pending.messages ?? 0);
}
