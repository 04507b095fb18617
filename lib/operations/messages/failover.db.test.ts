import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { utcDay } from '@/lib/clock';
import { seal } from '@/lib/crypto/seal';
import { closeBreaker, openBreaker } from '@/lib/db/breakers';
import { database, statementCounters } from '@/lib/db/client';
import { addUsage } from '@/lib/db/usage';
import { BREAKER } from '@/lib/domain/routing/breaker';
import { newUuid, uuidFrom } from '@/lib/ids';
import { drainBackground } from '@/lib/operations/background';
import { credentialsPlace, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { lookAgain, noteOutcome } from '@/lib/operations/connections/breaker';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { tellUsage } from '@/lib/operations/usage/meter';
import { getVerification } from '@/lib/operations/verifications/get';
import { resendVerification } from '@/lib/operations/verifications/resend';
import { accepted, refusalOf, refused, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
/** WhatsApp through two connections in Brazil, one beside the other by weight. */
let first: string;
let second: string;

beforeAll(async () => {
  core = await startTestCore();
  const [known] = await core.sql<{ id: string }>(`SELECT id FROM connection WHERE provider = 'meta-cloud'`);
  first = known?.id ?? '';
  second = newUuid();
  await core.sql(
    `INSERT INTO connection (id, provider, name, base_url, settings, credentials_sealed, price_rule)
     SELECT $1, provider, 'WhatsApp, second account', base_url, settings, $2, price_rule FROM connection WHERE id = $3`,
    [
      second,
      seal(JSON.stringify({ access_token: 'x', app_secret: 'x', verify_token: 'x' }), credentialsPlace(second)),
      first,
    ],
  );
  await core.sql(
    `INSERT INTO template (id, channel, use_case, locale, provider_name, connection_id, status)
     SELECT gen_random_uuid(), channel, use_case, locale, provider_name, $1, status FROM template WHERE connection_id = $2`,
    [second, first],
  );
  await share(1, 0);
});
afterAll(() => core.stop());
afterEach(async () => {
  core.carrier.answer = accepted;
  await core.sql(`UPDATE connection SET breaker_state = 'closed', breaker_retry_at = NULL, breaker_failed_looks = 0`);
  await reloadConfiguration();
});

/** The shares of the two connections, everywhere. */
async function share(one: number, other: number) {
  const channels = [
    {
      channel: 'whatsapp',
      enabled: true,
      connections: [
        { id: first, weight: one },
        { id: second, weight: other },
      ],
    },
    { channel: 'sms', enabled: true, connections: [] },
  ];
  await core.sql(`UPDATE route SET channels = NULL`);
  await core.sql(`UPDATE route SET channels = $1 WHERE scope = 'global'`, [JSON.stringify(channels)]);
  await reloadConfiguration();
}

const begin = async (more: Parameters<TestCore['issue']>[1] = {}) => {
  const to = core.phone();
  const { resource } = await core.issue(to, more);
  await core.quiet();
  return { id: resource.id, to, route: resource.route };
};
const via = (to: string) =>
  core.carrier
    .to(to)
    .map(({ channel, connectionId }) => `${channel} ${connectionId === first ? 1 : connectionId === second ? 2 : '-'}`);
const open = (id: string) => openBreaker(database(), id, 'provider_down', [15]).then(reloadConfiguration);
const state = async (id: string) =>
  (await core.sql<{ s: string }>('SELECT breaker_state AS s FROM connection WHERE id = $1', [id]))[0]?.s;

const passedOverBy = async (wanted: string, id: string) => {
  const { decisions } = await getVerification(core.key(), { verificationId: id });
  return decisions.find(({ kind }) => kind === wanted)?.detail.passed_over;
};

describe('a channel with two connections', () => {
  test.each(['provider_down', 'credentials_rejected', 'throttled'] as const)(
    'when the first one’s provider answers %s, the second carries the same channel at once, before the next channel',
    async (reason) => {
      core.carrier.answer = (sent) => (sent.connectionId === first ? refused(reason) : accepted(sent));
      const { id, to, route } = await begin();
      expect(new Set(via(to))).toEqual(new Set(['whatsapp 1', 'whatsapp 2']));
      expect(via(to).at(-1)).toBe('whatsapp 2');
      // The caller sees channels, not who carries them.
      expect(route).toEqual(['whatsapp', 'sms']);
      const life = await getVerification(core.key(), { verificationId: id });
      expect(life.status).toBe('pending');
      expect(life.next_fallback_at).not.toBeNull();
      expect(life).toMatchObject({ channel: 'whatsapp', switch_to: ['sms'] });
    },
  );

  test('what a resend switched to is the channel in use, also behind a step that stands in', async () => {
    await core.setPolicy({ channels: ['whatsapp'] });
    const { id, to } = await begin();
    await core.setPolicy({ channels: [] });
    await core.forgetLimits();
    const resent = await resendVerification(core.key(), { verificationId: id, channel: 'sms' });
    await core.quiet();
    expect(via(to)).toEqual(['whatsapp 1', 'sms -']);
    expect(resent).toMatchObject({ channel: 'sms', switch_to: ['whatsapp'] });
    expect(await getVerification(core.key(), { verificationId: id })).toMatchObject({ channel: 'sms' });
  });

  test('one whose plan an older version kept, without the channel of each step, names it too', async () => {
    core.carrier.answer = (sent) => (sent.connectionId === first ? refused('provider_down') : accepted(sent));
    const { id } = await begin();
    const uuid = uuidFrom('verification', id);
    await core.sql(
      `WITH kept AS (INSERT INTO plan (id, body, outline) SELECT gen_random_uuid(), p.body, p.outline - 'stepChannels'
         FROM verification v JOIN plan p ON p.id = v.plan_id WHERE v.id = $1 RETURNING id)
       UPDATE verification SET plan_id = kept.id FROM kept WHERE verification.id = $1`,
      [uuid],
    );
    const life = await getVerification(core.key(), { verificationId: id });
    expect(life).toMatchObject({ channel: 'whatsapp', switch_to: ['sms'] });
  });

  test('when both fail, the next channel goes out', async () => {
    core.carrier.answer = (sent) => (sent.channel === 'whatsapp' ? refused('provider_refused') : accepted(sent));
    const { to } = await begin();
    expect(via(to)).toEqual(['whatsapp 1', 'whatsapp 2', 'sms -']);
  });

  test('what is about the person is not tried through the other one', async () => {
    core.carrier.answer = (sent) => (sent.channel === 'whatsapp' ? refused('not_on_channel') : accepted(sent));
    const { to } = await begin();
    expect(via(to)).toEqual(['whatsapp 1', 'sms -']);
  });

  test('silence moves on to the next channel, never to the other connection: one phone must not get the code twice', async () => {
    const { id, to } = await begin();
    await core.sql(`UPDATE verification SET next_fallback_at = now() - interval '1 second' WHERE id = $1`, [
      uuidFrom('verification', id),
    ]);
    await fallBack([uuidFrom('verification', id) ?? ''], 1);
    await core.quiet();
    expect(via(to)).toEqual(['whatsapp 1', 'sms -']);
  });

  test('a channel that the user chose fails over too, and still never falls back to another channel', async () => {
    core.carrier.answer = (sent) => (sent.connectionId === first ? refused('provider_refused') : accepted(sent));
    const { to } = await begin({ channel: 'whatsapp' });
    expect(via(to)).toEqual(['whatsapp 1', 'whatsapp 2']);
  });

  test('weights share the codes, and weight 0 only stands in', async () => {
    for (let n = 0; n < 20; n += 1) expect(via((await begin()).to)).toEqual(['whatsapp 1']);
    await share(1, 1);
    const carried = await Promise.all(Array.from({ length: 60 }, () => begin()));
    const byFirst = carried.filter(({ to }) => via(to)[0] === 'whatsapp 1').length;
    // Sixty fair draws leave 10 to 50 but once in ten million runs.
    expect(byFirst).toBeGreaterThan(10);
    expect(byFirst).toBeLessThan(50);
    await share(1, 0);
  });
});

describe('the breaker of a connection', () => {
  test('opens once for all processes when half of ten sends fail, and the other connection carries from then on', async () => {
    // More than what went well in this file within the last half minute.
    for (let n = 0; n < BREAKER.outcomesMax; n += 1) noteOutcome(first, { kind: 'unknown', detail: 'no answer' });
    await drainBackground(5_000);
    expect(await state(first)).toBe('open');
    const claims = await Promise.all(Array.from({ length: 10 }, () => openBreaker(database(), first, 'again', [15])));
    expect(claims.filter(Boolean)).toEqual([]);
    await reloadConfiguration();
    const { id, to } = await begin();
    expect(via(to)).toEqual(['whatsapp 2']);
    const { decisions } = await getVerification(core.key(), { verificationId: id });
    expect(decisions).toContainEqual(
      expect.objectContaining({ kind: 'skipped', detail: { channel: 'whatsapp', why: 'breaker_open' } }),
    );
  });

  test('that works again is not closed off once more by the failures that were judged already', async () => {
    (globalThis as { watchwordOutcomes?: Map<string, unknown> }).watchwordOutcomes?.clear();
    const fail = async () => {
      noteOutcome(first, { kind: 'unknown', detail: 'no answer' });
      await drainBackground(5_000);
    };
    for (let n = 0; n < BREAKER.outcomesMin; n += 1) await fail();
    expect(await state(first)).toBe('open');
    expect(await closeBreaker(database(), first)).toBe(true);
    await fail();
    expect(await state(first)).toBe('closed');
  });

  test('with both open the next channel begins; with all open the code leaves anyway', async () => {
    await open(first);
    await open(second);
    expect(via((await begin()).to)).toEqual(['sms -']);
    const [sms] = await core.sql<{ id: string }>(`SELECT id FROM connection WHERE provider = 'twilio'`);
    await open(sms?.id ?? '');
    expect(via((await begin()).to)).toEqual(['whatsapp 1']);
  });

  test('that opens again minutes after a look had closed it is looked at less and less often', async () => {
    await core.sql(
      `UPDATE connection SET breaker_since = now() - interval '1 hour', breaker_failed_looks = 0 WHERE id = $1`,
      [first],
    );
    const waits: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      await openBreaker(database(), first, 'no_answer', [15, 30, 60]);
      const [row] = await core.sql<{ wait: number }>(
        'SELECT round(EXTRACT(epoch FROM breaker_retry_at - now()))::int AS wait FROM connection WHERE id = $1',
        [first],
      );
      waits.push(row?.wait ?? 0);
      expect(await closeBreaker(database(), first)).toBe(true);
    }
    expect(waits).toEqual([15, 30, 60]);
  });

  test('sends a resend over the connection that stands in, and the resend says why', async () => {
    const { id, to } = await begin();
    await open(first);
    await core.forgetLimits();
    await resendVerification(core.key(), { verificationId: id });
    await core.quiet();
    expect(via(to)).toEqual(['whatsapp 1', 'whatsapp 2']);
    expect(await passedOverBy('resend', id)).toEqual([{ connection: 'meta-cloud', why: 'breaker_open' }]);
  });

  test('sends a fallback over the connection that stands in, and the fallback says why', async () => {
    const channels = ['sms', 'whatsapp'].map((channel) => ({
      channel,
      enabled: true,
      connections:
        channel === 'sms'
          ? []
          : [
              { id: first, weight: 1 },
              { id: second, weight: 0 },
            ],
    }));
    await core.setRoute({ channels: JSON.stringify(channels) });
    const fallen = async () => {
      const { id, to } = await begin();
      const uuid = uuidFrom('verification', id) ?? '';
      await core.sql(`UPDATE verification SET next_fallback_at = now() - interval '1 second' WHERE id = $1`, [uuid]);
      return { id, to, fall: () => fallBack([uuid], 1).then(() => core.quiet()) };
    };
    const [whole, around] = [await fallen(), await fallen()];
    await whole.fall();
    expect(via(whole.to)).toEqual(['sms -', 'whatsapp 1']);
    expect(await passedOverBy('fallback', whole.id)).toBeUndefined();
    await open(first);
    await around.fall();
    expect(via(around.to)).toEqual(['sms -', 'whatsapp 2']);
    expect(await passedOverBy('fallback', around.id)).toEqual([{ connection: 'meta-cloud', why: 'breaker_open' }]);
    await share(1, 0);
  });

  test('is looked at by one process at a time, stays open while the provider fails, and closes when it works', async () => {
    await open(first);
    await core.sql(
      `UPDATE connection SET breaker_retry_at = now() - interval '1 second', base_url = 'http://127.0.0.1:9' WHERE id = $1`,
      [first],
    );
    await reloadConfiguration();
    const failed = async () =>
      (
        await core.sql<{ looks: number; wait: number }>(
          `SELECT breaker_failed_looks AS looks, EXTRACT(epoch FROM breaker_retry_at - now())::int AS wait FROM connection WHERE id = $1`,
          [first],
        )
      )[0];
    const before = await failed();
    const looks = await Promise.all(Array.from({ length: 5 }, () => lookAgain()));
    expect(looks.reduce((sum, n) => sum + n, 0)).toBe(1);
    expect(await state(first)).toBe('open');
    const row = await failed();
    expect(row?.looks).toBe((before?.looks ?? 0) + 1);
    expect(row?.wait).toBeGreaterThan(20);

    // The provider works again.
    const provider = createServer((_, response) => response.end('{"id":"200300400500600","verified_name":"Acme"}'));
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const { port } = provider.address() as AddressInfo;
    await core.sql(
      `UPDATE connection SET breaker_retry_at = now() - interval '1 second', base_url = $2 WHERE id = $1`,
      [first, `http://127.0.0.1:${port}`],
    );
    await reloadConfiguration();
    expect(await lookAgain()).toBe(1);
    expect(await state(first)).toBe('closed');
    await new Promise((resolve) => provider.close(resolve));
  });
});

describe('caps of a country', () => {
  /** A process that has sent nothing yet. */
  const forgetUsage = () => {
    delete (globalThis as { watchwordUsage?: unknown }).watchwordUsage;
  };

  test('hold in a process that has sent nothing there: it asks what the others sent, once for all who ask together', async () => {
    await core.sql(`UPDATE route SET sends_per_day_max = 3 WHERE scope = 'country:PE'`);
    await reloadConfiguration();
    const issues = () =>
      Promise.all(Array.from({ length: 5 }, (_, n) => refusalOf(core.issue(`+5198712${String(n).padStart(4, '0')}`))));
    const asked = () => statementCounters().byName.get('find_usage') ?? 0;
    await addUsage(database(), [{ country: 'PE', day: utcDay(new Date()), sends: 3, costMicros: 0 }]);
    const before = asked();
    forgetUsage();
    expect(await issues()).toEqual(Array(5).fill('country_cap_reached'));
    expect(asked() - before).toBe(1);
    await core.sql(`UPDATE route SET sends_per_day_max = 4 WHERE scope = 'country:PE'`);
    await reloadConfiguration();
    expect(await refusalOf(core.issue('+51987129999'))).toBe('resolved');
  });

  test('cost a country without one no statement', async () => {
    const before = statementCounters().byName.get('find_usage') ?? 0;
    forgetUsage();
    await core.issue('+56961259999');
    expect(statementCounters().byName.get('find_usage') ?? 0).toBe(before);
  });

  test('past its codes for the day a country gets no new code, and codes in flight still get their fallback', async () => {
    await core.sql(`UPDATE route SET sends_per_day_max = 3 WHERE scope = 'country:BR'`);
    await core.sql(`DELETE FROM usage_day`);
    await reloadConfiguration();
    const numbers = Array.from({ length: 3 }, (_, n) => `+551196${String(n).padStart(3, '0')}9999`);
    const issued = [];
    for (const to of numbers) issued.push(await core.issue(to));
    await core.quiet();
    await tellUsage();
    const refusal = await refusalOf(core.issue('+5511961239999'));
    expect(refusal).toBe('country_cap_reached');

    const id = uuidFrom('verification', issued[0]?.resource.id ?? '') ?? '';
    await core.sql(`UPDATE verification SET next_fallback_at = now() - interval '1 second' WHERE id = $1`, [id]);
    await fallBack([id], 1);
    await core.quiet();
    expect(via(numbers[0] ?? '')).toEqual(['whatsapp 1', 'sms -']);
    await core.sql(`UPDATE route SET sends_per_day_max = NULL WHERE scope = 'country:BR'`);
    await reloadConfiguration();
    await expect(core.issue('+5511961249999')).resolves.toBeDefined();
  });
});
