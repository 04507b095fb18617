import { afterAll, beforeAll, expect, test } from 'vitest';
import { summaryQuery } from '@/lib/contract/analytics';
import { MESSAGE_RANK } from '@/lib/domain/message/states';
import { publicId } from '@/lib/ids';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { questionOf } from '@/lib/operations/analytics/question';
import { breakdownResource, timeseriesResource } from '@/lib/operations/analytics/resource';
import { readSummary } from '@/lib/operations/analytics/summary';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { rebuildRollups } from '@/lib/operations/rollups/rebuild';
import { refreshRollups } from '@/lib/operations/rollups/refresh';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
let text: string;

beforeAll(async () => {
  core = await startTestCore();
  await core.issue(core.phone(), { channel: 'sms' });
  await core.issue(core.phone(), { channel: 'sms' });
  await core.issue(core.phone(), { channel: 'whatsapp' });
  await core.quiet();
  while ((await refreshRollups()) > 0);
  const [sent] = await core.sql<{ template: string }>(`SELECT template FROM message WHERE channel = 'sms' LIMIT 1`);
  text = sent?.template ?? '';
});
afterAll(() => core.stop());

/** As the API asks, of the last hour. */
const asked = (filters: Record<string, string> = {}) =>
  questionOf(
    summaryQuery.parse({
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
      metrics: 'messages',
      ...filters,
    }),
  );

test('a text has its name and a public id in every answer, and is found by that id as by its uuid', async () => {
  const id = publicId('template', text);
  const { rows } = breakdownResource(await readBreakdown(core.key(), await asked(), 'template', ['messages']));
  const row = rows.find(({ key }) => key === id);
  expect(row?.label).toMatch(/^SMS text [a-z]/);
  expect(row?.values.messages?.value).toBe(2);
  expect(rows.map(({ key }) => key)).not.toContain(text);

  const series = await readTimeseries(core.key(), await asked(), ['messages'], { groupBy: 'template' });
  expect(timeseriesResource(series, 'template').series.map(({ key }) => key)).toContain(id);
  const connections = await readTimeseries(core.key(), await asked(), ['messages'], { groupBy: 'connection' });
  for (const { key } of timeseriesResource(connections, 'connection').series) expect(key).toMatch(/^con_/);

  for (const template of [id, text])
    expect((await readSummary(core.key(), await asked({ template }), ['messages'])).values.messages?.value).toBe(2);
});

test('a use case that was removed can be asked for as long as it has figures, and one that never was cannot', async () => {
  await core.sql(
    `INSERT INTO verification_rollup SELECT (jsonb_populate_record(r, '{"use_case": "removed"}')).* FROM verification_rollup r
      WHERE use_case = 'login' AND cut = 2 AND grain = 30 AND app_id = '00000000-0000-0000-0000-000000000000' LIMIT 1`,
  );
  try {
    expect((await asked({ use_case: '-removed' })).filters.use_case).toEqual({ exclude: true, values: ['removed'] });
    expect(await refusalOf(asked({ use_case: 'removed,never_was' }))).toBe('invalid_request');
  } finally {
    await core.sql(`DELETE FROM verification_rollup WHERE use_case = 'removed'`);
  }
});

test('SMS has no read receipts: no read rate, and the whole’s is of messages that can be read', async () => {
  await core.sql(
    `UPDATE verification SET status = 'expired', is_checkable = false, ended_at = now() WHERE status = 'pending'`,
  );
  await core.sql(
    `UPDATE message SET state = CASE channel WHEN 'sms' THEN 'delivered' ELSE 'read' END,
                         state_rank = CASE channel WHEN 'sms' THEN $1::smallint ELSE $2::smallint END, delivered_at = now()`,
    [MESSAGE_RANK.delivered, MESSAGE_RANK.read],
  );
  await rebuildRollups({ from: null, to: null });
  const read = async (filters: Record<string, string>) =>
    (await readSummary(core.key(), await asked(filters), ['read_rate'])).values.read_rate;
  expect(await read({ channel: 'sms' })).toMatchObject({ value: null, n: 0 });
  expect(await read({})).toMatchObject({ value: 1, n: 1 });
  const { rows } = await readBreakdown(core.key(), await asked(), 'channel', ['messages', 'read_rate']);
  expect(Object.fromEntries(rows.map(({ key, values }) => [key, values.read_rate?.value]))).toEqual({
    sms: null,
    whatsapp: 1,
  });
});

test('what a question about failure reasons cannot say is no zero: verifications have none, failed messages alone have no rates', async () => {
  await core.sql(
    `UPDATE message SET state = 'failed', state_rank = $1, reason = 'not_on_channel', delivered_at = NULL WHERE channel = 'whatsapp'`,
    [MESSAGE_RANK.failed],
  );
  await rebuildRollups({ from: null, to: null });
  const names = ['created', 'conversion', 'failed_messages', 'failure_rate', 'message_delivery_rate'] as const;
  const { trust, values } = await readSummary(core.key(), await asked({ reason: 'not_on_channel' }), names);
  expect(trust).toMatchObject({ created: null, pending: null });
  expect(values.created).toMatchObject({ value: null, n: 0 });
  expect(values.conversion).toMatchObject({ value: null, n: 0 });
  expect(values.message_delivery_rate).toMatchObject({ value: null, n: 0 });
  expect(values.failed_messages?.value).toBe(1);
  // Of all three that were sent.
  expect(values.failure_rate).toMatchObject({ value: 1 / 3, n: 3 });
  const { rows } = await readBreakdown(core.key(), await asked(), 'reason', ['failure_rate']);
  expect(rows.map(({ key, values: of }) => [key, of.failure_rate?.value, of.failure_rate?.n])).toEqual([
    ['not_on_channel', 1 / 3, 3],
  ]);
});

test.each([
  ['country', 'QQ'],
  ['use_case', 'nope'],
  ['channel', 'pigeon'],
  ['reason', 'bad_luck'],
])('%s=%s is refused: nothing can have it', async (param, value) => {
  expect(await asked({ [param]: value }).catch((error: unknown) => error)).toMatchObject({
    code: 'invalid_request',
    param,
  });
});

test('an interval that would make more than 800 points is refused by its name', async () => {
  const days = async (n: number) => {
    const question = await asked();
    return { ...question, from: new Date(question.to.getTime() - n * 86_400_000) };
  };
  const read = async (n: number, interval: '30m' | 'hour') =>
    (await readTimeseries(core.key(), await days(n), ['messages'], { interval })).series[0]?.points.length;
  await expect(read(90, '30m')).rejects.toMatchObject({ code: 'invalid_request', param: 'interval' });
  await expect(read(34, 'hour')).rejects.toMatchObject({ code: 'invalid_request', param: 'interval' });
  expect(await read(33, 'hour')).toBeLessThanOrEqual(800);
});

test('a country may be written in small letters', async () => {
  expect((await asked({ country: '-br' })).filters.country).toEqual({ values: ['BR'], exclude: true });
});
