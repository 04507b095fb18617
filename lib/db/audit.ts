import type { Db, Statement } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { newUuid } from '@/lib/ids';

const INSERT: Statement = {
  name: 'insert_audit',
  text: 'INSERT INTO audit_entry (id, at, actor, action, target_id, detail) VALUES ($1, COALESCE($6::timestamptz, now()), $2, $3, $4, $5)',
};

/**
 * Notes who did what to what, in the transaction that does it: no act without its note. Never holds secrets, numbers or codes.
 *
 * @param entry.at when it was done; left out, now. Only a past that is written down later names it.
 */
export async function insertAudit(
  tx: Db,
  entry: { actor: Actor; action: string; targetId: string; detail: Record<string, unknown>; at?: Date },
): Promise<void> {
  const { actor, at } = entry;
  const who = actor.kind === 'user' ? { kind: 'user', id: actor.userId, email: actor.email, role: actor.role } : actor;
  await tx.query(INSERT, [newUuid(at?.getTime()), who, entry.action, entry.targetId, entry.detail, at ?? null]);
}

/** The same shape of actor in SQL, where a statement notes what it does itself: of a row of `console_user` called `alias`. */
export const auditActorOf = (alias: string): string =>
  `jsonb_build_object('kind', 'user', 'id', ${alias}.id, 'email', ${alias}.email, 'role', ${alias}.role)`;
