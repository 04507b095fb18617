import type { AnalyticsFilters, Interval, Question } from '@/lib/contract/analytics';
import { FINE_DAYS, SMALL_DAYS } from '@/lib/domain/stats/cuts';
import { DIMENSIONS, type Dimension } from '@/lib/domain/stats/measures';
import { POINTS_MAX, stepsIn } from '@/lib/domain/stats/time-steps';
import { type Widened, widenedOf } from '@/lib/domain/stats/widened';
import { momentOf, wallTime, zoneOf } from '../verifications/range';
import type { AnalyticsView } from './search-params';

export const RANGES = ['1h', '24h', '7d', '30d', '90d', 'today', 'yesterday', 'custom'] as const;
export type RangeName = (typeof RANGES)[number];

export const RANGE_WORDS: Record<RangeName, string> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  today: 'Today',
  yesterday: 'Yesterday',
  custom: 'Custom range',
};

/** One key per preset. `g`, `j`, `k`, `/` and `?` belong to the shell. */
export const RANGE_KEYS: Partial<Record<string, RangeName>> = {
  h: '1h',
  d: '24h',
  w: '7d',
  m: '30d',
  q: '90d',
  t: 'today',
  y: 'yesterday',
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SPAN: Partial<Record<RangeName, number>> = {
  '1h': HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
  '90d': 90 * DAY,
};
/** A year and a month: a longer range is cut at its beginning. */
const LONGEST = 400 * DAY;
const SHORTEST = 5 * 60_000;

type Bounds = { from: Date; to: Date };

export function rangeOf(view: Pick<AnalyticsView, 'range' | 'from' | 'to'>): RangeName {
  return view.range ?? (view.from || view.to ? 'custom' : '7d');
}

/** Whether a range of one's own is longer than one may be: `boundsOf` cuts it at its beginning. */
export function isCut(view: Pick<AnalyticsView, 'range' | 'from' | 'to'>, now: Date, timeZone: string): boolean {
  if (rangeOf(view) !== 'custom') return false;
  const ends = [view.from, view.to].flatMap((wall) => (wall ? (momentOf(wall, timeZone) ?? []) : []));
  const first = ends.toSorted((a, b) => a.getTime() - b.getTime())[0];
  return first !== undefined && first < boundsOf(view, now, timeZone).from && first < now;
}

/** From and to as moments; the end is never in the future. Nonsense falls back to the last day before the other end. */
export function boundsOf(view: Pick<AnalyticsView, 'range' | 'from' | 'to'>, now: Date, timeZone: string): Bounds {
  const range = rangeOf(view);
  const span = SPAN[range];
  if (span) return { from: new Date(now.getTime() - span), to: now };
  if (range === 'today' || range === 'yesterday') {
    const today = wallTime(now, timeZone).slice(0, 10);
    const midnight = midnightOf(today, timeZone);
    if (range === 'today') return { from: atLeastShort(midnight, now), to: now };
    return { from: midnightOf(dayBefore(today), timeZone), to: midnight };
  }
  const to = (view.to ? momentOf(view.to, timeZone) : null) ?? now;
  const from = (view.from ? momentOf(view.from, timeZone) : null) ?? new Date(to.getTime() - DAY);
  const [first, last] = from < to ? [from, to] : [to, from];
  const end = last > now && first < now ? now : last;
  return { from: new Date(Math.max(atLeastShort(first, end).getTime(), end.getTime() - LONGEST)), to: end };
}

const atLeastShort = (from: Date, to: Date) => new Date(Math.min(from.getTime(), to.getTime() - SHORTEST));

/** Where a day begins: where clocks skip midnight, at the first moment after it. */
function midnightOf(day: string, timeZone: string): Date {
  const at = momentOf(`${day}T00:00`, timeZone) ?? new Date(`${day}T00:00Z`);
  // A midnight that does not exist is read as the evening before: one hour on is the first moment of the day.
  return wallTime(at, timeZone).startsWith(day) ? at : new Date(at.getTime() + HOUR);
}

const dayBefore = (day: string) => new Date(Date.parse(`${day}T00:00Z`) - DAY).toISOString().slice(0, 10);

/** What the view asks, in the words of the operations. */
export function questionOf(view: AnalyticsView, now: Date, viewerZone: string): Question {
  const timeZone = zoneOf(view, viewerZone);
  const filters: AnalyticsFilters = {};
  for (const dimension of DIMENSIONS) {
    const filter = view[dimension];
    if (filter) filters[dimension] = filter;
  }
  return {
    ...onSteps(boundsOf(view, now, timeZone), now),
    timeZone,
    filters,
    compare: view.compare,
  };
}

/** Why the question is of whole days of UTC; null where its ends are those of the view, to half an hour. Answers cannot tell: they are asked for days. */
export function wideningOf(view: AnalyticsView, now: Date, viewerZone: string): Widened | null {
  const bounds = boundsOf(view, now, zoneOf(view, viewerZone));
  return widenedOf(bounds, onSteps(bounds, now), new Date(0), now);
}

const MINUTE = 60_000;
/**
 * Ends on steps that every panel's counts have: 30 minutes, days of UTC where the finer ones are no longer kept, 5 minutes of short ranges. Each
 * panel would widen the range to its own steps otherwise, and two of them on one page would not add up.
 */
export function onSteps({ from, to }: Bounds, now: Date): Bounds {
  const isShort = to.getTime() - from.getTime() <= 6 * HOUR;
  const stepOf = (at: Date) => {
    const age = now.getTime() - at.getTime();
    if (age >= SMALL_DAYS * DAY) return DAY;
    return isShort && age < FINE_DAYS * DAY ? 5 * MINUTE : 30 * MINUTE;
  };
  return {
    from: new Date(Math.floor(from.getTime() / stepOf(from)) * stepOf(from)),
    to: new Date(Math.ceil(to.getTime() / stepOf(to)) * stepOf(to)),
  };
}

/** The steps that the view asks for; undefined, which is those that fit the range, where it asks for none, for too many or for a single one. */
export function intervalOf(
  { interval }: Pick<AnalyticsView, 'interval'>,
  { from, to, timeZone }: Pick<Question, 'from' | 'to' | 'timeZone'>,
): Interval | undefined {
  if (!interval) return undefined;
  const steps = stepsIn(from, to, interval, timeZone);
  return steps > 1 && steps <= POINTS_MAX ? interval : undefined;
}

/** The question without the filter on one dimension: a list to choose from keeps showing what is not chosen. */
export function questionBeside(question: Question, dimension: Dimension): Question {
  const { [dimension]: _, ...filters } = question.filters;
  return { ...question, filters };
}

/** The period before or after, of the same length by the clock on the wall, so that days stay days over a change of clocks. */
export function stepped(bounds: Bounds, direction: -1 | 1, timeZone: string): { from: string; to: string } {
  const [from, to] = [bounds.from, bounds.to].map((at) => Date.parse(`${wallTime(at, timeZone)}Z`)) as [number, number];
  const by = (to - from) * direction;
  const wall = (at: number) => new Date(at).toISOString().slice(0, 16);
  return { from: wall(from + by), to: wall(to + by) };
}

/** The same range with absolute ends and a named time zone: a link that shows a colleague the same figures tomorrow. */
export function absolute(view: AnalyticsView, bounds: Bounds, timeZone: string): AnalyticsView {
  return {
    ...view,
    range: 'custom',
    from: wallTime(bounds.from, timeZone),
    to: wallTime(bounds.to, timeZone),
    timezone: timeZone,
  };
}

/** `16 Nov, 14:00 – 23 Nov, 14:00`. The year is said when it is not this one's. */
export function boundsText({ from, to }: Bounds, timeZone: string): string {
  const isSameYear = wallTime(from, timeZone).slice(0, 4) === wallTime(to, timeZone).slice(0, 4);
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    ...(isSameYear ? {} : { year: 'numeric' as const }),
    hour: '2-digit',
    minute: '2-digit',
  });
  return `${format.format(from)} – ${format.format(to)}`;
}
