import { shortDuration } from '@/components/charts/figure';
import { duration } from '@/components/console/format';
import type { DurationHistogram } from '@/lib/contract/analytics';

export type DurationChart = {
  bars: { place: number; tick: string; range: string; n: number }[];
  /** Upright lines at times that matter, by the bar they fall into. */
  lines: { place: number; label: string; atMs: number }[];
};

/**
 * The buckets side by side without gaps: empty ones between two full ones are there too, or the axis would lie. Lines beyond the last
 * bucket extend the axis up to them.
 */
export function durationChart(
  histogram: DurationHistogram,
  lines: readonly { label: string; atMs: number }[] = [],
): DurationChart {
  const [first] = histogram.buckets;
  const last = histogram.buckets.at(-1);
  if (!first || !last) return { bars: [], lines: [] };
  const ratio = first.fromMs > 0 ? first.toMs / first.fromMs : last.toMs / Math.max(1, last.fromMs);
  const known = new Map(histogram.buckets.map((bucket) => [key(bucket.fromMs), bucket]));
  const end = Math.max(last.toMs, ...lines.map(({ atMs }) => atMs * ratio));
  const bars: DurationChart['bars'] = [];
  let from = first.fromMs;
  while (from < end && bars.length < 240) {
    const bucket = known.get(key(from)) ?? histogram.buckets.find(({ fromMs }) => Math.abs(fromMs / from - 1) < 0.01);
    const to = bucket?.toMs ?? (from > 0 ? from * ratio : first.toMs);
    bars.push({
      place: bars.length,
      tick: shortDuration(from),
      range: `${duration(from)} – ${duration(to)}`,
      n: bucket?.n ?? 0,
    });
    from = to;
  }
  const placeOf = (atMs: number) =>
    Math.min(bars.length - 1, Math.max(0, Math.floor(Math.log(atMs / Math.max(1, first.fromMs)) / Math.log(ratio))));
  return { bars, lines: lines.map((line) => ({ ...line, place: placeOf(line.atMs) })) };
}

const key = (ms: number) => Math.round(ms);
