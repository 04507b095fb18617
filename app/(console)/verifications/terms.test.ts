import { expect, test } from 'vitest';
import { SEARCH } from '@/lib/domain/search/language';
import { loadView } from './search-params';
import { leftOut, termsOf } from './terms';

const CONNECTION = '01999999-aaaa-7bbb-8ccc-dddddddddddd';
const countries = (n: number) => Array.from({ length: n }, (_, at) => `A${String.fromCharCode(65 + at)}`).join(',');
const viewOf = (query: Record<string, string>) => loadView(new URLSearchParams(query));

test('where an address names more than a search may, the longest list gives way and is counted: never the mode, the connection or what is excluded', () => {
  for (const list of [{ country: countries(26) }, { template: countries(26), country: 'BR' }]) {
    const view = viewOf({
      ...list,
      '-country': 'ID',
      app: CONNECTION,
      connection: CONNECTION,
      mode: 'live',
      reason: 'expired',
      cause: 'timeout',
      status: 'expired,locked',
    });
    const terms = termsOf(view);
    expect(terms).toHaveLength(SEARCH.termsMax);
    for (const key of ['app', 'connection', 'mode', 'cause', 'status'] as const) {
      expect(
        terms.some((term) => term.key === key),
        key,
      ).toBe(true);
    }
    expect(terms).toContainEqual({ key: 'country', value: 'ID', isExcluded: true });
    expect(leftOut(view).every(({ key }) => key === Object.keys(list)[0])).toBe(true);
    expect(leftOut(view).length).toBeGreaterThan(0);
  }
});

test('what one search may name is read in the order of the address, and nothing is left out', () => {
  const view = viewOf({ country: countries(26), mode: 'live', channel: 'sms' });
  expect(termsOf(view).map(({ key }) => key)).toEqual([
    'channel',
    ...Array.from({ length: 26 }, () => 'country'),
    'mode',
  ]);
  expect(leftOut(view)).toEqual([]);
});
