import { newRecoveryCodes } from '@/lib/crypto/totp';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { replaceRecoveryCodes } from '@/lib/db/second-factor';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { digestsOf } from '@/lib/operations/account/confirm-second-factor';
import { ownAccount, proveIdentity } from '@/lib/operations/account/prove';

/** account.renew_recovery_codes: ten new ones, shown this once; the ones before them are worth nothing any more. */
export async function renewRecoveryCodes(
  actor: Actor,
  input: { password: string; code: string; address: string },
): Promise<{ recoveryCodes: string[] }> {
  permit(actor, 'account:manage');
  const account = await ownAccount(actor);
  await proveIdentity(account, input);
  const recoveryCodes = newRecoveryCodes();
  await transact(async (tx) => {
    await replaceRecoveryCodes(tx, account.id, digestsOf(account.id, recoveryCodes));
    await insertAudit(tx, { actor, action: 'second_factor.renew_recovery_codes', targetId: account.id, detail: {} });
  });
  return { recoveryCodes };
}
