import { utcDay } from '@/lib/clock';
import { database } from '@/lib/db/client';
import { addUsage, type Usage } from '@/lib/db/usage';
import { Refusal } from '@/lib/domain/errors';
import { type Caps, capReached, secondsToNextDay } from '@/lib/domain/verification/caps';
import { tellerOf } from '@/lib/operations/usage/teller';

const holder = globalThis as { watchwordUsageKnown?: Map<string, Usage> };
/** What all processes have sent today, as far as this one has heard. */
const known = (): Map<string, Usage> => {
  holder.watchwordUsageKnown ??= new Map();
  return holder.watchwordUsageKnown;
};
const keyOf = ({ country, day }: Pick<Usage, 'country' | 'day'>) => `${country} ${day}`;

/** Every process tells the others within a second, and hears what they did: caps are passed by at most that long. */
const teller = tellerOf<Usage>('usage', {
  sum: (one, other) => ({ ...one, sends: one.sends + other.sends, costMicros: one.costMicros + other.costMicros }),
  async write(counted) {
    for (const total of await addUsage(database(), counted)) known().set(keyOf(total), total);
    // Only today matters for a cap; yesterday's totals would pile up for ever.
    const today = utcDay(new Date());
    for (const [key, { day }] of known()) if (day < today) known().delete(key);
  },
});

/** Counts one message that leaves, with its estimated price in micros of a US dollar. */
export function countUsage(country: string, costMicros: number, now: Date): void {
  const usage = { country, day: utcDay(now), sends: 1, costMicros };
  teller.add(keyOf(usage), usage);
}

/** Writes what was counted and learns what all processes have sent. */
export const tellUsage = (): Promise<void> => teller.tell();

/**
 * Refuses a new code for a country that has reached its cap for the day. Codes in flight still get their fallback and their
 * resends: whoever was promised a code gets it, and it counts.
 */
export function requireUnderCap(country: string, caps: Caps, now: Date): void {
  if (caps.sendsPerDayMax === 0 && caps.spendPerDayMaxMicros === 0) return;
  const key = keyOf({ country, day: utcDay(now) });
  const [told, waiting] = [known().get(key), teller.waiting(key)];
  const used = {
    sends: (told?.sends ?? 0) + (waiting?.sends ?? 0),
    costMicros: (told?.costMicros ?? 0) + (waiting?.costMicros ?? 0),
  };
  const reached = capReached(caps, used);
  if (!reached) return;
  throw new Refusal('country_cap_reached', {
    param: 'to',
    detail: `${country} has reached its cap on ${reached === 'sends' ? 'codes' : 'spend'} for today (UTC).`,
    retryAfterSeconds: secondsToNextDay(now),
  });
}
