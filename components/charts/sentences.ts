import { figure, percent } from '@/components/charts/figure';
import type { TimeChart } from '@/components/charts/model';
import { count } from '@/components/console/format';
import type { DurationHistogram, Trust } from '@/lib/contract/analytics';
import { type MetricName, metric, unitOf } from '@/lib/domain/stats/metrics';
import type { Value } from '@/lib/domain/stats/value';

/** The one sentence under a chart's title. Pure: the same figures always give the same words. */

/** Where a single line stood highest and lowest, among points with a sample worth reading. */
export function sentenceOfLine(chart: TimeChart, nMin = 30): string {
  const line = chart.series[0];
  if (!line) return 'No data in this range.';
  const isRead = chart.unit === 'share' || chart.unit === 'ms';
  const read = line.values.flatMap((value, at) =>
    value !== null && (!isRead || (line.n[at] ?? 0) >= nMin) ? [{ value, at }] : [],
  );
  // A step in part is compared with others like it alone.
  const whole = read.filter(({ at }) => !chart.partial.includes(at));
  const places = whole.length > 0 ? whole : read;
  if (places.length === 0) return 'Too few in every step to speak of highs and lows.';
  const high = places.reduce((best, each) => (each.value > best.value ? each : best));
  const low = places.reduce((best, each) => (each.value < best.value ? each : best));
  if (high.value === low.value) return `${figure(high.value, chart.unit)} throughout.`;
  return `Highest ${figure(high.value, chart.unit)} on ${chart.at[high.at]}, lowest ${figure(low.value, chart.unit)} on ${chart.at[low.at]}.`;
}

/** Layers over time: how much in all, and whose. */
export function sentenceOfLayers(chart: TimeChart, noun: string): string {
  const totals = chart.series.map(({ name, values }) => ({
    name,
    total: values.reduce<number>((sum, value) => sum + (value ?? 0), 0),
  }));
  const all = totals.reduce((sum, { total }) => sum + total, 0);
  if (all === 0) return `No ${noun} in this range.`;
  const parts = totals
    .filter(({ total }) => total > 0)
    .toSorted((a, b) => b.total - a.total)
    .slice(0, 3)
    .map(({ name, total }) => `${name} ${percent(total / all)}`);
  return `${figure(all, chart.unit)} ${noun}: ${parts.join(', ')}.`;
}

/** A list by a dimension: the largest, and the one that does worst with a sample worth reading. */
export function sentenceOfRows(
  rows: readonly { name: string; share: number | null; value: Value | undefined }[],
  name: MetricName,
): string {
  const [first] = rows;
  if (!first) return 'Nothing in this range.';
  const largest = `${first.name} has the most${first.share === null ? '' : ` (${percent(first.share)})`}`;
  const { better } = metric(name);
  const label = metric(name).label;
  const read = rows.flatMap(({ name: row, value }) =>
    value && value.value !== null && !value.isLowSample ? [{ row, value: value.value }] : [],
  );
  if (!better || read.length < 2) return `${largest}.`;
  const worst = read.reduce((a, b) => ((better === 'up' ? b.value < a.value : b.value > a.value) ? b : a));
  return `${largest}; ${label.toLowerCase()} is worst in ${worst.row}: ${figure(worst.value, unitOf(name))}.`;
}

/** How long it took, in a sentence. */
export function sentenceOfDurations({ n, percentiles: { p50, p95 } }: DurationHistogram): string {
  if (n === 0 || p50 === null) return 'Nothing was measured in this range.';
  return `Half of ${count(n)} took at most ${figure(p50, 'ms')}, 95 of 100 at most ${figure(p95, 'ms')}.`;
}

/** `12 % still pending`, or null when everything has ended. */
export function pendingText({ created, pending }: Pick<Trust, 'created' | 'pending'>): string | null {
  if (!pending || !created) return null;
  return `${percent(pending / created)} still pending, left out of rates`;
}
