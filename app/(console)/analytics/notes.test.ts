import { expect, test } from 'vitest';
import { notesOf } from './notes';
import { loadAnalyticsView } from './search-params';

const now = new Date('2026-11-29T12:00:00Z');
/** Antarctica is no country that has numbers: room-bar.tsx takes it out of the view. */
const notes = (query: string, unknown: string[] = []) => {
  const search = Object.fromEntries(new URLSearchParams(query));
  const view = loadAnalyticsView(search);
  const values = view.country?.values.filter((value) => !unknown.includes(value)) ?? [];
  return notesOf(
    search,
    { ...view, country: view.country && values.length > 0 ? { ...view.country, values } : null },
    now,
    'UTC',
  );
};

test('what of an address is not understood is named, and all that is understood is not', () => {
  expect(notes('country=-BR,aq,zzz&range=banana&timezone=Mars/Base&compare=x&by=moon', ['AQ'])).toEqual([
    'Not understood and left out: country AQ, country ZZZ, comparison x, split by moon, range banana and 1 more.',
  ]);
  expect(notes('from=yesterday&to=2026-11-20T00:00')).toEqual(['Not understood and left out: from yesterday.']);
  expect(notes('country=BR,in&channel=-sms&range=30d&timezone=Asia/Tokyo&interval=day&utm_source=mail')).toEqual([]);
  expect(notes('')).toEqual([]);
});

test('a range that is read the other way round, or cut at its beginning, says so', () => {
  expect(notes('from=2026-11-20T00:00&to=2026-11-10T00:00')).toEqual([
    'The range ended before it began: it is read the other way round.',
  ]);
  expect(notes('from=2020-01-01T00:00&to=2026-11-29T12:00')).toEqual([
    'Range cut to 400 days, the longest: from 25 Oct 2025.',
  ]);
  expect(notes('from=2026-11-10T00:00&to=2026-11-20T00:00')).toEqual([]);
  expect(notes('from=2026-11-10T00:00&to=2027-11-20T00:00')).toEqual([]);
});
