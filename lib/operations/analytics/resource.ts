import type {
  Breakdown,
  DurationHistogram,
  Heatmap,
  Movers,
  Series,
  Summary,
  Timeseries,
  Trust,
  Values,
} from '@/lib/contract/analytics';
import type { Dimension, Duration } from '@/lib/domain/stats/measures';
import type { Value } from '@/lib/domain/stats/value';
import { publicTemplate } from '@/lib/domain/template/key';
import { publicId } from '@/lib/ids';

/** The answers in the words of the API. */
export const summaryResource = ({ trust, values, before }: Summary) => ({
  object: 'analytics.summary' as const,
  trust: trustResource(trust),
  values: valuesResource(values),
  before: before && valuesResource(before),
});

/** `groupBy`: what the series are of, so that ids among their keys carry their prefix. */
export const timeseriesResource = (
  { trust, interval, series, before }: Timeseries,
  groupBy: Dimension | undefined,
) => ({
  object: 'analytics.timeseries' as const,
  trust: trustResource(trust),
  interval,
  series: series.map((each) => seriesResource(each, groupBy)),
  before: before?.map((each) => seriesResource(each, groupBy)) ?? null,
});

export const breakdownResource = ({ trust, dimension, rows, isTruncated }: Breakdown) => ({
  object: 'analytics.breakdown' as const,
  trust: trustResource(trust),
  dimension,
  rows: rows.map(({ key, label, pending, share, values, before }) => ({
    key: keyResource(dimension, key),
    label,
    pending,
    share,
    values: valuesResource(values),
    before: before && valuesResource(before),
  })),
  is_truncated: isTruncated,
});

export const moversResource = ({ trust, metric, before, after, movers, reasons, sentence }: Movers) => ({
  object: 'analytics.movers' as const,
  trust: trustResource(trust),
  metric,
  before: valueResource(before),
  after: valueResource(after),
  dimension: movers[0]?.dimension ?? null,
  movers: movers.map(({ dimension, key, rateEffect, mixEffect, ...mover }) => ({
    key: keyResource(dimension, key),
    label: mover.label,
    rate_effect: rateEffect,
    mix_effect: mixEffect,
    before: mover.before,
    after: mover.after,
  })),
  reasons: reasons.map((reason) => ({
    ...reason,
    before: valueResource(reason.before),
    after: valueResource(reason.after),
  })),
  sentence,
});

export const durationsResource = (duration: Duration, histogram: DurationHistogram) => {
  const { p50, p90, p95, p99 } = histogram.percentiles;
  const whole = (ms: number | null) => (ms === null ? null : Math.round(ms));
  return {
    object: 'analytics.durations' as const,
    trust: trustResource(histogram.trust),
    duration,
    is_kept: histogram.isKept,
    n: histogram.n,
    p50_ms: whole(p50),
    p90_ms: whole(p90),
    p95_ms: whole(p95),
    p99_ms: whole(p99),
    buckets: histogram.buckets.map(({ fromMs, toMs, n }) => ({ from_ms: fromMs, to_ms: toMs, n })),
  };
};

export const heatmapResource = ({ trust, isKept, cells }: Heatmap) => ({
  object: 'analytics.heatmap' as const,
  trust: trustResource(trust),
  is_kept: isKept,
  cells: cells.map(({ weekday, hour, values }) => ({ weekday, hour, values: valuesResource(values) })),
});

const keyResource = (dimension: Dimension | undefined, key: string) => {
  if (dimension === 'template') return publicTemplate(key);
  // Nothing was sent: there is no connection, and no id.
  return (dimension === 'app' || dimension === 'connection') && key !== '' ? publicId(dimension, key) : key;
};

const seriesResource = ({ key, label, points }: Series, dimension: Dimension | undefined) => ({
  key: keyResource(dimension, key),
  label,
  points: points.map(({ at, pending, values }) => ({ at: at.toISOString(), pending, values: valuesResource(values) })),
});

const trustResource = ({ from, to, widened, countedUntil, created, pending }: Trust) => ({
  from: from.toISOString(),
  to: to.toISOString(),
  widened,
  counted_until: countedUntil.toISOString(),
  created,
  pending,
  pending_share: created !== null && pending !== null && created > 0 ? pending / created : null,
});

const valuesResource = (values: Values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, valueResource(value)]));

/** Money and times in whole micros and milliseconds: more digits would be made up. */
const valueResource = ({ value, unit, n, low, high, isLowSample }: Value) => ({
  value: unit === 'share' || value === null ? value : Math.round(value),
  unit,
  n,
  low,
  high,
  is_low_sample: isLowSample,
});
