import type { Question } from '@/lib/contract/analytics';
import { beforeOf } from '@/lib/operations/analytics/question';

const WEEK_MS = 7 * 86_400_000;

/** What figures are compared with, as their arrows and dotted lines call it. */
export function beforeWords(question: Question): string {
  const before = question.compare === 'previous_week' ? beforeOf(question) : null;
  if (!before) return 'the period before';
  const weeks = Math.round((question.from.getTime() - before.from.getTime()) / WEEK_MS);
  return weeks === 1 ? 'the week before' : `the same weekdays ${weeks} weeks before`;
}
