import { expect, test } from 'vitest';
import { CARRIED, carriedHref } from '@/components/console/shell/carried';
import { ROOMS } from '@/components/console/shell/rooms';
import { analyticsParams } from './search-params';

const search =
  '?range=custom&from=2026-11-01T00:00&to=2026-11-08T00:00&compare=previous_week&timezone=Asia/Tokyo&country=-BR,IN';

test('going to another room of figures keeps the range, the comparison, the time zone and every filter, and nothing of one room alone', () => {
  const rooms = ROOMS.flatMap(({ rooms }) => rooms).filter(({ permission }) => permission === 'analytics:read');
  for (const { href } of rooms) {
    const [path, query] = carriedHref(
      href,
      '/analytics/delivery',
      `${search}&by=channel&metric=x&interval=day&prices=all`,
    ).split('?');
    expect(path).toBe(href);
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual(Object.fromEntries(new URLSearchParams(search)));
  }
  expect(Object.keys(analyticsParams).filter((name) => !CARRIED.includes(name))).toEqual([
    'interval',
    'by',
    'metric',
    'prices',
  ]);
});

test('what an address names itself wins over what would go along', () => {
  expect(carriedHref('/analytics/delivery?country=ID', '/overview', '?range=30d&country=BR')).toBe(
    '/analytics/delivery?country=ID&range=30d',
  );
});

test('other rooms are entered as they are, and nothing goes along out of them', () => {
  expect(carriedHref('/verifications', '/overview', search)).toBe('/verifications');
  expect(carriedHref('/overview', '/verifications', search)).toBe('/overview');
  expect(carriedHref('/overview', '/overview', '')).toBe('/overview');
});
