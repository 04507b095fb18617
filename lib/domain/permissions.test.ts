import { expect, test } from 'vitest';
import { type Actor, ROLES, type Role } from '@/lib/domain/actor';
import { mayHandle } from '@/lib/domain/permissions';

const person = (role: Role): Actor => ({ kind: 'user', userId: 'u', email: 'p@example.com', name: 'P', role });

const table: [who: string, actor: Actor, handlesOwners: boolean][] = [
  ...ROLES.map((role): [string, Actor, boolean] => [role, person(role), role === 'owner']),
  ['the system', { kind: 'system', what: 'test' }, true],
];

test.each(table)('owners are made and changed by owners and the system alone: %s', (_, actor, handlesOwners) => {
  expect(mayHandle(actor, 'owner')).toBe(handlesOwners);
});

test.each(ROLES.filter((role) => role !== 'owner'))('who is %s is nobody’s in particular', (role) => {
  for (const [, actor] of table) expect(mayHandle(actor, role)).toBe(true);
});
