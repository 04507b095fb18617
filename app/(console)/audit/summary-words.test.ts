import { expect, test } from 'vitest';
import { pathWords, summaryWords } from './summary-words';

test('a field of the configuration is named as Changes names it', () => {
  expect(pathWords('routes/country:UZ/sendsPerDayMax')).toBe('Uzbekistan, Codes per day');
  expect(pathWords('policies/login/codeLength')).toBe('login, Code length');
  expect(pathWords('routes/country:BR fallbackAfterSeconds')).toBe('Brazil, Fallback after');
  expect(pathWords('rate_per_second')).toBe('rate per second');
});

test('a summary counts every change, also those that the log did not keep', () => {
  const changes = [{ path: 'routes/country:UZ/mode', before: 'automatic', after: 'blocked' }];
  expect(summaryWords({ version: 3, changes, changes_total: 240 }, 'UTC')).toBe('240 changes: Uzbekistan, Mode');
});

test('a moment is said in the time zone of the page, and a whole thing is left to the opened entry', () => {
  const detail = { until: '2026-11-29T17:10:19.197Z', reason: 'Provider down', options: { button: { kind: 'copy' } } };
  expect(summaryWords(detail, 'Europe/Paris')).toBe('until 29 Nov 2026, 18:10:19 · Provider down');
  expect(summaryWords({ kind: 'delivery_drop', openings: 2, n: null }, 'UTC')).toBe('delivery drop · openings 2');
});
