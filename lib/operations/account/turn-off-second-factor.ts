import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { dropTotp } from '@/lib/db/second-factor';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { ownAccount, proveIdentity } from '@/lib/operations/account/prove';

/** account.turn_off_second_factor: needs the password and a code (a recovery code will do); secret and recovery codes are forgotten. */
export async function turnOffSecondFactor(
  actor: Actor,
  input: { password: string; code: string; address: string },
): Promise<void> {
  permit(actor, 'account:manage');
  const account = await ownAccount(actor);
  await proveIdentity(account, input);
  await transact(async (tx) => {
    if (!(await dropTotp(tx, account.id, false))) {
      throw new Refusal('invalid_request', { detail: 'Your second factor is off already.' });
    }
    await insertAudit(tx, { actor, action: 'second_factor.turn_off', targetId: account.id, detail: {} });
  });
}
