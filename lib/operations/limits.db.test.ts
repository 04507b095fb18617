import { afterAll, beforeAll, expect, test } from 'vitest';
import { APPS_MAX } from '@/lib/contract/apps';
import type { Actor } from '@/lib/domain/actor';
import { DESTINATIONS_MAX, RULES_MAX } from '@/lib/domain/alerts/rules';
import { addDestination } from '@/lib/operations/alerts/destinations/add';
import { putRule } from '@/lib/operations/alerts/rules/put';
import { createApp } from '@/lib/operations/apps/create';
import { inviteUser } from '@/lib/operations/users/invite';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

const system: Actor = { kind: 'system', what: 'test' };
const AT_ONCE = 8;
const INVITES_MAX = 100;
let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

/** What there may be only so many of: the most, how to fill a table up to a number, and how to add one more. */
const LIMITED: [table: string, max: number, fill: string, add: (n: number) => Promise<unknown>][] = [
  [
    'console_invite',
    INVITES_MAX,
    `INSERT INTO console_invite (id, email, role, token_digest, expires_at)
     SELECT gen_random_uuid(), 'full' || n || '@example.com', 'ops', decode(md5(n::text), 'hex'), now() + interval '1 day' FROM generate_series(1, $1) AS n`,
    (n) => inviteUser(system, { email: `guest${n}@example.com`, role: 'ops' }),
  ],
  [
    'app',
    APPS_MAX,
    `INSERT INTO app (id, name, brand) SELECT gen_random_uuid(), 'Shop', 'Shop' FROM generate_series(1, $1)`,
    (n) => createApp(system, { name: `Shop ${n}`, brand: 'Shop' }),
  ],
  [
    'alert_destination',
    DESTINATIONS_MAX,
    `INSERT INTO alert_destination (id, kind, name, address) SELECT gen_random_uuid(), 'email', 'x', 'x@example.com' FROM generate_series(1, $1)`,
    (n) => addDestination(system, { kind: 'email', name: `on call ${n}`, address: 'on-call@example.com' }),
  ],
  [
    'alert_rule',
    RULES_MAX,
    `INSERT INTO alert_rule (id, kind, name, window_minutes, minimum_volume, thresholds)
     SELECT gen_random_uuid(), 'spend', 'x', 60, 1, '{"limitMicros": 1, "factor": null}' FROM generate_series(1, $1)`,
    (n) =>
      putRule(system, {
        kind: 'spend',
        name: `Rule ${n}`,
        windowMinutes: 60,
        minimumVolume: 1,
        thresholds: { limitMicros: 500_000, factor: null },
        appId: null,
        country: 'BR',
        channel: null,
        connectionId: null,
        enabled: true,
        destinations: [],
      }),
  ],
];

test.each(LIMITED)(
  'of many that are added at once when one %s is left to %i, one is',
  async (table, max, fill, add) => {
    const count = async () => Number((await core.sql<{ n: string }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n);
    await core.sql(fill, [max - 1 - (await count())]);
    const results = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => refusalOf(add(n))));
    expect(results.filter((result) => result === 'resolved')).toHaveLength(1);
    expect(results.filter((result) => result === 'invalid_request')).toHaveLength(AT_ONCE - 1);
    expect(await count()).toBe(max);
  },
);

test('a full list of invitations takes a new link for one of them, and no other address', async () => {
  await core.sql('DELETE FROM console_invite');
  for (let n = 0; n < INVITES_MAX; n += 1) await inviteUser(system, { email: `p${n}@example.com`, role: 'ops' });
  expect(await refusalOf(inviteUser(system, { email: 'another@example.com', role: 'ops' }))).toBe('invalid_request');
  expect(await refusalOf(inviteUser(system, { email: 'p7@example.com', role: 'analyst' }))).toBe('resolved');
});
