import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnalyticsFilters, Heatmap } from '@/lib/contract/analytics';
import { readHeatmap } from '@/lib/operations/analytics/heatmap';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
const DAY_MS = 86_400_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';
const midnight = (daysAgo: number) => new Date(Math.floor(Date.now() / DAY_MS - daysAgo) * DAY_MS);
/** 05:30 of UTC is 11:00 in India. */
const morning = (daysAgo: number) => new Date(midnight(daysAgo).getTime() + 5.5 * 3_600_000);

/** Twelve verifications from India in a step of the rollups, which are of more days than the base tables need to have. */
const count = (grain: number, at: Date) =>
  core.sql(
    `INSERT INTO verification_rollup (cut, grain, app_id, at, use_case, country, channel, connection_id, template, locale, week_hour, is_pending, created)
     SELECT c.cut, $1, a.id, $2, '', 'IN', '', $3, '', '', -1, false, 12
       FROM (VALUES (6)) AS c(cut) CROSS JOIN (VALUES ($3::uuid), ($4::uuid)) AS a(id)`,
    [grain, at, NOBODY, core.app],
  );

beforeAll(async () => {
  core = await startTestCore();
  await core.sql(`UPDATE rollup_kept SET since = now() - interval '93 days'`);
  await count(30, morning(20));
  for (const daysAgo of [100, 20]) await count(1440, midnight(daysAgo));
});
afterAll(() => core.stop());

const read = (fromDaysAgo: number, toDaysAgo: number, filters: AnalyticsFilters): Promise<Heatmap> =>
  readHeatmap(
    core.key(),
    { from: midnight(fromDaysAgo), to: midnight(toDaysAgo), timeZone: 'UTC', compare: 'none', filters },
    ['created', 'conversion'],
  );
const INDIA: AnalyticsFilters = { country: { values: ['IN'], exclude: false } };
const filled = ({ cells }: Heatmap) =>
  cells.flatMap(({ hour, values }) => (values.created?.value ? [{ hour, n: values.created.value }] : []));

test('filtered hours of the week are of half-hours: of the last 15 days of a range, whenever it began', async () => {
  const week = await read(100, 16, INDIA);
  expect(week.isKept).toBe(true);
  expect([week.trust.from, week.trust.to]).toEqual([midnight(31), midnight(16)]);
  expect(filled(week)).toEqual([{ hour: 11, n: 12 }]);
});

test('where only days are kept nothing is told of hours: empty cells, and no zeros', async () => {
  const week = await read(110, 95, INDIA);
  expect(week.isKept).toBe(false);
  expect(week.cells).toHaveLength(168);
  for (const { values } of week.cells) expect([values.created?.value, values.conversion?.value]).toEqual([null, null]);
});

test('hours of the week of a failure reason, which verifications do not have, are no zeros', async () => {
  const week = await read(7, 1, { reason: { values: ['unreachable'], exclude: false } });
  expect(week.cells.every(({ values }) => values.created?.value === null)).toBe(true);
});

test('unfiltered hours of the week say that they are of whole days, however young', async () => {
  const asked = { timeZone: 'UTC', compare: 'none' as const, filters: {} };
  const now = new Date(midnight(0).getTime() + 12 * 3_600_000);
  const { trust } = await readHeatmap(core.key(), { ...asked, from: morning(2), to: now }, ['created']);
  expect([trust.from, trust.to, trust.widened]).toEqual([midnight(2), midnight(-1), 'kept_by_day']);
  const days = await readHeatmap(core.key(), { ...asked, from: midnight(2), to: midnight(0) }, ['created']);
  expect(days.trust.widened).toBeNull();
});
