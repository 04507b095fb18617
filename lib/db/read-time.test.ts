import { types } from 'pg';
import { describe, expect, test } from 'vitest';
import { readTime } from '@/lib/db/read-time';

const plain = types.getTypeParser(types.builtins.TIMESTAMPTZ, 'text') as (text: string) => Date;

describe('a moment from Postgres', () => {
  test.each([
    ['2026-11-25 01:02:03.456+00', '2026-11-25T01:02:03.456Z'],
    ['2026-11-25 01:02:03.4+00', '2026-11-25T01:02:03.400Z'],
    ['2026-11-25 01:02:03.04+00', '2026-11-25T01:02:03.040Z'],
    ['2026-11-25 01:02:03.283+00', '2026-11-25T01:02:03.283Z'],
    ['2026-11-25 01:02:03.999999+00', '2026-11-25T01:02:03.999Z'],
    ['2026-11-25 01:02:03+00', '2026-11-25T01:02:03.000Z'],
    ['2024-02-29 23:59:59+00', '2024-02-29T23:59:59.000Z'],
    ['1969-12-31 23:59:59.5+00', '1969-12-31T23:59:59.500Z'],
  ])('%s is read to the millisecond', (text, iso) => {
    expect(readTime(text).toISOString()).toBe(iso);
  });

  test.each([
    '2026-11-25 01:02:03.456+05:30',
    '2026-11-25 01:02:03-03',
    '2026-11-25 01:02:03.5+02',
    '0044-03-15 12:00:00+00 BC',
    '0099-03-15 12:00:00+00',
    '12026-11-25 01:02:03+00',
    'infinity',
    '-infinity',
  ])('%s is left to pg', (text) => {
    expect(readTime(text)).toEqual(plain(text));
  });
});
