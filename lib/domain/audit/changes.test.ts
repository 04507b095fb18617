import { expect, test } from 'vitest';
import { detailText, readDetail } from '@/lib/domain/audit/changes';

test('a list of changes is a difference, and the rest stays beside it', () => {
  const changes = [{ path: 'brand', before: 'Old', after: 'New' }];
  expect(readDetail({ changes, note: 'why' })).toEqual({ changes, rest: [['note', 'why']] });
});

test('a change of the configuration is named by its entity and field', () => {
  const entry = { entity: 'routes/country:BR', field: 'fallbackAfterSeconds', before: 30, after: 20 };
  expect(readDetail({ changes: [entry] }).changes).toEqual([
    { path: 'routes/country:BR fallbackAfterSeconds', before: 30, after: 20 },
  ]);
});

test('of two whole things only what differs is shown', () => {
  expect(readDetail({ before: { a: 1, b: [1] }, after: { a: 1, b: [2], c: 'x' } }).changes).toEqual([
    { path: 'b', before: [1], after: [2] },
    { path: 'c', before: null, after: 'x' },
  ]);
  expect(readDetail({ before: 'a', after: 'b' }).changes).toEqual([{ path: 'value', before: 'a', after: 'b' }]);
});

test('the ends of a range of time are no difference', () => {
  const detail = { format: 'csv', after: '2026-11-28T15:00:00.000Z', before: null };
  expect(readDetail(detail)).toEqual({ changes: [], rest: Object.entries(detail) });
});

test('what is no difference is kept as it is', () => {
  expect(readDetail({ changes: 3, email: 'a@b.c' })).toEqual({
    changes: [],
    rest: [
      ['email', 'a@b.c'],
      ['changes', 3],
    ],
  });
  expect(readDetail({})).toEqual({ changes: [], rest: [] });
});

test.each([
  [null, '–'],
  ['', ''],
  [true, 'yes'],
  [[], 'none'],
  [['a', 'b'], 'a, b'],
  [{ a: 1 }, '{"a":1}'],
  [20, '20'],
])('%j reads %s', (value, text) => {
  expect(detailText(value)).toBe(text);
});
