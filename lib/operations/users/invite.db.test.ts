import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signIn } from '@/lib/auth/sign-in';
import { hashPassword, WAITING_MAX } from '@/lib/crypto/password';
import { closeDatabase, database, prisma } from '@/lib/db/client';
import { beginSession, resumeSession } from '@/lib/db/users';
import type { Actor, Role } from '@/lib/domain/actor';
import { acceptInvite, readInvite } from '@/lib/operations/users/accept-invite';
import { changeAccess } from '@/lib/operations/users/change-access';
import { createUser } from '@/lib/operations/users/create';
import { inviteUser } from '@/lib/operations/users/invite';
import { listPeople } from '@/lib/operations/users/list';
import { withdrawInvite } from '@/lib/operations/users/withdraw-invite';
import { refusalOf } from '@/scripts/testing/core';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '@/scripts/testing/database';

const door: Actor = { kind: 'system', what: 'invitation' };
const password = 'a sentence nobody guesses';
let db: TestDatabase;
let made = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  putTestEnvironment(db);
});
afterAll(async () => {
  await closeDatabase();
  await db.drop();
});

async function person(role: Role): Promise<Extract<Actor, { kind: 'user' }>> {
  made += 1;
  const user = await createUser(door, { email: `p${made}@example.com`, name: `P ${made}`, role, password });
  return { kind: 'user', userId: user.id, email: user.email, name: user.name, role };
}
const address = () => {
  made += 1;
  return `guest${made}@example.com`;
};
const tokenOf = ({ link }: { link: string }) => link.split('/').at(-1) ?? '';
const accept = (token: string) => acceptInvite(door, { token, name: 'Guest', password });

describe('an invitation', () => {
  test('becomes one account, however many open its link at once, and then opens nothing', async () => {
    const invited = await inviteUser(await person('owner'), { email: address(), role: 'ops' });
    expect(await readInvite(door, { token: tokenOf(invited) })).toMatchObject({ email: invited.email, role: 'ops' });
    const results = await Promise.all(Array.from({ length: 8 }, () => refusalOf(accept(tokenOf(invited)))));
    expect(results.filter((result) => result === 'resolved')).toHaveLength(1);
    expect(results.filter((result) => result === 'not_found')).toHaveLength(7);
    expect(await readInvite(door, { token: tokenOf(invited) })).toBeNull();
    const signedIn = await signIn({ email: invited.email, password, address: '198.51.100.7', replaces: null });
    expect(signedIn.kind).toBe('signed_in');
  });

  test('that does not stand is refused without the work of a hash', async () => {
    const crowd = Array.from({ length: WAITING_MAX + 2 }, () => hashPassword(password));
    const used = await Promise.all(['anything', ''].map((token) => refusalOf(accept(token))));
    expect(used).toEqual(['not_found', 'not_found']);
    await Promise.all(crowd);
  });

  test('is stored as a hash, and is over after three days', async () => {
    const invited = await inviteUser(await person('owner'), { email: address(), role: 'ops' });
    expect(invited.expiresAt.getTime() - Date.now()).toBeGreaterThan(71.9 * 3_600_000);
    const stored = JSON.stringify([await prisma().consoleInvite.findMany(), await prisma().auditEntry.findMany()]);
    expect(stored).not.toContain(tokenOf(invited));
    await prisma().consoleInvite.update({ where: { id: invited.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await refusalOf(accept(tokenOf(invited)))).toBe('not_found');
  });

  test('that was withdrawn, or replaced by a newer one, opens nothing', async () => {
    const owner = await person('owner');
    const email = address();
    const first = await inviteUser(owner, { email, role: 'ops' });
    const second = await inviteUser(owner, { email, role: 'analyst' });
    expect(await refusalOf(accept(tokenOf(first)))).toBe('not_found');
    expect((await listPeople(owner)).invites.filter((invite) => invite.email === email)).toHaveLength(1);
    await withdrawInvite(owner, { inviteId: second.id });
    expect(await refusalOf(accept(tokenOf(second)))).toBe('not_found');
    expect(await refusalOf(withdrawInvite(owner, { inviteId: second.id }))).toBe('not_found');
  });

  test('lets nobody in for somebody who may not invite any more', async () => {
    const keeper = await person('owner');
    const demoted = await person('admin');
    const disabled = await person('admin');
    const invites = [
      await inviteUser(demoted, { email: address(), role: 'ops' }),
      await inviteUser(disabled, { email: address(), role: 'ops' }),
    ];
    await changeAccess(keeper, { userId: demoted.userId, role: 'analyst' });
    await changeAccess(keeper, { userId: disabled.userId, isDisabled: true });
    for (const invite of invites) expect(await refusalOf(accept(tokenOf(invite)))).toBe('not_found');
  });

  test('is for new addresses, and only owners invite owners', async () => {
    const admin = await person('admin');
    expect(await refusalOf(inviteUser(admin, { email: admin.email.toUpperCase(), role: 'ops' }))).toBe(
      'invalid_request',
    );
    expect(await refusalOf(inviteUser(admin, { email: address(), role: 'owner' }))).toBe('forbidden');
  });

  test('of two at once for one address leaves one open', async () => {
    const owner = await person('owner');
    const email = address();
    const both = await Promise.all([
      inviteUser(owner, { email, role: 'ops' }),
      inviteUser(owner, { email, role: 'ops' }),
    ]);
    const results = await Promise.all(both.map((invite) => refusalOf(accept(tokenOf(invite)))));
    expect(results.toSorted()).toEqual(['not_found', 'resolved']);
  });
});

test('what was changed about a person is in the audit log as a difference, and counts from their next request on', async () => {
  const owner = await person('owner');
  const { userId } = await person('ops');
  const session = await beginSession(database(), { userId, replaces: null });
  await changeAccess(owner, { userId, role: 'analyst' });
  expect(await resumeSession(database(), session ?? '')).toBeNull();
  const [entry] = await prisma().auditEntry.findMany({ where: { action: 'user.change_access', targetId: userId } });
  expect(entry?.detail).toEqual({ changes: [{ path: 'role', before: 'ops', after: 'analyst' }] });
});
