import type { Heatmap, HeatmapCell, Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { zoneOfCountry } from '@/lib/domain/phone/country-zones';
import { FINE_DAYS } from '@/lib/domain/stats/cuts';
import { addCounted, type Counted, nothingCounted } from '@/lib/domain/stats/figures';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { weekHourOf } from '@/lib/domain/stats/time-steps';
import { count, countWeekHours } from '@/lib/operations/analytics/count';
import { valuesOf } from '@/lib/operations/analytics/summary';
import { reachOf } from '@/lib/operations/verifications/resource';

/**
 * Metrics of verifications per hour of the week in the recipient's own time (that of most people of the country). Whole days of UTC; filtered by
 * more than apps it is made of half-hours of every country, and so of the last 15 days at most. `trust` says what was counted.
 */
export async function readHeatmap(actor: Actor, question: Question, metrics: readonly MetricName[]): Promise<Heatmap> {
  permit(actor, 'analytics:read');
  const isByAppOnly = Object.keys(question.filters).every((dimension) => dimension === 'app');
  if (isByAppOnly) {
    const { trust, groups } = await countWeekHours(reachOf(actor).appId, question, metrics);
    return { trust, cells: cellsOf((hour) => groups.get(String(hour))?.[0], metrics) };
  }
  const oldest = new Date(Math.max(question.from.getTime(), Date.now() - (FINE_DAYS - 0.1) * 86_400_000));
  const from = oldest < question.to ? oldest : question.from;
  const { trust, groups, reading } = await count(
    reachOf(actor).appId,
    { ...question, from },
    { metrics, groupBy: 'country', series: { interval: '30m', timeZone: 'UTC' } },
  );
  const hours = new Map<number, Counted>();
  for (const [country, cells] of groups) {
    const zone = zoneOfCountry(country);
    for (const [place, cell] of cells.entries()) {
      const at = reading.edges?.[place];
      if (!at || (cell.verification.ended.created ?? 0) + (cell.verification.pending.created ?? 0) === 0) continue;
      const hour = weekHourOf(at, zone);
      hours.set(hour, addCounted(hours.get(hour) ?? nothingCounted(), cell));
    }
  }
  return { trust, cells: cellsOf((hour) => hours.get(hour), metrics) };
}

const cellsOf = (cell: (hour: number) => Counted | undefined, metrics: readonly MetricName[]): HeatmapCell[] =>
  Array.from({ length: 168 }, (_, hour) => ({
    weekday: Math.floor(hour / 24) + 1,
    hour: hour % 24,
    values: valuesOf(metrics, cell(hour)),
  }));
