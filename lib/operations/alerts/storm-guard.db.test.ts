import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resumePausedTimers } from '@/lib/db/incidents';
import { newUuid, uuidFrom } from '@/lib/ids';
import { guardStorms } from '@/lib/operations/alerts/storm-guard';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { addConnection } from '@/lib/operations/connections/add';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { refused, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const uuid = (id: string) => uuidFrom('verification', id) ?? id;
const sql = <Row extends object>(text: string, values: unknown[] = []) => core.sql<Row>(text, values);

/** Accepted messages of a while ago of which nothing was heard. */
async function silentMessages(
  n: number,
  more: { country?: string; connection?: string; secondsAgo?: number; channel?: string; heard?: boolean } = {},
): Promise<void> {
  const { country = 'BR', connection = core.whatsapp, secondsAgo = 40, channel = 'whatsapp', heard = false } = more;
  const ids = Array.from({ length: n }, () => newUuid(Date.now() - secondsAgo * 1000));
  await sql(
    `INSERT INTO message (id, verification_id, app_id, livemode, country, step, cause, channel, provider, connection_id, template, locale, state, state_rank,
       submitted_at, answered_at, provider_message_id, price_rule, delivered_at)
     SELECT i, i, $2, true, $3, 0, 'issue', $4, 'x', $5, 't', 'en', 'accepted', 3, now() - make_interval(secs => $6), now(), i::text, 'delivered',
            CASE WHEN $7 THEN now() END
       FROM unnest($1::uuid[]) AS i`,
    [ids, core.app, country, channel, connection, secondsAgo, heard],
  );
}

/** A callback that came this long ago. */
const callback = (secondsAgo: number, connection = core.sms, outcome = 'applied') =>
  sql(
    `INSERT INTO callback (id, connection_id, digest, body_sealed, received_at, applied_at, outcome) VALUES ($1::uuid, $2, sha256(($1::uuid)::text::bytea), '', now() - make_interval(secs => $3), now(), $4)`,
    [newUuid(), connection, secondsAgo, outcome],
  );

const incidents = () =>
  sql<{ id: string; ended_at: Date | null; pause_until: Date; opened_at: Date }>(
    'SELECT * FROM incident ORDER BY opened_at',
  );
const events = (id: string) =>
  sql<{ kind: string; detail: Record<string, string> }>(
    'SELECT kind, detail FROM verification_event WHERE verification_id = $1 ORDER BY at, id',
    [uuid(id)],
  );
const timeOut = (id: string) =>
  sql('UPDATE verification SET next_fallback_at = now(), fallback_cause = $2 WHERE id = $1', [uuid(id), 'timeout']);

async function storm(): Promise<void> {
  await silentMessages(15, { country: 'BR' });
  await silentMessages(15, { country: 'ID', connection: core.sms, channel: 'sms' });
  expect(await guardStorms()).toBe('opened');
}

beforeEach(async () => {
  await core.forgetLimits();
});
afterEach(async () => {
  await core.quiet();
  for (const table of ['message', 'callback', 'incident', 'alert', 'verification_event'])
    await sql(`DELETE FROM ${table}`);
  await sql('UPDATE verification SET paused_by = NULL, next_fallback_at = NULL');
  await reloadConfiguration();
});

describe('a storm', () => {
  test('opens one incident and one critical alert, however many workers see it at once', async () => {
    await silentMessages(15, { country: 'BR' });
    await silentMessages(15, { country: 'ID' });
    const looks = await Promise.all(Array.from({ length: 6 }, () => guardStorms()));
    for (let n = 0; n < 4; n += 1) looks.push(await guardStorms());
    expect(looks.filter((look) => look === 'opened')).toHaveLength(1);
    expect(await incidents()).toMatchObject([{ ended_at: null }]);
    expect(await sql('SELECT severity, fingerprint FROM alert')).toEqual([
      { severity: 'critical', fingerprint: 'webhook_silence/everywhere' },
    ]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['too few', () => silentMessages(19)],
    ['still young', () => silentMessages(50, { secondsAgo: 8 })],
    [
      'one country of two',
      async () => {
        await silentMessages(50, { country: 'BR' });
        await silentMessages(5, { country: 'ID', heard: true });
      },
    ],
    [
      'a callback has come since',
      async () => {
        await silentMessages(50, { country: 'BR' });
        await silentMessages(50, { country: 'ID' });
        await callback(2);
      },
    ],
  ])('is none: %s', async (_, arrange) => {
    await arrange();
    expect(await guardStorms()).toBe('calm');
    expect(await incidents()).toEqual([]);
  });

  test('is none where only mail is silent: SMTP never says delivered', async () => {
    const { id } = await addConnection(
      { kind: 'system', what: 'test' },
      {
        provider: 'smtp',
        name: 'Mail',
        baseUrl: 'smtp://127.0.0.1:9',
        settings: { from: 'codes@example.com' },
        credentials: { username: 'codes', password: 'of the house' },
        priceRule: 'submitted',
      },
    );
    const mail = uuidFrom('connection', id) ?? '';
    try {
      await silentMessages(50, { country: 'BR', connection: mail, channel: 'email' });
      await silentMessages(50, { country: 'ID', connection: mail, channel: 'email' });
      expect(await guardStorms()).toBe('calm');
      // The same silence of a provider that does tell is one.
      await sql('UPDATE message SET connection_id = $1', [core.sms]);
      expect(await guardStorms()).toBe('opened');
    } finally {
      await sql('DELETE FROM connection WHERE id = $1', [mail]);
    }
  });

  test('is one although the address is called, where nothing that is sent there can be read', async () => {
    await callback(2, core.sms, 'malformed');
    await storm();
  });

  test('is one from the last callback on, however good it was before', async () => {
    await callback(60);
    await storm();
  });
});

describe('while it lasts', () => {
  test('silence sends nothing more: no doubled bill, and the timeline says why', async () => {
    await storm();
    const people = [core.phone(), core.phone(), core.phone()];
    const issued = await Promise.all(people.map((to) => core.issue(to)));
    await core.quiet();
    for (const { resource } of issued) await timeOut(resource.id);
    expect(await fallBack(null)).toBe(3);
    await core.quiet();
    expect(people.map((to) => core.carrier.to(to).length)).toEqual([1, 1, 1]);
    expect(await events(issued[0]?.resource.id ?? '')).toMatchObject([
      { kind: 'no_fallback', detail: { cause: 'timeout', why: 'storm_guard' } },
    ]);
    expect(await fallBack(null)).toBe(0);
  });

  test('failures still fall back at once', async () => {
    await storm();
    const to = core.phone();
    core.carrier.answer = (sent) =>
      sent.channel === 'whatsapp'
        ? refused('not_on_channel')
        : { kind: 'accepted', providerMessageId: sent.messageId, segments: 1 };
    await core.issue(to);
    await expect.poll(() => core.carrier.to(to).map(({ channel }) => channel)).toEqual(['whatsapp', 'sms']);
    core.carrier.answer = (sent) => ({ kind: 'accepted', providerMessageId: `p-${sent.messageId}`, segments: 1 });
  });

  test('the pause ends after 15 minutes at the latest: then silence counts again', async () => {
    await storm();
    const [{ opened_at, pause_until } = { opened_at: new Date(0), pause_until: new Date(0) }] = await incidents();
    expect(pause_until.getTime() - opened_at.getTime()).toBe(15 * 60_000);
    await sql(
      `UPDATE incident SET opened_at = now() - interval '16 minutes', pause_until = now() - interval '1 minute'`,
    );
    await reloadConfiguration();
    const to = core.phone();
    const { resource } = await core.issue(to);
    await core.quiet();
    await timeOut(resource.id);
    await fallBack(null);
    await core.quiet();
    expect(core.carrier.to(to).map(({ channel }) => channel)).toEqual(['whatsapp', 'sms']);
    await expect(sql(`UPDATE incident SET pause_until = opened_at + interval '16 minutes'`)).rejects.toThrow();
  });
});

describe('as soon as a callback comes', () => {
  test('it ends: timers go on within 30 s, and those whose message has arrived end', async () => {
    await storm();
    const [waiting, arrived] = [core.phone(), core.phone()];
    const a = (await core.issue(waiting)).resource;
    const b = (await core.issue(arrived)).resource;
    await core.quiet();
    await timeOut(a.id);
    await timeOut(b.id);
    await fallBack(null);
    await sql(
      `UPDATE message SET state = 'delivered', state_rank = 6, delivered_at = now() WHERE verification_id = $1`,
      [uuid(b.id)],
    );

    await callback(-1);
    expect(await guardStorms()).toBe('ended');
    expect((await incidents())[0]?.ended_at).not.toBeNull();
    expect(await sql('SELECT resolved_at IS NOT NULL AS over FROM alert')).toEqual([{ over: true }]);
    const [timer] = await sql<{ seconds: number; paused_by: string | null }>(
      'SELECT EXTRACT(epoch FROM next_fallback_at - now())::float8 AS seconds, paused_by FROM verification WHERE id = $1',
      [uuid(a.id)],
    );
    expect(timer?.paused_by).toBeNull();
    expect(timer?.seconds).toBeLessThanOrEqual(30);

    await sql('UPDATE verification SET next_fallback_at = now() WHERE id = ANY ($1)', [[uuid(a.id), uuid(b.id)]]);
    await fallBack(null);
    await core.quiet();
    expect(core.carrier.to(waiting).map(({ channel }) => channel)).toEqual(['whatsapp', 'sms']);
    expect(core.carrier.to(arrived).map(({ channel }) => channel)).toEqual(['whatsapp']);
  });

  test('a storm that begins again at once is the same one: its pause is not begun anew', async () => {
    await storm();
    const [first] = await incidents();
    await callback(-1);
    expect(await guardStorms()).toBe('ended');
    await sql('DELETE FROM callback');
    expect(await guardStorms()).toBe('opened');
    const again = await incidents();
    expect(again).toHaveLength(1);
    expect(again[0]).toMatchObject({ id: first?.id, ended_at: null, pause_until: first?.pause_until });
  });

  test('timers that a dead process left resting go on with the next look', async () => {
    const { resource } = await core.issue(core.phone());
    await core.quiet();
    await sql(
      `UPDATE verification SET paused_by = $2, next_fallback_at = now() + interval '14 minutes' WHERE id = $1`,
      [uuid(resource.id), newUuid()],
    );
    await guardStorms();
    expect(await sql('SELECT 1 FROM verification WHERE paused_by IS NOT NULL')).toEqual([]);
    expect(await resumePausedTimers(core.otherProcess(), [], 10)).toBe(0);
  });
});
