import { flowsBetween } from '@/lib/db/analytics/alert-flows';
import { database } from '@/lib/db/client';
import type { Baseline } from '@/lib/domain/alerts/judge';
import { uuidFloor } from '@/lib/ids';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** What is usual changes slowly; a base-table question of this size is asked every five minutes per evaluating process. */
const CACHE_MS = 300_000;
const PER_WEEK_MAX = 20_000;
const DAY_MAX = 50_000;

const holder = globalThis as { watchwordBaseline?: { at: number; windowMinutes: number; baseline: Baseline } };

/**
 * What is usual now: the same hour of the week over four weeks, and the day up to the window. The one place that knows where a
 * baseline comes from: base tables, bounded; rollups can take their place here.
 */
export async function usualNow(now: Date, windowMinutes: number): Promise<Baseline> {
  const held = holder.watchwordBaseline;
  const at = now.getTime();
  if (held && held.windowMinutes === windowMinutes && Math.abs(at - held.at) < CACHE_MS) return held.baseline;
  const range = (fromMs: number, toMs: number) => ({
    fromId: uuidFloor(new Date(fromMs)),
    toId: uuidFloor(new Date(toMs)),
  });
  const weeks = [1, 2, 3, 4].map((n) => range(at - n * WEEK_MS - HOUR_MS / 2, at - n * WEEK_MS + HOUR_MS / 2));
  const before = at - windowMinutes * 60_000;
  const [hourOfWeek, dayBefore] = await Promise.all([
    flowsBetween(database(), weeks, PER_WEEK_MAX),
    flowsBetween(database(), [range(before - 24 * HOUR_MS, before)], DAY_MAX),
  ]);
  const baseline = { hour_of_week: hourOfWeek, day_before: dayBefore };
  holder.watchwordBaseline = { at, windowMinutes, baseline };
  return baseline;
}

/** For tests: what was usual is asked anew. */
export function forgetBaseline(): void {
  delete holder.watchwordBaseline;
}
