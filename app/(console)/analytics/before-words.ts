import type { Question } from '@/lib/contract/analytics';
import { beforeOf } from '@/lib/operations/analytics/question';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** What figures are compared with, as their arrows and dotted lines call it. */
export function beforeWords(question: Question): string {
  const before = question.compare === 'previous_week' ? beforeOf(question) : null;
  if (!before) return 'the period before';
  const weeks = Math.round((question.from.getTime() - before.from.getTime()) / WEEK_MS);
  // A day has no week before it that it could be compared with.
  if (weeks === 1 && question.to.getTime() - question.from.getTime() < 6 * DAY_MS) return 'the same time a week before';
  return weeks === 1 ? 'the week before' : `the same weekdays ${weeks} weeks before`;
}
