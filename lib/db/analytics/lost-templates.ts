import type { Db, Statement } from '@/lib/db/client';
import type { LostTemplate } from '@/lib/domain/alerts/judge';

const LOST_TEMPLATES: Statement = {
  name: 'lost_templates',
  text: `
SELECT t.connection_id AS "connectionId", t.provider_name AS name, array_agg(t.locale ORDER BY t.locale) AS locales, min(t.status) AS status
  FROM template t JOIN connection c ON c.id = t.connection_id
 WHERE t.channel = 'whatsapp' AND t.is_in_use AND c.enabled AND t.status IN ('paused', 'rejected', 'disabled') AND t.provider_name IS NOT NULL
 GROUP BY t.connection_id, t.provider_name ORDER BY 1, 2 LIMIT 100`,
};

/** Templates that routing would take and their provider does not send. */
export async function lostTemplates(db: Db): Promise<LostTemplate[]> {
  return db.query<LostTemplate>(LOST_TEMPLATES, []);
}
