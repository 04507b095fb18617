import { type TrafficCell, weekTraffic } from '@/lib/db/analytics/week-traffic';
import { log } from '@/lib/telemetry/log';

export type { TrafficCell } from '@/lib/db/analytics/week-traffic';

const DAYS = 7;
/** Figures that say how much a change touches may be a minute old. */
const KEEP_MS = 60_000;
type Held = { at: number; cells: Promise<TrafficCell[] | null> };
const holder = globalThis as { watchwordTraffic?: Held };

/**
 * Live traffic of the last seven days by country, use case and locale, at most a minute old; one question however many
 * ask. Null: it could not be told in time (the screens then show a dash, never a zero).
 */
export async function recentTraffic(): Promise<TrafficCell[] | null> {
  const now = Date.now();
  const held = holder.watchwordTraffic;
  if (held && now - held.at < KEEP_MS) return held.cells;
  const cells = weekTraffic(new Date(now - DAYS * 86_400_000), new Date(now)).catch((error: unknown) => {
    log().warn({ error: String(error) }, 'traffic.not_told');
    // The next one to ask tries again soon, not after a minute.
    holder.watchwordTraffic = { at: now - KEEP_MS + 5_000, cells };
    return null;
  });
  holder.watchwordTraffic = { at: now, cells };
  return cells;
}
