import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finishSignIn, signIn } from '@/lib/auth/sign-in';
import { closeDatabase, database, prisma } from '@/lib/db/client';
import { beginSession, resumeSession } from '@/lib/db/users';
import type { Actor, Role } from '@/lib/domain/actor';
import { changePassword } from '@/lib/operations/account/change-password';
import { confirmSecondFactor } from '@/lib/operations/account/confirm-second-factor';
import { proposeSecondFactor } from '@/lib/operations/account/propose-second-factor';
import { readAccount } from '@/lib/operations/account/read';
import { renewRecoveryCodes } from '@/lib/operations/account/renew-recovery-codes';
import { turnOffSecondFactor } from '@/lib/operations/account/turn-off-second-factor';
import { createUser } from '@/lib/operations/users/create';
import { resetSecondFactor } from '@/lib/operations/users/reset-second-factor';
import { refusalOf } from '@/scripts/testing/core';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '@/scripts/testing/database';

const system: Actor = { kind: 'system', what: 'test' };
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

const address = () => {
  made += 1;
  return `198.51.${Math.floor(made / 250)}.${made % 250}`;
};
async function person(role: Role = 'ops'): Promise<Extract<Actor, { kind: 'user' }>> {
  made += 1;
  const user = await createUser(system, { email: `p${made}@example.com`, name: 'P', role, password });
  return { kind: 'user', userId: user.id, email: user.email, name: user.name, role };
}
/** The code of a step from now: each is taken once, so a test takes them one after the other. */
const codeAt = (secret: string, step = 0) => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + step * 30 });

/** A person whose second factor is on; the code of the step before this one was spent by it. */
async function guarded(role: Role = 'ops') {
  const actor = await person(role);
  await proposeSecondFactor(actor);
  const { pending } = await readAccount(actor);
  if (!pending) throw new Error('nothing was proposed');
  const { secret } = pending;
  const confirm = () => confirmSecondFactor(actor, { password, code: codeAt(secret, -1), address: address() });
  // A step that ends between making its code and judging it leaves the code two steps old: then the next one is right.
  const { recoveryCodes } = await confirm().catch(confirm);
  return { actor, secret, recoveryCodes };
}
async function ticketOf(email: string): Promise<string> {
  const result = await signIn({ email, password, address: address(), replaces: null });
  if (result.kind !== 'second_factor') throw new Error(`it said ${result.kind}`);
  return result.ticket;
}
const finish = async (email: string, code: string) =>
  (await finishSignIn({ ticket: await ticketOf(email), code, address: address(), replaces: null })).kind;

describe('turning it on', () => {
  test('takes a code of the secret that was shown, and the password', async () => {
    const actor = await person();
    await proposeSecondFactor(actor);
    const { pending } = await readAccount(actor);
    const code = codeAt(pending?.secret ?? '');
    const attempt = (given: { password: string; code: string }) =>
      refusalOf(confirmSecondFactor(actor, { ...given, address: address() }));
    expect(await attempt({ password: 'something else entirely', code })).toBe('invalid_request');
    expect(await attempt({ password, code: '000000' === code ? '000001' : '000000' })).toBe('invalid_request');
    expect((await readAccount(actor)).secondFactorSince).toBeNull();
    expect(await attempt({ password, code })).toBe('resolved');
    expect(await readAccount(actor)).toMatchObject({ recoveryCodesLeft: 10, pending: null });
    expect(await refusalOf(proposeSecondFactor(actor))).toBe('invalid_request');
  });

  test('keeps neither the secret nor a recovery code readable', async () => {
    const { actor, secret, recoveryCodes } = await guarded();
    const user = await prisma().consoleUser.findUniqueOrThrow({
      where: { id: actor.userId },
      include: { recoveryCodes: true },
    });
    const bytes = [user.totpSealed, ...user.recoveryCodes.map(({ digest }) => digest)].map((each) =>
      Buffer.from(each ?? []).toString('latin1'),
    );
    const stored = bytes.join(' ') + JSON.stringify(await prisma().auditEntry.findMany());
    for (const shown of [secret, ...recoveryCodes]) expect(stored).not.toContain(shown);
  });

  test('is too late a quarter of an hour after the secret was shown', async () => {
    const actor = await person();
    await proposeSecondFactor(actor);
    const { pending } = await readAccount(actor);
    await prisma().consoleUser.update({
      where: { id: actor.userId },
      data: { totpPendingAt: new Date(Date.now() - 16 * 60_000) },
    });
    expect((await readAccount(actor)).pending).toBeNull();
    const code = codeAt(pending?.secret ?? '');
    expect(await refusalOf(confirmSecondFactor(actor, { password, code, address: address() }))).toBe('invalid_request');
  });
});

describe('signing in with it', () => {
  test('a right password alone begins no session, and a wrong one does not say that there is more to come', async () => {
    const { actor } = await guarded();
    expect(await signIn({ email: actor.email, password, address: address(), replaces: null })).toEqual({
      kind: 'second_factor',
      ticket: expect.any(String),
    });
    expect(await prisma().consoleSession.count({ where: { userId: actor.userId } })).toBe(0);
    expect(
      await signIn({ email: actor.email, password: 'not the sentence', address: address(), replaces: null }),
    ).toEqual({
      kind: 'refused',
    });
  });

  test('a code is taken once, however many bring it at once, and none of an older step after it', async () => {
    const { actor, secret } = await guarded();
    const ticket = await ticketOf(actor.email);
    const code = codeAt(secret);
    const bring = (given: string) => finishSignIn({ ticket, code: given, address: address(), replaces: null });
    const results = await Promise.all(Array.from({ length: 4 }, () => bring(code)));
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['refused', 'refused', 'refused', 'signed_in']);
    // What is left of the budget is another test's matter.
    await prisma().signInThrottle.deleteMany();
    expect(await finish(actor.email, code)).toBe('refused');
    expect(await finish(actor.email, codeAt(secret, -1))).toBe('refused');
    expect(await finish(actor.email, codeAt(secret, 1))).toBe('signed_in');
  });

  test('a recovery code is taken once, and that is noted', async () => {
    const { actor, recoveryCodes } = await guarded();
    const [first = ''] = recoveryCodes;
    expect(await finish(actor.email, ` ${first.toUpperCase()} `)).toBe('signed_in');
    expect(await finish(actor.email, first)).toBe('refused');
    expect((await readAccount(actor)).recoveryCodesLeft).toBe(9);
    expect(
      await prisma().auditEntry.count({
        where: { action: 'second_factor.recovery_code_spent', targetId: actor.userId },
      }),
    ).toBe(1);
  });

  test('a right password buys five guesses at the code, not more with a new ticket', async () => {
    const { actor, secret } = await guarded();
    const ticket = await ticketOf(actor.email);
    const guess = async (given: string, code: string) =>
      (await finishSignIn({ ticket: given, code, address: address(), replaces: null })).kind;
    const guesses = await Promise.all(Array.from({ length: 9 }, () => guess(ticket, 'abcd-efgh-jkmn-pqrs')));
    expect(guesses.filter((kind) => kind === 'refused')).toHaveLength(5);
    expect(guesses.filter((kind) => kind === 'throttled')).toHaveLength(4);
    expect(await guess(await ticketOf(actor.email), codeAt(secret))).toBe('throttled');
  });

  test('a ticket that was changed, or is of before a change of password, has to be fetched anew', async () => {
    const { actor, secret } = await guarded();
    const ticket = await ticketOf(actor.email);
    const finishWith = (given: string) =>
      finishSignIn({ ticket: given, code: codeAt(secret, 1), address: address(), replaces: null });
    expect(await finishWith(`${ticket.slice(0, -2)}AA`)).toEqual({ kind: 'expired' });
    expect(await finishWith('')).toEqual({ kind: 'expired' });
    await changePassword(actor, { password, newPassword: 'another sentence nobody guesses', address: address() });
    expect(await finishWith(ticket)).toEqual({ kind: 'expired' });
  });
});

describe('turning it off', () => {
  test('takes the password and a code; afterwards the password is enough', async () => {
    const { actor, secret, recoveryCodes } = await guarded();
    const attempt = (given: { password: string; code: string }) =>
      refusalOf(turnOffSecondFactor(actor, { ...given, address: address() }));
    expect(await attempt({ password: 'not the sentence', code: codeAt(secret) })).toBe('invalid_request');
    expect(await attempt({ password, code: '' })).toBe('invalid_request');
    expect(await attempt({ password, code: recoveryCodes[3] ?? '' })).toBe('resolved');
    expect((await signIn({ email: actor.email, password, address: address(), replaces: null })).kind).toBe('signed_in');
    expect(await readAccount(actor)).toMatchObject({ secondFactorSince: null, recoveryCodesLeft: 0 });
  });

  test('new recovery codes replace the old ones', async () => {
    const { actor, secret, recoveryCodes } = await guarded();
    const renewed = await renewRecoveryCodes(actor, { password, code: codeAt(secret), address: address() });
    expect(renewed.recoveryCodes).toHaveLength(10);
    expect(await finish(actor.email, recoveryCodes[0] ?? '')).toBe('refused');
    expect(await finish(actor.email, renewed.recoveryCodes[0] ?? '')).toBe('signed_in');
  });

  test('an admin resets it for anybody but an owner and themselves, and every session of that person ends', async () => {
    const admin = await guarded('admin');
    const owner = await guarded('owner');
    const { actor } = await guarded();
    const session = await beginSession(database(), { userId: actor.userId, replaces: null });
    for (const userId of [owner.actor.userId, admin.actor.userId]) {
      expect(await refusalOf(resetSecondFactor(admin.actor, { userId }))).toBe('forbidden');
    }
    await resetSecondFactor(admin.actor, { userId: actor.userId });
    expect(await resumeSession(database(), session ?? '')).toBeNull();
    expect((await signIn({ email: actor.email, password, address: address(), replaces: null })).kind).toBe('signed_in');
    expect(await prisma().auditEntry.count({ where: { action: 'second_factor.reset', targetId: actor.userId } })).toBe(
      1,
    );
  });
});

describe('a new password', () => {
  test('takes the old one, and ends every session', async () => {
    const actor = await person();
    const session = await beginSession(database(), { userId: actor.userId, replaces: null });
    const change = (given: string, newPassword: string) =>
      refusalOf(changePassword(actor, { password: given, newPassword, address: address() }));
    expect(await change('not the sentence', 'another sentence nobody guesses')).toBe('invalid_request');
    expect(await change(password, 'short')).toBe('invalid_request');
    expect(await resumeSession(database(), session ?? '')).not.toBeNull();
    expect(await change(password, 'another sentence nobody guesses')).toBe('resolved');
    expect(await resumeSession(database(), session ?? '')).toBeNull();
    expect((await signIn({ email: actor.email, password, address: address(), replaces: null })).kind).toBe('refused');
  });

  test('is not found by guessing in a session that was left open', async () => {
    const actor = await person();
    const results: string[] = [];
    for (let guess = 0; guess < 7; guess += 1) {
      results.push(
        await refusalOf(
          changePassword(actor, {
            password: `guess ${guess}`,
            newPassword: 'another sentence entirely',
            address: address(),
          }),
        ),
      );
    }
    expect(results.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'invalid_request'));
    expect(results.slice(5)).toEqual(['too_many_sign_ins', 'too_many_sign_ins']);
  });

  test('forgives no guesses at the code of a second factor', async () => {
    const { actor } = await guarded();
    const guess = () => refusalOf(turnOffSecondFactor(actor, { password, code: '000000', address: address() }));
    const guesses = [await guess(), await guess(), await guess(), await guess()];
    expect(guesses).toEqual(Array.from({ length: 4 }, () => 'invalid_request'));
    await changePassword(actor, { password, newPassword: password, address: address() });
    expect(await guess()).toBe('too_many_sign_ins');
  });
});
