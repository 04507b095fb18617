import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { database, statementCounters } from '@/lib/db/client';
import { forgetOld, retentionRules } from '@/lib/db/retention';
import { LEASE_SECONDS, TIMER_LEASE_SECONDS } from '@/lib/domain/verification/limits';
import { newUuid, uuidFrom } from '@/lib/ids';
import { startWorker } from '@/lib/worker/main';
import { runSweeps, SWEEPS } from '@/lib/worker/timers';
import { accepted, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const uuid = (id: string) => uuidFrom('verification', id) ?? id;

/** Runs every sweep, as a worker does, until the condition holds. */
async function sweepUntil(holds: () => Promise<boolean>): Promise<void> {
  const stopping = new AbortController();
  const running = runSweeps(stopping.signal);
  try {
    await expect.poll(holds, { timeout: 8_000, interval: 20 }).toBe(true);
  } finally {
    stopping.abort();
    await running;
  }
}

describe('a worker', () => {
  test('falls back, expires and recovers by itself, three of them no more often than one', async () => {
    const [silent, over, dead] = [core.phone(), core.phone(), core.phone()];
    const issued = { silent: (await core.issue(silent)).resource.id, over: (await core.issue(over)).resource.id };
    await core.quiet();
    let wake: (value: ReturnType<typeof accepted>) => void = () => {};
    core.carrier.answer = (sent) =>
      sent.to === dead && sent.channel === 'whatsapp'
        ? new Promise((resolve) => {
            wake = resolve;
          })
        : accepted(sent);
    const lost = (await core.issue(dead)).resource.id;
    await expect.poll(() => core.carrier.to(dead).length).toBe(1);
    await core.sql('UPDATE verification SET next_fallback_at = now() WHERE id = $1', [uuid(issued.silent)]);
    await core.sql(`UPDATE verification SET expires_at = now() - interval '1 second' WHERE id = $1`, [
      uuid(issued.over),
    ]);
    await core.sql(`UPDATE message SET lease_until = now() - interval '1 second' WHERE verification_id = $1`, [
      uuid(lost),
    ]);

    const isDone = async () =>
      core.carrier.to(silent).length === 2 &&
      core.carrier.to(dead).length === 2 &&
      (await core.verification(issued.over)).status === 'expired';
    await Promise.all([sweepUntil(isDone), sweepUntil(isDone), sweepUntil(isDone)]);
    wake(accepted({ messageId: 'late' }));
    await core.quiet();
    expect((await core.messages(issued.silent)).map(({ channel }) => channel)).toEqual(['whatsapp', 'sms']);
    expect(await core.messages(lost)).toMatchObject([{ state: 'unknown' }, { channel: 'sms', state: 'accepted' }]);
    expect(await core.verification(issued.over)).toMatchObject({
      code_macs: [],
      code_sealed: null,
      is_checkable: false,
    });
  });

  test('that cannot start leaves no sweep running', async () => {
    await core.sql('CREATE SCHEMA graphile_worker');
    await core.sql('CREATE VIEW graphile_worker.migrations AS SELECT 1 AS not_what_it_expects');
    const claims = () => statementCounters().byName.get('claim_timers') ?? 0;
    const before = claims();
    await expect(startWorker()).rejects.toThrow();
    expect(claims()).toBe(before);
    await core.sql('DROP SCHEMA graphile_worker CASCADE');
  });

  test('goes on after a sweep that failed', async () => {
    let tries = 0;
    const stopping = new AbortController();
    const sweep = {
      name: 'moody',
      everyMs: 1,
      limit: 1,
      run: async () => {
        tries += 1;
        if (tries === 1) throw new Error('the database was away');
        stopping.abort();
        return 0;
      },
    };
    await runSweeps(stopping.signal, [sweep]);
    expect(tries).toBe(2);
  });

  test('goes on at once while a sweep comes back full, and stops when told', async () => {
    let runs = 0;
    const stopping = new AbortController();
    const sweep = {
      name: 'busy',
      everyMs: 60_000,
      limit: 10,
      run: async () => {
        runs += 1;
        if (runs === 5) stopping.abort();
        return 10;
      },
    };
    await runSweeps(stopping.signal, [sweep]);
    expect(runs).toBe(5);
  });

  test('looks often enough for a takeover within 15 s, also when the one that takes over dies', () => {
    const every = (name: string) => SWEEPS.find((sweep) => sweep.name === name)?.everyMs ?? Number.POSITIVE_INFINITY;
    const toTimer = LEASE_SECONDS * 1_000 + every('lost_messages') + every('fall_back');
    expect(toTimer + TIMER_LEASE_SECONDS * 1_000 + every('fall_back')).toBeLessThan(15_000);
  });
});

describe('what is forgotten', () => {
  const rule = (name: string) => {
    const found = retentionRules(400).find((each) => each.name === name);
    if (!found) throw new Error(`no rule ${name}`);
    return found;
  };

  test('receipts as long after their arrival as their messages are kept', async () => {
    for (const days of [399, 401])
      await core.sql(
        `INSERT INTO receipt (connection_id, provider_message_id, status, at, received_at) VALUES ($1, $2, 'sent', now(), now() - make_interval(days => $3))`,
        [core.sms, `kept-${days}`, days],
      );
    expect(await forgetOld(database(), rule('receipts'), 100)).toBe(1);
    expect(
      await core.sql(`SELECT provider_message_id AS id FROM receipt WHERE provider_message_id LIKE 'kept-%'`),
    ).toEqual([{ id: 'kept-399' }]);
  });

  test('who was not on a channel, when it is believed no more', async () => {
    for (const [days, blind] of [
      [6, 'a1'],
      [8, 'a2'],
    ])
      await core.sql(
        `INSERT INTO reachability (to_blind, channel, reachable, at) VALUES (decode($2, 'hex'), 'whatsapp', false, now() - make_interval(days => $1))`,
        [days, blind],
      );
    expect(await forgetOld(database(), rule('reachabilities'), 100)).toBe(1);
    expect(await core.sql(`SELECT encode(to_blind, 'hex') AS blind FROM reachability`)).toEqual([{ blind: 'a1' }]);
  });

  test('numbers after 30 days, and only numbers of verifications that have ended', async () => {
    const { resource } = await core.issue(core.phone());
    const young = (await core.issue(core.phone())).resource;
    const old = newUuid(Date.now() - 31 * 86_400_000);
    await core.sql(
      `UPDATE verification SET id = $2, created_at = now() - interval '31 days', is_checkable = false, status = 'expired' WHERE id = $1`,
      [uuid(resource.id), old],
    );
    expect(await forgetOld(database(), rule('numbers'), 100)).toBe(1);
    expect(await forgetOld(database(), rule('numbers'), 100)).toBe(0);
    const rows = await core.sql<{ id: string; n: number }>(
      'SELECT id, length(to_sealed) AS n FROM verification WHERE id = ANY ($1) ORDER BY id',
      [[old, uuid(young.id)]],
    );
    expect(rows.map(({ n }) => n > 0)).toEqual([false, true]);
  });

  test('numbers once: what is wiped is not read again, and what could not be wiped is not passed over', async () => {
    const { resource } = await core.issue(core.phone());
    const day = 86_400_000;
    const ids = Array.from({ length: 60 }, (_, n) => newUuid(Date.now() - 40 * day + n * 1_000));
    await core.sql(
      `INSERT INTO verification SELECT (jsonb_populate_record(v, jsonb_build_object('id', i, 'created_at', now() - interval '40 days', 'is_checkable', i = $3, 'status', 'expired'))).*
         FROM verification v, unnest($2::uuid[]) AS i WHERE v.id = $1`,
      [uuid(resource.id), ids, ids[25]],
    );
    await core.sql(`UPDATE retention_mark SET until = '00000000-0000-0000-0000-000000000000'`);
    for (const gone of [20, 19, 19, 1, 0]) expect(await forgetOld(database(), rule('numbers'), 20)).toBe(gone);
    expect(await core.sql('SELECT until FROM retention_mark')).toEqual([{ until: ids[25] }]);
    await core.sql('UPDATE verification SET is_checkable = false WHERE id = $1', [ids[25]]);
    expect(await forgetOld(database(), rule('numbers'), 20)).toBe(1);
    await core.sql(`UPDATE retention_mark SET until = $1`, [ids[59]]);
    const { text } = rule('numbers').statement;
    const [{ plan = '' } = {}] = (
      await core.sql<{ 'QUERY PLAN': object }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text.replace('$1', '20')}`)
    ).map((row) => ({ plan: JSON.stringify(row) }));
    const removed = [...plan.matchAll(/"Rows Removed by Filter":\s*([\d.]+)/g)].map(([, n]) => Number(n));
    // The one that the mark is at, and what other tests left after it; not the sixty.
    expect(Math.max(0, ...removed)).toBeLessThan(5);
    expect(
      await core.sql(`SELECT count(*)::int AS n FROM verification WHERE id = ANY ($1) AND to_sealed <> ''`, [ids]),
    ).toEqual([{ n: 0 }]);
  });

  test('callbacks after 7 days, keys of requests after a day, counters when their windows are over', async () => {
    await core.sql(
      `INSERT INTO callback (id, connection_id, digest, body_sealed, received_at) SELECT gen_random_uuid(), $1, sha256(n::text::bytea), '', now() - n * interval '1 day' FROM generate_series(1, 10) n`,
      [core.sms],
    );
    await core.sql(
      `INSERT INTO idempotency_key (app_id, livemode, key, operation, fingerprint, created_at) SELECT $1, true, 'old-' || n, 'x', '', now() - n * interval '13 hours' FROM generate_series(1, 4) n`,
      [core.app],
    );
    await core.sql(
      `INSERT INTO send_limit (key, sends, used_at) SELECT sha256(n::text::bytea), ARRAY[now()], now() - n * interval '1 day' FROM generate_series(1, 4) n`,
    );
    expect(await forgetOld(database(), rule('callbacks'), 100)).toBe(4);
    expect(await forgetOld(database(), rule('idempotency_keys'), 100)).toBe(3);
    expect(await forgetOld(database(), rule('send_limits'), 100)).toBe(3);
  });

  test('in small batches, and twice at once takes nothing twice', async () => {
    await core.sql(
      `INSERT INTO callback (id, connection_id, digest, body_sealed, received_at) SELECT gen_random_uuid(), $1, sha256(('b' || n)::bytea), '', now() - interval '8 days' FROM generate_series(1, 30) n`,
      [core.sms],
    );
    const gone = await Promise.all(Array.from({ length: 5 }, () => forgetOld(database(), rule('callbacks'), 10)));
    expect(gone.reduce((sum, n) => sum + n, 0) + (await forgetOld(database(), rule('callbacks'), 100))).toBe(30);
  });
});
