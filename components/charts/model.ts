import { valueWords } from '@/components/charts/dimensions';
import type { Interval, Timeseries, Trust } from '@/lib/contract/analytics';
import type { Dimension } from '@/lib/domain/stats/measures';
import { type MetricName, type MetricUnit, metric, unitOf } from '@/lib/domain/stats/metrics';

/** What pictures draw: ready numbers and ready words, made on the server. Pictures compute nothing. */
export type ChartSeries = {
  key: string;
  name: string;
  ink: string;
  /** Dashes, a marker and a texture say the same as the ink: colour never stands alone. */
  look: number;
  values: (number | null)[];
  n: number[];
  low?: (number | null)[];
  high?: (number | null)[];
  before?: (number | null)[];
  /** Where choosing the series in the legend leads. */
  href?: string;
};

export type ChartMark = {
  from: number;
  until: number | null;
  kind: string;
  title: string;
  href: string | null;
  at: string;
};

export type TimeChart = {
  unit: MetricUnit;
  /** One per point: the whole moment for the tooltip and the table, and the short one for the axis. */
  at: string[];
  tick: string[];
  /** Points whose step the range begins or ends within, or that is not over: drawn faintly, and named so. */
  partial: number[];
  series: ChartSeries[];
  marks: ChartMark[];
};

/** What `chartMarks` answers. */
export type Mark = { at: Date; until: Date | null; kind: string; title: string; href: string | null };

const CHANNEL_INKS: Record<string, string> = {
  whatsapp: 'var(--whatsapp-mark)',
  sms: 'var(--sms-mark)',
  email: 'var(--email-mark)',
  voice: 'var(--voice-mark)',
};
const CHANNEL_LOOKS = ['whatsapp', 'sms', 'email', 'voice'];
const INKS = 8;

/** Channels keep their colour everywhere; everything else takes the next of eight that can be told apart. */
export function inkOf(key: string, at: number): string {
  return CHANNEL_INKS[key] ?? `var(--series-${(at % INKS) + 1})`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The shortest a whole step can be: the day on which clocks go forward, the week with it, February. */
const WHOLE_MS: Record<Interval, number> = {
  '5m': 5 * MINUTE,
  '30m': 30 * MINUTE,
  hour: HOUR,
  day: 23 * HOUR,
  week: 167 * HOUR,
  month: 28 * 24 * HOUR - HOUR,
};

/**
 * Which steps at the two ends are not whole: the range begins or ends within them, or they are still being counted. Their sums are
 * of less time than their neighbours', which must not look like a fall.
 */
export function partialSteps(
  at: readonly Date[],
  interval: Interval,
  { from, to, countedUntil }: Pick<Trust, 'from' | 'to' | 'countedUntil'>,
  timeZone: string,
): number[] {
  const first = at[0];
  const last = at.at(-1);
  if (!first || !last) return [];
  const isWhole = (begin: number, end: number) => end - begin >= WHOLE_MS[interval] - MINUTE / 2;
  const end = Math.min(to.getTime(), countedUntil.getTime());
  const begin = Math.max(first.getTime(), from.getTime());
  // The last hour of today is not told from a day of 23 hours by its length: days end at midnight.
  const isOver =
    WHOLE_MS[interval] <= HOUR ||
    new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' }).format(end + MINUTE / 2) === '00:00';
  if (at.length === 1) return isOver && isWhole(begin, end) ? [] : [0];
  return [
    ...(isWhole(begin, (at[1] as Date).getTime()) ? [] : [0]),
    ...(isOver && isWhole(last.getTime(), end) ? [] : [at.length - 1]),
  ];
}

/** A moment on an axis: the day on long ranges, the weekday and hour on middling ones, the hour alone on short ones. */
export function tickOf(at: Date, interval: Interval, timeZone: string): string {
  const hour = { hour: '2-digit', minute: '2-digit' } as const;
  const options: Intl.DateTimeFormatOptions =
    interval === 'month'
      ? { month: 'short', year: 'numeric' }
      : interval === 'day' || interval === 'week'
        ? { day: 'numeric', month: 'short' }
        : interval === 'hour'
          ? { weekday: 'short', ...hour }
          : hour;
  return new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(at);
}

/** The same in full: `Mon 23 Nov 2026, 14:00`. */
export function stampOf(at: Date, interval: Interval, timeZone: string): string {
  const isDay = interval === 'day' || interval === 'week' || interval === 'month';
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(isDay ? {} : { hour: '2-digit', minute: '2-digit' }),
  })
    .format(at)
    .replace(', ', ' ');
}

/**
 * Lines or layers over time. One metric gives a line per series of the answer; several metrics of an answer with one series give a
 * line each (p50, p90, p95, p99).
 */
export function timeChart(
  answer: Timeseries,
  metrics: readonly [MetricName, ...MetricName[]],
  options: { timeZone: string; dimension?: Dimension; marks?: readonly Mark[]; href?: (key: string) => string },
): TimeChart {
  const { timeZone, dimension, marks = [], href } = options;
  const points = answer.series[0]?.points ?? [];
  const partial = partialSteps(
    points.map(({ at }) => at),
    answer.interval,
    answer.trust,
    timeZone,
  );
  const shared = sharedStart(metrics);
  const lines = answer.series.flatMap((series) => metrics.map((name) => ({ series, name })));
  const series = lines.map(({ series: { key, label, points: own }, name }, at): ChartSeries => {
    const values = own.map((point) => point.values[name]);
    const before = answer.before?.find((other) => other.key === key)?.points;
    const hasInterval = unitOf(name) === 'share';
    const channelLook = CHANNEL_LOOKS.indexOf(key);
    return {
      key: metrics.length > 1 ? `${key}:${name}` : key,
      name:
        metrics.length > 1
          ? shared
            ? metric(name).label.slice(shared.length)
            : metric(name).label
          : dimension
            ? valueWords(dimension, key, label)
            : label,
      ink: inkOf(dimension === 'channel' ? key : '', at),
      look: dimension === 'channel' && channelLook >= 0 ? channelLook : at,
      values: values.map((value) => value?.value ?? null),
      n: values.map((value) => value?.n ?? 0),
      ...(hasInterval
        ? { low: values.map((value) => value?.low ?? null), high: values.map((value) => value?.high ?? null) }
        : {}),
      ...(before ? { before: own.map((_, index) => before[index]?.values[name]?.value ?? null) } : {}),
      ...(href && dimension && key !== '' ? { href: href(key) } : {}),
    };
  });
  return {
    unit: unitOf(metrics[0]),
    at: points.map(
      ({ at }, index) => `${stampOf(at, answer.interval, timeZone)}${partial.includes(index) ? ', in part' : ''}`,
    ),
    partial,
    tick: points.map(({ at }) => tickOf(at, answer.interval, timeZone)),
    series,
    marks: marksOn(
      points.map(({ at }) => at),
      answer.trust,
      marks,
      timeZone,
    ),
  };
}

/** `Response time ` of `Response time p50` and `Response time p95`: the chart's title has said it, its legend need not. */
function sharedStart(metrics: readonly MetricName[]): string {
  const [first = '', ...others] = metrics.map((name) => metric(name).label.match(/^(.+ )p\d+$/)?.[1] ?? '');
  return others.length > 0 && others.every((start) => start === first) ? first : '';
}

/** A letter of a name at its size on a picture, and the room around a name, in pixels. */
const LETTER_PX = 5.6;
const NAME_PAD_PX = 8;

/** On which side of its mark a name stands. */
export type NameSide = 'left' | 'right';

/**
 * Where each mark has its name, all of them on one line, by the order of `marks`: beside it where neither another name, another mark nor
 * the edge of the picture (`width` pixels, as `x`) is in the way. Null: no room; the tooltip and the table name every mark.
 */
export function namePlaces(marks: readonly { x: number; name: string }[], width: number): (NameSide | null)[] {
  const places: (NameSide | null)[] = marks.map(() => null);
  const taken: { from: number; to: number }[] = [];
  const leftToRight = marks.map((mark, at) => ({ ...mark, at })).sort((a, b) => a.x - b.x);
  const isFree = (from: number, to: number) =>
    from >= 0 &&
    to <= width &&
    taken.every((other) => other.to <= from || other.from >= to) &&
    marks.every(({ x }) => x <= from || x >= to);
  for (const { x, name, at } of leftToRight) {
    // Two of a kind at one point are one word.
    if (marks.some((other, before) => before !== at && other.x === x && other.name === name && places[before]))
      continue;
    const size = name.length * LETTER_PX + NAME_PAD_PX;
    const side = isFree(x, x + size) ? 'right' : isFree(x - size, x) ? 'left' : null;
    if (!side) continue;
    taken.push({ from: side === 'right' ? x : x - size, to: side === 'right' ? x + size : x });
    places[at] = side;
  }
  return places;
}

const HALVES = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10];

/**
 * From zero in three to five steps of 1, 2 or 5 with noughts, a little above the highest (`high`, above zero): `0, 500, 1K, 1.5K, 2K` rather
 * than `0, 650, 1.3K`. A low picture has room for three: `0, 75, 150`.
 */
export function amountTicks(high: number, { isWhole, isLow }: { isWhole: boolean; isLow: boolean }): number[] {
  const power = 10 ** Math.floor(Math.log10(isLow ? high / 2 : high));
  if (isLow) {
    const half = HALVES.map((size) => size * power).find(
      (size) => 2 * size >= high && (!isWhole || Number.isInteger(size)),
    );
    const step = half ?? Math.max(1, Math.ceil(high / 2));
    return [0, step, 2 * step];
  }
  const step = [power / 5, power / 2, power, 2 * power].find((size) => high / size <= 4.5) ?? 2 * power;
  const whole = isWhole ? Math.max(1, step) : step;
  return Array.from({ length: Math.ceil(high / whole) + 1 }, (_, at) => at * whole);
}

/** Each mark at the point in whose time it falls; those outside the range that was counted are left out. */
export function marksOn(
  points: readonly Date[],
  { from: begin, to: end }: Pick<Trust, 'from' | 'to'>,
  marks: readonly Mark[],
  timeZone: string,
): ChartMark[] {
  if (points.length === 0) return [];
  const placeOf = (at: Date) => {
    const after = points.findIndex((point) => point > at);
    return after === -1 ? points.length - 1 : Math.max(0, after - 1);
  };
  return marks
    .filter(({ at, until }) => at <= end && (until ?? at) >= begin)
    .map(({ at, until, kind, title, href }) => {
      const from = placeOf(at);
      const last = until ? placeOf(until) : null;
      return {
        from,
        until: last !== null && last > from ? last : null,
        kind,
        title,
        href,
        at: stampOf(at, 'hour', timeZone),
      };
    });
}
