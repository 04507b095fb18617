import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { utcDay } from '@/lib/clock';
import { database } from '@/lib/db/client';
import { addUsage } from '@/lib/db/usage';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { explainRoute } from '@/lib/operations/routes/explain';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());
afterEach(() => core.setRoute({ fallback_after_seconds: 30 }));

const explain = (to: string, more: Parameters<TestCore['key']>[0] = {}) =>
  explainRoute(core.key(more), { to, use_case: 'login' });
/** A number that is remembered as not on these channels. */
const absentFrom = async (...channels: string[]) => {
  const to = core.phone();
  const { toBlind } = await core.issueRow(to);
  for (const channel of channels)
    await core.sql('INSERT INTO reachability (to_blind, channel, reachable) VALUES ($1, $2, false)', [
      toBlind,
      channel,
    ]);
  return to;
};
const told = ({ steps, skipped, starts_at_step }: Awaited<ReturnType<typeof explainRoute>>) => ({
  starts: steps.map((step) => `${step.channel} ${step.starts_after_seconds}`),
  startsAt: starts_at_step,
  passedOver: skipped.flatMap(({ channel, why }) => (why === 'remembered_not_on_channel' ? [channel] : [])),
});

test('the step that a remembered number begins with leaves at once, and the one before it never', async () => {
  expect(told(await explain(core.phone()))).toEqual({
    starts: ['whatsapp 0', 'sms 30'],
    startsAt: 0,
    passedOver: [],
  });
  expect(told(await explain(await absentFrom('whatsapp')))).toEqual({
    starts: ['whatsapp null', 'sms 0'],
    startsAt: 1,
    passedOver: ['whatsapp'],
  });
  // The last one is tried, whatever is remembered of it.
  expect(told(await explain(await absentFrom('sms'))).starts).toEqual(['whatsapp 0', 'sms 30']);
  await core.setRoute({ fallback_after_seconds: 0 });
  expect(told(await explain(core.phone())).starts).toEqual(['whatsapp 0', 'sms null']);
});

test('a country past its cap for the day would send nothing, as an issue says; a test key is not held by it', async () => {
  const to = '+51987120001';
  await core.sql(`UPDATE route SET sends_per_day_max = 3 WHERE scope = 'country:PE'`);
  await reloadConfiguration();
  expect(await explain(to)).toMatchObject({ would_send: true, refusal: null });
  await addUsage(database(), [{ country: 'PE', day: utcDay(new Date()), sends: 3, costMicros: 0 }]);
  // What was heard a moment ago is believed for a second.
  delete (globalThis as { watchwordUsage?: unknown }).watchwordUsage;
  expect(await explain(to)).toMatchObject({ would_send: false, refusal: 'country_cap_reached' });
  expect(await refusalOf(core.issue(to))).toBe('country_cap_reached');
  expect(await explain(to, { livemode: false })).toMatchObject({ would_send: true });
});
