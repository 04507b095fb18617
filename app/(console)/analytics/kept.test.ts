import { expect, test } from 'vitest';
import { areKept, isDurationKept } from './kept';

const held = { values: ['x'], exclude: false };

test('times to deliver are kept by country and channel together, response times by one of them alone', () => {
  const both = { filters: { country: held, channel: held } };
  expect(isDurationKept('deliver', both)).toBe(true);
  expect(isDurationKept('respond', both)).toBe(false);
  expect(isDurationKept('respond', { filters: { country: held } })).toBe(true);
  expect(isDurationKept('respond', { filters: { country: held } }, 'use_case')).toBe(false);
});

test('an app takes no key away, and figures that are no percentiles are always kept', () => {
  expect(isDurationKept('verify', { filters: { app: held, use_case: held } })).toBe(true);
  expect(areKept(['conversion', 'spend'], { filters: { country: held, template: held, locale: held } })).toBe(true);
  expect(areKept(['conversion', 'time_to_rescue_p50_ms'], { filters: { template: held } })).toBe(false);
});
