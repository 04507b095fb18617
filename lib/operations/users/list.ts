import { database } from '@/lib/db/client';
import { listInvites } from '@/lib/db/invites';
import { listUsers } from '@/lib/db/list-users';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';

const PEOPLE_MAX = 1_000;

/** users.list: everybody with an account, and the links, of invitations and of resets, that nobody has used yet. */
export async function listPeople(actor: Actor) {
  permit(actor, 'users:read');
  const [people, invites] = await Promise.all([listUsers(database(), PEOPLE_MAX), listInvites(database())]);
  return { people, invites };
}
