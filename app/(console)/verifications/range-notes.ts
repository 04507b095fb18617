import { momentOf, zoneOf } from './range';

/** One thing of an address that could not be read: `{ what: 'range', value: 'banana' }`. */
export type Misread = { what: string; value: string };

type Given = { range: string | null; from: string | null; to: string | null; timezone: string | null };
/** What an address says under one name: the first of it, as the views read it. */
export const givenIn = (
  search: Readonly<Record<string, string | string[] | undefined>>,
  name: string,
): string | null => {
  const given = search[name];
  return (typeof given === 'string' ? given : given?.[0]) || null;
};

/** Range, time zone and ends of an address that cannot be read. `ranges`: the presets there are. */
export function misreadRange(given: Given, ranges: readonly string[]): Misread[] {
  const { range, from, to, timezone } = given;
  const isCustom = range === null || range === 'custom' || !ranges.includes(range);
  const found: [what: string, value: string | null, isRead: boolean][] = [
    ['range', range, range !== null && ranges.includes(range)],
    ['from', isCustom ? from : null, from !== null && momentOf(from, 'UTC') !== null],
    ['to', isCustom ? to : null, to !== null && momentOf(to, 'UTC') !== null],
    ['time zone', timezone, zoneOf({ timezone }, '') !== ''],
  ];
  return found.flatMap(([what, value, isRead]) => (value === null || isRead ? [] : [{ what, value }]));
}

/** Whether an own range ends before it begins: it is read the other way round. */
export function isReversed({ from, to }: Pick<Given, 'from' | 'to'>): boolean {
  const [first, last] = [from, to].map((wall) => (wall ? momentOf(wall, 'UTC') : null));
  return Boolean(first && last && first > last);
}

export const REVERSED = 'The range ended before it began: it is read the other way round.';

const NAMED_MAX = 5;
const LENGTH_MAX = 40;

/** `Not understood and left out: country AQ, range banana.`; null where everything was. */
export function misreadWords(misread: readonly Misread[]): string | null {
  if (misread.length === 0) return null;
  const named = misread
    .slice(0, NAMED_MAX)
    .map(({ what, value }) => `${what} ${value.length > LENGTH_MAX ? `${value.slice(0, LENGTH_MAX)}…` : value}`);
  const more = misread.length > NAMED_MAX ? ` and ${misread.length - NAMED_MAX} more` : '';
  return `Not understood and left out: ${named.join(', ')}${more}.`;
}

/** `24 Oct 2025`, in a time zone. */
export const dayText = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short', year: 'numeric' }).format(at);
