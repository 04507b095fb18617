import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Question } from '@/lib/contract/analytics';
import { database } from '@/lib/db/client';
import { expireVerifications } from '@/lib/db/timers';
import { readFallbackByCountry } from '@/lib/operations/reports/fallback-by-country';
import { readLifetimeFits } from '@/lib/operations/reports/lifetime-fits';
import { refreshRollups } from '@/lib/operations/rollups/refresh';
import { checkVerification } from '@/lib/operations/verifications/check';
import { actorOf } from '@/scripts/testing/actor';
import { accepted, refusalOf, refused, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const analyst = actorOf('analyst');
const lastHour = (): Question => {
  const to = new Date(Date.now() + 60_000);
  return {
    from: new Date(to.getTime() - 3_600_000),
    to,
    timeZone: 'UTC',
    filters: {},
    compare: 'none',
  };
};

async function approve(to: string) {
  const { resource } = await core.issue(to, { use_case: 'login' });
  await core.quiet();
  const answer = { verificationId: resource.id, code: core.carrier.codeFor(to) };
  expect((await checkVerification(core.key(), answer)).outcome).toBe('approved');
}

test('a country’s fallbacks stand beside the timer of its route, and a use case’s times beside its lifetime', async () => {
  core.carrier.answer = (sent) => (sent.channel === 'whatsapp' ? refused('not_on_channel') : accepted(sent));
  await approve(core.phone());
  core.carrier.answer = accepted;
  await approve(core.phone());
  await approve(core.phone());
  // Dead before anybody typed: then a code is entered.
  const to = core.phone();
  const { resource } = await core.issue(to, { use_case: 'login' });
  await core.quiet();
  const { id } = await core.verification(resource.id);
  await core.sql(`UPDATE verification SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
  await expireVerifications(database(), 500);
  const late = { verificationId: resource.id, code: core.carrier.codeFor(to) };
  expect((await checkVerification(core.key(), late)).outcome).toBe('expired');
  await core.setRoute({ fallback_after_seconds: 45 });
  while ((await refreshRollups()) > 0);

  const { rows } = await readFallbackByCountry(analyst, lastHour());
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    key: 'ID',
    values: { fallback_rate: { n: 4, value: 0.25 }, rescue_rate: { n: 1, value: 1 }, duplicate_rate: { value: 0 } },
    timer: { afterSeconds: 45, from: 'global', hasNext: true },
    reading: { verdict: 'low_sample' },
  });

  const { fits } = await readLifetimeFits(analyst, lastHour());
  expect(fits).toHaveLength(1);
  expect(fits[0]).toMatchObject({
    useCase: 'login',
    name: 'Login',
    lifetimeSeconds: 300,
    histogram: { n: 3 },
    fit: { answered: { hits: 3, n: 4 }, late: { hits: 1, n: 4 }, beyond: 0, neededMs: { p95: null, p99: null } },
  });
});

test('a key without the scope of analytics is refused', async () => {
  const stranger = core.key({ scopes: ['verifications:read'] });
  expect(await refusalOf(readFallbackByCountry(stranger, lastHour()))).toBe('forbidden');
  expect(await refusalOf(readLifetimeFits(stranger, lastHour()))).toBe('forbidden');
});

test('a country’s timer is judged by its deliveries, however few of all deliveries they are', async () => {
  const at = new Date(Math.floor(Date.now() / 1_800_000) * 1_800_000);
  const everybody = '00000000-0000-0000-0000-000000000000';
  // Most verifications are Peru's, most of those over WhatsApp are Chile's.
  const rollup = (cut: number, country: string, channel: string, created: number, started: number) =>
    core.sql(
      `INSERT INTO verification_rollup (cut, grain, app_id, at, use_case, country, channel, connection_id, template, locale, week_hour, is_pending, created, started_whatsapp)
       VALUES ($1, 30, $2, $3, '', $4, $5, $2, '', '', -1, false, $6, $7)`,
      [cut, everybody, at, country, channel, created, started],
    );
  await rollup(6, 'PE', '', 900, 50);
  await rollup(6, 'CL', '', 600, 600);
  await rollup(7, 'PE', 'whatsapp', 50, 50);
  await rollup(7, 'CL', 'whatsapp', 600, 600);
  // Fifty deliveries of about a second each.
  await core.sql(
    `INSERT INTO duration_rollup (duration, cut, grain, app_id, at, use_case, country, channel, connection_id, template, locale, bucket, n)
     VALUES (0, 7, 30, $1, $2, '', 'PE', 'whatsapp', $1, '', '', 40, 50)`,
    [everybody, at],
  );
  const { rows } = await readFallbackByCountry(analyst, lastHour(), 1);
  expect(rows.map(({ key, reading }) => [key, reading.verdict])).toEqual([['PE', 'too_long']]);
});
