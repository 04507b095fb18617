import { stringify } from 'csv-stringify/sync';
import { AUDIT_EXPORT_MAX, AUDIT_PAGE, type AuditQuery } from '@/lib/contract/audit';
import { insertAudit } from '@/lib/db/audit';
import { database, transact } from '@/lib/db/client';
import { type AuditRow, listAudit } from '@/lib/db/list-audit';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { filterOf } from '@/lib/operations/audit/list';

const COLUMNS = ['at', 'actor_kind', 'actor', 'role', 'action', 'target', 'detail'] as const;

/**
 * audit.export: what matches as CSV, newest first, page by page, so that memory stays small. Reading out the log is itself noted in it,
 * before the first row leaves. Cells that a spreadsheet would run as formulas are quoted as text. Where more match than one file holds, its
 * last line says so.
 */
export async function exportAudit(
  actor: Actor,
  query: AuditQuery,
  limits: { rowsMax: number } = { rowsMax: AUDIT_EXPORT_MAX },
): Promise<ReadableStream<Uint8Array>> {
  permit(actor, 'audit:read');
  const filter = filterOf(query);
  await transact((tx) => insertAudit(tx, { actor, action: 'audit.export', targetId: 'audit', detail: { ...filter } }));
  const pages = everyPage(filter, limits.rowsMax);
  const encoder = new TextEncoder();
  let isFirst = true;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const page = await pages.next();
      const rows = page.done ? [] : page.value.rows;
      const text = stringify(rows.map(record), { header: isFirst, columns: [...COLUMNS], escape_formulas: true });
      isFirst = false;
      if (text) controller.enqueue(encoder.encode(text));
      if (!page.done && page.value.isCutOff) controller.enqueue(encoder.encode(lastLine(limits.rowsMax)));
      if (page.done) controller.close();
    },
  });
}

/** Page after page until the last entry, or until the most that one export holds: one more is read then, to tell whether that was all. */
async function* everyPage(
  filter: ReturnType<typeof filterOf>,
  rowsMax: number,
): AsyncGenerator<{ rows: AuditRow[]; isCutOff: boolean }, void> {
  let cursor: { at: Date; id: string } | null = null;
  for (let left = rowsMax; ; ) {
    const limit = Math.min(AUDIT_PAGE.max, left + 1);
    const page: AuditRow[] = await listAudit(database(), filter, cursor, limit);
    const rows = page.slice(0, left);
    const isCutOff = page.length > left;
    yield { rows, isCutOff };
    const last = rows.at(-1);
    if (!last || isCutOff || page.length < limit) return;
    left -= rows.length;
    cursor = { at: last.at, id: last.id };
  }
}

const lastLine = (rows: number) => `"Cut off after ${rows} rows: narrow the range and export again."\n`;

function record({ at, actor, action, targetId, detail }: AuditRow): Record<(typeof COLUMNS)[number], string> {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    at: at.toISOString(),
    actor_kind: text(actor.kind),
    actor: text(actor.email ?? actor.keyId ?? actor.what),
    role: text(actor.role),
    action,
    target: targetId ?? '',
    detail: Object.keys(detail).length === 0 ? '' : JSON.stringify(detail),
  };
}
