import type { Question, Trust } from '@/lib/contract/analytics';
import { boundsText } from '../range';

const DAY = 86_400_000;

/** Which part of time the cells are of, where it is not the range that was asked for. */
export function countedText(
  { from, to, widened }: Pick<Trust, 'from' | 'to' | 'widened'>,
  asked: Pick<Question, 'from' | 'timeZone'>,
): string {
  // Filtered by more than apps, it is made of half-hours of the last 15 days.
  if (from > asked.from)
    return ` With filters, of the last days of the range only: ${boundsText({ from, to }, asked.timeZone)}.`;
  if (!widened) return '';
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
  const [first, last] = [day.format(from), day.format(to.getTime() - DAY)];
  return ` Counted in whole days of UTC: ${first === last ? first : `${first} – ${last}`}.`;
}
