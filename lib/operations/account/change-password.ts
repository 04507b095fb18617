import { hashPassword } from '@/lib/crypto/password';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { withdrawResets } from '@/lib/db/invites';
import { setPassword } from '@/lib/db/second-factor';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { ownAccount, proveIdentity } from '@/lib/operations/account/prove';
import { newUser } from '@/lib/operations/users/create';

export const newPassword = newUser.shape.password;

/** account.change_password: needs the old one. Every session of the account ends, this browser's too: the caller begins a new one. A link that
 * would reset the password opens nothing any more. */
export async function changePassword(
  actor: Actor,
  input: { password: string; newPassword: string; address: string },
): Promise<{ userId: string }> {
  permit(actor, 'account:manage');
  const becomes = newPassword.safeParse(input.newPassword);
  if (!becomes.success) {
    const detail = becomes.error.issues[0]?.message ?? 'Choose another one.';
    throw new Refusal('invalid_request', { param: 'new_password', detail: `${detail}.` });
  }
  const account = await ownAccount(actor);
  await proveIdentity(account, { password: input.password, address: input.address });
  const passwordHash = await hashPassword(becomes.data);
  await transact(async (tx) => {
    if (!(await setPassword(tx, account.id, account.passwordHash, passwordHash))) {
      throw new Refusal('invalid_request', { detail: 'The password was changed meanwhile.' });
    }
    await withdrawResets(tx, account.id);
    await insertAudit(tx, { actor, action: 'password.change', targetId: account.id, detail: {} });
  });
  return { userId: account.id };
}
