import { z } from 'zod';
import { cleanText, isoTime, queryNumber } from '@/lib/contract/common';
import { DIMENSIONS, type Dimension, DURATION_NAMES } from '@/lib/domain/stats/measures';
import { METRIC_NAMES, type MetricName, RATE_NAMES, WEEK_METRIC_NAMES } from '@/lib/domain/stats/metrics';
import { INTERVALS, type Interval, POINTS_MAX } from '@/lib/domain/stats/time-steps';
import type { Value } from '@/lib/domain/stats/value';
import { WIDENED, type Widened } from '@/lib/domain/stats/widened';

export { INTERVALS, type Interval };
export const COMPARISONS = ['none', 'previous_period', 'previous_week'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Bounds of one question. */
export const ANALYTICS_LIMITS = { metrics: 12, values: 50, points: POINTS_MAX, rows: 500, days: 800 } as const;

/** Filters by dimension; every dimension named must hold. `exclude`: anything but these. */
export type AnalyticsFilters = Partial<Record<Dimension, { values: readonly string[]; exclude: boolean }>>;

/** What the console asks its questions with; the API's query becomes the same (operations/analytics/question.ts). Connections and apps by uuid. */
export type Question = {
  from: Date;
  to: Date;
  timeZone: string;
  filters: AnalyticsFilters;
  compare: Comparison;
};

/** How far the counts can be trusted right now. */
export type Trust = {
  /** The range that was counted: the one asked for, widened to the steps that are kept (5 minutes; 30 minutes after 15 days; days of UTC after 92 days, or where an upgrade has no half-hours). */
  from: Date;
  to: Date;
  /** Why the range was widened to whole days of UTC; null: it was not. */
  widened: Widened | null;
  /** Everything committed before this moment is counted. */
  countedUntil: Date;
  /** Null: the question is of a failure reason, which verifications do not have. */
  created: number | null;
  /** Not ended yet: left out of rates. */
  pending: number | null;
};

export type Values = Partial<Record<MetricName, Value>>;
/** `before`: the same over the range to compare with; null when none was asked for. */
export type Summary = {
  trust: Trust;
  values: Values;
  before: Values | null;
  beforeRange: { from: Date; to: Date } | null;
};
/** `pending`: verifications not ended yet; null where the question is of a failure reason. */
export type Point = { at: Date; values: Values; pending: number | null };
export type Series = { key: string; label: string; points: Point[] };
/** Points without traffic are there with null rates and zero counts. `before` is shifted: its points stand beside those of the range, by place. */
export type Timeseries = {
  trust: Trust;
  interval: Interval;
  series: Series[];
  before: Series[] | null;
};
export type BreakdownRow = {
  key: string;
  label: string;
  values: Values;
  before: Values | null;
  pending: number | null;
  /** Of all rows' first count. */
  share: number | null;
};
export type Breakdown = { trust: Trust; dimension: Dimension; rows: BreakdownRow[]; isTruncated: boolean };

/** How long things took: buckets of equal ratio, in milliseconds. `isKept`: false where nobody can tell of just what is filtered by; there are none then. */
export type DurationHistogram = {
  trust: Trust;
  isKept: boolean;
  n: number;
  buckets: { fromMs: number; toMs: number; n: number }[];
  percentiles: { p50: number | null; p90: number | null; p95: number | null; p99: number | null };
};

/** A cell per hour of the recipient's week; `weekday` 1 is Monday. `isKept`: false where, filtered, nothing under a day is kept of the range; all cells are empty then. */
export type HeatmapCell = { weekday: number; hour: number; values: Values };
export type Heatmap = { trust: Trust; isKept: boolean; cells: HeatmapCell[] };

/** Why a rate moved between two ranges: Σ of effects = the move. */
export type Mover = {
  dimension: Dimension;
  key: string;
  label: string;
  /** Its own rate changed. */
  rateEffect: number;
  /** Its share of the traffic changed. */
  mixEffect: number;
  before: { n: number; rate: number | null };
  after: { n: number; rate: number | null };
};
/** What became of a failure reason: its share of all messages that were sent. */
export type ReasonMove = { key: string; label: string; effect: number; before: Value; after: Value };
export type Movers = {
  trust: Trust;
  metric: MetricName;
  before: Value;
  after: Value;
  /** Ranked by size, over the dimension that explains most; at most 10. */
  movers: Mover[];
  /** Failure reasons whose share moved by more than chance would do it, the largest first; at most 3. Their moves are part of that of the failure rate. */
  reasons: ReasonMove[];
  sentence: string;
};

const list = <T extends z.ZodType<string, string>>(item: T, max: number) =>
  z
    .union([z.array(z.string()), z.string()])
    .transform((value) => (Array.isArray(value) ? value : value.split(',')).filter((part) => part !== ''))
    .pipe(z.array(item).min(1).max(max));

const filterValue = cleanText(1, 200);
const filter = list(filterValue, ANALYTICS_LIMITS.values).optional().meta({
  description: 'Only these, separated by commas; with a `-` before the first, all but these',
});
export const timeZoneName = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be an IANA time zone')
  .meta({ description: 'IANA name', example: 'America/Sao_Paulo' });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** Filters of every analytics call: a comma-separated list per dimension; a leading `-` on the first value excludes them. */
const filters = {
  use_case: filter,
  country: filter.meta({ example: 'BR,IN' }),
  channel: filter,
  connection: filter,
  template: filter,
  locale: filter,
  reason: filter,
};
const metrics = list(z.enum(METRIC_NAMES as [MetricName, ...MetricName[]]), ANALYTICS_LIMITS.metrics).meta({
  description: `Separated by commas, at most ${ANALYTICS_LIMITS.metrics} of: ${METRIC_NAMES.join(', ')}`,
});
const alone = {
  from: isoTime.meta({ description: 'ISO 8601' }),
  to: isoTime.meta({ description: 'ISO 8601; not counted itself' }),
  timezone: timeZoneName.default('UTC'),
};
const range = { ...alone, compare: z.enum(COMPARISONS).default('none') };

export const summaryQuery = z.strictObject({ ...range, ...filters, metrics }).meta({ id: 'AnalyticsSummaryQuery' });
export const timeseriesQuery = z
  .strictObject({
    ...range,
    ...filters,
    metrics,
    interval: z
      .enum(INTERVALS)
      .optional()
      .meta({ description: `At most ${ANALYTICS_LIMITS.points} points; left out: steps that fit the range` }),
    group_by: z.enum(DIMENSIONS).optional(),
  })
  .meta({ id: 'AnalyticsTimeseriesQuery' });
export const breakdownQuery = z
  .strictObject({
    ...range,
    ...filters,
    metrics,
    dimension: z.enum(DIMENSIONS),
    limit: queryNumber(1, ANALYTICS_LIMITS.rows).default(50),
  })
  .meta({ id: 'AnalyticsBreakdownQuery' });
export const moversQuery = z
  .strictObject({
    ...alone,
    compare: z.enum(['previous_period', 'previous_week']).default('previous_period'),
    ...filters,
    metric: z.enum(RATE_NAMES as [MetricName, ...MetricName[]]),
  })
  .meta({ id: 'AnalyticsMoversQuery' });
export const durationsQuery = z
  .strictObject({ ...alone, ...filters, duration: z.enum(DURATION_NAMES) })
  .meta({ id: 'AnalyticsDurationsQuery' });
export const heatmapQuery = z
  .strictObject({
    ...alone,
    ...filters,
    metrics: list(z.enum(WEEK_METRIC_NAMES as [MetricName, ...MetricName[]]), ANALYTICS_LIMITS.metrics).meta({
      description: `Separated by commas, of: ${WEEK_METRIC_NAMES.join(', ')}`,
    }),
  })
  .meta({ id: 'AnalyticsHeatmapQuery' });

const value = z
  .object({
    value: z.number().nullable().meta({ description: 'null: no data' }),
    unit: z.enum(['count', 'share', 'micros', 'ms']),
    n: z.int(),
    low: z.number().nullable().meta({ description: 'Of rates: 95 % interval after Wilson' }),
    high: z.number().nullable(),
    is_low_sample: z.boolean().meta({ description: 'n under 30' }),
  })
  .meta({ id: 'AnalyticsValue' });
const values = z.record(z.string(), value);
const trust = z
  .object({
    from: isoTime,
    to: isoTime,
    widened: z.enum(WIDENED).nullable().meta({
      description:
        'Why the range was widened to whole days of UTC: older than 92 days, or only days are kept of then. null: it was not',
    }),
    counted_until: isoTime.meta({ description: 'Everything committed before this is counted' }),
    created: z
      .int()
      .nullable()
      .meta({ description: 'Verifications; null: the question is of a failure reason, which only messages have' }),
    pending: z.int().nullable().meta({ description: 'Not ended yet: left out of rates; null as `created`' }),
    pending_share: z.number().nullable(),
  })
  .meta({ id: 'AnalyticsTrust' });

export const summaryAnswer = z
  .object({ object: z.literal('analytics.summary'), trust, values, before: values.nullable() })
  .meta({ id: 'AnalyticsSummary' });
export const timeseriesAnswer = z
  .object({
    object: z.literal('analytics.timeseries'),
    trust,
    interval: z.enum(INTERVALS),
    series: z.array(
      z.object({
        key: z.string(),
        label: z.string(),
        points: z.array(z.object({ at: isoTime, pending: z.int().nullable(), values })),
      }),
    ),
    before: z
      .array(
        z.object({
          key: z.string(),
          label: z.string(),
          points: z.array(z.object({ at: isoTime, pending: z.int().nullable(), values })),
        }),
      )
      .nullable(),
  })
  .meta({ id: 'AnalyticsTimeseries' });
export const breakdownAnswer = z
  .object({
    object: z.literal('analytics.breakdown'),
    trust,
    dimension: z.enum(DIMENSIONS),
    rows: z.array(
      z.object({
        key: z.string(),
        label: z.string(),
        pending: z.int().nullable(),
        share: z.number().nullable(),
        values,
        before: values.nullable(),
      }),
    ),
    is_truncated: z.boolean(),
  })
  .meta({ id: 'AnalyticsBreakdown' });

const moverSide = z.object({ n: z.int(), rate: z.number().nullable() });
export const moversAnswer = z
  .object({
    object: z.literal('analytics.movers'),
    trust,
    metric: z.string(),
    before: value,
    after: value,
    dimension: z.enum(DIMENSIONS).nullable().meta({ description: 'The one that explains most; null: nothing does' }),
    movers: z
      .array(
        z.object({
          key: z.string(),
          label: z.string(),
          rate_effect: z.number().meta({ description: 'Points of the move because its own rate changed' }),
          mix_effect: z.number().meta({ description: 'Points of the move because its share of the traffic changed' }),
          before: moverSide,
          after: moverSide,
        }),
      )
      .meta({ description: 'By size, at most 10; the effects of all parts add up to the move' }),
    reasons: z
      .array(z.object({ key: z.string(), label: z.string(), effect: z.number(), before: value, after: value }))
      .meta({
        description: 'Failure reasons whose share of all messages moved by more than chance would do it, at most 3',
      }),
    sentence: z.string(),
  })
  .meta({ id: 'AnalyticsMovers' });
export const durationsAnswer = z
  .object({
    object: z.literal('analytics.durations'),
    trust,
    duration: z.enum(DURATION_NAMES),
    is_kept: z.boolean().meta({
      description: 'false: of what is filtered by together no times are kept, and there is no answer',
    }),
    n: z.int(),
    p50_ms: z.int().nullable(),
    p90_ms: z.int().nullable(),
    p95_ms: z.int().nullable(),
    p99_ms: z.int().nullable(),
    buckets: z
      .array(z.object({ from_ms: z.number(), to_ms: z.number(), n: z.int() }))
      .meta({ description: 'Ascending, of equal ratio; those without any are left out' }),
  })
  .meta({ id: 'AnalyticsDurations' });
export const heatmapAnswer = z
  .object({
    object: z.literal('analytics.heatmap'),
    trust,
    is_kept: z.boolean().meta({
      description:
        'false: with filters it is made of half-hours, which are kept for 92 days, and there is no answer. They reach back 15 days from the end of the range: see `trust`',
    }),
    cells: z
      .array(z.object({ weekday: z.int().meta({ description: '1 is Monday' }), hour: z.int(), values }))
      .meta({ description: 'All 168 hours of the week in the recipient’s own time' }),
  })
  .meta({ id: 'AnalyticsHeatmap' });
