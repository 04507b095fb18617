import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { statementCounters } from '@/lib/db/client';
import { newUuid, uuidFrom } from '@/lib/ids';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { checkVerification } from '@/lib/operations/verifications/check';
import { resendVerification } from '@/lib/operations/verifications/resend';
import { accepted, refusalOf, refused, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
  for (const [locale, text] of [
    ['en', '{code} confirms {amount} to {payee}. {brand} {minutes}'],
    ['id', '{code} untuk {amount} kepada {payee}'],
  ]) {
    await core.sql(
      `INSERT INTO template (id, channel, use_case, locale, text, status) VALUES ($1, 'sms', 'login', $2, $3, 'approved')`,
      [newUuid(), locale, text],
    );
  }
});
afterAll(() => core.stop());
beforeEach(async () => {
  core.carrier.answer = accepted;
  await core.setPolicy({
    binds_transaction: true,
    code_mode: 'same_code',
    resend_code: 'same_code',
    resend_cooldown_seconds: 60,
    alphabet: 'digits',
  });
});

const transaction = { amount: 49_900_000, currency: 'EUR', payee: 'Corner Shop' };
type Named = { amount: number; currency: string; payee?: string };

async function begin(more: Parameters<TestCore['issue']>[1] = {}) {
  const to = core.phone();
  const { resource } = await core.issue(to, { transaction, channel: 'sms', locale: 'en', ...more });
  await core.quiet();
  return { to, id: resource.id, code: core.carrier.codeFor(to) };
}
const check = (id: string, code: string, named?: Named) =>
  checkVerification(core.key(), { verificationId: id, code, transaction: named });
const outcome = async (id: string, code: string, named?: Named) => (await check(id, code, named)).outcome;
const bodyTo = (to: string) => {
  const content = core.carrier.to(to).at(-1)?.content;
  return content?.kind === 'text' ? content.body : null;
};

describe('a use case that binds a transaction', () => {
  test('issues nothing without one, or without its payee, and counts no send', async () => {
    const to = core.phone();
    expect(await refusalOf(core.issue(to))).toBe('transaction_required');
    expect(await refusalOf(core.issue(to, { transaction: { amount: 1, currency: 'EUR' } }))).toBe(
      'transaction_required',
    );
    const row = await core.issueRow(to);
    expect(await core.sql('SELECT 1 FROM send_limit WHERE key = $1', [row.numberKey])).toEqual([]);
  });

  test('tells amount and payee where the channel allows it', async () => {
    const { to, code } = await begin();
    expect(bodyTo(to)).toBe(`${code} confirms 49.90 EUR to Corner Shop. Acme 5`);
  });

  test('approves the transaction it was issued for, whatever the spelling of the code', async () => {
    const { id, code } = await begin();
    expect(await outcome(id, ` ${code.slice(0, 3)}-${code.slice(3)}`, { ...transaction })).toBe('approved');
  });

  test.each([
    ['amount', { ...transaction, amount: 49_900_001 }],
    ['currency', { ...transaction, currency: 'USD' }],
    ['payee', { ...transaction, payee: 'Corner Shop Ltd' }],
  ])('takes another %s for a wrong code: it costs a guess, and five of them lock', async (_, other) => {
    const { id, code } = await begin();
    expect(await check(id, code, other)).toMatchObject({ outcome: 'mismatch', checks_remaining: 4 });
    for (let n = 0; n < 3; n += 1) expect(await outcome(id, code, other)).toBe('mismatch');
    expect(await outcome(id, code, other)).toBe('locked');
    expect(await outcome(id, code, transaction)).toBe('locked');
  });

  test('refuses a check that names no transaction, or no payee, and spends nothing', async () => {
    const { id, code } = await begin();
    expect(await refusalOf(check(id, code))).toBe('transaction_required');
    expect(await refusalOf(check(id, code, { amount: 49_900_000, currency: 'EUR' }))).toBe('transaction_required');
    expect((await core.verification(id)).checks_used).toBe(0);
    expect(await outcome(id, code, transaction)).toBe('approved');
    expect(await outcome(id, code)).toBe('closed');
  });

  test('asks for no transaction where nothing can be approved any more: the superseded one is closed', async () => {
    const { id, to, code } = await begin();
    await core.sql(
      `UPDATE verification SET status = 'undeliverable', end_reason = 'all_channels_failed', ended_at = now() WHERE id = $1`,
      [uuidFrom('verification', id)],
    );
    await core.forgetLimits();
    await core.issue(to, { transaction });
    expect(await outcome(id, code)).toBe('closed');
  });

  test('is one statement to issue and one to check', async () => {
    const { byName } = statementCounters();
    const of = (name: string) => byName.get(name) ?? 0;
    const before = [of('issue_verifications'), of('check_verifications_1_transactions'), of('check_verifications_1')];
    const { id, code } = await begin();
    await check(id, code, transaction);
    const after = [of('issue_verifications'), of('check_verifications_1_transactions'), of('check_verifications_1')];
    expect(after.map((n, at) => n - (before[at] ?? 0))).toEqual([1, 1, 0]);
  });

  test('binds in test mode as well', async () => {
    const actor = core.key({ livemode: false });
    const { resource } = await core.issue(core.phone(), { actor, transaction });
    const test = (named: Named) =>
      checkVerification(actor, { verificationId: resource.id, code: '000000', transaction: named });
    expect((await test({ ...transaction, amount: 1 })).outcome).toBe('mismatch');
    expect((await test(transaction)).outcome).toBe('approved');
  });

  test('keeps what it was issued for in a resend, with a new code and with the old one', async () => {
    for (const resend_code of ['same_code', 'new_code']) {
      await core.setPolicy({ resend_code, resend_cooldown_seconds: 0 });
      const { id, to, code } = await begin();
      await resendVerification(core.key(), { verificationId: id });
      await core.quiet();
      const sent = core.carrier.codeFor(to);
      expect(sent === code).toBe(resend_code === 'same_code');
      expect(bodyTo(to)).toContain('49.90 EUR to Corner Shop');
      expect(await outcome(id, sent, { ...transaction, amount: 1 })).toBe('mismatch');
      expect(await outcome(id, sent, transaction)).toBe('approved');
    }
  });

  test('keeps it in a fallback, also where each message has a code of its own', async () => {
    for (const code_mode of ['same_code', 'code_per_message']) {
      await core.setPolicy({ code_mode });
      core.carrier.answer = (sent) => (sent.channel === 'whatsapp' ? refused('unreachable') : accepted(sent));
      const to = core.phone();
      const { resource } = await core.issue(to, { transaction, locale: 'en' });
      await core.quiet();
      await fallBack([uuidFrom('verification', resource.id) ?? ''], 1);
      await core.quiet();
      expect(core.carrier.to(to).map(({ channel }) => channel)).toEqual(['whatsapp', 'sms']);
      expect(bodyTo(to)).toContain('49.90 EUR to Corner Shop');
      const sent = core.carrier.codeFor(to);
      expect(await outcome(resource.id, sent, { ...transaction, payee: 'Elsewhere' })).toBe('mismatch');
      expect(await outcome(resource.id, sent, transaction)).toBe('approved');
    }
  });

  test('codes in flight keep what they were issued with when the policy changes', async () => {
    const bound = await begin();
    await core.setPolicy({ binds_transaction: false });
    const unbound = await begin();
    await core.setPolicy({ binds_transaction: true });
    expect(await outcome(bound.id, bound.code, { ...transaction, amount: 1 })).toBe('mismatch');
    expect(await outcome(bound.id, bound.code, transaction)).toBe('approved');
    expect(await outcome(unbound.id, unbound.code)).toBe('approved');
  });
});

describe('a use case that binds none', () => {
  beforeEach(() => core.setPolicy({ binds_transaction: false }));

  test('lets a transaction in the check say nothing where it was issued for none, and uses no text that would tell one', async () => {
    const { to, id, code } = await begin({ transaction: undefined });
    expect(bodyTo(to)).not.toContain('confirms');
    expect(await outcome(id, code, { ...transaction, amount: 1 })).toBe('approved');
  });

  test.each([
    ['amount', { ...transaction, amount: 49_900_001 }],
    ['currency', { ...transaction, currency: 'USD' }],
    ['payee', { ...transaction, payee: 'Corner Shop Ltd' }],
    ['amount without a payee', { amount: 1, currency: 'EUR' }],
  ])('takes another %s than it was issued for as a wrong code, once it is named', async (_, other) => {
    const { id, code } = await begin();
    expect(await check(id, code, other)).toMatchObject({ outcome: 'mismatch', checks_remaining: 4 });
    expect(await outcome(id, code, transaction)).toBe('approved');
  });

  test.each([
    ['nothing', undefined],
    ['amount and currency alone', { amount: 49_900_000, currency: 'EUR' }],
    ['another spelling of the payee', { ...transaction, payee: ' Cafe\u0301 ' }],
  ])('approves what it was issued for when the check names %s', async (_, named) => {
    const { id, code } = await begin({ transaction: { ...transaction, payee: 'Caf\u00e9' } });
    expect(await outcome(id, code, named)).toBe('approved');
  });

  test('checks of both kinds share a commit and do not mix up', async () => {
    const plain = await begin();
    await core.setPolicy({ binds_transaction: true });
    const bound = await begin();
    const outcomes = await Promise.all([
      outcome(plain.id, plain.code),
      outcome(bound.id, bound.code, transaction),
      refusalOf(check((await begin()).id, '000000')),
    ]);
    expect(outcomes).toEqual(['approved', 'approved', 'transaction_required']);
  });
});

describe('codes of letters and digits', () => {
  beforeEach(() => core.setPolicy({ binds_transaction: false, alphabet: 'letters_and_digits' }));

  test('are checked without minding case, spaces and hyphens', async () => {
    const { id, code } = await begin();
    expect(code).toMatch(/^[2-9A-HJKMNP-Z]{6}$/);
    expect(await outcome(id, `${code.slice(0, 3)} ${code.slice(3)}`.toLowerCase())).toBe('approved');
  });

  test('are drawn from it in every message', async () => {
    await core.setPolicy({ resend_code: 'new_code', resend_cooldown_seconds: 0 });
    const { id, to } = await begin();
    await resendVerification(core.key(), { verificationId: id });
    await core.quiet();
    expect(core.carrier.codeFor(to)).toMatch(/^[2-9A-HJKMNP-Z]{6}$/);
    expect(await outcome(id, core.carrier.codeFor(to))).toBe('approved');
  });

  test('are zeros in test mode', async () => {
    const actor = core.key({ livemode: false });
    const { resource } = await core.issue(core.phone(), { actor });
    expect((await checkVerification(actor, { verificationId: resource.id, code: '000000' })).outcome).toBe('approved');
  });
});

test('a code entered after its life is noted once, and costs no guess', async () => {
  await core.setPolicy({ binds_transaction: false });
  const { id, code } = await begin();
  const uuid = uuidFrom('verification', id);
  await core.sql(`UPDATE verification SET expires_at = now() - interval '1 second' WHERE id = $1`, [uuid]);
  for (let n = 0; n < 3; n += 1) expect(await outcome(id, code)).toBe('expired');
  expect(await core.sql('SELECT outcome, number FROM check_attempt WHERE verification_id = $1', [uuid])).toEqual([
    { outcome: 'expired', number: null },
  ]);
});
