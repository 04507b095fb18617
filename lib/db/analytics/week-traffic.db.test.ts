import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TrafficCell, weekTraffic } from '@/lib/db/analytics/week-traffic';
import { uuidFloor } from '@/lib/ids';
import { refreshRollups } from '@/lib/operations/rollups/refresh';
import { checkVerification } from '@/lib/operations/verifications/check';
import { refused, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

/** The same out of the base tables. */
const recount = (sinceId: string) =>
  core.sql<TrafficCell>(
    `SELECT v.country, v.use_case AS "useCase", v.locale, count(*)::int AS verifications,
            count(*) FILTER (WHERE v.status <> 'pending')::int AS ended, count(*) FILTER (WHERE v.status = 'approved')::int AS approved,
            COALESCE(sum(m.messages), 0)::int AS messages, count(m.messages)::int AS submitted, count(*) FILTER (WHERE m.arrived)::int AS delivered,
            COALESCE(sum(m.cost), 0)::float8 AS "costMicros"
       FROM verification v
       LEFT JOIN (SELECT verification_id, count(*) AS messages, bool_or(delivered_at IS NOT NULL OR read_at IS NOT NULL) AS arrived, sum(cost_micros) AS cost
                    FROM message WHERE livemode GROUP BY verification_id) m ON m.verification_id = v.id
      WHERE v.id >= $1::uuid AND v.livemode
      GROUP BY v.country, v.use_case, v.locale`,
    [sinceId],
  );
const sorted = (cells: TrafficCell[]) =>
  cells.toSorted((a, b) => `${a.country}${a.useCase}${a.locale}`.localeCompare(`${b.country}${b.useCase}${b.locale}`));

test('the week by country, use case and language equals a recount of what was sent, without test traffic', async () => {
  const to = core.phone();
  const { resource } = await core.issue(to, { use_case: 'login', locale: 'en' });
  for (const use_case of ['login', 'payment'] as const) {
    for (const locale of ['en', 'pt_BR'] as const) await core.issue(core.phone(), { use_case, locale });
  }
  await core.quiet();
  await checkVerification(core.key(), { verificationId: resource.id, code: core.carrier.codeFor(to) });
  core.carrier.answer = () => refused('provider_refused');
  await core.issue(core.phone(), { use_case: 'login', locale: 'en' });
  await core.issue(core.phone(), { actor: core.key({ livemode: false }) });
  await core.quiet();
  while ((await refreshRollups()) > 0);

  const now = new Date();
  const since = new Date(now.getTime() - 7 * 86_400_000);
  const cells = await weekTraffic(since, now);
  expect(sorted(cells)).toEqual(sorted(await recount(uuidFloor(since))));
  expect(cells.length).toBeGreaterThanOrEqual(4);
  expect(cells.reduce((sum, { approved }) => sum + approved, 0)).toBe(1);
});
