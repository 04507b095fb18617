import { count, DASH, duration, money } from '@/components/console/format';
import { type MetricName, type MetricUnit, metric, unitOf } from '@/lib/domain/stats/metrics';
import type { Value } from '@/lib/domain/stats/value';

const thin = ' ';

/** 0.934 → `93.4 %`; two digits below one percent, none at the ends. */
export function percent(share: number | null): string {
  if (share === null) return DASH;
  const size = Math.abs(share);
  const digits = size === 0 || size === 1 ? 0 : size < 0.01 ? 2 : 1;
  return `${minus((share * 100).toFixed(digits))}${thin}%`;
}

/** A figure in its unit; null is a dash, never a zero. */
export function figure(value: number | null, unit: MetricUnit): string {
  if (value === null) return DASH;
  if (unit === 'share') return percent(value);
  if (unit === 'ms') return duration(value);
  return unit === 'micros' ? money(value) : count(Math.round(value));
}

/** A figure of a metric. Sums of money are read in cents, so that a column of them stands in line; prices of one message keep their digits. */
export function figureOf(name: MetricName, value: number | null): string {
  if (value === null || metric(name).kind !== 'money') return figure(value, unitOf(name));
  return value !== 0 && Math.abs(value) < 5_000 ? `${value < 0 ? '−' : ''}<$0.01` : money(value, 'USD', 2);
}

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** A figure for the ticks of an axis and for narrow cells: `1.2K`, `90 %`, `$1.2K`, `4 s`. */
export function shortFigure(value: number | null, unit: MetricUnit): string {
  if (value === null) return DASH;
  if (unit === 'share') return `${minus(String(Number((value * 100).toFixed(1))))}${thin}%`;
  if (unit === 'ms') return value === 0 ? '0' : shortDuration(value);
  if (unit === 'micros') {
    const amount = value / 1_000_000;
    return amount !== 0 && Math.abs(amount) < 1 ? `$${Number(amount.toPrecision(2))}` : `$${compact.format(amount)}`;
  }
  return compact.format(value);
}

/** `400 ms`, `4 s`, `1.5 min`, `2 h`. */
export function shortDuration(ms: number): string {
  const [size, unit] =
    ms < 1000
      ? [ms, 'ms']
      : ms < 60_000
        ? [ms / 1000, 's']
        : ms < 3_600_000
          ? [ms / 60_000, 'min']
          : [ms / 3_600_000, 'h'];
  return `${Number(size.toPrecision(2))}${thin}${unit}`;
}

/** The 95 % interval of a rate, `92.1–94.6 %`; null where there is none. */
export function intervalText({ low, high, value }: Value): string | null {
  if (value === null || low === null || high === null) return null;
  return `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}${thin}%`;
}

export type Delta = {
  /** Without its sign, for beside an arrow. */
  size: string;
  text: string;
  /** Which way it went, for the arrow: colour never stands alone. */
  direction: 'up' | 'down' | 'same';
  /** Neutral when neither way is good, and when chance explains the difference. */
  tone: 'good' | 'bad' | 'neutral';
  /** False when the two intervals overlap, or too few stand under one of them: shown grey. */
  isCertain: boolean;
};

/** How a figure moved: rates in points, everything else in percent of what it was. Null when there is nothing to compare. */
export function deltaOf(name: MetricName, after: Value | undefined, before: Value | undefined): Delta | null {
  if (!after || !before || after.value === null || before.value === null) return null;
  const moved = after.value - before.value;
  const isRate = after.unit === 'share';
  if (!isRate && before.value === 0) return moved === 0 ? flat() : null;
  if (!isRate && before.value < 0 !== after.value < 0) return null;
  const size = isRate ? moved * 100 : (moved / Math.abs(before.value)) * 100;
  const rounded = Number(size.toFixed(1));
  if (rounded === 0) return flat(isRate);
  const digits = Math.abs(size) >= 100 ? 0 : 1;
  const text = `${Math.abs(size).toFixed(digits)}${thin}${isRate ? 'pp' : '%'}`;
  const { better, ...formula } = metric(name);
  const isCertain = isDifferent(after, before, formula.kind === 'percentile' ? formula.percentile : null);
  const direction = moved > 0 ? 'up' : 'down';
  return {
    size: text,
    text: `${size > 0 ? '+' : '−'}${text}`,
    direction,
    tone: !isCertain || !better ? 'neutral' : better === direction ? 'good' : 'bad',
    isCertain,
  };
}

const flat = (isRate = false): Delta => ({
  size: `0${thin}${isRate ? 'pp' : '%'}`,
  text: `±0${thin}${isRate ? 'pp' : '%'}`,
  direction: 'same',
  tone: 'neutral',
  isCertain: false,
});

/** Percentiles are read from buckets this wide: a smaller move may be the bucket's. */
const BUCKET_ERROR = 0.09;

/** A percentile rests on those beyond it: the p99 of 200 is the third slowest of them, and moves with each. */
const BEYOND_MIN = 10;

/** Two rates differ when their intervals do not touch; other figures when at least 30 stand under each, and ten beyond a percentile. */
function isDifferent(a: Value, b: Value, percentile: number | null): boolean {
  if (a.isLowSample || b.isLowSample) return false;
  if (percentile !== null && Math.min(a.n, b.n) * (1 - percentile / 100) < BEYOND_MIN) return false;
  if (a.unit === 'ms' && Math.abs((a.value ?? 0) / (b.value || 1) - 1) < BUCKET_ERROR) return false;
  if (a.low !== null && a.high !== null && b.low !== null && b.high !== null) return a.low > b.high || b.low > a.high;
  return Math.min(a.n, b.n) >= 30;
}

function minus(text: string): string {
  return text.replace('-', '−');
}
