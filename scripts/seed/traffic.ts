import { type CrowdCountry, crowdAt } from '@/lib/simulator/crowd-countries';
import type { Random } from '@/lib/simulator/random';
import { tide } from './incidents';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Sunday first. Fridays and Saturdays are busiest for couriers, Sundays quiet for banks. */
export const WEEKDAY = [0.82, 1.0, 1.03, 1.04, 1.05, 1.1, 0.92] as const;
/** How much busier the last day is than the first. */
const GROWTH = 1.9;

export type Arrival = { at: number; place: CrowdCountry };

/**
 * Requests between two moments, in order of time: a Poisson process per place and hour that follows its people's clock
 * (asleep at four, busiest at eight in the evening), the day of the week where they live, and a growing business.
 */
export function* arrivals(
  span: { from: number; to: number },
  places: readonly CrowdCountry[],
  total: number,
  random: Random,
): Generator<Arrival> {
  const weights = places.reduce((sum, { weight }) => sum + weight, 0);
  const perHour = total / ((span.to - span.from) / HOUR_MS) / WEEKDAY_MEAN;
  const awake = awakeByOffset();
  for (let hour = Math.floor(span.from / HOUR_MS) * HOUR_MS; hour < span.to; hour += HOUR_MS) {
    const found: Arrival[] = [];
    const grown = growthAt((hour - span.from) / (span.to - span.from)) * tide(Math.floor(hour / DAY_MS));
    for (const place of places) {
      const local = new Date(hour + place.utcOffset * HOUR_MS);
      const share = (place.weight / weights) * (awake[local.getUTCHours()] ?? 1) * (WEEKDAY[local.getUTCDay()] ?? 1);
      for (let n = poisson(perHour * grown * share, random); n > 0; n -= 1) {
        const at = hour + Math.floor(random() * HOUR_MS);
        if (at >= span.from && at < span.to) found.push({ at, place });
      }
    }
    yield* found.sort((a, b) => a.at - b.at);
  }
}

const WEEKDAY_MEAN = WEEKDAY.reduce((sum, share) => sum + share, 0) / WEEKDAY.length;

/** 1 on average over the span. */
function growthAt(share: number): number {
  return (2 / (1 + GROWTH)) * (1 + (GROWTH - 1) * share);
}

/** How awake people are at each local hour, read from the live crowd: its one place on Greenwich's clock. */
export function awakeByOffset(): number[] {
  return Array.from({ length: 24 }, (_, hour) => {
    const { shares } = crowdAt(new Date(Date.UTC(2026, 0, 5, hour, 30)));
    const atGreenwich = shares.find(([place]) => place.utcOffset === 0);
    return atGreenwich ? atGreenwich[1] / atGreenwich[0].weight : 1;
  });
}

/** Knuth's way, good for the few per hour that one country has. */
function poisson(mean: number, random: Random): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}
