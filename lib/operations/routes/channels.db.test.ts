import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidFrom } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { listChannels } from '@/lib/operations/routes/channels';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

test('a channel that the number is remembered as not on is offered last, as an issue passes over it', async () => {
  const to = core.phone();
  const offered = async () =>
    (await listChannels(core.key(), { to, use_case: 'login' })).channels.map(({ channel }) => channel);
  expect(await offered()).toEqual(['whatsapp', 'sms']);
  const { resource } = await core.issue(to);
  await core.sql(
    `INSERT INTO reachability (to_blind, channel, reachable, at) SELECT to_blind, 'whatsapp', false, now() FROM verification WHERE id = $1`,
    [uuidFrom('verification', resource.id)],
  );
  expect(await offered()).toEqual(['sms', 'whatsapp']);
});

test('what is offered is what an issue would use, also where the only text is in the language of the app', async () => {
  const offered = async () =>
    (await listChannels(core.key(), { to: core.phone(), use_case: 'login' })).channels.map(({ channel }) => channel);
  const issued = async () => (await core.issue(core.phone())).resource.route;
  expect(await offered()).toEqual(await issued());

  // Not the language of the country.
  await core.sql(`DELETE FROM template WHERE connection_id IS NOT NULL AND locale <> 'pt_BR'`);
  await core.sql(`UPDATE app SET default_locale = 'pt_BR' WHERE id = $1`, [core.app]);
  await reloadConfiguration();
  expect(await issued()).toContain('whatsapp');
  expect(await offered()).toEqual(await issued());
});

test('waits are told to a tenth of a second', async () => {
  for (let n = 0; n < 30; n += 1) await core.issue(core.phone());
  await core.sql(
    `UPDATE message SET submitted_at = now() - interval '1 minute', delivered_at = now() - interval '1 minute' + interval '7.4679 seconds' * (1 + random() / 1e6)`,
  );
  // What another test heard of this country is kept for a minute.
  Object.assign(globalThis, { watchwordWaits: undefined });
  const { channels } = await listChannels(core.key(), { to: core.phone(), use_case: 'login' });
  expect(channels.find(({ sample_size }) => sample_size >= 30)).toMatchObject({
    wait_seconds_p50: 7.5,
    wait_seconds_p90: 7.5,
  });
});
