import { expect, test } from 'vitest';
import { unconfigured, withKnown } from './known';
import { loadAnalyticsView } from './search-params';

const policies = new Map([['login', {}]]);
const view = loadAnalyticsView(new URLSearchParams('use_case=login,courier_drop,nonsense&country=BR,XX'));

test('a filter keeps use cases that are configured or have figures, and countries that there are', () => {
  expect(unconfigured(view, policies)).toEqual(['courier_drop', 'nonsense']);
  const found = new Set(['courier_drop']);
  const known = withKnown(view, {
    country: (value) => value !== 'XX',
    useCase: (value) => policies.has(value) || found.has(value),
  });
  expect(known.use_case?.values).toEqual(['login', 'courier_drop']);
  expect(known.country?.values).toEqual(['BR']);
});

test('without a filter on use cases nothing has to be looked for', () => {
  expect(unconfigured(loadAnalyticsView(new URLSearchParams('country=BR')), policies)).toEqual([]);
});
