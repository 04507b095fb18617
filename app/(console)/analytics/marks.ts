import type { Mark } from '@/components/charts/model';
import type { Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';

/** What happened in the range besides traffic: publishes, incidents, overrides. None is a reason to show no chart. */
export async function marksFor(_user: Actor, _question: Pick<Question, 'from' | 'to'>): Promise<Mark[]> {
  return [];
}
