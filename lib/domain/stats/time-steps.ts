import { type Closed, type Cut, finestGrain, type Grain, type Span, spansOf } from '@/lib/domain/stats/cuts';
import { momentOf, wallOf } from '@/lib/domain/wall-clock';

export const INTERVALS = ['5m', '30m', 'hour', 'day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The beginning of the step that a wall time lies in. Weeks begin on Monday. */
function floorWall(wall: number, interval: Exclude<Interval, '5m' | '30m' | 'hour'>): number {
  const day = Math.floor(wall / DAY_MS) * DAY_MS;
  if (interval === 'day') return day;
  if (interval === 'week') return day - ((new Date(day).getUTCDay() + 6) % 7) * DAY_MS;
  const date = new Date(day);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

function nextWall(wall: number, interval: Exclude<Interval, '5m' | '30m' | 'hour'>): number {
  if (interval === 'day') return wall + DAY_MS;
  if (interval === 'week') return wall + 7 * DAY_MS;
  const date = new Date(wall);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

const EVEN_MS = { '5m': 5 * MINUTE_MS, '30m': 30 * MINUTE_MS, hour: HOUR_MS } as const;

/**
 * The moments at which steps of an interval begin, as clocks in a time zone show them: the first lies at or before `from`, the last at or
 * after `to`. A day on which clocks change has 23 or 25 hours; a midnight that is skipped begins at the change.
 */
export function edgesOf(from: Date, to: Date, interval: Interval, timeZone: string): Date[] {
  const edges: Date[] = [];
  if (interval === '5m' || interval === '30m' || interval === 'hour') {
    const step = EVEN_MS[interval];
    // Hours of zones at half or quarter hours begin with their own clocks.
    const offset =
      interval === 'hour' ? (wallOf(from.getTime(), timeZone) - Math.floor(from.getTime() / 1000) * 1000) % HOUR_MS : 0;
    for (let at = Math.floor((from.getTime() + offset) / step) * step - offset; ; at += step) {
      edges.push(new Date(at));
      if (at >= to.getTime()) return edges;
    }
  }
  for (let wall = floorWall(wallOf(from.getTime(), timeZone), interval); ; wall = nextWall(wall, interval)) {
    const at = momentOf(wall, timeZone);
    edges.push(new Date(at));
    if (at >= to.getTime()) return edges;
  }
}

/** The hour of the week that clocks in a zone show, 0 is Monday 00:00. */
export function weekHourOf(at: Date, timeZone: string): number {
  const wall = new Date(wallOf(at.getTime(), timeZone));
  return ((wall.getUTCDay() + 6) % 7) * 24 + wall.getUTCHours();
}

/** As many points as one series may have. */
export const POINTS_MAX = 800;

const NOMINAL_MS: Readonly<Record<Interval, number>> = {
  ...EVEN_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
};

/** How many steps of an interval a range lies in, those in part included. Where that is far too many only about how many. */
export function stepsIn(from: Date, to: Date, interval: Interval, timeZone: string): number {
  const about = Math.ceil((to.getTime() - from.getTime()) / NOMINAL_MS[interval]);
  return about > POINTS_MAX ? about : edgesOf(from, to, interval, timeZone).length - 1;
}

/** About 60 points for a picture, never more than 200. */
export function intervalFor(from: Date, to: Date): Interval {
  const hours = (to.getTime() - from.getTime()) / HOUR_MS;
  if (hours <= 4) return '5m';
  if (hours <= 30) return '30m';
  if (hours <= 24 * 4) return 'hour';
  if (hours <= 24 * 100) return 'day';
  return hours <= 24 * 400 ? 'week' : 'month';
}

/** A range as it is counted and, for a series, where its steps begin. */
export type Reading = {
  from: Date;
  to: Date;
  /** Beginnings of the steps; the last one ends at `to`. Null where no series is asked for. */
  edges: Date[] | null;
  interval: Interval | null;
};

/**
 * How to read a range from a cut. The ends are widened to the steps that the cut has of their time: days of UTC before `smallSince`, for most
 * cuts. A series that begins so long ago gets days of UTC.
 */
export function planReading(
  cut: Cut,
  range: { from: Date; to: Date },
  series: { interval: Interval; timeZone: string } | null,
  now: Date,
  smallSince: Date,
): Reading {
  const finest = finestGrain(cut, range.from, now, smallSince);
  const from = floorTo(range.from, finest);
  const to = ceilTo(range.to, finestGrain(cut, range.to, now, smallSince));
  if (!series) return { from, to, edges: null, interval: null };

  const isDaysOnly = finest === 1440;
  const interval = isDaysOnly && isEven(series.interval) ? 'day' : coarser(series.interval, finest);
  const all = edgesOf(from, to, interval, isDaysOnly ? 'UTC' : series.timeZone);
  const inside = all
    .filter((edge) => edge > from && edge < to)
    .map((edge) => ceilTo(edge, finestGrain(cut, edge, now, smallSince)));
  return { from, to, edges: [from, ...inside], interval };
}

/**
 * A reading as few rows of a cut as possible: no step's rows lie in two steps of the series. The cut may have finer steps than the one that the
 * reading was planned for, never coarser ones.
 */
export function spansToRead(cut: Cut, { from, to, edges }: Reading, closed: Closed): Span[] {
  const spans: Span[] = [];
  const begins = edges ?? [from];
  for (const [n, begin] of begins.entries()) {
    for (const span of spansOf(begin, begins[n + 1] ?? to, cut, closed)) {
      const last = spans.at(-1);
      if (last && last.grain === span.grain && last.to.getTime() === span.from.getTime()) last.to = span.to;
      else spans.push({ ...span });
    }
  }
  return spans;
}

const isEven = (interval: Interval) => interval === '5m' || interval === '30m' || interval === 'hour';
const coarser = (interval: Interval, finest: Grain): Interval =>
  interval === '5m' && finest === 30 ? '30m' : interval;
const floorTo = (at: Date, grain: Grain) =>
  new Date(Math.floor(at.getTime() / (grain * MINUTE_MS)) * grain * MINUTE_MS);
const ceilTo = (at: Date, grain: Grain) => new Date(Math.ceil(at.getTime() / (grain * MINUTE_MS)) * grain * MINUTE_MS);
