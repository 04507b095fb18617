export const ROLES = ['owner', 'admin', 'ops', 'analyst', 'developer'] as const;
export type Role = (typeof ROLES)[number];

export const SCOPES = ['verifications:write', 'verifications:read', 'analytics:read', 'config:read'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is asking. An API key belongs to one app and one mode; a person sees every app of the installation. */
export type Actor =
  | { kind: 'api_key'; keyId: string; appId: string; livemode: boolean; scopes: readonly Scope[] }
  | { kind: 'user'; userId: string; email: string; name: string; role: Role }
  | { kind: 'system'; what: string };

/** One word for who is asking, to count what one of them holds. */
export function whoAsks(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return actor.userId;
    case 'api_key':
      return actor.keyId;
    case 'system':
      return actor.what;
  }
}
