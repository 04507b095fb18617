import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor, Role } from '@/lib/domain/actor';
import { withDraft } from '@/lib/domain/configuration/entities';
import { slowerThan } from '@/lib/domain/policy/consequences';
import { packNamed } from '@/lib/domain/policy/packs';
import { uuidFrom } from '@/lib/ids';
import { discardDraft } from '@/lib/operations/configuration/discard-draft';
import { editDraft } from '@/lib/operations/configuration/edit-draft';
import { publishDraft } from '@/lib/operations/configuration/publish';
import { readDraft } from '@/lib/operations/configuration/read-draft';
import { addPolicy } from '@/lib/operations/policies/add';
import { installPack } from '@/lib/operations/policies/install-pack';
import { judgePolicy } from '@/lib/operations/policies/judge';
import { removePolicy } from '@/lib/operations/policies/remove';
import { findResponseTimes } from '@/lib/operations/policies/response-times';
import { checkVerification } from '@/lib/operations/verifications/check';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const person = (role: Role, n: number): Actor => ({
  kind: 'user',
  userId: `00000000-0000-7000-8000-00000000000${n}`,
  email: `${role}@example.com`,
  name: role,
  role,
});
const ops = person('ops', 1);
beforeEach(() => discardDraft(ops));
const policies = async () =>
  Object.keys((await readDraft(ops)).draft)
    .filter((key) => key.startsWith('policies/'))
    .sort();
const publish = async () => publishDraft(ops, { revision: (await readDraft(ops)).revision, note: 'Try it' });

describe('installing a pack', () => {
  test('puts its scenarios and texts into the draft; a second time, and after publishing, there is nothing to add', async () => {
    expect(await installPack(ops, { pack: 'banking' })).toBe(4);
    expect(await policies()).toEqual([
      'policies/banking_details_change',
      'policies/banking_password_reset',
      'policies/banking_sign_in',
      'policies/banking_transaction',
    ]);
    const before = await readDraft(ops);
    expect(await installPack(ops, { pack: 'banking' })).toBe(0);
    expect(await readDraft(ops)).toEqual(before);

    await publish();
    expect(await installPack(ops, { pack: 'banking' })).toBe(0);
    expect(await policies()).toEqual([]);

    const transaction = { amount: 120_500_000, currency: 'EUR', payee: 'Ana Souza' };
    const to = core.phone();
    const request = { use_case: 'banking_transaction', channel: 'sms', locale: 'de' } as const;
    expect(await refusalOf(core.issue(to, request))).toBe('transaction_required');
    const { resource } = await core.issue(to, { ...request, transaction });
    await core.quiet();
    const [sent] = core.carrier.to(to);
    expect(sent?.content).toMatchObject({
      body: `${sent?.code} bestätigt 120,50 EUR an Ana Souza bei Acme. Gilt 10 Min. Nicht weitergeben.`,
    });
    const answer = await checkVerification(core.key(), {
      verificationId: resource.id,
      code: sent?.code ?? '',
      transaction,
    });
    expect(answer.outcome).toBe('approved');
  });

  test('passes by a use case of the same name that is somebody’s own', async () => {
    const own = { ...packNamed('games')?.scenarios[0]?.policy, pack: null, name: 'Mine' };
    await editDraft(ops, [{ entity: 'policies/games_sign_in', field: null, value: own as never }]);
    expect(await installPack(ops, { pack: 'games' })).toBe(4);
    const { draft } = await readDraft(ops);
    expect(draft['policies/games_sign_in']).toMatchObject({ name: 'Mine', pack: null });
    expect(draft['policies/games_sign_in_2']).toMatchObject({ pack: 'games' });
  });

  test('is for those who may steer, and for packs that exist', async () => {
    expect(await refusalOf(installPack(person('analyst', 2), { pack: 'banking' }))).toBe('forbidden');
    expect(await refusalOf(installPack(ops, { pack: '__proto__' }))).toBe('not_found');
  });
});

describe('use cases of one’s own', () => {
  test('get an identifier from their name, and another one where it is taken', async () => {
    expect(await addPolicy(ops, { name: 'Größere Bestellung 2' })).toBe('grossere_bestellung_2');
    expect(await addPolicy(ops, { name: 'Grossere-Bestellung 2!' })).toBe('grossere_bestellung_2_2');
    expect((await readDraft(ops)).draft['policies/grossere_bestellung_2']).toMatchObject({
      name: 'Größere Bestellung 2',
      lifetimeSeconds: 300,
    });
  });

  test.each([['  '], ['日本'], ['x'.repeat(61)], ['Login']])('are refused with the name %j', async (name) => {
    expect(await addPolicy(ops, { name }).catch((error: unknown) => error)).toMatchObject({
      code: 'invalid_request',
      param: 'name',
    });
  });

  test('go again with their texts; those of every installation stay', async () => {
    const useCase = await addPolicy(ops, { name: 'Loan' });
    const text = { channel: 'sms', useCase, locale: 'en', text: '{code}', subject: null, dltTemplateId: null };
    await editDraft(ops, [{ entity: 'texts/00000000-0000-7000-8000-0000000000aa', field: null, value: text }]);
    await removePolicy(ops, { useCase });
    expect((await readDraft(ops)).changes).toEqual([]);
    expect(await refusalOf(removePolicy(ops, { useCase: 'login' }))).toBe('invalid_request');
    expect(await refusalOf(removePolicy(ops, { useCase: 'nothing' }))).toBe('not_found');
  });
});

test('a policy is judged with the routes and texts it would live among', async () => {
  const { live, draft } = await readDraft(ops);
  const entities = withDraft(live, draft);
  const policy = { ...entities['policies/login'], lifetimeSeconds: 900, codeLength: 4, bindsTransaction: true };
  const findings = await judgePolicy(ops, { useCase: 'login', policy, entities });
  expect(new Set(findings.map(({ code }) => code))).toEqual(
    new Set(['lifetime_too_long', 'code_too_short', 'guess_odds', 'transaction_not_told']),
  );
});

test('response times are of live codes of the use case, with those that came too late', async () => {
  await core.setPolicy({ lifetime_seconds: 60 });
  const entered = async (seconds: number, outcome: 'approved' | 'expired' | 'never' | 'test') => {
    const to = core.phone();
    const actor = core.key({ livemode: outcome !== 'test' });
    const { resource } = await core.issue(to, { actor });
    await core.quiet();
    const id = uuidFrom('verification', resource.id);
    const code = outcome === 'test' ? '000000' : core.carrier.codeFor(to);
    if (outcome === 'expired')
      await core.sql(`UPDATE verification SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
    if (outcome !== 'never') await checkVerification(actor, { verificationId: resource.id, code });
    await core.sql(
      `UPDATE verification SET status = CASE WHEN status = 'pending' AND $2 THEN 'expired' ELSE status END,
      approved_at = CASE WHEN approved_at IS NOT NULL THEN created_at + make_interval(secs => $3) END WHERE id = $1`,
      [id, outcome === 'expired', seconds],
    );
    await core.sql(
      'UPDATE check_attempt SET at = (SELECT created_at FROM verification WHERE id = $1) + make_interval(secs => $2) WHERE verification_id = $1',
      [id, seconds],
    );
  };
  for (const seconds of [9.2, 10, 55]) await entered(seconds, 'approved');
  await entered(90, 'expired');
  await entered(5, 'never');
  await entered(5, 'test');
  const times = await findResponseTimes(ops, 'login');
  if (!times) throw new Error('the times were not told');
  expect(times.times).toEqual([
    { seconds: 10, n: 2, late: 0 },
    { seconds: 55, n: 1, late: 0 },
    { seconds: 90, n: 1, late: 1 },
  ]);
  expect(slowerThan(60, times)).toMatchObject({ share: { hits: 1, n: 4, isLowSample: true }, late: 1 });
});
