import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Db, database, statementCounters } from '@/lib/db/client';
import { forgetIssueKey } from '@/lib/db/idempotency';
import { issueVerifications } from '@/lib/db/issue-verifications';
import { isRefusal } from '@/lib/domain/errors';
import { newUuid, publicId } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { tellRefusals } from '@/lib/operations/usage/refusals';
import { cancelVerification } from '@/lib/operations/verifications/cancel';
import { checkVerification } from '@/lib/operations/verifications/check';
import { accepted, refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());
beforeEach(async () => {
  await core.quiet();
  core.carrier.answer = accepted;
});

const live = (to: string) =>
  core.sql<{ id: string }>(
    `SELECT v.id FROM verification v JOIN verification o ON o.to_blind = v.to_blind WHERE o.id = $1 AND v.is_checkable`,
    [to],
  );
const fingerprint = (text: string) => createHash('sha256').update(text).digest();
const outcomes = async (promises: readonly Promise<unknown>[]) => {
  const counted: Record<string, number> = {};
  for (const outcome of await Promise.all(promises.map(refusalOf))) counted[outcome] = (counted[outcome] ?? 0) + 1;
  return counted;
};
const waitOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => (isRefusal(error) ? error.retryAfterSeconds : null),
  );

describe('issuing a code', () => {
  test('is one statement, and so one commit', async () => {
    const before = statementCounters().statements;
    await core.issue(core.phone(), { actor: core.key({ livemode: false }) });
    expect(statementCounters().statements - before).toBe(1);
  });

  test('lets nothing leave the building before verification, message and timer are committed', async () => {
    const to = core.phone();
    const seen: unknown[] = [];
    core.carrier.answer = async (sent) => {
      const [row] = await core.sql(
        `SELECT m.state, v.status, v.next_fallback_at IS NOT NULL AS has_timer FROM message m JOIN verification v ON v.id = m.verification_id
          WHERE 'msg_' || replace(m.id::text, '-', '') = $1`,
        [sent.messageId],
      );
      seen.push(row);
      return accepted(sent);
    };
    const { resource } = await core.issue(to);
    await core.quiet();
    expect(seen).toEqual([{ state: 'submitted', status: 'pending', has_timer: true }]);
    expect(await core.messages(resource.id)).toMatchObject([
      { state: 'accepted', channel: 'whatsapp', cause: 'issue' },
    ]);
  });

  test('keeps neither the number nor the code anywhere in clear', async () => {
    const to = core.phone('4321');
    const { resource } = await core.issue(to, { idempotency: { key: 'canary', fingerprint: fingerprint('x') } });
    await core.quiet();
    const code = core.carrier.codeFor(to);
    const tables = ['verification', 'message', 'idempotency_key', 'send_limit', 'verification_event', 'receipt'];
    for (const table of tables) {
      const rows = JSON.stringify(await core.sql(`SELECT to_jsonb(t)::text AS row FROM ${table} t`));
      expect(rows).not.toContain(to.slice(1));
      expect(rows).not.toContain(`"${code}"`);
    }
    expect(JSON.stringify(resource)).not.toContain(code);
    expect(JSON.stringify(resource)).not.toContain(to.slice(1));
  });

  test('freezes route and policy: later edits never change a code in flight', async () => {
    const to = core.phone();
    const { resource } = await core.issue(to);
    await core.sql(`UPDATE route SET fallback_after_seconds = 5, channels = '[]' WHERE scope = 'global'`);
    await core.sql(`UPDATE policy SET checks_max = 1 WHERE use_case = 'login'`);
    try {
      await reloadConfiguration();
      const [row] = await core.sql<{ plan: { fallbackAfterSeconds: number; steps: unknown[] }; checks_max: number }>(
        'SELECT p.body AS plan, v.checks_max FROM verification v JOIN plan p ON p.id = v.plan_id WHERE v.id = $1',
        [(await core.verification(resource.id)).id],
      );
      expect(row).toMatchObject({ plan: { fallbackAfterSeconds: 30 }, checks_max: 5 });
      expect(row?.plan.steps).toHaveLength(2);
    } finally {
      await core.sql(`UPDATE route SET fallback_after_seconds = 30, channels = $1 WHERE scope = 'global'`, [
        JSON.stringify(['whatsapp', 'sms'].map((channel) => ({ channel, enabled: true, connections: [] }))),
      ]);
      await core.sql(`UPDATE policy SET checks_max = 5 WHERE use_case = 'login'`);
      await reloadConfiguration();
    }
  });

  test('with a test key sends nothing, and takes 000000', async () => {
    const to = core.phone();
    const actor = core.key({ livemode: false });
    const { resource } = await core.issue(to, { actor });
    await core.quiet();
    expect(core.carrier.to(to)).toEqual([]);
    expect(await core.messages(resource.id)).toEqual([]);
    expect(resource).toMatchObject({ livemode: false, next_fallback_at: null });
    expect((await checkVerification(actor, { verificationId: resource.id, code: '111111' })).outcome).toBe('mismatch');
    expect((await checkVerification(actor, { verificationId: resource.id, code: '000000' })).outcome).toBe('approved');
  });

  test('with a live key never makes 000000 the code of everybody', async () => {
    const codes = new Set<string>();
    for (let n = 0; n < 8; n += 1) {
      const to = core.phone();
      await core.issue(to);
      await core.quiet();
      codes.add(core.carrier.codeFor(to));
    }
    expect(codes.size).toBeGreaterThan(6);
  });

  test('begins on the next channel when the number is remembered as not on the first', async () => {
    const to = core.phone();
    const probes: string[] = [];
    const first = await core.issue(to);
    await core.sql(
      `INSERT INTO reachability (to_blind, channel, reachable) SELECT to_blind, 'whatsapp', false FROM verification WHERE id = $1`,
      [(await core.verification(first.resource.id)).id],
    );
    // One in twenty is a probe on purpose: enough issues show both without any chance deciding the test.
    for (let n = 0; n < 12; n += 1) {
      await core.forgetLimits();
      const { resource } = await core.issue(to);
      probes.push(resource.channel ?? '');
      if (resource.channel === 'sms') expect(resource.next_fallback_at).toBeNull();
    }
    expect(probes.filter((channel) => channel === 'sms').length).toBeGreaterThan(6);
  });
});

describe('one live verification per app, number and use case', () => {
  test('100 parallel issues over two pools make one', async () => {
    const to = core.phone();
    const processes = [core.otherProcess(), core.otherProcess()];
    const rows = await Promise.all(Array.from({ length: 100 }, () => core.issueRow(to)));
    const results = await Promise.all(
      rows.map((row, n) => issueVerifications(processes[n % 2] ?? core.otherProcess(), [row])),
    );
    expect(results.filter(([result]) => result?.kind === 'issued')).toHaveLength(1);
    const issued = rows.find((_, n) => results[n]?.[0]?.kind === 'issued');
    expect(await live(issued?.id ?? '')).toEqual([{ id: issued?.id }]);
    expect(await core.messages(issued?.id ?? '')).toHaveLength(1);
  });

  test('100 parallel calls answer one code, refuse the rest, and send one message', async () => {
    const to = core.phone();
    expect(await outcomes(Array.from({ length: 100 }, () => core.issue(to)))).toEqual({
      resolved: 1,
      already_pending: 99,
    });
    await core.quiet();
    expect(core.carrier.to(to)).toHaveLength(1);
  });

  test('a race that was lost is refused, and costs the number nothing', async () => {
    const to = core.phone();
    const row = await core.issueRow(to);
    const client = new pg.Client({ connectionString: core.databaseUrl });
    await client.connect();
    // The other process has written and not yet committed: ours finds nothing, waits, and then finds the place taken.
    await client.query('BEGIN');
    const other: Db = { query: async ({ text }, values) => (await client.query(text, [...values])).rows };
    expect(await issueVerifications(other, [row])).toMatchObject([{ kind: 'issued' }]);
    const ours = refusalOf(core.issue(to));
    await expect
      .poll(() =>
        core.sql(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`),
      )
      .toHaveLength(1);
    await client.query('COMMIT');
    await client.end();
    expect(await ours).toBe('already_pending');
    const counts = await core.sql('SELECT cardinality(sends) AS n FROM send_limit WHERE key = ANY ($1)', [
      [row.numberKey, row.prefixKey],
    ]);
    expect(counts).toEqual([{ n: 1 }, { n: 1 }]);
  });

  test('inside the cooldown another request is refused and told how long to wait', async () => {
    const to = core.phone();
    await core.issue(to);
    const again = core.issue(to);
    expect(await refusalOf(again)).toBe('already_pending');
    expect(await waitOf(core.issue(to))).toBeGreaterThan(50);
    expect(await waitOf(core.issue(to))).toBeLessThanOrEqual(60);
  });

  test('after the cooldown the old one ends as superseded and its code stops working', async () => {
    const to = core.phone();
    const first = await core.issue(to);
    await core.quiet();
    const oldCode = core.carrier.codeFor(to);
    await core.forgetLimits();
    const second = await core.issue(to);
    expect(await core.verification(first.resource.id)).toMatchObject({
      status: 'canceled',
      end_reason: 'superseded',
      is_checkable: false,
      code_macs: [],
      code_sealed: null,
      next_fallback_at: null,
    });
    expect(await core.verification(second.resource.id)).toMatchObject({ status: 'pending', is_checkable: true });
    const outcome = await checkVerification(core.key(), { verificationId: first.resource.id, code: oldCode });
    expect(outcome.outcome).toBe('closed');
  });

  test('one that outlived itself ends as expired, not as superseded', async () => {
    const to = core.phone();
    const first = await core.issue(to);
    await core.sql(`UPDATE verification SET expires_at = now() - interval '1 second' WHERE id = $1`, [
      (await core.verification(first.resource.id)).id,
    ]);
    await core.issue(to);
    expect(await core.verification(first.resource.id)).toMatchObject({
      status: 'expired',
      end_reason: 'lifetime_over',
      code_macs: [],
    });
  });

  test('a number may have one per app, per use case and per mode at the same time', async () => {
    const to = core.phone();
    const actors = [core.key(), core.key({ appId: core.otherApp }), core.key({ livemode: false })];
    for (const actor of actors) {
      for (const useCase of ['login', 'payment'])
        expect(await refusalOf(core.issue(to, { actor, use_case: useCase }))).toBe('resolved');
    }
  });
});

describe('send limits', () => {
  /** Issues again after the cooldown. */
  const again = async (to: string) => {
    await core.sql(`UPDATE verification SET resend_after = now() - interval '1 second' WHERE is_checkable`);
    return core.issue(to);
  };
  const age = (interval: string) =>
    core.sql(`UPDATE send_limit SET sends = ARRAY(SELECT s - $1::interval FROM unnest(sends) s)`, [interval]);

  test('a number gets 5 in 10 minutes and 10 in a day', async () => {
    const to = core.phone();
    for (let n = 0; n < 5; n += 1) expect(await refusalOf(again(to))).toBe('resolved');
    expect(await refusalOf(again(to))).toBe('too_many_verifications');
    expect(await waitOf(again(to))).toBeGreaterThan(590);
    await age('11 minutes');
    for (let n = 0; n < 5; n += 1) expect(await refusalOf(again(to))).toBe('resolved');
    await age('11 minutes');
    expect(await refusalOf(again(to))).toBe('too_many_verifications');
    expect(await waitOf(again(to))).toBeGreaterThan(3600 * 20);
    await age('1 day');
    expect(await refusalOf(again(to))).toBe('resolved');
  });

  test('the limit of a number holds over every app', async () => {
    const to = core.phone();
    for (let n = 0; n < 5; n += 1) await again(to);
    expect(await refusalOf(core.issue(to, { actor: core.key({ appId: core.otherApp }) }))).toBe(
      'too_many_verifications',
    );
  });

  test('100 parallel issues for 100 numbers behind one address over two pools: exactly 10 pass', async () => {
    const processes = [core.otherProcess(), core.otherProcess()];
    const ipKey = Buffer.concat([Buffer.from([0x69, 1]), fingerprint('203.0.113.7').subarray(0, 16)]);
    const rows = await Promise.all(Array.from({ length: 100 }, () => core.issueRow(core.phone(), { ipKey })));
    const results = await Promise.all(
      rows.map((row, n) => issueVerifications(processes[n % 2] ?? core.otherProcess(), [row])),
    );
    expect(results.filter(([result]) => result?.kind === 'issued')).toHaveLength(10);
    expect(results.filter(([result]) => result?.kind === 'limited')).toHaveLength(90);
  });

  test('an address of the end user gets 10 an hour, and every address of one IPv6 /64 is that address', async () => {
    const spellings = [
      '2001:db8:0:7::1',
      '2001:DB8::7:0:0:0:2',
      '2001:0db8:0000:0007:ffff:ffff:ffff:ffff',
      '2001:db8:0:7:1:2:3:4',
    ];
    for (let n = 0; n < 10; n += 1) {
      const ip = spellings[n % spellings.length] ?? '';
      expect(await refusalOf(core.issue(core.phone(), { client: { ip } }))).toBe('resolved');
    }
    expect(await refusalOf(core.issue(core.phone(), { client: { ip: '2001:db8:0:7:dead::' } }))).toBe(
      'too_many_verifications',
    );
    expect(await refusalOf(core.issue(core.phone(), { client: { ip: '2001:db8:0:8::1' } }))).toBe('resolved');
  });

  test('the address itself is not kept', async () => {
    const { resource } = await core.issue(core.phone(), { client: { ip: '198.51.100.77', user_agent: 'A' } });
    const [row] = await core.sql<{ client: unknown }>('SELECT client FROM verification WHERE id = $1', [
      (await core.verification(resource.id)).id,
    ]);
    expect(row?.client).toEqual({ user_agent: 'A' });
  });

  test('a prefix gets 20 an hour that do not convert, and an approval gives one back', async () => {
    const prefix = core.phone('');
    const numbers = Array.from({ length: 23 }, (_, n) => `${prefix}${String(3000 + n)}`);
    const issued = [];
    for (const to of numbers.slice(0, 20)) issued.push(await core.issue(to));
    await core.quiet();
    expect(await refusalOf(core.issue(numbers[20] ?? ''))).toBe('too_many_verifications');
    const code = core.carrier.codeFor(numbers[3] ?? '');
    const approved = await checkVerification(core.key(), { verificationId: issued[3]?.resource.id ?? '', code });
    expect(approved.outcome).toBe('approved');
    expect(await refusalOf(core.issue(numbers[21] ?? ''))).toBe('resolved');
    expect(await refusalOf(core.issue(numbers[22] ?? ''))).toBe('too_many_verifications');
  });

  test('a request that one limit refuses uses up none of the others', async () => {
    const ip = '198.51.100.9';
    for (let n = 0; n < 10; n += 1) await core.issue(core.phone(), { client: { ip } });
    const to = core.phone();
    for (let n = 0; n < 8; n += 1)
      expect(await refusalOf(core.issue(to, { client: { ip } }))).toBe('too_many_verifications');
    expect(await refusalOf(core.issue(to))).toBe('resolved');
    const row = await core.issueRow(to);
    const counts = await core.sql<{ n: number }>(
      'SELECT cardinality(sends) AS n FROM send_limit WHERE key = ANY ($1)',
      [[row.numberKey, row.prefixKey]],
    );
    expect(counts).toEqual([{ n: 1 }, { n: 1 }]);
  });

  test('test traffic and live traffic count apart', async () => {
    const to = core.phone();
    for (let n = 0; n < 5; n += 1) await again(to);
    expect(await refusalOf(again(to))).toBe('too_many_verifications');
    expect(await refusalOf(core.issue(to, { actor: core.key({ livemode: false }) }))).toBe('resolved');
  });
});

describe('Idempotency-Key', () => {
  test('the same key and body answer the first answer again, byte for byte, and make nothing', async () => {
    const to = core.phone();
    const idempotency = { key: 'order-1', fingerprint: fingerprint('body') };
    const first = await core.issue(to, { idempotency, metadata: { b: '1', a: '2' } });
    const again = await core.issue(to, { idempotency, metadata: { b: '1', a: '2' } });
    expect(again.isReplay).toBe(true);
    expect(JSON.stringify(again.resource)).toBe(JSON.stringify(first.resource));
    await core.quiet();
    expect(core.carrier.to(to)).toHaveLength(1);
  });

  test('the first answer is the same as well where the number is remembered as not on the first channel', async () => {
    const to = core.phone();
    const first = await core.issue(to);
    await core.sql(
      `INSERT INTO reachability (to_blind, channel, reachable) SELECT to_blind, 'whatsapp', false FROM verification WHERE id = $1`,
      [(await core.verification(first.resource.id)).id],
    );
    for (let n = 0; n < 6; n += 1) {
      await core.forgetLimits();
      const idempotency = { key: `remembered-${n}`, fingerprint: fingerprint('body') };
      const answer = await core.issue(to, { idempotency });
      const again = await core.issue(to, { idempotency });
      expect(JSON.stringify(again.resource)).toBe(JSON.stringify(answer.resource));
    }
  });

  test('still answers the first answer when the verification has ended, another runs and the limits are full', async () => {
    const to = core.phone();
    const idempotency = { key: 'order-2', fingerprint: fingerprint('body') };
    const first = await core.issue(to, { idempotency });
    for (let n = 0; n < 4; n += 1) {
      await core.sql(`UPDATE verification SET resend_after = now() - interval '1 second' WHERE is_checkable`);
      await core.issue(to);
    }
    const inCooldown = await core.issue(to, { idempotency });
    await core.sql(`UPDATE verification SET resend_after = now() - interval '1 second' WHERE is_checkable`);
    const pastLimits = await core.issue(to, { idempotency });
    expect([inCooldown.resource, pastLimits.resource]).toEqual([first.resource, first.resource]);
  });

  test('still answers the first answer when the country was closed meanwhile, and counts no refusal', async () => {
    const to = core.phone();
    const idempotency = { key: 'closed-1', fingerprint: fingerprint('body') };
    const first = await core.issue(to, { idempotency });
    await core.setRoute({ mode: 'blocked' });
    try {
      expect(await refusalOf(core.issue(core.phone()))).not.toBe('resolved');
      await tellRefusals();
      const refused = await core.sql('SELECT sum(n)::int AS n FROM refused_issue');
      const again = await core.issue(to, { idempotency });
      expect(again).toEqual({ resource: first.resource, isReplay: true });
      const other = { ...idempotency, fingerprint: fingerprint('another body') };
      expect(await refusalOf(core.issue(to, { idempotency: other }))).toBe('idempotency_conflict');
      await tellRefusals();
      expect(await core.sql(`SELECT sum(n)::int AS n FROM refused_issue WHERE code <> 'idempotency_conflict'`)).toEqual(
        refused,
      );
    } finally {
      await core.setRoute({ mode: 'automatic' });
    }
  });

  test('a refused request that is slow to forget its key leaves the key to whoever holds it by now', async () => {
    const to = core.phone();
    const idempotency = { key: 'slow-1', fingerprint: fingerprint('body') };
    const first = await core.issue(to, { idempotency });
    await forgetIssueKey(
      database(),
      { appId: core.app, livemode: true, key: 'slow-1' },
      publicId('verification', newUuid()),
    );
    expect(await core.issue(to, { idempotency })).toEqual({ resource: first.resource, isReplay: true });
  });

  test('the same key with another body is a conflict', async () => {
    await core.issue(core.phone(), { idempotency: { key: 'order-3', fingerprint: fingerprint('one') } });
    expect(
      await refusalOf(core.issue(core.phone(), { idempotency: { key: 'order-3', fingerprint: fingerprint('two') } })),
    ).toBe('idempotency_conflict');
  });

  test('40 parallel requests with one key make one verification and all get its answer', async () => {
    const to = core.phone();
    const idempotency = { key: 'order-4', fingerprint: fingerprint('body') };
    const answers = await Promise.all(Array.from({ length: 40 }, () => core.issue(to, { idempotency })));
    expect(new Set(answers.map(({ resource }) => JSON.stringify(resource))).size).toBe(1);
    expect(answers.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
  });

  test('20 parallel requests with one key over two pools make one verification', async () => {
    const to = core.phone();
    const processes = [core.otherProcess(), core.otherProcess()];
    const idempotency = { key: 'order-5', fingerprint: fingerprint('body'), response: { id: 'x' } };
    const rows = await Promise.all(Array.from({ length: 20 }, () => core.issueRow(to, { idempotency })));
    const results = (
      await Promise.all(rows.map((row, n) => issueVerifications(processes[n % 2] ?? core.otherProcess(), [row])))
    ).flat();
    expect(results.filter(({ kind }) => kind === 'issued')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'raced' || kind === 'limited')).toHaveLength(0);
  });

  test('a refusal is not kept: the same key may succeed later', async () => {
    const to = core.phone();
    const idempotency = { key: 'order-6', fingerprint: fingerprint('body') };
    for (let n = 0; n < 5; n += 1) {
      await core.sql(`UPDATE verification SET resend_after = now() - interval '1 second' WHERE is_checkable`);
      await core.issue(to);
    }
    await core.sql(`UPDATE verification SET resend_after = now() - interval '1 second' WHERE is_checkable`);
    expect(await refusalOf(core.issue(to, { idempotency }))).toBe('too_many_verifications');
    await core.forgetLimits();
    const answer = await core.issue(to, { idempotency });
    expect(answer.isReplay).toBe(false);
    expect((await core.verification(answer.resource.id)).status).toBe('pending');
  });

  test('a key left by a process that died between refusing and forgetting is free again', async () => {
    const to = core.phone();
    const idempotency = { key: 'order-7', fingerprint: fingerprint('body') };
    const never = publicId('verification', '01999999-0000-7000-8000-000000000000');
    await core.sql(
      `INSERT INTO idempotency_key (app_id, livemode, key, operation, fingerprint, status, response) VALUES ($1, true, 'order-7', 'verifications.issue', $2, 201, $3)`,
      [core.app, idempotency.fingerprint, JSON.stringify({ id: never })],
    );
    expect(await refusalOf(core.issue(to, { idempotency }))).toBe('idempotency_in_flight');
    expect(await refusalOf(core.issue(to, { idempotency }))).toBe('resolved');
  });

  test('keys of another app and of another mode are other keys', async () => {
    const idempotency = { key: 'order-8', fingerprint: fingerprint('body') };
    const actors = [core.key(), core.key({ appId: core.otherApp }), core.key({ livemode: false })];
    const answers = await Promise.all(actors.map((actor) => core.issue(core.phone(), { actor, idempotency })));
    expect(answers.map(({ isReplay }) => isReplay)).toEqual([false, false, false]);
  });
});

describe('rows that share a commit', () => {
  test('a row that the database cannot take does not hurt its neighbours', async () => {
    const good = Array.from({ length: 20 }, () => core.phone());
    // Past the contract's schemas on purpose: Postgres cannot store NUL in jsonb.
    const row = await core.issueRow(core.phone(), { metadata: { broken: 'a\0b' } });
    const rows = await Promise.all(good.map((to) => core.issueRow(to)));
    await expect(issueVerifications(core.otherProcess(), [row])).rejects.toMatchObject({ code: '22P05' });
    const { issueVerification } = await import('@/lib/operations/verifications/issue');
    const bad = issueVerification(
      core.key(),
      { to: core.phone(), use_case: 'login', metadata: { broken: 'a\0b' } },
      { requestId: 'r' },
    );
    const results = await Promise.all([
      refusalOf(bad),
      ...rows.map(({ id }, n) => refusalOf(core.issue(good[n] ?? id))),
    ]);
    expect(results).toEqual(['22P05', ...good.map(() => 'resolved')]);
  });

  test('neighbours of a refused row are issued', async () => {
    const taken = core.phone();
    await core.issue(taken);
    const counted = await outcomes(
      [taken, core.phone(), taken, core.phone(), core.phone()].map((to) => core.issue(to)),
    );
    expect(counted).toEqual({ already_pending: 2, resolved: 3 });
  });

  test('50 issues at once share commits', async () => {
    const before = statementCounters().byName.get('issue_verifications') ?? 0;
    await Promise.all(
      Array.from({ length: 50 }, () => core.issue(core.phone(), { actor: core.key({ livemode: false }) })),
    );
    expect((statementCounters().byName.get('issue_verifications') ?? 0) - before).toBeLessThan(10);
  });
});

describe('who may issue', () => {
  test('a key without the scope is refused, and nothing is counted or kept', async () => {
    const [before] = await core.sql<{ n: number }>('SELECT count(*)::int AS n FROM verification');
    expect(await refusalOf(core.issue(core.phone(), { actor: core.key({ scopes: ['verifications:read'] }) }))).toBe(
      'forbidden',
    );
    expect(await core.sql('SELECT count(*)::int AS n FROM verification')).toEqual([before]);
  });

  test.each([
    ['+62', 'invalid_number'],
    ['+6281', 'invalid_number'],
    ['6281234567890', 'invalid_number'],
    ['+62 812 3456 7890', 'invalid_number'],
    ['+６２８１２３４５６７８９０', 'invalid_number'],
    ['+628123456789\u0660', 'invalid_number'],
    ['+0628123456789', 'invalid_number'],
    ['+4490912345678', 'invalid_number'],
    ['+449098790000', 'number_not_allowed'],
    ['+18002345678', 'number_not_allowed'],
  ])('%s is refused as %s before anything is spent', async (to, code) => {
    expect(await refusalOf(core.issue(to))).toBe(code);
  });

  test('canceling makes room for the next at once', async () => {
    const to = core.phone();
    const { resource } = await core.issue(to);
    await cancelVerification(core.key(), { verificationId: resource.id });
    expect(await refusalOf(core.issue(to))).toBe('resolved');
  });
});
