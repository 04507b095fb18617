import type { Movers, Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import type { MetricName } from '@/lib/domain/stats/metrics';

/** Why a rate moved against the range to compare with: effect of rates and of the mix. */
export async function readMovers(actor: Actor, question: Question, metric: MetricName): Promise<Movers> {
  permit(actor, 'analytics:read');
  throw new Error('not built yet');
}
