import { z } from 'zod';
import { given } from '@/lib/contract/given';
import { blindIndex } from '@/lib/crypto/blind-index';
import { hashPassword } from '@/lib/crypto/password';
import { linkDigest } from '@/lib/crypto/totp';
import { insertAudit } from '@/lib/db/audit';
import { type Db, database, transact } from '@/lib/db/client';
import { findInvite, type OpenInvite, acceptInvite as spendInvite } from '@/lib/db/invites';
import { resetPassword } from '@/lib/db/second-factor';
import { forgiveSignIn, insertUser } from '@/lib/db/users';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid } from '@/lib/ids';
import { newUser, noteNewUser } from '@/lib/operations/users/create';

/** What whoever opens a link gives: their name as well, where it makes an account. */
export const acceptance = newUser
  .pick({ name: true, password: true })
  .partial({ name: true })
  .extend({ token: z.string().max(100) });

/** users.read_invite: whom a link is for, while it stands; null otherwise. Whoever holds the link may ask. */
export async function readInvite(actor: Actor, input: { token: string }): Promise<OpenInvite | null> {
  permit(actor, 'users:manage');
  return findInvite(database(), linkDigest(input.token));
}

/**
 * users.accept_invite: the link becomes an account, or a new password of the account that it resets, for exactly one of any number of calls.
 * It opens nothing when it was withdrawn, is over, or whoever asked for it may not any more; a reset also when its person was disabled or
 * has another role. The token was the caller's proof; the actor is the door that took it.
 */
export async function acceptInvite(
  actor: Actor,
  input: z.input<typeof acceptance>,
): Promise<{ userId: string; email: string }> {
  permit(actor, 'users:manage');
  const { token, name, password } = given(acceptance, input);
  const digest = linkDigest(token);
  // Only to spare the work: a hash is dear, and anybody may come without a link. Whether it is used is settled below.
  if (!(await findInvite(database(), digest))) throw opensNothing();
  const passwordHash = await hashPassword(password);
  return transact(async (tx) => {
    const invite = await spendInvite(tx, digest);
    if (!invite) throw opensNothing();
    const accepted = { ...invite, actor, passwordHash };
    const userId = await (invite.resetsUserId === null
      ? makeAccount(tx, { ...accepted, name })
      : replacePassword(tx, { ...accepted, userId: invite.resetsUserId }));
    return { userId, email: invite.email };
  });
}

type Accepted = OpenInvite & { actor: Actor; passwordHash: string };

/** Never changes an account that is there: who was invited to an address that has one meanwhile is refused. */
async function makeAccount(tx: Db, accepted: Accepted & { name: string | undefined }): Promise<string> {
  const { email, name, role, passwordHash, actor } = accepted;
  if (name === undefined) throw new Refusal('invalid_request', { param: 'name', detail: 'Enter a name.' });
  const user = { id: newUuid(), email, name, role };
  if (!(await insertUser(tx, { ...user, passwordHash }))) {
    throw new Refusal('invalid_request', { param: 'email', detail: 'This address already has an account.' });
  }
  await noteNewUser(tx, actor, user);
  await insertAudit(tx, { actor, action: 'user.accept_invite', targetId: accepted.id, detail: { email } });
  return user.id;
}

async function replacePassword(tx: Db, accepted: Accepted & { userId: string }): Promise<string> {
  const { userId, email, role, passwordHash, actor } = accepted;
  // The role and the standing once more, on the locked row: they may have changed since the link was looked at.
  if (!(await resetPassword(tx, userId, role, passwordHash))) throw opensNothing();
  // Whoever lost a password has tried it until no try was left. Guesses at the second factor stay counted.
  await forgiveSignIn(tx, { email: blindIndex('email', email), address: null });
  await insertAudit(tx, { actor, action: 'password.reset', targetId: userId, detail: { email } });
  return userId;
}

const opensNothing = () => new Refusal('not_found', { detail: 'This link was used, withdrawn, or is over.' });
