import { smallStepsSince } from '@/lib/domain/stats/cuts';

/** Why a range was counted in whole days of UTC: its age, or that this installation (or this question) keeps only days of then. */
export const WIDENED = ['older_than_92_days', 'kept_by_day'] as const;
export type Widened = (typeof WIDENED)[number];

type Range = { from: Date; to: Date };
const DAY_MS = 86_400_000;

/** Why `counted` is wider than what was `asked` for by a part of a day; null where no end was moved to a day's. `keptSince`: from when on steps under a day are kept. */
export function widenedOf(asked: Range, counted: Range, keptSince: Date, now: Date): Widened | null {
  const isDay = (at: Date) => at.getTime() % DAY_MS === 0;
  const moved: Date[] = [];
  if (counted.from < asked.from && isDay(counted.from) && asked.from < smallStepsSince(keptSince, now))
    moved.push(asked.from);
  if (counted.to > asked.to && isDay(counted.to) && asked.to < smallStepsSince(keptSince, now)) moved.push(asked.to);
  if (moved.length === 0) return null;
  const oldest = smallStepsSince(new Date(0), now);
  return moved.some((at) => at < oldest) ? 'older_than_92_days' : 'kept_by_day';
}
