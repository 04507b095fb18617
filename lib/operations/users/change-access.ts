import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { changeUserAccess, findStanding, lockUsers } from '@/lib/db/users';
import type { Actor, Role } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { mayHandle, permit } from '@/lib/domain/permissions';

/**
 * users.change_access: another role, disabled, or enabled again. It counts from the person's next request on, because
 * their sessions end. Owners are changed by owners only, and the last one stays.
 * `userId` is the plain uuid. Refuses `not_found` and `forbidden`.
 */
export async function changeAccess(
  actor: Actor,
  input: { userId: string; role?: Role; isDisabled?: boolean },
): Promise<void> {
  permit(actor, 'users:manage');
  await transact(async (tx) => {
    await lockUsers(tx);
    const user = await findStanding(tx, input.userId);
    if (!user) throw new Refusal('not_found', { detail: 'No such person.' });
    if (!mayHandle(actor, input.role ?? user.role) || !mayHandle(actor, user.role)) {
      throw new Refusal('forbidden', { detail: 'Owners are made and changed by owners.' });
    }
    const losesAccess = (input.role !== undefined && input.role !== 'owner') || input.isDisabled === true;
    if (user.role === 'owner' && losesAccess && user.otherOwners === 0) {
      throw new Refusal('forbidden', { detail: 'The last owner keeps access.' });
    }
    const change = { id: input.userId, role: input.role ?? null, isDisabled: input.isDisabled ?? null };
    const changes = await changeUserAccess(tx, change);
    await insertAudit(tx, { actor, action: 'user.change_access', targetId: input.userId, detail: { changes } });
  });
}
