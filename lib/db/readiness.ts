import type { Db, Statement } from '@/lib/db/client';
import { CALLBACK_TRIES } from '@/lib/db/receipts';

/** After so many tries it is the callback that is at fault, and not what applies them. */
const LATE_TRIES = 3;

const READINESS: Statement = {
  name: 'readiness',
  text: `
SELECT now() AS now,
       COALESCE((SELECT EXTRACT(epoch FROM now() - LEAST(next_fallback_at, expires_at))::float8 FROM verification
                  WHERE is_checkable AND LEAST(next_fallback_at, expires_at) <= now()
                  ORDER BY LEAST(next_fallback_at, expires_at) LIMIT 1), 0) AS overdue_seconds,
       COALESCE((SELECT EXTRACT(epoch FROM now() - received_at)::float8 FROM callback
                  WHERE applied_at IS NULL AND tries < ${LATE_TRIES} ORDER BY received_at LIMIT 1), 0) AS unapplied_seconds,
       (SELECT count(*)::int FROM callback WHERE applied_at IS NULL AND tries >= ${CALLBACK_TRIES}) AS given_up,
       (SELECT count(*)::int FROM alert WHERE resolved_at IS NULL) AS open_alerts,
       (SELECT count(*)::int FROM alert WHERE resolved_at IS NULL AND severity = 'critical') AS critical_alerts,
       EXISTS (SELECT 1 FROM incident WHERE ended_at IS NULL) AS is_storm`,
};

export type Readiness = {
  now: Date;
  overdueSeconds: number;
  unappliedSeconds: number;
  /** Callbacks that could not be applied however often: somebody has to look at them. */
  givenUp: number;
  openAlerts: number;
  criticalAlerts: number;
  isStorm: boolean;
};

/** The database's clock, the ages in seconds of the oldest due timer and the oldest unapplied callback, and what is wrong by the alerts. */
export async function readiness(db: Db): Promise<Readiness> {
  const [row] = await db.query<{
    now: Date;
    overdue_seconds: number;
    unapplied_seconds: number;
    given_up: number;
    open_alerts: number;
    critical_alerts: number;
    is_storm: boolean;
  }>(READINESS, []);
  if (!row) throw new Error('readiness answered no row');
  return {
    now: row.now,
    overdueSeconds: row.overdue_seconds,
    unappliedSeconds: row.unapplied_seconds,
    givenUp: row.given_up,
    openAlerts: row.open_alerts,
    criticalAlerts: row.critical_alerts,
    isStorm: row.is_storm,
  };
}
