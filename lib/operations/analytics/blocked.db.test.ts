import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { readSummary } from '@/lib/operations/analytics/summary';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { refreshRollups } from '@/lib/operations/rollups/refresh';
import { tellRefusals } from '@/lib/operations/usage/refusals';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const owner = (): Actor => core.key({});
const question = (): Question => ({
  from: new Date(Date.now() - 3_600_000),
  to: new Date(Date.now() + 60_000),
  timeZone: 'UTC',
  filters: {},
  compare: 'none',
});

test('requests that a limit refused are the block rate, by country; what a number of no use asked for is not', async () => {
  const to = core.phone();
  await core.issue(to);
  // The cooldown is no block: a code is on its way.
  expect(await refusalOf(core.issue(to))).toBe('already_pending');
  expect(await refusalOf(core.issue('+1'))).toBe('invalid_number');
  for (let n = 0; n < 4; n += 1) {
    await core.sql(`UPDATE verification SET resend_after = now() - interval '1 second' WHERE is_checkable`);
    await core.issue(to);
  }
  await core.sql(`UPDATE verification SET resend_after = now() - interval '1 second' WHERE is_checkable`);
  for (let n = 0; n < 3; n += 1) expect(await refusalOf(core.issue(to))).toBe('too_many_verifications');
  await core.issue(to, { actor: core.key({ livemode: false }) });
  await core.quiet();
  await tellRefusals();
  while ((await refreshRollups()) > 0);

  const { values } = await readSummary(owner(), question(), ['created', 'blocked', 'block_rate']);
  expect(values.created?.value).toBe(5);
  expect(values.blocked?.value).toBe(3);
  expect(values.block_rate).toMatchObject({ value: 3 / 8, n: 8 });
  const { rows } = await readBreakdown(owner(), question(), 'country', ['block_rate']);
  expect(rows.map(({ key, values: of }) => [key, of.block_rate?.value])).toEqual([['ID', 3 / 8]]);
  // Refusals are not kept by channel: no data, not none.
  const byChannel = await readBreakdown(owner(), question(), 'channel', ['block_rate']);
  expect(byChannel.rows[0]?.values.block_rate?.value).toBeNull();
  const others = await readSummary(core.key({ appId: core.otherApp }), question(), ['blocked']);
  expect(others.values.blocked?.value).toBe(0);
});

test('what was blocked stands beside what was created in the same time, which is whole half-hours', async () => {
  const [kept] = await core.sql<{ first: Date; last: Date }>(
    'SELECT min(at) AS first, max(at) AS last FROM refused_issue',
  );
  if (!kept) throw new Error('requests were refused');
  const MINUTE_MS = 60_000;
  const asked = {
    ...question(),
    from: new Date(kept.first.getTime() + 5 * MINUTE_MS),
    to: new Date(kept.last.getTime() + 25 * MINUTE_MS),
  };
  const { trust, values } = await readSummary(owner(), asked, ['blocked', 'block_rate']);
  expect([trust.from, trust.to.getTime()]).toEqual([kept.first, kept.last.getTime() + 30 * MINUTE_MS]);
  expect(values.block_rate).toMatchObject({ value: 3 / 8, n: 8 });

  const { interval, series } = await readTimeseries(owner(), asked, ['block_rate'], { interval: '5m' });
  expect(interval).toBe('30m');
  expect(series[0]?.points.reduce((sum, { values: of }) => sum + (of.block_rate?.n ?? 0), 0)).toBe(8);
  // Without them the steps are as fine as ever, and where they are not kept they widen nothing.
  expect((await readTimeseries(owner(), asked, ['created'], { interval: '5m' })).interval).toBe('5m');
  const whatsapp = { channel: { values: ['whatsapp'], exclude: false } };
  const filtered = await readTimeseries(owner(), { ...asked, filters: whatsapp }, ['block_rate'], { interval: '5m' });
  expect(filtered.interval).toBe('5m');
});
