import { verificationColumns } from '@/lib/db/check-verifications';
import type { Db, Statement } from '@/lib/db/client';
import type { ListRow } from '@/lib/db/explore-verifications';

const IDS: Statement = {
  name: 'tail_ids',
  text: 'SELECT id FROM verification WHERE id >= $1::uuid ORDER BY id DESC LIMIT $2',
};

/** Ids from a floor on, newest first. */
export async function tailIds(db: Db, floor: string, limit: number): Promise<string[]> {
  return (await db.query<{ id: string }>(IDS, [floor, limit])).map(({ id }) => id);
}

/** A row of the list together with everything that a search can ask about it. */
export type TailRow = ListRow & {
  to_blind: Buffer;
  connections: string[];
  templates: string[];
  /** Of the first message; null where none was sent. */
  first_channel: string | null;
  first_connection: string | null;
  first_template: string | null;
  causes: string[];
};

const ROWS: Statement = {
  name: 'tail_rows',
  text: `
SELECT ${verificationColumns('v')}, v.to_blind, a.name AS app_name, m.trail, m.seconds_to_deliver, COALESCE(m.cost_micros, 0) AS cost_micros, m.connections, m.templates, m.first_channel, m.first_connection, m.first_template,
       COALESCE((SELECT array_agg(DISTINCT e.detail->>'cause') FROM verification_event e WHERE e.verification_id = v.id AND e.kind = 'fallback'), '{}') AS causes
  FROM unnest($1::uuid[]) w(id) JOIN verification v ON v.id = w.id JOIN app a ON a.id = v.app_id
  CROSS JOIN LATERAL (
    SELECT COALESCE(json_agg(json_build_object('channel', m.channel, 'cause', m.cause, 'state', m.state, 'reason', m.reason) ORDER BY m.submitted_at, m.step), '[]') AS trail,
           CASE WHEN min(m.delivered_at) IS NOT NULL THEN GREATEST(0, EXTRACT(epoch FROM min(m.delivered_at) - min(m.submitted_at)))::float8 END AS seconds_to_deliver,
           sum(m.cost_micros) AS cost_micros, COALESCE(array_agg(DISTINCT m.connection_id::text), '{}') AS connections, COALESCE(array_agg(DISTINCT m.template), '{}') AS templates,
           (array_agg(m.channel ORDER BY m.submitted_at, m.id))[1] AS first_channel, (array_agg(m.connection_id::text ORDER BY m.submitted_at, m.id))[1] AS first_connection,
           (array_agg(m.template ORDER BY m.submitted_at, m.id))[1] AS first_template
      FROM message m WHERE m.verification_id = v.id) m
 ORDER BY v.id`,
};

/** These verifications, oldest first. */
export async function tailRows(db: Db, ids: readonly string[]): Promise<TailRow[]> {
  return ids.length === 0 ? [] : db.query<TailRow>(ROWS, [ids]);
}
