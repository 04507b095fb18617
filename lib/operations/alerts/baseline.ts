import { flowsSampled } from '@/lib/db/analytics/alert-flows';
import { type FlowScope, usualBetween, usualCuts } from '@/lib/db/analytics/alert-usual';
import { database, reports } from '@/lib/db/client';
import { countedUntil } from '@/lib/db/rollups/project';
import { type UsualCell, usualCells } from '@/lib/domain/alerts/flows';
import type { Baseline } from '@/lib/domain/alerts/judge';
import { looksAt } from '@/lib/domain/alerts/rules';
import { uuidFloor } from '@/lib/ids';
import { sliced } from '@/lib/operations/alerts/windows';

const HOUR_MS = 3_600_000;
const HALF_HOUR_MS = HOUR_MS / 2;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** What is usual changes slowly: it is asked every five minutes per evaluating process. */
const CACHE_MS = 300_000;
/** Messages of each range where they have to be looked at themselves. */
const SAMPLE_MAX = 20_000;
const SLICES = 24;
const HELD_MAX = 100;

type Range = { from: Date; to: Date };
const holder = globalThis as { watchwordBaselines?: Map<string, { at: number; baseline: Baseline }> };

/**
 * What is usual now in all that a rule looks at: the hour of the week that is nearest in full half-hours, over four weeks, and the day up to the
 * window, or up to what is counted where that is less. Out of the rollups, whatever the traffic. Only a country's connections and a connection's countries
 * are in no narrow cut: of these a sample of messages is looked at, spread evenly over the same ranges.
 */
export async function usualNow(now: Date, windowMinutes: number, rule: FlowScope): Promise<Baseline> {
  holder.watchwordBaselines ??= new Map();
  const baselines = holder.watchwordBaselines;
  const { appId, country, channel, connectionId } = rule;
  const scope = { appId, country, channel, connectionId };
  const key = JSON.stringify([windowMinutes, scope]);
  const held = baselines.get(key);
  const at = now.getTime();
  if (held && Math.abs(at - held.at) < CACHE_MS) return held.baseline;

  const { weeks, day } = usualRanges(now, windowMinutes, await countedUntil(reports()));
  const [hourOfWeek, dayBefore] = await Promise.all([usualOf(weeks, scope), usualOf([day], scope)]);
  const baseline = { hour_of_week: hourOfWeek, day_before: dayBefore };
  // Rules come and go; what nobody asks for any more goes with the rest.
  if (baselines.size >= HELD_MAX) baselines.clear();
  baselines.set(key, { at, baseline });
  return baseline;
}

/** What "before" is at a moment: in full half-hours, of which all is counted. */
export function usualRanges(now: Date, windowMinutes: number, counted: Date): { weeks: Range[]; day: Range } {
  const at = now.getTime();
  const range = (fromMs: number, toMs: number) => ({ from: new Date(fromMs), to: new Date(toMs) });
  const weeks = [1, 2, 3, 4].map((n) => {
    const begin = Math.round((at - n * WEEK_MS - HALF_HOUR_MS) / HALF_HOUR_MS) * HALF_HOUR_MS;
    return range(begin, begin + HOUR_MS);
  });
  const before = Math.min(at - windowMinutes * 60_000, counted.getTime());
  const end = Math.floor(before / HALF_HOUR_MS) * HALF_HOUR_MS;
  return { weeks: weeks.filter(({ to }) => to <= counted), day: range(end - DAY_MS, end) };
}

async function usualOf(ranges: readonly Range[], scope: FlowScope): Promise<UsualCell[]> {
  const levels = await Promise.all(
    (['country', 'connection'] as const).map(async (level) => {
      const cuts = usualCuts(level, scope);
      return cuts ? usualBetween(reports(), ranges, scope, cuts) : sampleOf(ranges, scope, level);
    }),
  );
  return levels.flat();
}

async function sampleOf(
  ranges: readonly Range[],
  scope: FlowScope,
  level: 'country' | 'connection',
): Promise<UsualCell[]> {
  const slices = ranges.flatMap(({ from, to }) => sliced(from, to, SLICES));
  const ids = slices.map(({ from, to }) => ({ fromId: uuidFloor(from), toId: uuidFloor(to) }));
  const flows = await flowsSampled(database(), ids, Math.floor(SAMPLE_MAX / SLICES));
  const cells = usualCells(flows.filter((flow) => looksAt(scope, flow)));
  return cells.filter((cell) => (level === 'country' ? cell.country !== null : cell.connectionId !== null));
}

/** For tests: what was usual is asked anew. */
export function forgetBaseline(): void {
  delete holder.watchwordBaselines;
}
