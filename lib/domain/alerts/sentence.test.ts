import { expect, test } from 'vitest';
import { causeSentence } from '@/lib/domain/alerts/sentence';

const names = { connection: (id: string) => id, country: (code: string) => code, channel: () => 'SMS' };
const figure = (value: number) => ({ value, n: 40, low: null, high: null });

test('slow delivery is told beside what is usual only where it is slower than that', () => {
  const scope = { appId: null, channel: 'sms' as const, connectionId: null, countries: ['PH'], template: null };
  const told = (now: number, before: number) =>
    causeSentence(
      { kind: 'slow_delivery', scope, now: figure(now), before: figure(before), baseline: 'hour_of_week' },
      15,
      names,
    );
  expect(told(42_000, 8_900)).toBe('SMS in PH: one in ten takes longer than 42 s, 8.9 s at this hour of the week.');
  expect(told(31_000, 51_000)).toBe('SMS in PH: one in ten takes longer than 31 s.');
});
