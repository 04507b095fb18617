import { expect, test } from 'vitest';
import { widenedOf } from '@/lib/domain/stats/widened';

const now = new Date('2026-11-29T12:00:00Z');
const range = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) });
const long = new Date('2026-01-01T00:00:00Z');

test.each<[string, ReturnType<typeof range>, ReturnType<typeof range>, Date, ReturnType<typeof widenedOf>]>([
  [
    'an old beginning',
    range('2026-08-01T10:00:00Z', '2026-11-29T12:00:00Z'),
    range('2026-08-01T00:00:00Z', '2026-11-29T12:00:00Z'),
    long,
    'older_than_92_days',
  ],
  [
    'an old end',
    range('2026-08-01T00:00:00Z', '2026-08-02T10:00:00Z'),
    range('2026-08-01T00:00:00Z', '2026-08-03T00:00:00Z'),
    long,
    'older_than_92_days',
  ],
  [
    'whole days, however old',
    range('2026-08-01T00:00:00Z', '2026-08-02T00:00:00Z'),
    range('2026-08-01T00:00:00Z', '2026-08-02T00:00:00Z'),
    long,
    null,
  ],
  [
    'a recent beginning that fell on a half-hour',
    range('2026-11-20T00:10:00Z', '2026-11-21T00:00:00Z'),
    range('2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'),
    long,
    null,
  ],
  [
    'days that an upgrade kept',
    range('2026-11-20T10:00:00Z', '2026-11-28T00:00:00Z'),
    range('2026-11-20T00:00:00Z', '2026-11-28T00:00:00Z'),
    new Date('2026-11-25T00:00:00Z'),
    'kept_by_day',
  ],
])('%s', (_, asked, counted, keptSince, told) => {
  expect(widenedOf(asked, counted, keptSince, now)).toBe(told);
});
