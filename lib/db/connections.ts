import type { Db, Statement } from '@/lib/db/client';

const ALERT: Statement = {
  name: 'alert_connection',
  text: `UPDATE connection SET alerted_at = now(), alert_reason = $2 WHERE id = $1 AND (alerted_at IS NULL OR alerted_at < now() - interval '10 seconds' OR alert_reason IS DISTINCT FROM $2)`,
};

/** Notes that our own side of a connection is at fault. At most one write per 10 s and reason. */
export async function alertConnection(db: Db, id: string, reason: string): Promise<void> {
  await db.query(ALERT, [id, reason]);
}
