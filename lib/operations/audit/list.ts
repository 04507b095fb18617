import type { AuditQuery } from '@/lib/contract/audit';
import { database } from '@/lib/db/client';
import {
  type AuditCursor,
  type AuditFilter,
  type AuditRow,
  listAuditActions,
  listAudit as select,
} from '@/lib/db/list-audit';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';

export type AuditPage = { data: AuditRow[]; next: string | null };

/** audit.list: who did what to what, newest first, one page behind the cursor. */
export async function listAudit(actor: Actor, query: AuditQuery): Promise<AuditPage> {
  permit(actor, 'audit:read');
  const rows = await select(database(), filterOf(query), cursorOf(query.cursor), query.limit + 1);
  const data = rows.slice(0, query.limit);
  const last = data.at(-1);
  return { data, next: rows.length > query.limit && last ? cursorText(last) : null };
}

/** audit.list_actions: the actions that can be asked for. */
export async function listActions(actor: Actor): Promise<string[]> {
  permit(actor, 'audit:read');
  return listAuditActions(database());
}

export function filterOf(query: AuditQuery): AuditFilter {
  const { actor = null, action = null, target = null, after, before } = query;
  return {
    actor,
    action,
    target,
    after: after === undefined ? null : new Date(after),
    before: before === undefined ? null : new Date(before),
  };
}

const cursorText = ({ at, id }: AuditCursor) => `${at.getTime()}.${id}`;

function cursorOf(text: string | undefined): AuditCursor | null {
  const [ms = '', id = ''] = text?.split('.') ?? [];
  return text === undefined ? null : { at: new Date(Number(ms)), id };
}
