import { expect, test } from 'vitest';
import { summaryResource } from '@/lib/operations/analytics/resource';

const at = new Date('2026-11-28T00:00:00Z');
const value = (unit: 'count' | 'share' | 'micros' | 'ms', is: number | null) => ({
  value: is,
  unit,
  n: 3,
  low: null,
  high: null,
  isLowSample: true,
});

test('money and times are whole micros and milliseconds; a rate keeps its digits, and what is not known stays so', () => {
  const { values } = summaryResource({
    trust: { from: at, to: at, widened: null, countedUntil: at, created: 3, pending: 0 },
    values: {
      cost_per_verified: value('micros', 7467.900000000002),
      time_to_deliver_p50_ms: value('ms', 1234.5678),
      time_to_deliver_p90_ms: value('ms', null),
      conversion: value('share', 2 / 3),
      created: value('count', 3),
    },
    before: null,
    beforeRange: null,
  });
  expect(Object.entries(values).map(([name, { value }]) => [name, value])).toEqual([
    ['cost_per_verified', 7468],
    ['time_to_deliver_p50_ms', 1235],
    ['time_to_deliver_p90_ms', null],
    ['conversion', 2 / 3],
    ['created', 3],
  ]);
});
