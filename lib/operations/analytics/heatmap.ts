import type { Heatmap, Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import type { MetricName } from '@/lib/domain/stats/metrics';

/** Metrics per hour of the week in the recipient’s own time. Counts, rates and money; no percentiles (`responseTypicalMs` is the geometric mean). */
export async function readHeatmap(actor: Actor, question: Question, metrics: readonly MetricName[]): Promise<Heatmap> {
  permit(actor, 'analytics:read');
  throw new Error('not built yet');
}
