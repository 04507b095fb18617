import { z } from 'zod';
import { given } from '@/lib/contract/given';
import { hashPassword, PASSWORD_LENGTH } from '@/lib/crypto/password';
import { insertAudit } from '@/lib/db/audit';
import { type Db, transact } from '@/lib/db/client';
import { insertUser, type UserRow } from '@/lib/db/users';
import { type Actor, ROLES } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { mayHandle, permit } from '@/lib/domain/permissions';
import { newUuid } from '@/lib/ids';

/** What a person's account needs. E-mail addresses are compared in lower case. */
export const newUser = z.object({
  email: z.string().trim().toLowerCase().max(254).pipe(z.email('Enter an e-mail address, like name@example.com')),
  name: z.string().trim().min(1, 'Enter a name').max(80, 'At most 80 characters'),
  role: z.enum(ROLES),
  password: z
    .string()
    .min(PASSWORD_LENGTH.min, `At least ${PASSWORD_LENGTH.min} characters`)
    .max(PASSWORD_LENGTH.max, `At most ${PASSWORD_LENGTH.max} characters`),
});
export type NewUser = z.infer<typeof newUser>;

/**
 * users.create: gives a person access to the console. Only an owner may make another owner.
 * Refuses `invalid_request` when the address already has an account.
 *
 * @param createdAt left out, now
 */
export async function createUser(actor: Actor, input: NewUser, createdAt?: Date): Promise<UserRow> {
  permit(actor, 'users:manage');
  const { password, ...person } = given(newUser, input);
  if (!mayHandle(actor, person.role)) {
    throw new Refusal('forbidden', { detail: 'Only an owner may make another owner.' });
  }
  const user = { id: newUuid(), ...person };
  const row = { ...user, passwordHash: await hashPassword(password), ...(createdAt ? { createdAt } : {}) };
  await transact(async (tx) => {
    if (!(await insertUser(tx, row))) {
      throw new Refusal('invalid_request', { param: 'email', detail: 'This address already has an account.' });
    }
    await noteNewUser(tx, actor, row);
  });
  return user;
}

/** However a person's account came to be, it is one entry of the audit log: user.create. */
export const noteNewUser = (tx: Db, actor: Actor, user: UserRow & { createdAt?: Date }): Promise<void> =>
  insertAudit(tx, {
    actor,
    action: 'user.create',
    targetId: user.id,
    detail: { email: user.email, role: user.role },
    ...(user.createdAt ? { at: user.createdAt } : {}),
  });
