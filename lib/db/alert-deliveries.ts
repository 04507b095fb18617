import type { Db, Statement } from '@/lib/db/client';
import { holdLock } from '@/lib/db/locks';

export type DestinationKind = 'email' | 'webhook';
export type DestinationRow = {
  id: string;
  kind: DestinationKind;
  name: string;
  address: string;
  enabled: boolean;
  createdAt: Date;
};

const COLUMNS = 'id, kind, name, address, enabled, created_at AS "createdAt"';
const LIST: Statement = {
  name: 'alert_destinations',
  text: `SELECT ${COLUMNS} FROM alert_destination ORDER BY created_at, id LIMIT 100`,
};

/** Every destination, without its secret. */
export async function findDestinations(db: Db): Promise<DestinationRow[]> {
  return db.query<DestinationRow>(LIST, []);
}

const INSERT: Statement = {
  name: 'insert_alert_destination',
  text: `
INSERT INTO alert_destination (id, kind, name, address, secret_sealed)
SELECT $1::uuid, $2::text, $3::text, $4::text, $5::bytea WHERE (SELECT count(*) FROM alert_destination) < $6::int RETURNING id`,
};

/** Adds a destination; its secret arrives sealed. False: there are as many as may be, however many are added at once. */
export async function insertDestination(
  tx: Db,
  row: Pick<DestinationRow, 'id' | 'kind' | 'name' | 'address'> & { secretSealed: Buffer | null },
  max: number,
): Promise<boolean> {
  await holdLock(tx, 'alertDestinations');
  const values = [row.id, row.kind, row.name, row.address, row.secretSealed, max];
  return (await tx.query(INSERT, values)).length === 1;
}

const ENABLE: Statement = {
  name: 'enable_alert_destination',
  text: `
WITH stopped AS (UPDATE alert_delivery SET next_try_at = NULL, last_result = 'the destination was switched off' WHERE destination_id = $1 AND next_try_at IS NOT NULL AND NOT $2::boolean)
UPDATE alert_destination SET enabled = $2 WHERE id = $1 RETURNING ${COLUMNS}`,
};

/** On or off; what still waits for one that is switched off is given up. Null: there is none. */
export async function setDestinationEnabled(tx: Db, id: string, enabled: boolean): Promise<DestinationRow | null> {
  return (await tx.query<DestinationRow>(ENABLE, [id, enabled]))[0] ?? null;
}

const HOLD: Statement = {
  name: 'hold_alert_destinations',
  text: 'SELECT id FROM alert_destination WHERE id = ANY($1::uuid[]) ORDER BY id FOR KEY SHARE',
};

/** Those of these destinations that there are. None of them can be removed until the transaction ends. */
export async function holdDestinations(tx: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await tx.query<{ id: string }>(HOLD, [ids])).map(({ id }) => id));
}

const CLOSE: Statement = {
  name: 'close_alert_destination',
  text: 'SELECT id FROM alert_destination WHERE id = $1 FOR UPDATE',
};

/** Before it is removed: waits for the rules that are just being given it, and lets no other have it. */
export async function closeDestination(tx: Db, id: string): Promise<void> {
  await tx.query(CLOSE, [id]);
}

const TOLD_ALONE: Statement = {
  name: 'rules_that_tell_one_destination',
  // Locked, all that name it: two that are removed at once could each take the other for the one that stays.
  text: `
WITH naming AS (SELECT name, destinations FROM alert_rule WHERE $1::uuid = ANY(destinations) ORDER BY id FOR UPDATE)
SELECT name FROM naming n
 WHERE NOT EXISTS (SELECT FROM alert_destination d WHERE d.id = ANY(n.destinations) AND d.id <> $1)
 ORDER BY name`,
};

/** Names of the rules that tell this destination and no other. They and all rules that name it stay as they are until the transaction ends. */
export async function rulesTellingOnly(tx: Db, id: string): Promise<string[]> {
  return (await tx.query<{ name: string }>(TOLD_ALONE, [id])).map(({ name }) => name);
}

const DELETE: Statement = {
  name: 'delete_alert_destination',
  text: `
WITH gone AS (DELETE FROM alert_destination WHERE id = $1 RETURNING ${COLUMNS}),
     taken AS (UPDATE alert_rule SET destinations = array_remove(destinations, $1::uuid), edits = edits + 1 WHERE $1 = ANY(destinations)),
     stopped AS (UPDATE alert_delivery SET next_try_at = NULL, last_result = 'the destination was removed' WHERE destination_id = $1 AND next_try_at IS NOT NULL)
SELECT * FROM gone`,
};

/** Removes a destination, also from the rules that name it; what still waits for it is given up. Null: there is none. */
export async function deleteDestination(tx: Db, id: string): Promise<DestinationRow | null> {
  return (await tx.query<DestinationRow>(DELETE, [id]))[0] ?? null;
}

const TOLD: Statement = {
  name: 'destinations_told_of_alert',
  text: `SELECT DISTINCT destination_id AS id FROM alert_delivery WHERE alert_id = $1 AND event = 'alert.opened'`,
};

/** Destinations that were told that this alert opened. */
export async function findToldOfOpening(db: Db, alertId: string): Promise<string[]> {
  return (await db.query<{ id: string }>(TOLD, [alertId])).map(({ id }) => id);
}

const QUEUE: Statement = {
  name: 'queue_alert_deliveries',
  text: `
INSERT INTO alert_delivery (id, destination_id, alert_id, event, body, next_try_at)
SELECT n.id, d.id, $3::uuid, $4::text, $5::json, now()
  FROM unnest($1::uuid[], $2::uuid[]) AS n(id, destination_id) JOIN alert_destination d ON d.id = n.destination_id
RETURNING id`,
};

/** Notes an event for destinations, to be sent after the commit. */
export async function queueDeliveries(
  tx: Db,
  rows: readonly { id: string; destinationId: string }[],
  event: { alertId: string | null; event: string; body: unknown },
): Promise<number> {
  if (rows.length === 0) return 0;
  const queued = await tx.query(QUEUE, [
    rows.map(({ id }) => id),
    rows.map(({ destinationId }) => destinationId),
    event.alertId,
    event.event,
    JSON.stringify(event.body),
  ]);
  return queued.length;
}

/** A delivery that this process holds until its lease ends. */
export type DueDelivery = {
  id: string;
  event: string;
  body: unknown;
  createdAt: Date;
  tries: number;
  kind: DestinationKind;
  destinationId: string;
  address: string;
  secretSealed: Buffer | null;
};

/** Longer than the time-out of a try. */
const LEASE_SECONDS = 30;
const CLAIM: Statement = {
  name: 'claim_alert_deliveries',
  // The claim is the next try: whoever dies with it leaves it to somebody else. Only what can be sent is due: what nobody waits for would
  // stay first in the order, and enough of it would let nothing else through.
  text: `
WITH due AS (
  SELECT a.id FROM alert_delivery a JOIN alert_destination d ON d.id = a.destination_id
   WHERE a.next_try_at <= now() ORDER BY a.next_try_at LIMIT $1 FOR UPDATE OF a SKIP LOCKED
)
UPDATE alert_delivery x SET tries = x.tries + 1, next_try_at = now() + interval '${LEASE_SECONDS} seconds'
  FROM due, alert_destination d
 WHERE x.id = due.id AND d.id = x.destination_id
RETURNING x.id, x.event, x.body, x.created_at AS "createdAt", x.tries, d.kind, d.id AS "destinationId", d.address, d.secret_sealed AS "secretSealed"`,
};

/** Takes deliveries that are due, each for one process. */
export async function claimDeliveries(db: Db, limit: number): Promise<DueDelivery[]> {
  return db.query<DueDelivery>(CLAIM, [limit]);
}

const SETTLE: Statement = {
  name: 'settle_alert_delivery',
  text: `
UPDATE alert_delivery
   SET last_result = $3, delivered_at = CASE WHEN $4::boolean THEN now() END,
       next_try_at = CASE WHEN NOT $4::boolean THEN now() + make_interval(secs => $5::int) END
 WHERE id = $1 AND tries = $2 AND delivered_at IS NULL AND (next_try_at IS NOT NULL OR $4::boolean)`,
};

/** Notes how a try ended. `retryAfterSeconds` null gives it up. Only the newest try may write; what was given up meanwhile is not tried again. */
export async function settleDelivery(
  db: Db,
  id: string,
  tries: number,
  result: { isDelivered: boolean; words: string; retryAfterSeconds: number | null },
): Promise<void> {
  await db.query(SETTLE, [id, tries, result.words.slice(0, 200), result.isDelivered, result.retryAfterSeconds]);
}

export type DeliveryRow = {
  id: string;
  destinationId: string;
  alertId: string | null;
  event: string;
  createdAt: Date;
  tries: number;
  nextTryAt: Date | null;
  deliveredAt: Date | null;
  lastResult: string | null;
};

const LAST: Statement = {
  name: 'last_alert_deliveries',
  text: `
SELECT x.id, x.destination_id AS "destinationId", x.alert_id AS "alertId", x.event, x.created_at AS "createdAt", x.tries, x.next_try_at AS "nextTryAt",
       x.delivered_at AS "deliveredAt", x.last_result AS "lastResult"
  FROM alert_destination d
 CROSS JOIN LATERAL (SELECT * FROM alert_delivery a WHERE a.destination_id = d.id ORDER BY a.created_at DESC LIMIT $1) x
 ORDER BY x.created_at DESC`,
};

/** The newest deliveries of each destination. */
export async function findLastDeliveries(db: Db, perDestination: number): Promise<DeliveryRow[]> {
  return db.query<DeliveryRow>(LAST, [perDestination]);
}
