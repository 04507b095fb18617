import { describe, expect, test } from 'vitest';
import { readNumber } from '@/lib/phone/number';
import { seededRandom } from '@/lib/simulator/random';
import { historySpan } from './history';
import { incidentsBefore, PUMPING, pumpedNumber, pumpingSpan } from './incidents';
import { PLACES } from './places';
import { arrivals } from './traffic';

const NOW = Date.UTC(2026, 10, 22, 23, 40);
const DAY_MS = 86_400_000;
const span = historySpan(NOW);
const all = [...arrivals(span, PLACES, 57_000, seededRandom(7))];

describe('sixty days of requests', () => {
  test('cover at least 60 days and end ten minutes ago', () => {
    expect(span.to - span.from).toBeGreaterThanOrEqual(60 * DAY_MS);
    expect(span.to).toBe(NOW - 600_000);
    expect(all[0]?.at).toBeLessThan(span.from + DAY_MS / 4);
    expect(all.at(-1)?.at).toBeLessThan(span.to);
  });

  test('are as many as asked for, in order, from at least 40 countries', () => {
    expect(Math.abs(all.length - 57_000)).toBeLessThan(57_000 * 0.05);
    expect(all.every(({ at }, n) => n === 0 || at >= (all[n - 1]?.at ?? 0))).toBe(true);
    expect(new Set(all.map(({ place }) => place.country)).size).toBeGreaterThanOrEqual(40);
  });

  test('follow the clock of the people who make them: evenings are busy and nights are not', () => {
    for (const country of ['BR', 'IN', 'ID']) {
      const hours = all
        .filter(({ place }) => place.country === country)
        .map(({ at, place }) => new Date(at + place.utcOffset * 3_600_000).getUTCHours());
      const count = (from: number, to: number) => hours.filter((hour) => hour >= from && hour < to).length;
      expect(count(18, 22)).toBeGreaterThan(4 * count(2, 6));
    }
  });

  test('grow', () => {
    const first = all.filter(({ at }) => at < span.from + 10 * DAY_MS).length;
    const last = all.filter(({ at }) => at >= span.to - 10 * DAY_MS).length;
    expect(last).toBeGreaterThan(1.4 * first);
  });
});

describe('incidents', () => {
  test('lie inside history, whatever the hour it is told at', () => {
    for (let hour = 0; hour < 24; hour += 1) {
      const now = NOW + hour * 3_600_000;
      const told = historySpan(now);
      for (const { from, to } of [...incidentsBefore(now).all, pumpingSpan(now)]) {
        expect(from).toBeGreaterThan(told.from);
        expect(to).toBeLessThan(told.to);
      }
    }
  });

  test('pumped numbers are valid, of one country, and never more than the limit per block and hour', () => {
    const random = seededRandom(3);
    const numbers = Array.from({ length: PUMPING.perHour }, () => pumpedNumber(random));
    const blocks = new Map<string, number>();
    for (const number of numbers) {
      expect(readNumber(number)).toMatchObject({ e164: number, country: PUMPING.country });
      blocks.set(number.slice(0, -4), (blocks.get(number.slice(0, -4)) ?? 0) + 1);
    }
    expect(Math.max(...blocks.values())).toBeLessThan(20);
  });
});
