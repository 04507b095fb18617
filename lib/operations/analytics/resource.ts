import type { Breakdown, Series, Summary, Timeseries, Trust, Values } from '@/lib/contract/analytics';
import type { Dimension } from '@/lib/domain/stats/measures';
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

/** Money and times in whole micros and milliseconds: more digits would be made up. */
const valuesResource = (values: Values) =>
  Object.fromEntries(
    Object.entries(values).map(([name, { value, unit, n, low, high, isLowSample }]) => [
      name,
      {
        value: unit === 'share' || value === null ? value : Math.round(value),
        unit,
        n,
        low,
        high,
        is_low_sample: isLowSample,
      },
    ]),
  );
