import type { Db, Statement } from '@/lib/db/client';
import { holdLock } from '@/lib/db/locks';
import type { Role } from '@/lib/domain/actor';

export const INVITE_HOURS = 72;
export const RESET_HOURS = 24;
const OPEN_MAX = 100;

// One open link per address (a partial unique index): asking again replaces link, role and end in the same row, and adds none. Resets are not
// counted: there is at most one for each account, and a full list of invitations must not lock a person out.
const OPEN: Statement = {
  name: 'open_invite',
  text: `
INSERT INTO console_invite (id, email, role, token_digest, invited_by, expires_at, resets_user_id)
SELECT $1, $2, $3, $4, $5, now() + make_interval(hours => $6), $7::uuid
 WHERE $7::uuid IS NOT NULL
    OR (SELECT count(*) FROM console_invite
         WHERE accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > now() AND resets_user_id IS NULL AND email <> $2) < $8
ON CONFLICT (email) WHERE accepted_at IS NULL AND withdrawn_at IS NULL
DO UPDATE SET role = excluded.role, token_digest = excluded.token_digest, invited_by = excluded.invited_by,
              created_at = now(), expires_at = excluded.expires_at, resets_user_id = excluded.resets_user_id
RETURNING id, expires_at AS "expiresAt"`,
};

/**
 * Opens a link: an invitation, or a reset of the password of the person `resetsUserId`. An older one of the same address is replaced and
 * ends. Null: too many invitations are open, however many were opened at once.
 */
export async function openInvite(
  tx: Db,
  invite: {
    id: string;
    email: string;
    role: Role;
    digest: Buffer;
    invitedBy: string | null;
    resetsUserId: string | null;
  },
): Promise<{ id: string; expiresAt: Date } | null> {
  const { id, email, role, digest, invitedBy, resetsUserId } = invite;
  if (resetsUserId === null) await holdLock(tx, 'invites');
  const hours = resetsUserId === null ? INVITE_HOURS : RESET_HOURS;
  const values = [id, email, role, digest, invitedBy, hours, resetsUserId, OPEN_MAX];
  const [row] = await tx.query<{ id: string; expiresAt: Date }>(OPEN, values);
  return row ?? null;
}

const COLUMNS = 'i.id, i.email, i.role, i.expires_at AS "expiresAt", i.resets_user_id AS "resetsUserId"';

const WITHDRAW: Statement = {
  name: 'withdraw_invite',
  text: `UPDATE console_invite i SET withdrawn_at = now() WHERE i.id = $1 AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL RETURNING ${COLUMNS}`,
};

/** Ends a link. Null: it had been accepted or withdrawn. */
export async function withdrawInvite(tx: Db, id: string): Promise<OpenInvite | null> {
  const [row] = await tx.query<OpenInvite>(WITHDRAW, [id]);
  return row ?? null;
}

const WITHDRAW_RESETS: Statement = {
  name: 'withdraw_resets',
  text: `UPDATE console_invite SET withdrawn_at = now() WHERE resets_user_id = $1 AND accepted_at IS NULL AND withdrawn_at IS NULL`,
};

/** Ends links that would reset this person's password: it is known again. */
export async function withdrawResets(tx: Db, userId: string): Promise<void> {
  await tx.query(WITHDRAW_RESETS, [userId]);
}

/** `resetsUserId`: whose password the link resets; null for an invitation. */
export type OpenInvite = { id: string; email: string; role: Role; expiresAt: Date; resetsUserId: string | null };

/**
 * A link is worth what whoever asked for it may still do: one who was disabled or demoted since lets nobody in. A reset is worth something
 * while its person may sign in and has the role it was made for: an admin's link must not open an account that became an owner's.
 */
const STANDS = `i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > now()
  AND (i.invited_by IS NULL OR EXISTS (SELECT 1 FROM console_user u WHERE u.id = i.invited_by AND u.disabled_at IS NULL
        AND (u.role = 'owner' OR (u.role = 'admin' AND i.role <> 'owner'))))
  AND (i.resets_user_id IS NULL OR EXISTS (SELECT 1 FROM console_user p WHERE p.id = i.resets_user_id AND p.disabled_at IS NULL AND p.role = i.role))`;

const FIND: Statement = {
  name: 'find_invite',
  text: `SELECT ${COLUMNS} FROM console_invite i WHERE i.token_digest = $1 AND ${STANDS}`,
};

/** What is behind a link, while it stands. */
export async function findInvite(db: Db, digest: Buffer): Promise<OpenInvite | null> {
  const [row] = await db.query<OpenInvite>(FIND, [digest]);
  return row ?? null;
}

const ACCEPT: Statement = {
  name: 'accept_invite',
  text: `UPDATE console_invite i SET accepted_at = now() WHERE i.token_digest = $1 AND ${STANDS} RETURNING ${COLUMNS}`,
};

/** Uses a link up: for exactly one caller, null for every other one. */
export async function acceptInvite(tx: Db, digest: Buffer): Promise<OpenInvite | null> {
  const [row] = await tx.query<OpenInvite>(ACCEPT, [digest]);
  return row ?? null;
}

export type ListedInvite = OpenInvite & { isOver: boolean; by: string | null };

const LIST: Statement = {
  name: 'list_invites',
  text: `
SELECT ${COLUMNS}, NOT (${STANDS}) AS "isOver", (SELECT u.name FROM console_user u WHERE u.id = i.invited_by) AS by
  FROM console_invite i WHERE i.accepted_at IS NULL AND i.withdrawn_at IS NULL ORDER BY i.created_at DESC LIMIT $1`,
};

/** Links that nobody has accepted or withdrawn, newest first. */
export async function listInvites(db: Db): Promise<ListedInvite[]> {
  return db.query<ListedInvite>(LIST, [OPEN_MAX * 2]);
}
