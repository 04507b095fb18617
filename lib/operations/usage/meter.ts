import { utcDay } from '@/lib/clock';
import { database } from '@/lib/db/client';
import { addUsage, findUsage, type Usage } from '@/lib/db/usage';
import { Refusal } from '@/lib/domain/errors';
import { type Caps, capReached, secondsToNextDay } from '@/lib/domain/verification/caps';
import { tellerOf } from '@/lib/operations/usage/teller';

/** What was heard is believed this long. */
const BELIEVED_MS = 1_000;

type Heard = Usage & { heardAtMs: number };
type Holder = { known: Map<string, Heard>; asked: Map<string, Promise<void>> };
const holder = globalThis as { watchwordUsage?: Holder };
const held = (): Holder => {
  holder.watchwordUsage ??= { known: new Map(), asked: new Map() };
  return holder.watchwordUsage;
};
/** What all processes have sent today, as far as this one has heard. */
const known = (): Map<string, Heard> => held().known;
const keyOf = ({ country, day }: Pick<Usage, 'country' | 'day'>) => `${country} ${day}`;

/** Sums only grow: of two that cross on their way, the greater is the younger. */
function hear(total: Usage): void {
  const before = known().get(keyOf(total));
  known().set(keyOf(total), {
    ...total,
    sends: Math.max(total.sends, before?.sends ?? 0),
    costMicros: Math.max(total.costMicros, before?.costMicros ?? 0),
    heardAtMs: performance.now(),
  });
}

/** Every process tells within a second what it sent, and asks when it has not heard for one: caps are passed by at most that long. */
const teller = tellerOf<Usage>('usage', {
  sum: (one, other) => ({ ...one, sends: one.sends + other.sends, costMicros: one.costMicros + other.costMicros }),
  async write(counted) {
    for (const total of await addUsage(database(), counted)) hear(total);
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

/** Asks what all have sent, unless that was heard a moment ago; whoever asks meanwhile shares the answer. */
async function ask(country: string, day: string): Promise<void> {
  const key = keyOf({ country, day });
  const heard = known().get(key);
  if (heard && performance.now() - heard.heardAtMs < BELIEVED_MS) return;
  const { asked } = held();
  const asking =
    asked.get(key) ??
    findUsage(database(), country, day)
      // What this process is just writing may be in the answer: until it is known to be, it would count twice.
      .then((total) => teller.landed().then(() => hear(total)))
      .finally(() => asked.delete(key));
  asked.set(key, asking);
  await asking;
}

/**
 * Refuses a new code for a country that has reached its cap for the day. Costs no statement where there is no cap. Codes in flight still get their fallback and their
 * resends: whoever was promised a code gets it, and it counts.
 */
export async function requireUnderCap(country: string, caps: Caps, now: Date): Promise<void> {
  if (caps.sendsPerDayMax === 0 && caps.spendPerDayMaxMicros === 0) return;
  const day = utcDay(now);
  await ask(country, day);
  const key = keyOf({ country, day });
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
