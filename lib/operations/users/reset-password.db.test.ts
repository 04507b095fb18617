import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { signIn } from '@/lib/auth/sign-in';
import { PASSWORD_LENGTH } from '@/lib/crypto/password';
import { closeDatabase, database, prisma, transact } from '@/lib/db/client';
import { openInvite } from '@/lib/db/invites';
import { beginSession, changeUserAccess, resumeSession, SIGN_IN_LIMITS } from '@/lib/db/users';
import type { Actor, Role } from '@/lib/domain/actor';
import { newUuid } from '@/lib/ids';
import { changePassword } from '@/lib/operations/account/change-password';
import { acceptance, acceptInvite, readInvite } from '@/lib/operations/users/accept-invite';
import { changeAccess } from '@/lib/operations/users/change-access';
import { createUser } from '@/lib/operations/users/create';
import { inviteUser } from '@/lib/operations/users/invite';
import { listPeople } from '@/lib/operations/users/list';
import { resetPassword } from '@/lib/operations/users/reset-password';
import { withdrawInvite } from '@/lib/operations/users/withdraw-invite';
import { refusalOf } from '@/scripts/testing/core';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '@/scripts/testing/database';

const door: Actor = { kind: 'system', what: 'invitation' };
const commandLine: Actor = { kind: 'system', what: 'command line' };
const lost = 'a sentence that was forgotten';
const chosen = 'a sentence nobody guesses';
let db: TestDatabase;
let made = 0;
let owner: Person;

type Person = Extract<Actor, { kind: 'user' }>;
beforeAll(async () => {
  db = await createTestDatabase();
  putTestEnvironment(db);
});
afterAll(async () => {
  await closeDatabase();
  await db.drop();
});
beforeEach(async () => {
  owner = await person('owner');
});

async function person(role: Role): Promise<Person> {
  made += 1;
  const user = await createUser(door, { email: `p${made}@example.com`, name: `P ${made}`, role, password: lost });
  return { kind: 'user', userId: user.id, email: user.email, name: user.name, role };
}
const tokenOf = ({ link }: { link: string }) => link.split('/').at(-1) ?? '';
const accept = (reset: { link: string }, password = chosen) => acceptInvite(door, { token: tokenOf(reset), password });
const network = () => {
  made += 1;
  return `198.51.${Math.floor(made / 250)}.${made % 250}`;
};
const enter = ({ email }: Person, password: string, address = network()) =>
  signIn({ email, password, address, replaces: null });
const stored = ({ userId }: Person) => prisma().consoleUser.findUniqueOrThrow({ where: { id: userId } });

test('somebody who lost their password chooses a new one, and is signed out everywhere', async () => {
  const user = await person('ops');
  const session = await beginSession(database(), { userId: user.userId, replaces: null });
  const reset = await resetPassword(owner, user);
  expect(reset.email).toBe(user.email);
  expect(reset.expiresAt.getTime() - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
  expect(reset.expiresAt.getTime() - Date.now()).toBeLessThan(24.1 * 3_600_000);
  expect(await readInvite(door, { token: tokenOf(reset) })).toMatchObject({
    email: user.email,
    resetsUserId: user.userId,
  });
  // Until it is used, nothing has changed.
  expect((await enter(user, lost)).kind).toBe('signed_in');

  expect(await accept(reset)).toEqual({ userId: user.userId, email: user.email });
  expect((await enter(user, lost)).kind).toBe('refused');
  expect((await enter(user, chosen)).kind).toBe('signed_in');
  expect(await resumeSession(database(), session ?? '')).toBeNull();
});

test('a link sets one password, however many use it at once, and then opens nothing', async () => {
  const user = await person('ops');
  const reset = await resetPassword(owner, user);
  const passwords = Array.from({ length: 8 }, (_, n) => `${chosen} ${n}`);
  const results = await Promise.all(passwords.map((password) => refusalOf(accept(reset, password))));
  expect(results.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'not_found'), 'resolved']);
  expect((await enter(user, passwords[results.indexOf('resolved')] ?? '')).kind).toBe('signed_in');
  expect(await readInvite(door, { token: tokenOf(reset) })).toBeNull();
});

test('name, role and second factor stay, and a sign-in still asks for the code', async () => {
  const user = await person('developer');
  const totpSealed = Buffer.from('sealed');
  await prisma().consoleUser.update({ where: { id: user.userId }, data: { totpSealed, totpAt: new Date() } });
  const before = await stored(user);
  await acceptInvite(door, { token: tokenOf(await resetPassword(owner, user)), name: 'Another', password: chosen });
  const { passwordHash, sessionVersion, ...kept } = await stored(user);
  expect(kept).toEqual(expect.objectContaining({ name: user.name, role: 'developer' }));
  expect({ ...kept, passwordHash: before.passwordHash, sessionVersion: before.sessionVersion }).toEqual(before);
  expect((await enter(user, chosen)).kind).toBe('second_factor');
});

test('opens nothing when it was withdrawn, replaced, or is over', async () => {
  const user = await person('ops');
  const replaced = await resetPassword(owner, user);
  const withdrawn = await resetPassword(owner, user);
  const listed = (await listPeople(owner)).invites.filter(({ email }) => email === user.email);
  expect(listed).toMatchObject([{ id: withdrawn.id, resetsUserId: user.userId, isOver: false, by: owner.name }]);
  expect(await refusalOf(accept(replaced))).toBe('not_found');
  await withdrawInvite(owner, { inviteId: withdrawn.id });
  expect(await refusalOf(accept(withdrawn))).toBe('not_found');

  const late = await resetPassword(owner, user);
  await prisma().consoleInvite.update({ where: { id: late.id }, data: { expiresAt: new Date(Date.now() - 1) } });
  expect(await refusalOf(accept(late))).toBe('not_found');
  expect((await enter(user, lost)).kind).toBe('signed_in');
});

test('opens nothing for a person who was disabled or has another role meanwhile, or when whoever asked may not any more', async () => {
  const disabled = await person('ops');
  const promoted = await person('admin');
  const user = await person('ops');
  const [admin, demoted, goneAdmin] = [await person('admin'), await person('admin'), await person('admin')];
  const links = [
    await resetPassword(admin, disabled),
    await resetPassword(admin, promoted),
    await resetPassword(demoted, user),
  ];
  await changeAccess(owner, { userId: disabled.userId, isDisabled: true });
  await changeAccess(owner, { userId: promoted.userId, role: 'owner' });
  await changeAccess(owner, { userId: demoted.userId, role: 'analyst' });
  for (const link of links) expect(await refusalOf(accept(link))).toBe('not_found');
  const another = await resetPassword(goneAdmin, user);
  await changeAccess(owner, { userId: goneAdmin.userId, isDisabled: true });
  expect(await refusalOf(accept(another))).toBe('not_found');
  const hashes = await Promise.all([disabled, promoted, user].map(stored));
  expect(hashes.map(({ sessionVersion }) => sessionVersion)).toEqual([2, 2, 1]);
});

test('a link that is used while its person is made an owner opens nothing', async () => {
  const user = await person('admin');
  const reset = await resetPassword(await person('admin'), user);
  const isWaiting = async () =>
    (
      await prisma().$queryRaw<unknown[]>`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    ).length > 0;
  const { used } = await transact(async (tx) => {
    await changeUserAccess(tx, { id: user.userId, role: 'owner', isDisabled: null });
    const used = refusalOf(accept(reset));
    await expect.poll(isWaiting, { interval: 5 }).toBe(true);
    return { used };
  });
  expect(await used).toBe('not_found');
  expect((await enter(user, lost)).kind).toBe('signed_in');
});

test('owners are reset by owners and by the command line, nobody by themselves, and no disabled account', async () => {
  const [admin, disabled] = [await person('admin'), await person('ops')];
  await changeAccess(owner, { userId: disabled.userId, isDisabled: true });
  expect(await refusalOf(resetPassword(admin, owner))).toBe('forbidden');
  expect(await refusalOf(resetPassword(owner, owner))).toBe('forbidden');
  expect(await refusalOf(resetPassword(admin, disabled))).toBe('invalid_request');
  expect(await refusalOf(resetPassword(admin, { userId: newUuid() }))).toBe('not_found');
  for (const role of ['ops', 'analyst', 'developer'] as const) {
    expect(await refusalOf(resetPassword(await person(role), disabled))).toBe('forbidden');
  }
  expect(await refusalOf(accept(await resetPassword(await person('owner'), owner)))).toBe('resolved');
  expect(await refusalOf(accept(await resetPassword(commandLine, owner)))).toBe('resolved');
});

test('an invitation never changes an account that its address has meanwhile', async () => {
  const email = `late${made}@example.com`;
  const invited = await inviteUser(owner, { email, role: 'owner' });
  const user = await createUser(door, { email, name: 'Late', role: 'owner', password: lost });
  const token = tokenOf(invited);
  for (const given of [{ name: 'Guest' }, {}]) {
    expect(await refusalOf(acceptInvite(door, { token, ...given, password: chosen }))).toBe('invalid_request');
  }
  const late: Person = { kind: 'user', userId: user.id, ...user };
  expect((await enter(late, chosen)).kind).toBe('refused');
  // And a reset takes the place of what could not be used.
  expect(await refusalOf(accept(await resetPassword(owner, late)))).toBe('resolved');
  expect(await refusalOf(accept(invited))).toBe('not_found');
});

test('a full list of invitations locks nobody out', async () => {
  const user = await person('ops');
  for (let n = 0; n < 100; n += 1) {
    const invite = { id: newUuid(), email: `full${n}@example.com`, role: 'ops' as const, invitedBy: null };
    await openInvite(database(), { ...invite, digest: Buffer.from(`digest ${n}`), resetsUserId: null });
  }
  expect(await refusalOf(inviteUser(owner, { email: 'more@example.com', role: 'ops' }))).toBe('invalid_request');
  expect(await refusalOf(accept(await resetPassword(owner, user)))).toBe('resolved');
  await prisma().consoleInvite.deleteMany({ where: { email: { startsWith: 'full' } } });
});

test('tries that were spent on the lost password do not keep the new one out', async () => {
  const user = await person('ops');
  const home = network();
  for (let n = 0; n < SIGN_IN_LIMITS.perEmailAndAddress; n += 1) await enter(user, 'not the sentence', home);
  for (let n = 0; n < SIGN_IN_LIMITS.perEmail; n += 1) await enter(user, 'not the sentence');
  expect((await enter(user, lost, home)).kind).toBe('throttled');
  expect((await enter(user, lost)).kind).toBe('throttled');
  await accept(await resetPassword(owner, user));
  expect((await enter(user, chosen, home)).kind).toBe('signed_in');
  expect((await enter(user, chosen)).kind).toBe('signed_in');
});

test('a new password has the length of any other', () => {
  const judge = (password: string) => acceptance.safeParse({ token: 't', password }).success;
  expect(
    [PASSWORD_LENGTH.min - 1, PASSWORD_LENGTH.min, PASSWORD_LENGTH.max, PASSWORD_LENGTH.max + 1].map((n) =>
      judge('x'.repeat(n)),
    ),
  ).toEqual([false, true, true, false]);
});

test('asking, withdrawing and using are in the audit log, and neither link nor password is', async () => {
  const user = await person('ops');
  const withdrawn = await resetPassword(owner, user);
  await withdrawInvite(owner, { inviteId: withdrawn.id });
  const used = await resetPassword(owner, user);
  await accept(used);
  const entries = await prisma().auditEntry.findMany({ where: { targetId: user.userId }, orderBy: { at: 'asc' } });
  expect(entries.map(({ action }) => action).slice(1)).toEqual([
    'user.reset_password',
    'user.withdraw_reset',
    'user.reset_password',
    'password.reset',
  ]);
  const written = JSON.stringify([await prisma().auditEntry.findMany(), await prisma().consoleInvite.findMany()]);
  for (const secret of [tokenOf(withdrawn), tokenOf(used), chosen]) expect(written).not.toContain(secret);
});

test('a link opens nothing any more once the person has changed the password themselves', async () => {
  const user = await person('ops');
  const reset = await resetPassword(owner, user);
  await changePassword(user, { password: lost, newPassword: chosen, address: '198.51.100.1' });
  expect(await readInvite(door, { token: tokenOf(reset) })).toBeNull();
  expect(await refusalOf(accept(reset, 'a sentence of somebody else'))).toBe('not_found');
  expect((await enter(user, chosen)).kind).toBe('signed_in');
});
