import type { Actor, Role } from '@/lib/domain/actor';

/** Somebody with a role, where it does not matter who. The same person each time; there is no row of them. */
export function actorOf(role: Role): Extract<Actor, { kind: 'user' }> {
  return {
    kind: 'user',
    userId: '00000000-0000-7000-8000-000000000001',
    email: `${role}@example.com`,
    name: role,
    role,
  };
}
