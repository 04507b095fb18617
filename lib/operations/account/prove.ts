import { systemClock } from '@/lib/clock';
import { blindIndex } from '@/lib/crypto/blind-index';
import { isPassword } from '@/lib/crypto/password';
import { readSecondFactor } from '@/lib/crypto/totp';
import { database } from '@/lib/db/client';
import { type AccountRow, findAccount, spendSecondFactor } from '@/lib/db/second-factor';
import { admitSignIn, forgiveSignIn, SIGN_IN_LIMITS } from '@/lib/db/users';
import { networkOf } from '@/lib/domain/abuse/network';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';

/** The account of the person who is asking: these operations are about nobody else's. */
export async function ownAccount(who: Actor): Promise<AccountRow> {
  const account = who.kind === 'user' ? await findAccount(database(), who.userId) : null;
  if (!account) throw new Refusal('not_found', { detail: 'Only a person has an account.' });
  return account;
}

/** Takes an attempt, so that a session left open in a browser is no place to guess a password or a code. */
async function attempt(account: AccountRow, address: string, look: () => Promise<{ isWhole: boolean }>): Promise<void> {
  const keys = { email: blindIndex('second_factor', account.id), address: blindIndex('ip', networkOf(address)) };
  const retryAfterSeconds = await admitSignIn(database(), keys, SIGN_IN_LIMITS.perSecondFactor);
  if (retryAfterSeconds !== null) throw new Refusal('too_many_sign_ins', { retryAfterSeconds });
  // Half a proof forgives nothing: whoever knows the password would buy guesses at the code with it, five at a time.
  if ((await look()).isWhole) await forgiveSignIn(database(), keys);
}

/** Refuses unless this is the account's password, and, where a code is given, a code of its second factor, which is spent. */
export async function proveIdentity(
  account: AccountRow,
  given: { password: string; code?: string; address: string },
): Promise<void> {
  await attempt(account, given.address, async () => {
    if (!(await isPassword(account.passwordHash, given.password))) {
      throw new Refusal('invalid_request', { param: 'password', detail: 'This is not your password.' });
    }
    if (given.code === undefined) return { isWhole: account.totpSealed === null };
    const { id, totpSealed } = account;
    const factor = totpSealed && readSecondFactor({ id, totpSealed }, given.code, systemClock.now());
    if (!factor || !(await spendSecondFactor(database(), id, factor))) {
      throw new Refusal('invalid_request', { param: 'code', detail: 'This code is wrong, or it was used before.' });
    }
    return { isWhole: true };
  });
}
