import { utcDay } from '@/lib/clock';
import { database } from '@/lib/db/client';
import { addUsage, type Usage } from '@/lib/db/usage';
import { Refusal } from '@/lib/domain/errors';
import { type Caps, capReached, secondsToNextDay } from '@/lib/domain/verification/caps';
import { log } from '@/lib/telemetry/log';

/** How often a process tells the others what it sent, and hears what they did: caps are passed by at most this long. */
const TELL_EVERY_MS = 1_000;

type Meter = { waiting: Map<string, Usage>; known: Map<string, Usage>; timer: NodeJS.Timeout | null };
const holder = globalThis as { watchwordMeter?: Meter };
const meter = (): Meter => {
  holder.watchwordMeter ??= { waiting: new Map(), known: new Map(), timer: null };
  return holder.watchwordMeter;
};

/** Counts one message that leaves, with its estimated price. Written a second later: a process that dies forgets less than that. */
export function countUsage(country: string, costMicros: number, now: Date): void {
  const { waiting } = meter();
  const key = `${country} ${utcDay(now)}`;
  const usage = waiting.get(key) ?? { country, day: utcDay(now), sends: 0, costMicros: 0 };
  waiting.set(key, { ...usage, sends: usage.sends + 1, costMicros: usage.costMicros + costMicros });
  meter().timer ??= setTimeout(() => void tellUsage(), TELL_EVERY_MS).unref();
}

/** Writes what was counted and learns what all processes have sent. What cannot be written now is tried again. */
export async function tellUsage(): Promise<void> {
  const held = meter();
  if (held.timer) clearTimeout(held.timer);
  held.timer = null;
  const telling = [...held.waiting.values()];
  held.waiting.clear();
  if (telling.length === 0) return;
  try {
    const totals = await addUsage(database(), telling);
    for (const total of totals) held.known.set(`${total.country} ${total.day}`, total);
    // Only today matters for a cap; yesterday's totals would pile up for ever.
    const today = utcDay(new Date());
    for (const [key, { day }] of held.known) if (day < today) held.known.delete(key);
  } catch (error: unknown) {
    log().warn({ error: String(error) }, 'usage.not_told');
    for (const usage of telling) {
      const key = `${usage.country} ${usage.day}`;
      const newer = held.waiting.get(key);
      held.waiting.set(key, {
        ...usage,
        sends: usage.sends + (newer?.sends ?? 0),
        costMicros: usage.costMicros + (newer?.costMicros ?? 0),
      });
    }
    held.timer ??= setTimeout(() => void tellUsage(), TELL_EVERY_MS).unref();
  }
}

/**
 * Refuses a new code for a country that has reached its cap for the day. Codes in flight still get their fallback and their
 * resends: whoever was promised a code gets it, and it counts.
 */
export function requireUnderCap(country: string, caps: Caps, now: Date): void {
  if (caps.sendsPerDayMax === 0 && caps.spendPerDayMaxMicros === 0) return;
  const key = `${country} ${utcDay(now)}`;
  const [known, waiting] = [meter().known.get(key), meter().waiting.get(key)];
  const used = {
    sends: (known?.sends ?? 0) + (waiting?.sends ?? 0),
    costMicros: (known?.costMicros ?? 0) + (waiting?.costMicros ?? 0),
  };
  const reached = capReached(caps, used);
  if (!reached) return;
  throw new Refusal('country_cap_reached', {
    param: 'to',
    detail: `${country} has reached its cap on ${reached === 'sends' ? 'codes' : 'spend'} for today (UTC).`,
    retryAfterSeconds: secondsToNextDay(now),
  });
}
