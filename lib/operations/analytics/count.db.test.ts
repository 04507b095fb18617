import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Question } from '@/lib/contract/analytics';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { beforeOf } from '@/lib/operations/analytics/question';
import { readSummary } from '@/lib/operations/analytics/summary';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const DAY_MS = 86_400_000;
const question = (daysAgo: number, until: number): Question => ({
  from: new Date(Date.now() - daysAgo * DAY_MS),
  to: new Date(Date.now() - until * DAY_MS),
  timeZone: 'America/Sao_Paulo',
  compare: 'previous_period',
  filters: {},
});

test.each([
  ['a month up to now', 30, 0],
  ['a fortnight whose comparison is older', 14, 0],
  ['some days of long ago', 40, 33.4],
])(
  '%s: figures of one room and what they are compared with are of one range, whatever they are split by',
  async (_, from, to) => {
    const asked = question(from, to);
    const summary = await readSummary(core.key(), asked, ['delivery_rate', 'created']);
    const compared = beforeOf(asked);
    if (!compared) throw new Error('something is compared with');
    const halfHour = (at: Date | undefined) => Math.floor((at?.getTime() ?? 0) / 1_800_000);
    for (const dimension of ['channel', 'country', 'connection', 'template'] as const) {
      const now = (await readBreakdown(core.key(), asked, dimension, ['delivery_rate'])).trust;
      const before = (await readBreakdown(core.key(), compared, dimension, ['delivery_rate'])).trust;
      // Where half-hours are kept, cuts differ by half an hour at most.
      expect(halfHour(now.from)).toBe(halfHour(summary.trust.from));
      expect(now.to.getTime() - summary.trust.to.getTime()).toBeLessThan(1_800_000);
      expect(halfHour(before.from)).toBe(halfHour(summary.beforeRange?.from));
      expect(before.to.getTime() - (summary.beforeRange?.to.getTime() ?? 0)).toBeLessThan(1_800_000);
    }
  },
);

test('a range whose ends were moved to whole days because of its age says so, and one that was not says nothing', async () => {
  const midday = (daysAgo: number) => new Date(Math.floor(Date.now() / DAY_MS - daysAgo) * DAY_MS + DAY_MS / 2);
  const old = { ...question(0, 0), from: midday(100), to: midday(98) };
  const { trust } = await readSummary(core.key(), old, ['created']);
  expect([trust.from.getTime() % DAY_MS, trust.widened]).toEqual([0, 'older_than_92_days']);
  const recent = { ...old, from: midday(5), to: midday(3) };
  expect((await readSummary(core.key(), recent, ['created'])).trust.widened).toBeNull();
});
