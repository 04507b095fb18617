import type { Question, Summary } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import type { MetricName } from '@/lib/domain/stats/metrics';

/** analytics.summary: metrics over a range, with what to compare with. */
export async function readSummary(actor: Actor, question: Question, metrics: readonly MetricName[]): Promise<Summary> {
  permit(actor, 'analytics:read');
  throw new Error('not built yet');
}
