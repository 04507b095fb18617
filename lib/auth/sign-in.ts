import { blindIndex } from '@/lib/crypto/blind-index';
import { isPassword } from '@/lib/crypto/password';
import { database } from '@/lib/db/client';
import { admitSignIn, beginSession, findUserByEmail, forgiveSignIn } from '@/lib/db/users';
import { networkOf } from '@/lib/domain/abuse/network';

export type SignInResult =
  | { kind: 'signed_in'; userId: string; sessionId: string }
  /** Wrong password, unknown address and disabled account look the same and take the same time. */
  | { kind: 'refused' }
  | { kind: 'throttled'; retryAfterSeconds: number };

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

  const retryAfterSeconds = await admitSignIn(db, keys);
  if (retryAfterSeconds !== null) return { kind: 'throttled', retryAfterSeconds };

  const user = await findUserByEmail(db, email);
  const isRight = await isPassword(user?.passwordHash ?? null, input.password);
  if (!user || !isRight || user.isDisabled) return { kind: 'refused' };

  const sessionId = await beginSession(db, { userId: user.id, replaces: input.replaces });
  if (!sessionId) return { kind: 'refused' };
  await forgiveSignIn(db, keys);
  return { kind: 'signed_in', userId: user.id, sessionId };
}
