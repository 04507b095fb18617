import type { Db, Statement } from '@/lib/db/client';
import { newParameters } from '@/lib/db/parameters';

export type AuditRow = {
  id: string;
  at: Date;
  actor: Record<string, unknown>;
  action: string;
  targetId: string | null;
  detail: Record<string, unknown>;
};
export type AuditFilter = {
  actor: string | null;
  action: string | null;
  target: string | null;
  after: Date | null;
  before: Date | null;
};
export type AuditCursor = { at: Date; id: string };

/** Who it was, in one word: what the index over actors is made of. */
const WHO = `COALESCE(actor->>'email', actor->>'keyId', actor->>'what')`;

// One text per set of filters: a condition that is not asked for would keep the index of the others from being used.
function statement(filter: AuditFilter, cursor: AuditCursor | null): { statement: Statement; values: unknown[] } {
  const { values, add: value } = newParameters();
  const asked: [string, string][] = [];
  if (filter.actor !== null) asked.push(['actor', `${WHO} = ${value(filter.actor)}`]);
  if (filter.action !== null) asked.push(['action', `action = ${value(filter.action)}`]);
  if (filter.target !== null) asked.push(['target', `target_id = ${value(filter.target)}`]);
  if (filter.after !== null) asked.push(['after', `at >= ${value(filter.after)}`]);
  if (filter.before !== null) asked.push(['before', `at < ${value(filter.before)}`]);
  if (cursor) asked.push(['cursor', `(at, id) < (${value(cursor.at)}::timestamptz, ${value(cursor.id)}::uuid)`]);
  const where = asked.length > 0 ? `WHERE ${asked.map(([, condition]) => condition).join(' AND ')}` : '';
  return {
    statement: {
      name: `list_audit_${asked.map(([name]) => name).join('_')}`,
      text: `SELECT id, at, actor, action, target_id AS "targetId", detail FROM audit_entry ${where} ORDER BY at DESC, id DESC LIMIT $${values.length + 1}`,
    },
    values,
  };
}

/** Audit entries that match, newest first, behind the cursor. */
export async function listAudit(
  db: Db,
  filter: AuditFilter,
  cursor: AuditCursor | null,
  limit: number,
): Promise<AuditRow[]> {
  const { statement: text, values } = statement(filter, cursor);
  return db.query<AuditRow>(text, [...values, limit]);
}

// A walk over the index from one action to the next: as many steps as there are actions, not entries.
const ACTIONS: Statement = {
  name: 'list_audit_actions',
  text: `
WITH RECURSIVE walk AS (
  (SELECT action, 1 AS n FROM audit_entry ORDER BY action LIMIT 1)
  UNION ALL
  SELECT (SELECT e.action FROM audit_entry e WHERE e.action > walk.action ORDER BY e.action LIMIT 1), walk.n + 1
    FROM walk WHERE walk.action IS NOT NULL AND walk.n < 200
)
SELECT action FROM walk WHERE action IS NOT NULL`,
};

/** Every action that was ever noted, by name. */
export async function listAuditActions(db: Db): Promise<string[]> {
  return (await db.query<{ action: string }>(ACTIONS, [])).map(({ action }) => action);
}
