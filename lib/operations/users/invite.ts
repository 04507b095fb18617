import { given } from '@/lib/contract/given';
import { newLinkToken } from '@/lib/crypto/totp';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { openInvite } from '@/lib/db/invites';
import { findUserByEmail } from '@/lib/db/users';
import type { Actor, Role } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { mayHandle, permit } from '@/lib/domain/permissions';
import { env } from '@/lib/env';
import { newUuid } from '@/lib/ids';
import { newUser } from '@/lib/operations/users/create';

export const newInvite = newUser.pick({ email: true, role: true });

/** `link` is shown this once to whoever asked for it, who hands it over: the installation may have no way to send mail. */
export type Invited = { id: string; email: string; link: string; expiresAt: Date };

/**
 * users.invite: a one-time link, good for three days, with which a person sets their own name and password. Inviting an address again
 * replaces its link. Only an owner may invite an owner.
 */
export async function inviteUser(actor: Actor, input: { email: string; role: Role }): Promise<Invited> {
  permit(actor, 'users:manage');
  const { email, role } = given(newInvite, input);
  if (!mayHandle(actor, role)) {
    throw new Refusal('forbidden', { detail: 'Only an owner may invite another owner.' });
  }
  const { token, digest } = newLinkToken();
  const opened = await transact(async (tx) => {
    if (await findUserByEmail(tx, email)) {
      throw new Refusal('invalid_request', { param: 'email', detail: 'This address already has an account.' });
    }
    const invitedBy = actor.kind === 'user' ? actor.userId : null;
    const invite = await openInvite(tx, { id: newUuid(), email, role, digest, invitedBy, resetsUserId: null });
    if (!invite)
      throw new Refusal('invalid_request', { detail: 'Too many invitations are open. Withdraw some first.' });
    await insertAudit(tx, { actor, action: 'user.invite', targetId: invite.id, detail: { email, role } });
    return invite;
  });
  return { ...opened, email, link: linkOf(token) };
}

export const linkOf = (token: string) => `${env().WATCHWORD_PUBLIC_URL}/invite/${token}`;
