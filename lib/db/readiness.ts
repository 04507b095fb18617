import type { Db, Statement } from '@/lib/db/client';

const READINESS: Statement = {
  name: 'readiness',
  text: `
SELECT now() AS now,
       COALESCE((SELECT EXTRACT(epoch FROM now() - LEAST(next_fallback_at, expires_at))::float8 FROM verification
                  WHERE is_checkable AND LEAST(next_fallback_at, expires_at) <= now()
                  ORDER BY LEAST(next_fallback_at, expires_at) LIMIT 1), 0) AS overdue_seconds,
       COALESCE((SELECT EXTRACT(epoch FROM now() - received_at)::float8 FROM callback
                  WHERE applied_at IS NULL AND tries < 10 ORDER BY received_at LIMIT 1), 0) AS unapplied_seconds`,
};

/** The database's clock, and the ages in seconds of the oldest due timer and the oldest unapplied callback. */
export async function readiness(db: Db): Promise<{ now: Date; overdueSeconds: number; unappliedSeconds: number }> {
  const [row] = await db.query<{ now: Date; overdue_seconds: number; unapplied_seconds: number }>(READINESS, []);
  if (!row) throw new Error('readiness answered no row');
  return { now: row.now, overdueSeconds: row.overdue_seconds, unappliedSeconds: row.unapplied_seconds };
}
