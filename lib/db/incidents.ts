import type { Db, Statement } from '@/lib/db/client';
import { tryLock } from '@/lib/db/locks';
import { ALL_APPS } from '@/lib/db/rollups/project';
import { STORM } from '@/lib/domain/alerts/storm';
import { cutFor, MESSAGE_CUTS } from '@/lib/domain/stats/cuts';

const BY_CONNECTION = cutFor(MESSAGE_CUTS, ['connection']);

/** `receipt_storm`: receipts are silent everywhere. `deaf_connection`: of some connections, beside others that are heard. */
export type IncidentKind = 'receipt_storm' | 'deaf_connection';

/** Times are the database's. `deaf`: the connections that an incident is about; empty for a storm. */
export type OpenIncident = { id: string; silentSince: Date; deaf: string[] };

const STATE: Statement = {
  name: 'incident_state',
  text: `
SELECT now() AS now, i.id, i.silent_since AS "silentSince", COALESCE(i.detail->'deaf', '[]') AS deaf
  FROM (SELECT 1) one LEFT JOIN incident i ON i.kind = $1 AND i.ended_at IS NULL`,
};

/** The moment, and the incident of a kind that is open. */
export async function incidentState(db: Db, kind: IncidentKind): Promise<{ now: Date; open: OpenIncident | null }> {
  const [row] = await db.query<{ now: Date; id: string | null; silentSince: Date; deaf: string[] }>(STATE, [kind]);
  if (!row) throw new Error('the storm guard got no answer');
  const { now, id, silentSince, deaf } = row;
  return { now, open: id === null ? null : { id, silentSince, deaf } };
}

const HEARD: Statement = {
  name: 'last_heard_of_connections',
  text: `
SELECT c.id AS "connectionId",
       (SELECT b.received_at FROM callback b WHERE b.connection_id = c.id AND b.outcome = 'applied' ORDER BY b.received_at DESC LIMIT 1) AS at
  FROM unnest($1::uuid[]) AS c(id)`,
};

/** When each connection's address was last called with something that could be read; null: nothing of it is kept. */
export async function lastHeard(
  db: Db,
  connections: readonly string[],
): Promise<{ connectionId: string; at: Date | null }[]> {
  return db.query(HEARD, [connections]);
}

const CARRIERS: Statement = {
  name: 'connections_that_carry',
  text: `
SELECT connection_id AS id FROM message_rollup
 WHERE cut = ${BY_CONNECTION?.code ?? -1} AND grain = 30 AND app_id = '${ALL_APPS}' AND at > now() - interval '1 hour'
 GROUP BY connection_id HAVING sum(accepted) >= ${STORM.overdueMin}`,
};

/** Connections that enough was sent through within the last hour to miss receipts. */
export async function carrying(db: Db): Promise<ReadonlySet<string>> {
  return new Set((await db.query<{ id: string }>(CARRIERS, [])).map(({ id }) => id));
}

const OVERDUE: Statement = {
  name: 'overdue_receipts',
  // Ids carry their moment: while callbacks come the range is a few seconds wide, and it is bounded in any case.
  text: `
SELECT country, connection_id AS "connectionId", count(*)::int AS n,
       count(*) FILTER (WHERE EXISTS (SELECT FROM verification v WHERE v.id = m.verification_id AND v.status = 'approved')
                          AND NOT EXISTS (SELECT FROM message o WHERE o.verification_id = m.verification_id AND o.id <> m.id))::int AS answered
  FROM (SELECT id, verification_id, country, connection_id, submitted_at, sent_at, delivered_at, read_at, failed_at FROM message
         WHERE id >= $1::uuid AND id < $2::uuid AND livemode AND provider_message_id IS NOT NULL AND connection_id = ANY ($3::uuid[])
         ORDER BY id LIMIT 5000) m
 WHERE submitted_at > ($5::timestamptz[])[array_position($3::uuid[], connection_id)]
   AND submitted_at < now() - make_interval(secs => ($4::float8[])[array_position($3::uuid[], connection_id)])
   AND sent_at IS NULL AND delivered_at IS NULL AND read_at IS NULL AND failed_at IS NULL
 GROUP BY country, connection_id`,
};

/** `answered`: those among them that were the only message of a verification that was approved. */
export type Overdue = { country: string; connectionId: string; n: number; answered: number };
/** Of which connection, since when, and how many seconds first news usually take. */
export type Expected = { connectionId: string; since: Date; seconds: number };

/** Accepted messages of which nothing was heard for longer than is usual for their connection. The range is of ids. */
export async function overdueReceipts(
  db: Db,
  range: { fromId: string; toId: string },
  expected: readonly Expected[],
): Promise<Overdue[]> {
  return db.query<Overdue>(OVERDUE, [
    range.fromId,
    range.toId,
    expected.map(({ connectionId }) => connectionId),
    expected.map(({ seconds }) => seconds),
    expected.map(({ since }) => since),
  ]);
}

const COUNTRIES: Statement = {
  name: 'countries_with_traffic',
  text: `
SELECT count(DISTINCT country)::int AS n
  FROM (SELECT country FROM message WHERE id >= $1::uuid AND livemode AND provider_message_id IS NOT NULL AND connection_id = ANY ($2::uuid[])
         ORDER BY id DESC LIMIT 20000) m`,
};

/** Countries with accepted messages since a moment, among the newest 20 000. */
export async function countriesWithTraffic(db: Db, sinceId: string, connections: readonly string[]): Promise<number> {
  return (await db.query<{ n: number }>(COUNTRIES, [sinceId, connections]))[0]?.n ?? 0;
}

const USUAL: Statement = {
  name: 'usual_receipt_delay',
  text: `
SELECT connection_id AS "connectionId",
       percentile_cont(0.95) WITHIN GROUP (ORDER BY GREATEST(0, EXTRACT(epoch FROM LEAST(sent_at, delivered_at, read_at, failed_at) - submitted_at)::float8 * 1000)) AS "p95Ms"
  FROM (SELECT connection_id, submitted_at, sent_at, delivered_at, read_at, failed_at FROM message
         WHERE id >= $1::uuid AND id < $2::uuid AND livemode AND provider_message_id IS NOT NULL ORDER BY id DESC LIMIT 5000) m
 WHERE LEAST(sent_at, delivered_at, read_at, failed_at) IS NOT NULL
 GROUP BY connection_id`,
};

/** How long the first news of a message usually take, per connection: p95 of the newest 5 000 of a range. */
export async function usualReceiptDelay(
  db: Db,
  fromId: string,
  toId: string,
): Promise<{ connectionId: string; p95Ms: number }[]> {
  return db.query(USUAL, [fromId, toId]);
}

const REOPEN: Statement = {
  name: 'reopen_incident',
  text: `
UPDATE incident SET ended_at = NULL, silent_since = now(), detail = $2
 WHERE id = (SELECT id FROM incident WHERE kind = $1 AND detail->'deaf' IS NOT DISTINCT FROM $2::jsonb->'deaf' ORDER BY opened_at DESC LIMIT 1)
   AND ended_at > now() - interval '${STORM.sameStormSeconds} seconds'
RETURNING id`,
};
const OPEN: Statement = {
  name: 'open_incident',
  text: `
INSERT INTO incident (id, kind, opened_at, silent_since, pause_until, detail)
VALUES ($3, $1, now(), now(), now() + interval '${STORM.pauseSecondsMax} seconds', $2)
ON CONFLICT (kind) WHERE ended_at IS NULL DO NOTHING RETURNING id`,
};

/** Opens the incident, or the same one that ended a moment ago again, with what is left of its pause. Null: one of its kind is open already. */
export async function openIncident(
  db: Db,
  id: string,
  kind: IncidentKind,
  detail: Record<string, unknown>,
): Promise<string | null> {
  const [again] = await db.query<{ id: string }>(REOPEN, [kind, detail]);
  if (again) return again.id;
  return (await db.query<{ id: string }>(OPEN, [kind, detail, id]))[0]?.id ?? null;
}

const NARROW: Statement = {
  name: 'narrow_incident',
  text: `UPDATE incident SET detail = jsonb_set(detail, '{deaf}', to_jsonb($2::text[])) WHERE id = $1 AND ended_at IS NULL`,
};

/** Leaves these connections in an incident: the others are heard again. */
export async function narrowIncident(db: Db, id: string, deaf: readonly string[]): Promise<void> {
  await db.query(NARROW, [id, deaf]);
}

const END: Statement = {
  name: 'end_incident',
  text: 'UPDATE incident SET ended_at = now() WHERE id = $1 AND ended_at IS NULL RETURNING id',
};

/** True for exactly one caller. */
export async function endIncident(db: Db, id: string): Promise<boolean> {
  return (await db.query(END, [id])).length === 1;
}

const RESUME: Statement = {
  name: 'resume_paused_timers',
  // Whose message has arrived meanwhile has no timer any more. A row that somebody works on is taken the next time.
  text: `
WITH paused AS (
  SELECT id FROM verification WHERE paused_by IS NOT NULL AND paused_by <> ALL ($1::uuid[])
   ORDER BY paused_by LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE verification v
   SET paused_by = NULL,
       next_fallback_at = CASE WHEN v.next_fallback_at > now() AND v.status = 'pending'
                               THEN LEAST(v.next_fallback_at, now() + random() * interval '${STORM.resumeSpreadSeconds} seconds')
                               ELSE v.next_fallback_at END
  FROM paused p WHERE v.id = p.id
RETURNING v.id`,
};

/** Lets timers go on that rest for an incident that is over, spread over half a minute. `except` are those that still run. */
export async function resumePausedTimers(db: Db, except: readonly string[], limit: number): Promise<number> {
  return (await db.query(RESUME, [except, limit])).length;
}

/** One process at a time, until the transaction ends. False: another one is at it. */
export async function tryStormLock(tx: Db): Promise<boolean> {
  return tryLock(tx, 'storm');
}
