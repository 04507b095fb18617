import { systemClock } from '@/lib/clock';
import { blindIndex } from '@/lib/crypto/blind-index';
import { isPassword, isPasswordLineFull } from '@/lib/crypto/password';
import { open, seal } from '@/lib/crypto/seal';
import { readSecondFactor } from '@/lib/crypto/totp';
import { database } from '@/lib/db/client';
import { findAccount, spendSecondFactor } from '@/lib/db/second-factor';
import { admitSignIn, beginSession, findUserByEmail, forgiveSignIn, SIGN_IN_LIMITS } from '@/lib/db/users';
import { networkOf } from '@/lib/domain/abuse/network';
import { isRefusal } from '@/lib/domain/errors';

export type SignInResult =
  | { kind: 'signed_in'; userId: string; sessionId: string }
  /** The password was right and the account asks for a code as well. The ticket says so for a few minutes. */
  | { kind: 'second_factor'; ticket: string }
  /** Wrong password, unknown address and disabled account look the same and take the same time. */
  | { kind: 'refused' }
  | { kind: 'throttled'; retryAfterSeconds: number }
  /** Too many passwords are being looked at just now. */
  | { kind: 'busy' };

/**
 * Judges an e-mail address and a password, and begins a session when they are right.
 *
 * The attempt is spent before the password is looked at, so parallel guesses cannot outrun the budget. An unknown
 * address is verified against a hash that nobody's password made: neither answer nor time tells who has an account.
 * `replaces` is the session of the same browser, which ends (no session id survives a sign-in).
 */
export async function signIn(input: {
  email: string;
  password: string;
  address: string;
  replaces: string | null;
}): Promise<SignInResult> {
  const db = database();
  const email = input.email.trim().toLowerCase();
  const keys = { email: blindIndex('email', email), address: blindIndex('ip', networkOf(input.address)) };

  // Before an attempt is spent: a crowd of others must not cost anybody theirs.
  if (isPasswordLineFull()) return { kind: 'busy' };
  const retryAfterSeconds = await admitSignIn(db, keys);
  if (retryAfterSeconds !== null) return { kind: 'throttled', retryAfterSeconds };

  const user = await findUserByEmail(db, email);
  const isRight = await isPassword(user?.passwordHash ?? null, input.password).catch(nullWhenRefused);
  if (isRight === null) return { kind: 'busy' };
  if (!user || !isRight || user.isDisabled) return { kind: 'refused' };
  if (user.hasSecondFactor) return { kind: 'second_factor', ticket: await issueTicket(user.id) };

  const sessionId = await beginSession(db, { userId: user.id, replaces: input.replaces });
  if (!sessionId) return { kind: 'refused' };
  await forgiveSignIn(db, keys);
  return { kind: 'signed_in', userId: user.id, sessionId };
}

function nullWhenRefused(error: unknown): null {
  if (isRefusal(error)) return null;
  throw error;
}

/** Between the password and the code. */
const TICKET_MS = 5 * 60_000;
const TICKET_PLACE = 'console/sign-in/second-step';

export type SecondStepResult =
  | { kind: 'signed_in'; userId: string; sessionId: string }
  | { kind: 'refused' }
  | { kind: 'throttled'; retryAfterSeconds: number }
  /** The password has to be entered again: too long ago, or the account changed meanwhile. */
  | { kind: 'expired' };

/**
 * The second step of a sign-in: a code of the authenticator app, or a recovery code, each taken once. The attempt is spent
 * before the code is looked at; the budget is the account's, so that a right password does not buy more guesses.
 */
export async function finishSignIn(input: {
  ticket: string;
  code: string;
  address: string;
  replaces: string | null;
}): Promise<SecondStepResult> {
  const db = database();
  const ticket = readTicket(input.ticket);
  const account = ticket && (await findAccount(db, ticket.userId));
  if (!account?.totpSealed || account.sessionVersion !== ticket?.sessionVersion) return { kind: 'expired' };

  const address = blindIndex('ip', networkOf(input.address));
  const keys = { email: blindIndex('second_factor', account.id), address };
  const retryAfterSeconds = await admitSignIn(db, keys, SIGN_IN_LIMITS.perSecondFactor);
  if (retryAfterSeconds !== null) return { kind: 'throttled', retryAfterSeconds };

  const factor = readSecondFactor({ id: account.id, totpSealed: account.totpSealed }, input.code, systemClock.now());
  if (!factor || !(await spendSecondFactor(db, account.id, factor))) return { kind: 'refused' };

  const sessionId = await beginSession(db, { userId: account.id, replaces: input.replaces });
  if (!sessionId) return { kind: 'expired' };
  await forgiveSignIn(db, keys);
  await forgiveSignIn(db, { email: blindIndex('email', account.email), address });
  return { kind: 'signed_in', userId: account.id, sessionId };
}

async function issueTicket(userId: string): Promise<string> {
  const account = await findAccount(database(), userId);
  const content = { userId, sessionVersion: account?.sessionVersion ?? 0, at: systemClock.now().getTime() };
  return seal(JSON.stringify(content), TICKET_PLACE).toString('base64url');
}

function readTicket(sealed: string): { userId: string; sessionVersion: number } | null {
  try {
    const content: { userId: string; sessionVersion: number; at: number } = JSON.parse(
      open(Buffer.from(sealed, 'base64url'), TICKET_PLACE).toString('utf8'),
    );
    return systemClock.now().getTime() - content.at < TICKET_MS ? content : null;
  } catch {
    return null;
  }
}
