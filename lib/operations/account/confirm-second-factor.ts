import { systemClock } from '@/lib/clock';
import { newRecoveryCodes, openTotp, recoveryDigest, totpStepOf } from '@/lib/crypto/totp';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { confirmTotp, replaceRecoveryCodes } from '@/lib/db/second-factor';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { ownAccount, proveIdentity } from '@/lib/operations/account/prove';

/**
 * account.confirm_second_factor: turns the second factor on, once the app has shown that it holds the secret. Answers the recovery
 * codes, this once and never again. Asks for the password, so that a browser left open cannot lock its owner out.
 */
export async function confirmSecondFactor(
  actor: Actor,
  input: { password: string; code: string; address: string },
): Promise<{ recoveryCodes: string[] }> {
  permit(actor, 'account:manage');
  const account = await ownAccount(actor);
  const sealed = account.pendingSealed;
  if (!sealed) throw new Refusal('invalid_request', { detail: 'The secret was shown too long ago. Begin again.' });
  await proveIdentity(account, { password: input.password, address: input.address });

  const step = totpStepOf(openTotp(account.id, sealed), input.code.replaceAll(/\s/g, ''), systemClock.now());
  if (step === null) {
    throw new Refusal('invalid_request', {
      param: 'code',
      detail: 'This is not the code that the app shows now. Is the clock of the phone right?',
    });
  }
  const recoveryCodes = newRecoveryCodes();
  await transact(async (tx) => {
    if (!(await confirmTotp(tx, account.id, sealed, step))) {
      throw new Refusal('invalid_request', { detail: 'The secret changed meanwhile. Begin again.' });
    }
    await replaceRecoveryCodes(tx, account.id, digestsOf(account.id, recoveryCodes));
    await insertAudit(tx, { actor, action: 'second_factor.turn_on', targetId: account.id, detail: {} });
  });
  return { recoveryCodes };
}

export function digestsOf(userId: string, codes: readonly string[]): Buffer[] {
  return codes.flatMap((code) => recoveryDigest(userId, code) ?? []);
}
