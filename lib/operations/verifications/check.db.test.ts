import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { codeMac } from '@/lib/crypto/code';
import { derivedKey } from '@/lib/crypto/keys';
import { checkVerifications } from '@/lib/db/check-verifications';
import { database, statementCounters } from '@/lib/db/client';
import { expireVerifications } from '@/lib/db/timers';
import { isRefusal } from '@/lib/domain/errors';
import { env } from '@/lib/env';
import { newUuid, publicId } from '@/lib/ids';
import { cancelVerification } from '@/lib/operations/verifications/cancel';
import { checkVerification } from '@/lib/operations/verifications/check';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());
afterEach(() => {
  vi.useRealTimers();
});

/** A live verification with its code. Every number is new unless one is given. */
async function begin(to = core.phone(), more: Parameters<TestCore['issue']>[1] = {}) {
  const { resource } = await core.issue(to, more);
  await core.quiet();
  const code = core.carrier.codeFor(to);
  return { id: resource.id, to, code, wrong: wrongCode(code) };
}
const wrongCode = (code: string) => (code === '123456' ? '654321' : '123456');
const check = async (id: string, code: string, actor = core.key()) =>
  (await checkVerification(actor, { verificationId: id, code })).outcome;
const set = async (id: string, assignments: string) =>
  core.sql(`UPDATE verification SET ${assignments} WHERE id = $1`, [(await core.verification(id)).id]);
const WIPED = { code_macs: [], code_sealed: null, is_checkable: false, next_fallback_at: null };

describe('guessing', () => {
  test('five wrong codes lock, and then the right one does not help', async () => {
    const { id, code, wrong } = await begin();
    const outcomes = [];
    for (let n = 0; n < 5; n += 1) outcomes.push(await check(id, wrong));
    expect(outcomes).toEqual(['mismatch', 'mismatch', 'mismatch', 'mismatch', 'locked']);
    expect(await check(id, code)).toBe('locked');
    expect(await core.verification(id)).toMatchObject({
      status: 'locked',
      end_reason: 'checks_spent',
      checks_used: 5,
      ...WIPED,
    });
  });

  test('the last check may still be the right one', async () => {
    const { id, code, wrong } = await begin();
    for (let n = 0; n < 4; n += 1) await check(id, wrong);
    const answer = await checkVerification(core.key(), { verificationId: id, code });
    expect(answer).toMatchObject({ outcome: 'approved', checks_remaining: 0, verification: { status: 'approved' } });
  });

  test('200 parallel guesses over two pools, 20 runs: never more than 5 compared, never more than one approval', async () => {
    const processes = [core.otherProcess(), core.otherProcess()];
    let approvals = 0;
    for (let run = 0; run < 20; run += 1) {
      const { id, code } = await begin();
      const right = randomInt(200);
      const rows = Array.from({ length: 200 }, (_, n) =>
        core.checkRow(id, n === right ? code : String((Number(code) + n + 1) % 1_000_000).padStart(6, '0')),
      );
      const results = (
        await Promise.all(rows.map((row, n) => checkVerifications(processes[n % 2] ?? core.otherProcess(), [row])))
      ).flat();
      const compared = results.filter(({ kind }) => kind === 'spent');
      const matched = results.filter((result) => result.kind === 'spent' && result.matched);
      expect(compared.length).toBeLessThanOrEqual(5);
      expect(matched.length).toBeLessThanOrEqual(1);
      approvals += matched.length;
      const row = await core.verification(id);
      expect(row.checks_used).toBe(compared.length);
      expect(row).toMatchObject({ status: matched.length === 1 ? 'approved' : 'locked', ...WIPED });
    }
    // 5 of 200 are compared: half a run is expected to be approved, never most of them.
    expect(approvals).toBeLessThan(10);
  }, 60_000);

  test('200 parallel calls with the right code approve once', async () => {
    const { id, code } = await begin();
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => check(id, code)));
    expect(outcomes.filter((outcome) => outcome === 'approved')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'closed')).toHaveLength(199);
    const attempts = await core.sql('SELECT outcome FROM check_attempt WHERE verification_id = $1', [
      (await core.verification(id)).id,
    ]);
    expect(attempts).toEqual([{ outcome: 'approved' }]);
  });

  test('the right code over two pools at once approves once', async () => {
    const processes = [core.otherProcess(), core.otherProcess()];
    const { id, code } = await begin();
    const results = (
      await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          checkVerifications(processes[n % 2] ?? core.otherProcess(), [core.checkRow(id, code)]),
        ),
      )
    ).flat();
    expect(results.filter((result) => result.kind === 'spent' && result.matched)).toHaveLength(1);
  });

  test('is one statement, whatever the outcome', async () => {
    const { id, code, wrong } = await begin();
    for (const guess of [wrong, code]) {
      const before = statementCounters().statements;
      await check(id, guess);
      expect(statementCounters().statements - before).toBe(1);
    }
  });

  test.each([
    ['a check', (id: string, code: string) => check(id, code), 'approved'],
    [
      'a cancel',
      async (id: string) => (await cancelVerification(core.key(), { verificationId: id })).status,
      'canceled',
    ],
  ])('%s that waited for a resend to another channel answers with the plan of that resend', async (_, act, outcome) => {
    const { id, code } = await begin();
    const uuid = (await core.verification(id)).id;
    const resend = new Client({ connectionString: core.databaseUrl });
    await resend.connect();
    try {
      await resend.query('BEGIN');
      await resend.query('UPDATE verification SET plan_id = $2 WHERE id = $1', [uuid, newUuid()]);
      const answer = act(id, code);
      await expect
        .poll(() =>
          core.sql(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`),
        )
        .toHaveLength(1);
      // Kept after the other's statement has begun, and so out of its sight.
      await resend.query(
        `INSERT INTO plan (id, body, outline) SELECT v.plan_id, p.body, p.outline FROM verification v, plan p WHERE v.id = $1 LIMIT 1`,
        [uuid],
      );
      await resend.query('COMMIT');
      expect(await answer).toBe(outcome);
    } finally {
      await resend.end();
    }
  });

  test('checks of many verifications share commits', async () => {
    const begun = await Promise.all(Array.from({ length: 30 }, () => begin()));
    const before = statementCounters().byName.get('check_verifications_1') ?? 0;
    const outcomes = await Promise.all(begun.map(({ id, code, wrong }, n) => check(id, n % 2 ? code : wrong)));
    expect(outcomes).toEqual(begun.map((_, n) => (n % 2 ? 'approved' : 'mismatch')));
    expect((statementCounters().byName.get('check_verifications_1') ?? 0) - before).toBeLessThan(8);
  });
});

describe('the failure budget of an app, number and use case', () => {
  const failures = (to: string) =>
    core.sql<{ failures: Date[]; since_success: number }>(
      `SELECT b.failures, b.since_success FROM failure_budget b
         JOIN verification v ON v.to_blind = b.to_blind AND v.use_case = b.use_case AND v.app_id = b.app_id AND v.livemode = b.livemode
        WHERE v.to_masked = $1 ORDER BY v.created_at DESC LIMIT 1`,
      [to],
    );
  const ageFailures = (interval: string) =>
    core.sql(`UPDATE failure_budget SET failures = ARRAY(SELECT f - $1::interval FROM unnest(failures) f)`, [interval]);
  /** Issues and guesses wrong until something refuses; answers how many guesses were compared. */
  const burn = async (to: string, most: number) => {
    let compared = 0;
    while (compared < most) {
      await core.forgetLimits();
      const issued = await core.issue(to).catch((error: unknown) => error);
      if (isRefusal(issued)) return { compared, by: issued.code };
      await core.quiet();
      const id = (issued as Awaited<ReturnType<TestCore['issue']>>).resource.id;
      const wrong = wrongCode(core.carrier.codeFor(to));
      for (let n = 0; n < 5 && compared < most; n += 1) {
        const outcome = await check(id, wrong).catch((error: unknown) => (isRefusal(error) ? error.code : 'thrown'));
        if (outcome === 'too_many_checks') return { compared, by: 'too_many_checks' };
        compared += 1;
      }
    }
    return { compared, by: null };
  };

  test('a new verification brings no new guesses: 20 in an hour, then issue and check are refused', async () => {
    const to = core.phone();
    expect(await burn(to, 500)).toEqual({ compared: 20, by: 'too_many_checks' });
    await core.forgetLimits();
    const refused = await core.issue(to).catch((error: unknown) => error);
    expect(isRefusal(refused) && refused.code).toBe('too_many_checks');
    const wait = isRefusal(refused) ? (refused.retryAfterSeconds ?? 0) : 0;
    expect(wait).toBeGreaterThan(3500);
    expect(wait).toBeLessThanOrEqual(3600);
  });

  test('50 in a day, however the hours are spread', async () => {
    const to = core.phone();
    expect((await burn(to, 20)).compared).toBe(20);
    await ageFailures('2 hours');
    expect((await burn(to, 20)).compared).toBe(20);
    await ageFailures('2 hours');
    expect(await burn(to, 20)).toEqual({ compared: 10, by: 'too_many_checks' });
  });

  test('100 since the last success, even over many days; a day without a guess opens it again', async () => {
    const to = core.phone();
    for (let day = 0; day < 5; day += 1) {
      expect((await burn(to, 20)).compared).toBe(20);
      await ageFailures('25 hours');
    }
    // The hundredth lies a day back: one more guess is possible, and closes it again.
    expect(await burn(to, 20)).toEqual({ compared: 1, by: 'too_many_checks' });
  });

  test('a success forgives the hundred, not the hour', async () => {
    const { to, id, code, wrong } = await begin();
    for (let n = 0; n < 4; n += 1) await check(id, wrong);
    await check(id, code);
    const [row] = await failures(
      (
        await core.sql<{ to_masked: string }>('SELECT to_masked FROM verification WHERE id = $1', [
          (await core.verification(id)).id,
        ])
      )[0]?.to_masked ?? '',
    );
    expect(row?.since_success).toBe(0);
    expect((await burn(to, 500)).compared).toBe(16);
  });

  test('parallel guesses over two pools cannot outrun it', async () => {
    const processes = [core.otherProcess(), core.otherProcess()];
    const to = core.phone();
    expect((await burn(to, 18)).compared).toBe(18);
    await core.forgetLimits();
    await core.setPolicy({ checks_max: 10 });
    try {
      const { id, wrong } = await begin(to);
      const results = (
        await Promise.all(
          Array.from({ length: 40 }, (_, n) =>
            checkVerifications(processes[n % 2] ?? core.otherProcess(), [core.checkRow(id, wrong)]),
          ),
        )
      ).flat();
      expect(results.filter(({ kind }) => kind === 'spent')).toHaveLength(2);
      expect(results.filter(({ kind }) => kind === 'too_many_checks')).toHaveLength(38);
    } finally {
      await core.setPolicy({ checks_max: 5 });
    }
  });

  test('is of one app and one use case: another app, or a payment, has its own', async () => {
    const to = core.phone();
    await burn(to, 500);
    await core.forgetLimits();
    expect(await refusalOf(core.issue(to, { use_case: 'payment' }))).toBe('resolved');
    expect(await refusalOf(core.issue(to, { actor: core.key({ appId: core.otherApp }) }))).toBe('resolved');
  });
});

describe('whose code it is', () => {
  test('a code opens only the verification it was made for', async () => {
    const one = await begin();
    const other = await begin();
    expect(await check(other.id, one.code === other.code ? other.wrong : one.code)).toBe('mismatch');
    expect(await check(one.id, one.code)).toBe('approved');
  });

  test('a login code does not approve a payment of the same number', async () => {
    const to = core.phone();
    const login = await begin(to);
    const payment = await begin(to, { use_case: 'payment' });
    if (login.code !== payment.code) expect(await check(payment.id, login.code)).toBe('mismatch');
    expect(await check(login.id, login.code)).toBe('approved');
  });

  test.each([
    ['an unknown id', () => publicId('verification', newUuid()), () => core.key()],
    ['an id that is none', () => 'vrf_1', () => core.key()],
    ['an id of another kind', () => publicId('message', newUuid()), () => core.key()],
    ['an id with a newline', () => `${publicId('verification', newUuid())}\n`, () => core.key()],
  ])('%s is the same 404, and burns nothing', async (_, id, actor) => {
    await expect(checkVerification(actor(), { verificationId: id(), code: '123456' })).rejects.toMatchObject({
      code: 'not_found',
      detail: 'No such verification.',
    });
  });

  test('another app and another mode get that 404 for a real id, and burn none of its guesses', async () => {
    const { id, code } = await begin();
    for (const actor of [core.key({ appId: core.otherApp }), core.key({ livemode: false })]) {
      await expect(checkVerification(actor, { verificationId: id, code })).rejects.toMatchObject({
        code: 'not_found',
        detail: 'No such verification.',
      });
    }
    expect((await core.verification(id)).checks_used).toBe(0);
    expect(await check(id, code)).toBe('approved');
  });

  test('a key that may only read may not check', async () => {
    const { id, code } = await begin();
    expect(await refusalOf(check(id, code, core.key({ scopes: ['verifications:read'] })))).toBe('forbidden');
  });
});

describe('the end of a code', () => {
  test('expires by the clock of the database, whatever the clock of the process says', async () => {
    const { id, code } = await begin();
    const late = await begin();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    expect(await check(id, code)).toBe('approved');
    await set(late.id, `expires_at = now() - interval '1 millisecond'`);
    vi.setSystemTime(Date.now() - 2 * 3_600_000);
    expect(await check(late.id, late.code)).toBe('expired');
    expect(await core.verification(late.id)).toMatchObject({ checks_used: 0, approved_at: null });
  });

  test('a check that comes before the sweep ends it as the sweep would: answer and database agree', async () => {
    const [asked, swept] = [await begin(), await begin()];
    for (const { id } of [asked, swept]) await set(id, `expires_at = now() - interval '1 second'`);
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => checkVerification(core.key(), { verificationId: asked.id, code: asked.code })),
    );
    await expireVerifications(database(), 500);
    const row = await core.verification(asked.id);
    expect(row).toMatchObject({ status: 'expired', end_reason: 'lifetime_over', ...WIPED });
    expect(row.ended_at).toEqual(row.expires_at);
    for (const answer of answers) {
      expect(answer).toMatchObject({
        outcome: 'expired',
        checks_remaining: 0,
        verification: { status: 'expired', checks_remaining: 0, ended_at: row.expires_at.toISOString() },
      });
    }
    const { status, end_reason, is_checkable, code_macs, code_sealed } = await core.verification(swept.id);
    expect(row).toMatchObject({ status, end_reason, is_checkable, code_macs, code_sealed });
  });

  test('a check after the life of an undeliverable one says that nothing is left, before the sweep too', async () => {
    const { id, code } = await begin();
    await set(id, `status = 'undeliverable', ended_at = now(), expires_at = now() - interval '1 second'`);
    expect(await checkVerification(core.key(), { verificationId: id, code })).toMatchObject({
      outcome: 'expired',
      checks_remaining: 0,
      verification: { status: 'undeliverable', checks_remaining: 0 },
    });
  });

  test('a second before it works, a second after it does not', async () => {
    const before = await begin();
    const after = await begin();
    await set(before.id, `expires_at = now() + interval '1 second'`);
    await set(after.id, `expires_at = now() - interval '1 second'`);
    expect(await check(before.id, before.code)).toBe('approved');
    expect(await check(after.id, after.code)).toBe('expired');
  });

  test('is wiped when approved', async () => {
    const { id, code } = await begin();
    await check(id, code);
    expect(await core.verification(id)).toMatchObject({ status: 'approved', end_reason: null, ...WIPED });
  });

  test('is wiped when canceled', async () => {
    const { id, code } = await begin();
    await cancelVerification(core.key(), { verificationId: id });
    expect(await core.verification(id)).toMatchObject({ status: 'canceled', end_reason: 'by_request', ...WIPED });
    expect(await check(id, code)).toBe('closed');
  });

  test('is wiped when it expires, within one sweep', async () => {
    const { id, code } = await begin();
    await set(id, `expires_at = now() - interval '1 second'`);
    await expireVerifications(database(), 500);
    const row = await core.verification(id);
    expect(row).toMatchObject({ status: 'expired', end_reason: 'lifetime_over', ...WIPED });
    expect(row.ended_at).toEqual(row.expires_at);
    expect(await check(id, code)).toBe('expired');
  });

  test('an undeliverable one still approves what arrived after all', async () => {
    const { id, code, wrong } = await begin();
    await set(id, `status = 'undeliverable', end_reason = 'all_channels_failed', code_sealed = NULL, ended_at = now()`);
    expect(await check(id, wrong)).toBe('mismatch');
    expect((await core.verification(id)).status).toBe('undeliverable');
    expect(await check(id, code)).toBe('approved');
    expect(await core.verification(id)).toMatchObject({ status: 'approved', end_reason: null, ...WIPED });
  });

  test('an undeliverable one that a newer one superseded is closed, with nothing left to check', async () => {
    const { id, to, code } = await begin();
    await set(id, `status = 'undeliverable', end_reason = 'all_channels_failed', code_sealed = NULL, ended_at = now()`);
    await core.forgetLimits();
    await begin(to);
    expect(await checkVerification(core.key(), { verificationId: id, code })).toMatchObject({
      outcome: 'closed',
      checks_remaining: 0,
      verification: { status: 'undeliverable', checks_remaining: 0 },
    });
  });

  test('an undeliverable one stays undeliverable when it expires, and is wiped', async () => {
    const { id, code } = await begin();
    await set(id, `status = 'undeliverable', ended_at = now(), expires_at = now() - interval '1 second'`);
    await expireVerifications(database(), 500);
    expect(await core.verification(id)).toMatchObject({ status: 'undeliverable', ...WIPED });
    expect(await check(id, code)).toBe('expired');
  });
});

describe('keys', () => {
  test('codes in flight survive a new pepper, and fall with the old one', async () => {
    const ring = env().WATCHWORD_KEYS;
    const [first] = ring.values();
    const survivor = await begin();
    const orphan = await begin();
    try {
      Object.assign(env(), {
        WATCHWORD_KEYS: new Map([
          [2, randomBytes(32)],
          [1, first],
        ]),
      });
      expect(await check(survivor.id, survivor.code)).toBe('approved');
      const young = await begin();
      expect(await check(young.id, young.code)).toBe('approved');
      Object.assign(env(), { WATCHWORD_KEYS: new Map([[2, env().WATCHWORD_KEYS.get(2)]]) });
      expect(await check(orphan.id, orphan.code)).toBe('mismatch');
    } finally {
      Object.assign(env(), { WATCHWORD_KEYS: ring });
    }
  });

  test('a leaked table gives no code away without the pepper, and would with it', async () => {
    await core.setPolicy({ code_length: 4 });
    try {
      const { id } = await begin();
      const row = await core.verification(id);
      const [mac] = row.code_macs;
      const codes = Array.from({ length: 10_000 }, (_, n) => String(n).padStart(4, '0'));
      const attempts: ((code: string) => Buffer)[] = [
        (code) => createHash('sha256').update(code).digest(),
        (code) =>
          createHash('sha256')
            .update(row.id + code)
            .digest(),
        (code) => createHmac('sha256', row.id).update(code).digest(),
        (code) => createHmac('sha256', '').update(row.id).update('\0').update(code).digest(),
      ];
      for (const attempt of attempts) expect(codes.filter((code) => mac?.equals(attempt(code)))).toEqual([]);
      expect(derivedKey(1, 'code')).toHaveLength(32);
      expect(codes.filter((code) => mac?.equals(codeMac(row.id, code)))).toHaveLength(1);
    } finally {
      await core.setPolicy({ code_length: 6 });
    }
  });
});
