import { flowsSampled, flowsSince, messagesCounted } from '@/lib/db/analytics/alert-flows';
import { database, reports } from '@/lib/db/client';
import type { Flow } from '@/lib/domain/alerts/flows';
import { uuidFloor } from '@/lib/ids';

/** Messages of one look. */
const LOOK_MAX = 50_000;
/** Parts of a window that is looked at in a sample. */
const SLICES = 60;
/** Ids come from several clocks: the newest messages may be of a moment ahead of ours. */
export const CLOCKS_MS = 60_000;

/** A range in parts of equal length. */
export function sliced(from: Date, to: Date, parts: number): { from: Date; to: Date }[] {
  const edge = (n: number) => new Date(from.getTime() + Math.round(((to.getTime() - from.getTime()) * n) / parts));
  return Array.from({ length: parts }, (_, n) => ({ from: edge(n), to: edge(n + 1) }));
}

/**
 * What messages did in windows that end now, by minutes. Windows of which the rollups say that they hold few are looked at as a whole, all in one look at the
 * longest of them; larger ones in a sample of the same size, spread evenly over the window, as its newest part alone would be mostly messages
 * that cannot have arrived yet. However much is sent and however many windows there are, two looks' worth of messages is read.
 */
export async function flowsOfWindows(
  now: Date,
  minutes: readonly number[],
  { lookMax }: { lookMax: number } = { lookMax: LOOK_MAX },
): Promise<Map<number, Flow[]>> {
  const windows = [...new Set(minutes)].sort((a, b) => b - a);
  if (windows.length === 0) return new Map();
  const begin = (window: number) => new Date(now.getTime() - window * 60_000);
  const counted = await messagesCounted(reports(), windows.map(begin));
  const isLarge = (_: number, n: number) => (counted[n] ?? 0) > lookMax;
  const large = windows.filter(isLarge);
  const small = windows.filter((window, n) => !isLarge(window, n));
  const limit = Math.floor(lookMax / SLICES / Math.max(1, large.length));
  const [whole, ...sampled] = await Promise.all([
    flowsSince(
      database(),
      small.map((window) => uuidFloor(begin(window))),
      lookMax,
    ),
    ...large.map((window) => {
      const slices = sliced(begin(window), now, SLICES);
      const last = slices.at(-1);
      const until = new Date(now.getTime() + CLOCKS_MS);
      const ids = slices.map(({ from, to }) => ({ fromId: uuidFloor(from), toId: uuidFloor(to) }));
      if (last) ids[SLICES - 1] = { fromId: uuidFloor(last.from), toId: uuidFloor(until) };
      return flowsSampled(database(), ids, Math.max(1, limit));
    }),
  ]);
  return new Map([
    ...small.map((window, n): [number, Flow[]] => [window, whole[n] ?? []]),
    ...large.map((window, n): [number, Flow[]] => [window, sampled[n] ?? []]),
  ]);
}
