import type { Db, Statement } from '@/lib/db/client';
import type { Role } from '@/lib/domain/actor';

export const INVITE_HOURS = 72;
const OPEN_MAX = 100;

// One open invitation per address (a partial unique index): inviting again replaces link, role and end in the same row.
const INVITE: Statement = {
  name: 'invite',
  text: `
INSERT INTO console_invite (id, email, role, token_digest, invited_by, expires_at)
SELECT $1, $2, $3, $4, $5, now() + make_interval(hours => $6)
 WHERE (SELECT count(*) FROM console_invite WHERE accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > now()) < $7
ON CONFLICT (email) WHERE accepted_at IS NULL AND withdrawn_at IS NULL
DO UPDATE SET role = excluded.role, token_digest = excluded.token_digest, invited_by = excluded.invited_by,
              created_at = now(), expires_at = excluded.expires_at
RETURNING id, expires_at AS "expiresAt"`,
};

/** Opens an invitation; an older one of the same address is replaced and its link ends. Null: too many are open. */
export async function openInvite(
  tx: Db,
  invite: { id: string; email: string; role: Role; digest: Buffer; invitedBy: string | null },
): Promise<{ id: string; expiresAt: Date } | null> {
  const { id, email, role, digest, invitedBy } = invite;
  const values = [id, email, role, digest, invitedBy, INVITE_HOURS, OPEN_MAX];
  const [row] = await tx.query<{ id: string; expiresAt: Date }>(INVITE, values);
  return row ?? null;
}

const WITHDRAW: Statement = {
  name: 'withdraw_invite',
  text: `UPDATE console_invite SET withdrawn_at = now() WHERE id = $1 AND accepted_at IS NULL AND withdrawn_at IS NULL RETURNING email, role`,
};

/** Ends an invitation. Null: it had been accepted or withdrawn. */
export async function withdrawInvite(tx: Db, id: string): Promise<{ email: string; role: Role } | null> {
  const [row] = await tx.query<{ email: string; role: Role }>(WITHDRAW, [id]);
  return row ?? null;
}

export type OpenInvite = { id: string; email: string; role: Role; expiresAt: Date };

/** An invitation is worth what its inviter may still do: one who was disabled or demoted since lets nobody in. */
const STANDS = `i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > now()
  AND (i.invited_by IS NULL OR EXISTS (SELECT 1 FROM console_user u WHERE u.id = i.invited_by AND u.disabled_at IS NULL
        AND (u.role = 'owner' OR (u.role = 'admin' AND i.role <> 'owner'))))`;

const FIND: Statement = {
  name: 'find_invite',
  text: `SELECT i.id, i.email, i.role, i.expires_at AS "expiresAt" FROM console_invite i WHERE i.token_digest = $1 AND ${STANDS}`,
};

/** The invitation behind a link, while it stands. */
export async function findInvite(db: Db, digest: Buffer): Promise<OpenInvite | null> {
  const [row] = await db.query<OpenInvite>(FIND, [digest]);
  return row ?? null;
}

const ACCEPT: Statement = {
  name: 'accept_invite',
  text: `UPDATE console_invite i SET accepted_at = now() WHERE i.token_digest = $1 AND ${STANDS} RETURNING i.id, i.email, i.role, i.expires_at AS "expiresAt"`,
};

/** Uses a link up: an invitation for exactly one caller, null for every other one. */
export async function acceptInvite(tx: Db, digest: Buffer): Promise<OpenInvite | null> {
  const [row] = await tx.query<OpenInvite>(ACCEPT, [digest]);
  return row ?? null;
}

export type ListedInvite = {
  id: string;
  email: string;
  role: Role;
  expiresAt: Date;
  isOver: boolean;
  by: string | null;
};

const LIST: Statement = {
  name: 'list_invites',
  text: `
SELECT i.id, i.email, i.role, i.expires_at AS "expiresAt", NOT (${STANDS}) AS "isOver", (SELECT u.name FROM console_user u WHERE u.id = i.invited_by) AS by
  FROM console_invite i WHERE i.accepted_at IS NULL AND i.withdrawn_at IS NULL ORDER BY i.created_at DESC LIMIT $1`,
};

/** Invitations that nobody has accepted or withdrawn, newest first. */
export async function listInvites(db: Db): Promise<ListedInvite[]> {
  return db.query<ListedInvite>(LIST, [OPEN_MAX * 2]);
}
