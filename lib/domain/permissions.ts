import type { Actor, Role, Scope } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';

type Rule = { roles: readonly Role[]; scope: Scope | null; isLiveOnly?: boolean };

/**
 * What may be done, by whom. Deny by default: an action without a row is a type error, a role without a mention is refused.
 * `scope` null means that no API key may do it at all. `isLiveOnly`: no test key may, because all that there is to see is of live traffic.
 */
export const PERMISSIONS = {
  'verifications:write': { roles: ['owner', 'admin', 'ops', 'developer'], scope: 'verifications:write' },
  'verifications:read': { roles: ['owner', 'admin', 'ops', 'analyst', 'developer'], scope: 'verifications:read' },
  'verifications:cancel': { roles: ['owner', 'admin', 'ops', 'developer'], scope: 'verifications:write' },
  'routes:explain': { roles: ['owner', 'admin', 'ops', 'analyst', 'developer'], scope: 'verifications:read' },
  'channels:read': { roles: ['owner', 'admin', 'ops', 'analyst', 'developer'], scope: 'verifications:read' },
  'analytics:read': {
    roles: ['owner', 'admin', 'ops', 'analyst', 'developer'],
    scope: 'analytics:read',
    isLiveOnly: true,
  },
  'config:read': { roles: ['owner', 'admin', 'ops', 'analyst', 'developer'], scope: 'config:read' },
  /** Editing one's own draft: nothing goes live by it. */
  'config:write': { roles: ['owner', 'admin', 'ops'], scope: null },
  'config:publish': { roles: ['owner', 'admin', 'ops'], scope: null },
  'callbacks:replay': { roles: ['owner', 'admin', 'ops', 'developer'], scope: null },
  'apps:read': { roles: ['owner', 'admin', 'ops', 'developer'], scope: null },
  'keys:manage': { roles: ['owner', 'admin', 'developer'], scope: null },
  'apps:manage': { roles: ['owner', 'admin', 'developer'], scope: null },
  'connections:manage': { roles: ['owner', 'admin'], scope: null },
  'templates:manage': { roles: ['owner', 'admin', 'ops', 'developer'], scope: null },
  'users:read': { roles: ['owner', 'admin'], scope: null },
  'users:manage': { roles: ['owner', 'admin'], scope: null },
  /** One's own password and second factor. */
  'account:manage': { roles: ['owner', 'admin', 'ops', 'analyst', 'developer'], scope: null },
  /** One's own saved searches, and reading the team's. */
  'views:manage': { roles: ['owner', 'admin', 'ops', 'analyst', 'developer'], scope: null },
  'views:share': { roles: ['owner', 'admin', 'ops', 'analyst'], scope: null },
  'alerts:read': { roles: ['owner', 'admin', 'ops', 'analyst', 'developer'], scope: null },
  /** Rules, destinations, snoozing, and putting the fallback first for a while. */
  'alerts:manage': { roles: ['owner', 'admin', 'ops'], scope: null },
  'audit:read': { roles: ['owner', 'admin', 'ops'], scope: null },
} as const satisfies Record<string, Rule>;

export type Permission = keyof typeof PERMISSIONS;

/** True when this actor may do this. */
export function mayDo(actor: Actor, permission: Permission): boolean {
  const rule: Rule = PERMISSIONS[permission];
  if (actor.kind === 'system') return true;
  if (actor.kind === 'user') return rule.roles.includes(actor.role);
  return rule.scope !== null && actor.scopes.includes(rule.scope) && (actor.livemode || !rule.isLiveOnly);
}

/** True when this actor may make or change a person of this role: owners are handled by owners. */
export function mayHandle(actor: Actor, role: Role): boolean {
  return role !== 'owner' || actor.kind !== 'user' || actor.role === 'owner';
}

/** The first line of every operation: refuses with `forbidden` when the actor may not. */
export function permit(actor: Actor, permission: Permission): void {
  if (mayDo(actor, permission)) return;
  const rule: Rule = PERMISSIONS[permission];
  const isTestKey = actor.kind === 'api_key' && !actor.livemode && rule.isLiveOnly;
  throw new Refusal('forbidden', {
    detail: isTestKey
      ? 'Figures are of live traffic: ask with a live key.'
      : // A key has scopes, and permissions mean nothing to who holds it.
        `This needs ${actor.kind === 'api_key' && rule.scope ? `the scope ${rule.scope}` : permission}.`,
  });
}
