import { z } from 'zod';
import { hashPassword } from '@/lib/crypto/password';
import { linkDigest } from '@/lib/crypto/totp';
import { insertAudit } from '@/lib/db/audit';
import { database, transact } from '@/lib/db/client';
import { findInvite, type OpenInvite, acceptInvite as useInvite } from '@/lib/db/invites';
import { insertUser } from '@/lib/db/users';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid } from '@/lib/ids';
import { newUser } from '@/lib/operations/users/create';

export const acceptance = newUser.pick({ name: true, password: true }).extend({ token: z.string().max(100) });

/** users.read_invite: whom a link is for, while it stands; null otherwise. Whoever holds the link may ask. */
export async function readInvite(actor: Actor, input: { token: string }): Promise<OpenInvite | null> {
  permit(actor, 'users:manage');
  return findInvite(database(), linkDigest(input.token));
}

/**
 * users.accept_invite: the link becomes an account, for exactly one of any number of calls. It opens nothing when it was withdrawn, is
 * over, or its inviter may not invite any more. The token was the caller's proof; the actor is the door that took it.
 */
export async function acceptInvite(
  actor: Actor,
  input: z.input<typeof acceptance>,
): Promise<{ userId: string; email: string }> {
  permit(actor, 'users:manage');
  const { token, name, password } = acceptance.parse(input);
  const passwordHash = await hashPassword(password);
  const id = newUuid();
  const { email } = await transact(async (tx) => {
    const invite = await useInvite(tx, linkDigest(token));
    if (!invite) throw new Refusal('not_found', { detail: 'This invitation was used, withdrawn, or is over.' });
    const user = { id, email: invite.email, name, role: invite.role, passwordHash };
    if (!(await insertUser(tx, user, actor))) {
      throw new Refusal('invalid_request', { param: 'email', detail: 'This address already has an account.' });
    }
    await insertAudit(tx, {
      actor,
      action: 'user.accept_invite',
      targetId: invite.id,
      detail: { email: invite.email },
    });
    return invite;
  });
  return { userId: id, email };
}
