import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { dropTotp } from '@/lib/db/second-factor';
import { findStanding, lockUsers } from '@/lib/db/users';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { mayHandle, permit } from '@/lib/domain/permissions';

/**
 * users.reset_second_factor: for somebody who lost phone and recovery codes. They sign in with the password alone again, and every session
 * of theirs ends. Owners are reset by owners; one's own is turned off at /account, with password and code.
 */
export async function resetSecondFactor(actor: Actor, input: { userId: string }): Promise<void> {
  permit(actor, 'users:manage');
  await transact(async (tx) => {
    await lockUsers(tx);
    const user = await findStanding(tx, input.userId);
    if (!user) throw new Refusal('not_found', { detail: 'No such person.' });
    if (!mayHandle(actor, user.role)) {
      throw new Refusal('forbidden', { detail: 'Owners are changed by owners.' });
    }
    if (actor.kind === 'user' && actor.userId === input.userId) {
      throw new Refusal('forbidden', { detail: 'Turn your own off on your account page.' });
    }
    if (!(await dropTotp(tx, input.userId, true))) {
      throw new Refusal('invalid_request', { detail: 'This person has no second factor.' });
    }
    await insertAudit(tx, { actor, action: 'second_factor.reset', targetId: input.userId, detail: {} });
  });
}
