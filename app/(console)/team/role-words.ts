import type { Role } from '@/lib/domain/actor';

/** What a role may do, in a line; the table itself is lib/domain/permissions.ts. */
export const ROLE_WORDS: Record<Role, { title: string; may: string }> = {
  owner: { title: 'Owner', may: 'Everything, and makes other owners.' },
  admin: { title: 'Admin', may: 'Everything but owners: people, connections, keys, configuration.' },
  ops: { title: 'Ops', may: 'Steers routes, policies and texts; sends test codes; reads the audit log.' },
  analyst: { title: 'Analyst', may: 'Reads verifications and the configuration; changes nothing.' },
  developer: { title: 'Developer', may: 'Apps, keys and templates; sends test codes; reads the configuration.' },
};
