import { afterAll, beforeAll, expect, test } from 'vitest';
import { summaryQuery } from '@/lib/contract/analytics';
import { publicId } from '@/lib/ids';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { questionOf } from '@/lib/operations/analytics/question';
import { breakdownResource, timeseriesResource } from '@/lib/operations/analytics/resource';
import { readSummary } from '@/lib/operations/analytics/summary';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { refreshRollups } from '@/lib/operations/rollups/refresh';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

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
