import type { Db, Statement } from '@/lib/db/client';

const ALERT: Statement = {
  name: 'alert_connection',
  text: `UPDATE connection SET alerted_at = now(), alert_reason = $2 WHERE id = $1 AND (alerted_at IS NULL OR alerted_at < now() - interval '10 seconds' OR alert_reason IS DISTINCT FROM $2)`,
};

/** Notes that our own side of a connection is at fault. At most one write per 10 s and reason. */
export async function alertConnection(db: Db, id: string, reason: string): Promise<void> {
  await db.query(ALERT, [id, reason]);
}

const INSERT: Statement = {
  name: 'insert_connection',
  text: `INSERT INTO connection (id, provider, name, base_url, settings, credentials_sealed, price_rule) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
};

/** Adds a connection; its credentials arrive sealed. */
export async function insertConnection(
  db: Db,
  row: {
    id: string;
    provider: string;
    name: string;
    baseUrl: string;
    settings: Record<string, string>;
    credentialsSealed: Buffer;
    priceRule: string;
  },
): Promise<void> {
  await db.query(INSERT, [
    row.id,
    row.provider,
    row.name,
    row.baseUrl,
    row.settings,
    row.credentialsSealed,
    row.priceRule,
  ]);
}

// While an overlap runs, the provider still signs with the older secret: what was in between is the one to let go. What is new, returning
// or the same was judged by what was read before: the condition on the sealed bytes lets one of any number at once through, so that none
// puts back what another has just replaced.
const ROTATE: Statement = {
  name: 'rotate_credentials',
  text: `UPDATE connection SET previous_sealed = CASE WHEN $5 THEN NULL WHEN $3 THEN credentials_sealed ELSE COALESCE(previous_sealed, credentials_sealed) END,
                credentials_sealed = $2, rotated_at = CASE WHEN $5 THEN NULL ELSE now() END WHERE id = $1 AND credentials_sealed = $4 RETURNING id`,
};

/**
 * Puts new credentials in place. The old ones stay valid for callbacks; where an overlap runs already, those that it began
 * with stay. `isReturning`: the new ones are those of before, so the ones in use become the old ones. `isLocked`: nobody can open the old ones, so none stay. `seen`: those in use when that
 * was judged, as they are stored. False: they are others by now.
 */
export async function rotateCredentials(
  db: Db,
  row: { id: string; credentialsSealed: Buffer; isReturning: boolean; isLocked: boolean; seen: Buffer },
): Promise<boolean> {
  return (
    (await db.query(ROTATE, [row.id, row.credentialsSealed, row.isReturning, row.seen, row.isLocked])).length === 1
  );
}

const RESEAL: Statement = {
  name: 'reseal_credentials',
  text: 'UPDATE connection SET credentials_sealed = $2 WHERE id = $1 AND credentials_sealed = $3 RETURNING id',
};

/** Seals the credentials in use anew, with the first key of the ring; nothing else changes. False: they are others than `seen` by now. */
export async function resealCredentials(
  db: Db,
  row: { id: string; credentialsSealed: Buffer; seen: Buffer },
): Promise<boolean> {
  return (await db.query(RESEAL, [row.id, row.credentialsSealed, row.seen])).length === 1;
}

const ENABLE: Statement = {
  name: 'enable_connection',
  text: 'UPDATE connection SET enabled = $2 WHERE id = $1 RETURNING id',
};

/** Switches a connection on or off for new codes. False: no such connection. */
export async function setConnectionEnabled(db: Db, id: string, enabled: boolean): Promise<boolean> {
  return (await db.query(ENABLE, [id, enabled])).length === 1;
}

export type ConnectionAlert = { id: string; name: string; provider: string; reason: string; at: Date };

const ALERTS: Statement = {
  name: 'connection_alerts',
  text: `SELECT id, name, provider, alert_reason AS reason, alerted_at AS at FROM connection
          WHERE alerted_at > now() - interval '1 hour' ORDER BY alerted_at DESC LIMIT 20`,
};

/** Connections whose own side was at fault within the last hour, newest first. */
export async function findConnectionAlerts(db: Db): Promise<ConnectionAlert[]> {
  return db.query<ConnectionAlert>(ALERTS, []);
}

const END_OVERLAP: Statement = {
  name: 'end_credentials_overlap',
  text: 'UPDATE connection SET previous_sealed = NULL WHERE id = $1 AND previous_sealed IS NOT NULL RETURNING id',
};

/** Callbacks signed with the credentials before are believed no longer. False: there were none. */
export async function endOverlap(db: Db, id: string): Promise<boolean> {
  return (await db.query(END_OVERLAP, [id])).length === 1;
}

const EDIT: Statement = {
  name: 'edit_connection',
  text: `UPDATE connection SET name = $2, base_url = $3, settings = $4, price_rule = $5
          WHERE id = $1 AND (name, base_url, settings, price_rule, credentials_sealed) = ($6, $7, $8::jsonb, $9, $10) RETURNING id`,
};

type PlainConnection = { name: string; baseUrl: string; settings: Record<string, string>; priceRule: string };

/** Changes what is not secret about a connection. False: it is not as `seen` any more, its credentials included. */
export async function editConnectionRow(
  db: Db,
  id: string,
  becomes: PlainConnection,
  seen: PlainConnection & { credentialsSealed: Buffer },
): Promise<boolean> {
  const values = [becomes, seen].flatMap((row) => [row.name, row.baseUrl, row.settings, row.priceRule]);
  return (await db.query(EDIT, [id, ...values, seen.credentialsSealed])).length === 1;
}

export type ConnectionStanding = {
  id: string;
  provider: string;
  name: string;
  baseUrl: string;
  settings: Record<string, string>;
  priceRule: string;
  enabled: boolean;
  createdAt: Date;
  rotatedAt: Date | null;
  hasPrevious: boolean;
  alertedAt: Date | null;
  alertReason: string | null;
  breakerState: string;
  breakerSince: Date | null;
  breakerReason: string | null;
  breakerRetryAt: Date | null;
};

const STANDINGS: Statement = {
  name: 'connection_standings',
  text: `SELECT id, provider, name, base_url AS "baseUrl", settings, price_rule AS "priceRule", enabled, created_at AS "createdAt", rotated_at AS "rotatedAt",
                previous_sealed IS NOT NULL AS "hasPrevious", alerted_at AS "alertedAt", alert_reason AS "alertReason", breaker_state AS "breakerState",
                breaker_since AS "breakerSince", breaker_reason AS "breakerReason", breaker_retry_at AS "breakerRetryAt"
           FROM connection WHERE $1::uuid IS NULL OR id = $1 ORDER BY name, id LIMIT 200`,
};

/** Everything about connections but their secrets; one of them, or all. */
export async function findConnectionStandings(db: Db, id: string | null): Promise<ConnectionStanding[]> {
  return db.query<ConnectionStanding>(STANDINGS, [id]);
}
