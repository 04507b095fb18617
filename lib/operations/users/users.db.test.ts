import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashPassword, WAITING_MAX } from '@/lib/crypto/password';
import { closeDatabase, database, prisma } from '@/lib/db/client';
import { beginSession } from '@/lib/db/users';
import type { Actor } from '@/lib/domain/actor';
import { changeAccess } from '@/lib/operations/users/change-access';
import { createUser } from '@/lib/operations/users/create';
import { createFirstOwner } from '@/lib/operations/users/create-first-owner';
import { actorOf } from '@/scripts/testing/actor';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '@/scripts/testing/database';

const system: Actor = { kind: 'system', what: 'setup' };
const password = 'a sentence nobody guesses';
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  putTestEnvironment(db);
});
afterAll(async () => {
  await closeDatabase();
  await db.drop();
});

describe('the first owner', () => {
  test('ten at once make one owner, and setup is closed for ever', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) =>
        createFirstOwner(system, { email: `first${n}@example.com`, name: 'First', password }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await prisma().consoleUser.count()).toBe(1);
    await expect(createFirstOwner(system, { email: 'late@example.com', name: 'Late', password })).rejects.toMatchObject(
      { code: 'setup_closed' },
    );
  });

  test('a closed setup is refused without the work of a hash', async () => {
    const crowd = Array.from({ length: WAITING_MAX + 2 }, () => hashPassword(password));
    const late = createFirstOwner(system, { email: 'late@example.com', name: 'Late', password });
    await expect(late).rejects.toMatchObject({ code: 'setup_closed' });
    await Promise.all(crowd);
  });
});

describe('who may let people in', () => {
  test.each([
    ['ops', 'forbidden'],
    ['analyst', 'forbidden'],
    ['developer', 'forbidden'],
  ] as const)('%s may not', async (role, code) => {
    const input = { email: 'new@example.com', name: 'New', role: 'analyst' as const, password };
    await expect(createUser(actorOf(role), input)).rejects.toMatchObject({ code });
  });

  test('an admin makes anybody but an owner', async () => {
    await createUser(actorOf('admin'), { email: 'ops@example.com', name: 'Ops', role: 'ops', password });
    const input = { email: 'boss@example.com', name: 'Boss', role: 'owner' as const, password };
    await expect(createUser(actorOf('admin'), input)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('an address has one account, in whatever case it is written', async () => {
    const input = { email: 'OPS@example.com', name: 'Again', role: 'ops' as const, password };
    await expect(createUser(system, input)).rejects.toMatchObject({ code: 'invalid_request', param: 'email' });
  });

  test('an admin cannot change an owner, and the last owner keeps access', async () => {
    const owner = await prisma().consoleUser.findFirstOrThrow({ where: { role: 'owner' } });
    await expect(changeAccess(actorOf('admin'), { userId: owner.id, isDisabled: true })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(changeAccess(actorOf('owner'), { userId: owner.id, role: 'ops' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('two owners who remove each other at once leave one', async () => {
    const first = await prisma().consoleUser.findFirstOrThrow({ where: { role: 'owner' } });
    const second = await createUser(system, { email: 'second@example.com', name: 'Second', role: 'owner', password });
    await Promise.allSettled([
      changeAccess(actorOf('owner'), { userId: first.id, role: 'ops' }),
      changeAccess(actorOf('owner'), { userId: second.id, role: 'ops' }),
    ]);
    expect(await prisma().consoleUser.count({ where: { role: 'owner', disabledAt: null } })).toBe(1);
  });

  test('every change of access is in the audit trail, without the password', async () => {
    const entries = await prisma().auditEntry.findMany();
    expect(entries.map(({ action }) => action)).toEqual(expect.arrayContaining(['user.create', 'user.change_access']));
    expect(JSON.stringify(entries)).not.toContain(password);
  });

  test('whoever notes it, a person is named in the same way, and never by more', async () => {
    const owner = await prisma().consoleUser.findFirstOrThrow({ where: { role: 'owner', disabledAt: null } });
    const { id, email, name } = owner;
    const actor: Actor = { kind: 'user', userId: id, email, name, role: 'owner' };
    const made = await createUser(actor, { email: 'shape@example.com', name: 'Shape', role: 'ops', password });
    await changeAccess(actor, { userId: made.id, role: 'analyst' });
    await beginSession(database(), { userId: id, replaces: null });
    const notes = await prisma().auditEntry.findMany({
      where: { targetId: { in: [made.id, id] } },
      orderBy: { at: 'asc' },
    });
    const byPerson = notes.filter(
      (note) => (note.actor as { kind: string }).kind === 'user' && (note.actor as { email: string }).email === email,
    );
    expect(byPerson.map((note) => [note.action, note.actor])).toEqual(
      ['user.create', 'user.change_access', 'session.begin'].map((action) => [
        action,
        { kind: 'user', id, email, role: 'owner' },
      ]),
    );
    expect(byPerson[1]?.detail).toEqual({ changes: [{ path: 'role', before: 'ops', after: 'analyst' }] });
  });
});
