import type { Db, Statement } from '@/lib/db/client';

const SET_STATUS: Statement = {
  name: 'set_template_status',
  text: `
UPDATE template SET status = $4, status_reason = $5, synced_at = now()
 WHERE connection_id = $1 AND provider_name = $2 AND replace(lower(locale), '-', '_') = replace(lower($3), '-', '_')`,
};

/** Takes over what the provider says about one language of a template. Routing skips what is not `approved`. */
export async function setTemplateStatus(
  db: Db,
  event: { connectionId: string; name: string; language: string; status: string; reason: string | null },
): Promise<void> {
  await db.query(SET_STATUS, [event.connectionId, event.name, event.language, event.status, event.reason]);
}

const INSERT: Statement = {
  name: 'insert_template',
  text: `INSERT INTO template (id, channel, use_case, locale, provider_name, connection_id, text, status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
};

/** Adds one language of a template. */
export async function insertTemplate(
  db: Db,
  row: {
    id: string;
    channel: string;
    useCase: string | null;
    locale: string;
    providerName: string | null;
    connectionId: string | null;
    text: string | null;
    status: string;
  },
): Promise<void> {
  await db.query(INSERT, [
    row.id,
    row.channel,
    row.useCase,
    row.locale,
    row.providerName,
    row.connectionId,
    row.text,
    row.status,
  ]);
}
