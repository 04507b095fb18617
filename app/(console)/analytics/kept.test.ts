import { expect, test } from 'vitest';
import { isDurationKept } from '@/lib/domain/stats/cuts';
import { areKept } from './kept';

const held = { values: ['x'], exclude: false };

test('times are kept by whom a code went to and by what was sent, not by both together', () => {
  for (const duration of ['deliver', 'respond', 'verify'] as const) {
    expect(isDurationKept(duration, { country: held, channel: held }, 'use_case')).toBe(true);
    expect(isDurationKept(duration, { template: held, connection: held, channel: held }, 'locale')).toBe(true);
    expect(isDurationKept(duration, { country: held }, 'template')).toBe(false);
  }
  expect(isDurationKept('rescue', { country: held }, 'use_case')).toBe(false);
});

test('an app takes no key away, and figures that are no percentiles are always kept', () => {
  expect(isDurationKept('verify', { app: held, use_case: held })).toBe(true);
  expect(areKept(['conversion', 'spend'], { filters: { country: held, template: held, locale: held } })).toBe(true);
  expect(areKept(['conversion', 'time_to_rescue_p50_ms'], { filters: { template: held } })).toBe(false);
});
