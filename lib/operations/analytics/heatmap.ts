import type { Heatmap, HeatmapCell, Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { zoneOfCountry } from '@/lib/domain/phone/country-zones';
import { smallStepsSince } from '@/lib/domain/stats/cuts';
import { addCounted, type Counted, nothingCounted } from '@/lib/domain/stats/figures';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { weekHourOf } from '@/lib/domain/stats/time-steps';
import { count, countedOnce, countWeekHours } from '@/lib/operations/analytics/count';
import { valuesOf } from '@/lib/operations/analytics/summary';
import { reachOf } from '@/lib/operations/verifications/resource';

const DAY_MS = 86_400_000;
/** Half-hours of every country are many rows. */
const FILTERED_DAYS = 15;

/** What is not known of any hour is no 0. */
const unknown = (): Counted => ({ ...nothingCounted(), isWithoutVerifications: true });

/**
 * Metrics of verifications per hour of the week in the recipient's own time (that of most people of the country). Whole days of UTC; filtered by
 * more than apps it is made of half-hours of every country, of the last 15 days of the range at most, and not kept where the range ends before there are
 * any: a day of UTC lies in no hour. `trust` says what was counted.
 */
export async function readHeatmap(actor: Actor, question: Question, metrics: readonly MetricName[]): Promise<Heatmap> {
  permit(actor, 'analytics:read');
  const isByAppOnly = Object.keys(question.filters).every((dimension) => dimension === 'app');
  if (isByAppOnly) {
    const { trust, groups } = await countWeekHours(reachOf(actor).appId, question, metrics);
    return { trust, isKept: true, cells: cellsOf((hour) => groups.get(String(hour))?.[0], metrics) };
  }
  const { appId } = reachOf(actor);
  const now = new Date();
  const counted = await countedOnce();
  const smallSince = smallStepsSince(counted.keptSince, now);
  const latest = Math.min(question.to.getTime(), now.getTime());
  const from = new Date(Math.max(question.from.getTime(), latest - FILTERED_DAYS * DAY_MS, smallSince.getTime()));
  if (question.from < question.to && from >= question.to) {
    const { trust } = await count(appId, question, { metrics, groupBy: null, series: null, now, counted });
    return { trust, isKept: false, cells: cellsOf(unknown, metrics) };
  }
  const { trust, groups, reading } = await count(
    appId,
    { ...question, from },
    { metrics, groupBy: 'country', series: { interval: '30m', timeZone: 'UTC' }, now, counted },
  );
  if (trust.created === null) return { trust, isKept: true, cells: cellsOf(unknown, metrics) };
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
  return { trust, isKept: true, cells: cellsOf((hour) => hours.get(hour), metrics) };
}

const cellsOf = (cell: (hour: number) => Counted | undefined, metrics: readonly MetricName[]): HeatmapCell[] =>
  Array.from({ length: 168 }, (_, hour) => ({
    weekday: Math.floor(hour / 24) + 1,
    hour: hour % 24,
    values: valuesOf(metrics, cell(hour)),
  }));
