import { expect, test } from 'vitest';
import { notesOf } from './notes';
import { loadView } from './search-params';

const now = new Date('2026-11-29T12:00:00Z');
const notes = (query: string) => {
  const search = Object.fromEntries(new URLSearchParams(query));
  return notesOf(search, loadView(search), now, 'UTC', 90);
};

test('filters of the list that cannot be read are named, those that can are not', () => {
  expect(notes('status=foo,expired&-country=Brazil&range=banana&timezone=Mars/Base')).toEqual([
    'Not understood and left out: status foo, country Brazil, range banana, time zone Mars/Base.',
  ]);
  expect(notes('status=expired&country=BR&range=7d&metadata=tier%3Dgold')).toEqual([]);
});

test('a range from before what is kept, or the wrong way round, says so', () => {
  expect(notes('from=2026-01-01T00:00')).toEqual(['Range cut to what is kept, 90 days: from 31 Aug 2026.']);
  expect(notes('from=2026-11-20T00:00&to=2026-11-10T00:00')).toEqual([
    'The range ended before it began: it is read the other way round.',
  ]);
  expect(notes('range=90d')).toEqual([]);
});
