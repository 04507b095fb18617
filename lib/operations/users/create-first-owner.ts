import { given } from '@/lib/contract/given';
import { hashPassword } from '@/lib/crypto/password';
import { database, transact } from '@/lib/db/client';
import { hasAnyUser, insertUser, lockUsers, type UserRow } from '@/lib/db/users';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid } from '@/lib/ids';
import { type NewUser, newUser, noteNewUser } from '@/lib/operations/users/create';

/**
 * users.create_first_owner: the account that opens a new installation. Of any number of calls at once exactly one
 * makes an owner; every other one, then and later, is refused with `setup_closed`.
 * Whoever calls it has already judged the one-time token (lib/auth/setup-token.ts).
 */
export async function createFirstOwner(actor: Actor, input: Omit<NewUser, 'role'>): Promise<UserRow> {
  permit(actor, 'users:manage');
  const { password, ...person } = given(newUser, { ...input, role: 'owner' });
  const user = { id: newUuid(), ...person };
  // Only to spare the work of a hash; who is first is settled below.
  if (await hasAnyUser(database())) throw new Refusal('setup_closed');
  const passwordHash = await hashPassword(password);
  await transact(async (tx) => {
    await lockUsers(tx);
    if (await hasAnyUser(tx)) throw new Refusal('setup_closed');
    await insertUser(tx, { ...user, passwordHash });
    await noteNewUser(tx, actor, user);
  });
  return user;
}
