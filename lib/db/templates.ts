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
