import { newLinkToken } from '@/lib/crypto/totp';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { openInvite } from '@/lib/db/invites';
import { findStanding } from '@/lib/db/users';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { mayHandle, permit } from '@/lib/domain/permissions';
import { newUuid } from '@/lib/ids';
import { type Invited, linkOf } from '@/lib/operations/users/invite';

/**
 * users.reset_password: a one-time link, good for a day, with which somebody who lost their password chooses a new one. Until then the old one
 * counts. Asking again replaces the link. Owners are reset by owners; one's own is changed at /account.
 * `userId` is the plain uuid. Refuses `not_found`, `forbidden`, and `invalid_request` for a disabled account.
 */
export async function resetPassword(actor: Actor, input: { userId: string }): Promise<Invited> {
  permit(actor, 'users:manage');
  const { userId } = input;
  const { token, digest } = newLinkToken();
  return transact(async (tx) => {
    const user = await findStanding(tx, userId);
    if (!user) throw new Refusal('not_found', { detail: 'No such person.' });
    const { email, role } = user;
    if (!mayHandle(actor, role)) {
      throw new Refusal('forbidden', { detail: 'Owners are changed by owners.' });
    }
    const invitedBy = actor.kind === 'user' ? actor.userId : null;
    if (invitedBy === userId) {
      throw new Refusal('forbidden', { detail: 'Change your own on your account page.' });
    }
    if (user.isDisabled) throw new Refusal('invalid_request', { detail: 'This account is disabled. Enable it first.' });
    // What changes about the person from here on is judged when the link is used.
    const opened = await openInvite(tx, { id: newUuid(), email, role, digest, invitedBy, resetsUserId: userId });
    if (!opened) throw new Error('a reset is never one too many');
    await insertAudit(tx, { actor, action: 'user.reset_password', targetId: userId, detail: { email, role } });
    return { ...opened, email, link: linkOf(token) };
  });
}
