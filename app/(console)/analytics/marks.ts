import type { Mark } from '@/components/charts/model';
import type { Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { chartMarks } from '@/lib/operations/analytics/marks';

/** What happened in the range besides traffic: publishes, changes of templates, incidents, overrides and alerts. */
export async function marksFor(user: Actor, { from, to }: Pick<Question, 'from' | 'to'>): Promise<Mark[]> {
  return chartMarks(user, { from, to });
}
