import { expect, test } from 'vitest';
import { withKnown } from './known';
import { loadAnalyticsView } from './search-params';

const policies = new Map([['login', {}]]);
const view = loadAnalyticsView(new URLSearchParams('use_case=login,courier_drop,nonsense&country=BR,XX'));

test('a filter keeps use cases that are configured or have figures, and countries that there are', () => {
  const found = new Set(['courier_drop']);
  const known = withKnown(view, {
    country: (value) => value !== 'XX',
    useCase: (value) => policies.has(value) || found.has(value),
  });
  expect(known.use_case?.values).toEqual(['login', 'courier_drop']);
  expect(known.country?.values).toEqual(['BR']);
});
