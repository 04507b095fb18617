import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Actor, Role } from '@/lib/domain/actor';
import { newUuid } from '@/lib/ids';
import { chartMarks } from '@/lib/operations/analytics/marks';
import { currentConfiguration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { endOverride } from '@/lib/operations/overrides/end';
import { listOverrides } from '@/lib/operations/overrides/list';
import { startOverride } from '@/lib/operations/overrides/start';
import { explainRoute } from '@/lib/operations/routes/explain';
import { getVerification } from '@/lib/operations/verifications/get';
import { accepted, refusalOf, refused, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());
afterEach(async () => {
  core.carrier.answer = accepted;
  await core.sql('DELETE FROM route_override');
  await reloadConfiguration();
});

const user = (role: Role = 'ops'): Actor => ({
  kind: 'user',
  userId: newUuid(),
  email: 'ops@example.com',
  name: 'Ops',
  role,
});
const firstChannel = async (more: Parameters<TestCore['issue']>[1] = {}) =>
  (await core.issue(core.phone(), more)).resource.channel;
const start = (more: object = {}) => startOverride(user(), { countries: ['ID'], reason: 'WhatsApp is down', ...more });

describe('fallback first', () => {
  test('the next code goes out over the fallback, and falls back to what was first', async () => {
    expect(await firstChannel()).toBe('whatsapp');
    await start();
    core.carrier.answer = (sent) => (sent.channel === 'sms' ? refused('provider_down') : accepted(sent));
    const to = core.phone();
    const { resource } = await core.issue(to);
    expect([resource.channel, resource.route]).toEqual(['sms', ['sms', 'whatsapp']]);
    await expect.poll(() => core.carrier.to(to).at(-1)?.channel).toBe('whatsapp');
  });

  test('is told on the timeline and in a dry run, with who said why', async () => {
    const [override] = await start({ minutes: 15 });
    const to = core.phone();
    const { resource } = await core.issue(to);
    const life = await getVerification(core.key(), { verificationId: resource.id });
    const note = { until: override?.until.toISOString(), reason: 'WhatsApp is down' };
    expect(life.decisions[0]).toMatchObject({ kind: 'route', detail: { override: note } });
    const explained = await explainRoute(user(), { to, use_case: 'login' });
    expect(explained).toMatchObject({ override: note, steps: [{ channel: 'sms' }, { channel: 'whatsapp' }] });
  });

  test('leaves alone what the person chose, other countries, and codes in flight', async () => {
    const before = await core.issue(core.phone());
    await start();
    expect(await firstChannel({ channel: 'whatsapp' })).toBe('whatsapp');
    expect((await core.issue('+5511987650001')).resource.channel).toBe('whatsapp');
    expect((await getVerification(core.key(), { verificationId: before.resource.id })).route[0]).toBe('whatsapp');
  });

  test('ends by itself: nothing has to run for it', async () => {
    await start({ minutes: 15 });
    const held = (await currentConfiguration()).overrides.get('ID');
    expect(held).toBeDefined();
    // The same snapshot, later.
    if (held) held.until.setTime(Date.now() - 1);
    expect(await firstChannel()).toBe('whatsapp');
    await core.sql(
      `UPDATE route_override SET started_at = now() - interval '1 hour', until = now() - interval '1 minute'`,
    );
    await reloadConfiguration();
    expect(await listOverrides(user())).toEqual([]);
    expect(await firstChannel()).toBe('whatsapp');
  });

  test('is in effect in another process within a second', async () => {
    const { revision } = await currentConfiguration();
    await start();
    const [row] = await core
      .otherProcess()
      .query<{ revision: string }>({ name: 'r', text: 'SELECT revision::text FROM configuration_revision' }, []);
    expect(row?.revision).not.toBe(revision);
  });

  test('can be ended early, by whoever may start it, and both are noted', async () => {
    await start();
    expect(await refusalOf(endOverride(user('analyst'), { countries: ['ID'] }))).toBe('forbidden');
    expect(await endOverride(user(), { countries: ['ID'] })).toBe(1);
    expect(await endOverride(user(), { countries: ['ID'] })).toBe(0);
    expect(await firstChannel()).toBe('whatsapp');
    expect(
      await core.sql(`SELECT action FROM audit_entry WHERE action LIKE 'override.%' ORDER BY at DESC, id DESC LIMIT 2`),
    ).toEqual([{ action: 'override.end' }, { action: 'override.start' }]);
  });

  test('started by many at once, one runs in a country', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, n) => start({ minutes: 20 + n })));
    expect(await listOverrides(user(), 'ID')).toHaveLength(1);
    expect(await core.sql('SELECT count(*)::int AS n FROM route_override')).toEqual([{ n: 8 }]);
  });

  test('of a connection is of the countries that it carried messages in', async () => {
    await core.issue(core.phone());
    await core.issue('+5511987650002');
    await core.quiet();
    const started = await startOverride(user(), { connectionId: core.whatsapp, reason: 'Meta is down' });
    expect(started.map(({ country }) => country)).toEqual(['BR', 'ID']);
  });

  test.each<[string, object]>([
    ['too short', { minutes: 14 }],
    ['too long', { minutes: 1_441 }],
    ['without a reason', { reason: '' }],
    ['of no country', { countries: [] }],
    ['of a country without a route', { countries: ['XX'] }],
  ])('is refused: %s', async (_, more) => {
    expect(await refusalOf(start(more))).toBe('invalid_request');
  });

  test('is marked on charts', async () => {
    await start();
    const marks = await chartMarks(user('analyst'), {
      from: new Date(Date.now() - 60_000),
      to: new Date(Date.now() + 60_000),
    });
    expect(marks).toEqual([
      expect.objectContaining({
        kind: 'override',
        title: 'Fallback first in Indonesia: WhatsApp is down',
        href: '/config/countries/ID',
      }),
    ]);
  });
});
