import { expect, test } from 'vitest';
import type { Comparison } from '@/lib/contract/analytics';
import { beforeWords } from './before-words';

const DAY = 86_400_000;
const words = (compare: Comparison, days: number) => {
  const to = new Date('2026-11-22T00:00:00Z');
  return beforeWords({ compare, from: new Date(to.getTime() - days * DAY), to, timeZone: 'UTC', filters: {} });
};

test('a comparison is called by what it is with: weekdays stand against their own', () => {
  expect(words('previous_period', 7)).toBe('the period before');
  expect(words('previous_week', 1)).toBe('the same time a week before');
  expect(words('previous_week', 7)).toBe('the week before');
  // Seven days up to now, which end with a half-hour.
  expect(words('previous_week', 7 + 1 / 48)).toBe('the week before');
  expect(words('previous_week', 8)).toBe('the same weekdays 2 weeks before');
  expect(words('previous_week', 30)).toBe('the same weekdays 5 weeks before');
});
