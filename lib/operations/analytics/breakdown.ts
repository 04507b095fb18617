import type { Breakdown, Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import type { Dimension } from '@/lib/domain/stats/measures';
import type { MetricName } from '@/lib/domain/stats/metrics';

/** analytics.breakdown: metrics per value of a dimension, largest first. */
export async function readBreakdown(
  actor: Actor,
  question: Question,
  dimension: Dimension,
  metrics: readonly MetricName[],
  limit = 50,
): Promise<Breakdown> {
  permit(actor, 'analytics:read');
  throw new Error('not built yet');
}
