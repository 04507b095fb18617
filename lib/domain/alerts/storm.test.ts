import { describe, expect, test } from 'vitest';
import { retryAfterSeconds } from '@/lib/domain/alerts/retry';
import { isDeaf, isStorm, STORM, usualDelaySeconds } from '@/lib/domain/alerts/storm';

const overdue = (...flows: [country: string, connectionId: string, n: number][]) =>
  flows.map(([country, connectionId, n]) => ({ country, connectionId, n }));

describe('a storm', () => {
  test.each([
    ['nothing is overdue', overdue(), 5, false],
    ['19 overdue may be chance', overdue(['BR', 'a', 10], ['ID', 'a', 9]), 2, false],
    ['20 overdue in two countries', overdue(['BR', 'a', 19], ['ID', 'a', 1]), 2, true],
    ['20 overdue in two countries over two connections', overdue(['BR', 'a', 10], ['ID', 'b', 10]), 9, true],
    ['one country of several is silent', overdue(['BR', 'a', 500]), 2, false],
    ['one country, and there is traffic in no other', overdue(['BR', 'a', 20]), 1, true],
    ['a second country with nothing overdue counts for nothing', overdue(['BR', 'a', 50], ['ID', 'a', 0]), 2, false],
  ])('%s', (_, flows, trafficCountries, expected) => {
    expect(isStorm({ overdue: flows, trafficCountries })).toBe(expected);
  });

  test.each([
    [null, 30],
    [200, 10],
    [25_000, 25],
    [600_000, 60],
  ])('with a usual p95 of %s ms a receipt is missed after %i s', (p95, seconds) => {
    expect(usualDelaySeconds(p95)).toBe(seconds);
  });

  test('is noticed before a timer of 30 s has fired, where receipts are usually quick', () => {
    expect(usualDelaySeconds(8_000)).toBeLessThan(30);
    expect(STORM.pauseSecondsMax).toBe(15 * 60);
  });
});

describe('one connection alone', () => {
  const flow = (country: string, n: number, answered: number) => ({ country, connectionId: 'a', n, answered });
  test.each([
    ['is deaf when people enter the codes of what it is silent about', [flow('BR', 40, 10), flow('ID', 20, 5)], true],
    ['may be a provider that delivers nothing when nobody does', [flow('BR', 400, 0), flow('ID', 200, 0)], false],
    ['is not judged by a handful of codes', [flow('BR', 20, 2), flow('ID', 10, 2)], false],
    ['is not judged by a few codes among very many messages', [flow('BR', 400, 20), flow('ID', 200, 20)], false],
    ['is not judged by too few messages', [flow('BR', 10, 5), flow('ID', 9, 5)], false],
    ['is not judged by one country of several', [flow('BR', 100, 50)], false],
  ])('%s', (_, overdue, expected) => {
    expect(isDeaf({ overdue, trafficCountries: 2 })).toBe(expected);
  });
});

test('a notification is tried from 5 s to 24 h later, and then given up', () => {
  const waits = Array.from({ length: 20 }, (_, n) => retryAfterSeconds(n + 1));
  const kept = waits.filter((wait) => wait !== null);
  expect([kept[0], kept.at(-1)]).toEqual([5, 86_400]);
  expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  expect(waits.indexOf(null)).toBe(kept.length);
  expect(waits.slice(kept.length).every((wait) => wait === null)).toBe(true);
});
