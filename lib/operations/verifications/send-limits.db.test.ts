import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '@/lib/domain/actor';
import { SEND_LIMITS } from '@/lib/domain/verification/limits';
import { editDraft } from '@/lib/operations/configuration/edit-draft';
import { publishDraft } from '@/lib/operations/configuration/publish';
import { rollBack } from '@/lib/operations/configuration/roll-back';
import { resendVerification } from '@/lib/operations/verifications/resend';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const ops: Actor = {
  kind: 'user',
  userId: '00000000-0000-7000-8000-000000000001',
  email: 'ops@example.com',
  name: 'Ops',
  role: 'ops',
};
async function publish(limits: Record<string, number>): Promise<number> {
  const result = await editDraft(ops, [{ entity: 'limits/global', field: null, value: { ...SEND_LIMITS, ...limits } }]);
  if (result.kind !== 'taken') throw new Error(JSON.stringify(result.problems));
  return (await publishDraft(ops, { revision: result.revision, note: 'Tighter' })).version;
}
/** How many issues for one number pass before one is refused, at most `most`. */
async function passing(to: string, most: number, more: Parameters<TestCore['issue']>[1] = {}): Promise<number> {
  for (let n = 0; n < most; n += 1) {
    await core.sql(`UPDATE verification SET resend_after = now() - interval '1 second' WHERE is_checkable`);
    if ((await refusalOf(core.issue(to, more))) !== 'resolved') return n;
  }
  return most;
}

test('a published limit holds for the next issue and resend, and rolling back gives the old one back', async () => {
  expect(await passing(core.phone(), 7)).toBe(5);

  await publish({ numberPer10Minutes: 2, numberPerDay: 3 });
  const to = core.phone();
  expect(await passing(to, 7)).toBe(2);
  const refusal = await core.issue(to).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'too_many_verifications' });

  const another = core.phone();
  await core.issue(another);
  await core.sql(`UPDATE verification SET resend_after = now() - interval '1 second' WHERE is_checkable`);
  const { resource } = await core.issue(another);
  await core.sql(`UPDATE verification SET resend_after = now() - interval '1 second' WHERE is_checkable`);
  expect(await refusalOf(resendVerification(core.key(), { verificationId: resource.id }))).toBe(
    'too_many_verifications',
  );

  await publish({ numberPer10Minutes: 8, numberPerDay: 8, ipPerHour: 3, prefixPerHour: 4 });
  expect(await passing(core.phone(), 9)).toBe(4);
  const client = { ip: '198.51.100.20' };
  const behindOneAddress = [];
  for (let n = 0; n < 5; n += 1) behindOneAddress.push(await refusalOf(core.issue(core.phone(), { client })));
  expect(behindOneAddress.filter((answer) => answer === 'resolved')).toHaveLength(3);

  await rollBack(ops, { version: 1, note: 'As it was' });
  expect(await passing(core.phone(), 7)).toBe(5);
});
