import type { Db, Statement } from '@/lib/db/client';
import { holdLock } from '@/lib/db/locks';
import type { Actor } from '@/lib/domain/actor';

export type OverrideRow = {
  id: string;
  country: string;
  alertId: string | null;
  reason: string;
  /** As the audit log keeps it. */
  actor: { kind: string; email?: string; what?: string };
  startedAt: Date;
  until: Date;
  endedAt: Date | null;
};

const COLUMNS = `id, country, alert_id AS "alertId", reason, actor, started_at AS "startedAt", until, ended_at AS "endedAt"`;

const END: Statement = {
  name: 'end_overrides',
  text: `UPDATE route_override SET ended_at = LEAST(until, now()) WHERE country = ANY ($1::text[]) AND ended_at IS NULL RETURNING ${COLUMNS}, until > now() AS "wasRunning"`,
};
const INSERT: Statement = {
  name: 'start_overrides',
  text: `
INSERT INTO route_override (id, country, alert_id, reason, actor, until)
SELECT o.id, o.country, $3, $4, $5, now() + make_interval(mins => $6)
  FROM unnest($1::uuid[], $2::text[]) AS o(id, country)
RETURNING ${COLUMNS}`,
};

/** Starts an override in each country; one that runs there ends, the newer one takes its place. Call it in a transaction. */
export async function startOverrideRows(
  tx: Db,
  start: {
    ids: readonly string[];
    countries: readonly string[];
    alertId: string | null;
    reason: string;
    actor: Actor;
    minutes: number;
  },
): Promise<OverrideRow[]> {
  await holdLock(tx, 'overrides');
  await tx.query(END, [start.countries]);
  const { actor } = start;
  const who = actor.kind === 'user' ? { kind: 'user', id: actor.userId, email: actor.email } : { kind: actor.kind };
  return tx.query<OverrideRow>(INSERT, [start.ids, start.countries, start.alertId, start.reason, who, start.minutes]);
}

/** Ends what runs in these countries. Answers what was running. */
export async function endOverrideRows(tx: Db, countries: readonly string[]): Promise<OverrideRow[]> {
  await holdLock(tx, 'overrides');
  const ended = await tx.query<OverrideRow & { wasRunning: boolean }>(END, [countries]);
  return ended.filter(({ wasRunning }) => wasRunning);
}

const RUNNING: Statement = {
  name: 'running_overrides',
  text: `SELECT ${COLUMNS} FROM route_override WHERE ended_at IS NULL AND until > now() ORDER BY until LIMIT 300`,
};

/** Overrides that hold now, by the database's clock, the next to end first; at most 300. */
export async function findRunningOverrides(db: Db): Promise<OverrideRow[]> {
  return db.query<OverrideRow>(RUNNING, []);
}

const BETWEEN: Statement = {
  name: 'overrides_between',
  text: `SELECT ${COLUMNS} FROM route_override WHERE started_at < $2 AND started_at > $1::timestamptz - interval '25 hours' AND COALESCE(ended_at, until) >= $1 ORDER BY started_at DESC LIMIT $3`,
};

/** Overrides that ran at some time of a range. */
export async function findOverridesBetween(db: Db, from: Date, to: Date, limit: number): Promise<OverrideRow[]> {
  return db.query<OverrideRow>(BETWEEN, [from, to, limit]);
}
