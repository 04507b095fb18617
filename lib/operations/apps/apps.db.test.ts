import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockApp } from '@/lib/db/apps';
import { pool, transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { endpoint } from '@/lib/http/endpoint';
import type { HttpRequest } from '@/lib/http/message';
import { uuidFrom } from '@/lib/ids';
import { changeApp } from '@/lib/operations/apps/change';
import { createApp } from '@/lib/operations/apps/create';
import { getApp } from '@/lib/operations/apps/list';
import { watchConfiguration } from '@/lib/operations/configuration/snapshot';
import { createKey } from '@/lib/operations/keys/create';
import { listKeys } from '@/lib/operations/keys/list';
import { revokeKey } from '@/lib/operations/keys/revoke';
import { rotateKey } from '@/lib/operations/keys/rotate';
import { listVerifications } from '@/lib/operations/verifications/list';
import { actorOf } from '@/scripts/testing/actor';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

const system: Actor = { kind: 'system', what: 'test' };
const owner = actorOf('owner');
let core: TestCore;
const watching = new AbortController();
beforeAll(async () => {
  core = await startTestCore();
  // As a server does it; nobody tells this process what the operations changed, so it stands for any other one.
  watchConfiguration(watching.signal);
});
afterAll(async () => {
  watching.abort();
  await core.stop();
});

const settings = { name: 'Shop', brand: 'Shop' };
async function newApp(more: Partial<Parameters<typeof createApp>[1]> = {}) {
  const { id } = await createApp(system, { ...settings, ...more });
  const key = await createKey(system, { appId: id, name: 'test', livemode: true });
  return { id, secret: key.secret, keyId: key.id };
}

const { core: list } = endpoint('verifications.list', async ({ actor, query }) => {
  const { data, hasMore, nextAfter } = await listVerifications(actor, query);
  return { result: { object: 'list', data, has_more: hasMore, next_after: nextAfter } };
});

/** What the API answers to this key from this address, as its error code, or `ok`. */
async function ask(secret: string, address: string | null): Promise<string> {
  const headers: Record<string, string> = { authorization: `Bearer ${secret}` };
  if (address !== null) headers['x-watchword-client-ip'] = address;
  const request: HttpRequest = {
    method: 'GET',
    target: '/api/v1/verifications',
    query: new URLSearchParams(),
    params: {},
    header: (name) => headers[name] ?? null,
    body: new Uint8Array(),
  };
  const { status, body } = await list(request);
  return status === 200 ? 'ok' : JSON.parse(body).error.code;
}

/** A second is promised by a process that gets its turn; on a machine that is busy with other things one try may be late. */
const TIMED = { retry: 2 };

/** How long until the API answers this, in milliseconds. */
async function until(wanted: string, secret: string, address: string | null): Promise<number> {
  const began = performance.now();
  await expect.poll(() => ask(secret, address), { interval: 5, timeout: 5_000 }).toBe(wanted);
  return performance.now() - began;
}

describe('an app with a list of addresses', () => {
  test(
    'is asked from them alone, whichever way they are written, within a second of the change and of its end',
    TIMED,
    async () => {
      const app = await newApp();
      await until('ok', app.secret, '198.51.100.1');
      const allowedNetworks = ['203.0.113.9/24', '2001:db8::/32'];
      await changeApp(owner, { appId: app.id, edits: 0, settings: { ...settings, allowedNetworks } });
      expect(await until('address_not_allowed', app.secret, '198.51.100.1')).toBeLessThan(1_000);
      for (const address of ['203.0.113.200', '::ffff:203.0.113.1', '2001:db8:1::7']) {
        expect(await ask(app.secret, address), address).toBe('ok');
      }
      for (const address of ['203.0.114.1', '2001:db9::1', 'unknown', null]) {
        expect(await ask(app.secret, address), String(address)).toBe('address_not_allowed');
      }
      await changeApp(owner, { appId: app.id, edits: 1, settings });
      expect(await until('ok', app.secret, '198.51.100.1')).toBeLessThan(1_000);
    },
  );

  test.each([['localhost'], ['1.2.3.4/33'], ['2001:db8::/200']])('never gets %s into it', async (text) => {
    await expect(createApp(system, { ...settings, allowedNetworks: [text] })).rejects.toThrow();
  });

  test('holds fifty blocks and no more', async () => {
    const blocks = Array.from({ length: 51 }, (_, n) => `10.0.${n}.0/24`);
    await expect(createApp(system, { ...settings, allowedNetworks: blocks })).rejects.toThrow('At most 50');
    await expect(createApp(system, { ...settings, allowedNetworks: blocks.slice(1) })).resolves.toBeDefined();
  });
});

describe('an app with a list of use cases', () => {
  test('asks for them alone, for keys and for people who send in its name', async () => {
    const app = await newApp({ allowedUseCases: ['payment'] });
    await until('ok', app.secret, null);
    const uuid = app.id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const actor = core.key({ appId: uuid });
    expect(await refusalOf(core.issue(core.phone(), { actor, use_case: 'login' }))).toBe('use_case_not_allowed');
    expect(await refusalOf(core.issue(core.phone(), { actor, use_case: 'payment' }))).toBe('resolved');
    expect(await refusalOf(core.issue(core.phone(), { use_case: 'login' }))).toBe('resolved');
  });
});

describe('two people who edit one app', () => {
  test('the second is told, and what the first wrote stays', async () => {
    const app = await newApp();
    const edit = (brand: string) => changeApp(owner, { appId: app.id, edits: 0, settings: { ...settings, brand } });
    const results = await Promise.all([refusalOf(edit('First')), refusalOf(edit('Second'))]);
    expect(results.toSorted()).toEqual(['configuration_conflict', 'resolved']);
    const { brand, edits } = await getApp(owner, { appId: app.id });
    expect(edits).toBe(1);
    expect(brand).toBe(results[0] === 'resolved' ? 'First' : 'Second');
    const [entry] = await core.sql<{ detail: object }>(
      `SELECT detail FROM audit_entry WHERE action = 'app.change' AND target_id = $1`,
      [app.id],
    );
    expect(entry?.detail).toEqual({ changes: [{ path: 'brand', before: 'Shop', after: brand }] });
  });
});

describe('a key', () => {
  test('is refused within a second of its end', TIMED, async () => {
    const app = await newApp();
    await until('ok', app.secret, null);
    await revokeKey(owner, { keyId: app.keyId });
    expect(await until('unauthenticated', app.secret, null)).toBeLessThan(1_000);
  });

  test('that is rotated works beside the new one until the overlap is over, and is rotated once', TIMED, async () => {
    const app = await newApp();
    const next = await rotateKey(owner, { keyId: app.keyId, overlapSeconds: 3600 });
    await until('ok', next.secret, null);
    expect(await ask(app.secret, null)).toBe('ok');
    expect(await refusalOf(rotateKey(owner, { keyId: app.keyId }))).toBe('not_found');
    expect((await listKeys(owner, { appId: app.id })).map(({ id, state }) => [id, state])).toEqual([
      [next.id, 'active'],
      [app.keyId, 'ending'],
    ]);
    await pool().query(`UPDATE api_key SET expires_at = now() WHERE replaced_by IS NOT NULL`);
    expect(await until('unauthenticated', app.secret, null)).toBeLessThan(1_000);
    expect((await listKeys(owner, { appId: app.id })).map(({ state }) => state)).toEqual(['active', 'expired']);
  });

  test('is rotated while its app is being changed: one waits for the other, and both happen', async () => {
    const app = await newApp();
    const { next } = await transact(async (tx) => {
      await lockApp(tx, uuidFrom('app', app.id) ?? '');
      const next = rotateKey(owner, { keyId: app.keyId });
      const isWaiting = async () =>
        (
          await core.sql(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~ 'api_key'`,
          )
        ).length > 0;
      await expect.poll(isWaiting, { interval: 5 }).toBe(true);
      await tx.query({ name: 'touch_app', text: 'UPDATE app SET edits = edits + 1 WHERE id = $1' }, [
        uuidFrom('app', app.id),
      ]);
      return { next };
    });
    expect((await next).id).toMatch(/^key_/);
  });

  test('with an end hands its length of life on, and never its secret', async () => {
    const { id: appId } = await newApp();
    const key = await createKey(owner, { appId, name: 'short', livemode: false, lifetimeDays: 30 });
    await rotateKey(owner, { keyId: key.id, overlapSeconds: 0 });
    const [made] = await listKeys(owner, { appId });
    expect(Math.round(((made?.expiresAt?.getTime() ?? 0) - Date.now()) / 86_400_000)).toBe(30);
    const stored =
      JSON.stringify(await core.sql('SELECT * FROM api_key')) +
      JSON.stringify(await core.sql('SELECT * FROM audit_entry'));
    expect(stored).not.toContain(key.secret);
  });

  test('is one of at most fifty that work, however many are asked for at once', async () => {
    const { id: appId } = await newApp();
    const results = await Promise.all(
      Array.from({ length: 60 }, () => refusalOf(createKey(owner, { appId, name: 'k', livemode: false }))),
    );
    // newApp made one.
    expect(results.filter((result) => result === 'resolved')).toHaveLength(49);
    const working = (await listKeys(owner, { appId })).filter(({ state }) => state === 'active');
    expect(working).toHaveLength(50);
    expect(await refusalOf(createKey(owner, { appId, name: 'k', livemode: false }))).toBe('invalid_request');
  });
});
