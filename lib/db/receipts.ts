import { storable } from '@/lib/db/bytes';
import type { Db, Statement } from '@/lib/db/client';
import { partitionOfMessages, perPartition } from '@/lib/db/months';
import { bigints, booleans, byteas, texts, times, uuids } from '@/lib/db/wire';
import { FAILURE_REASONS, type FailureReason } from '@/lib/domain/message/reasons';
import { MESSAGE_RANK, type ReceiptStatus } from '@/lib/domain/message/states';

/** A callback to keep. `digest` makes the same callback the same row. */
export type CallbackRow = {
  id: string;
  connectionId: string;
  digest: Buffer;
  bodySealed: Buffer;
  query: string;
  contentType: string;
};

const KEEP: Statement = {
  name: 'keep_callbacks',
  text: `
INSERT INTO callback (id, connection_id, digest, body_sealed, query, content_type, received_at)
SELECT r.*, now()
  FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[], $5::text[], $6::text[]) AS r
ON CONFLICT (digest) DO NOTHING
RETURNING id`,
};

/** Stores callbacks before anything is made of them. Answers the ids that are new; the others were kept before. */
export async function keepCallbacks(db: Db, rows: readonly CallbackRow[]): Promise<Set<string>> {
  const kept = await db.query<{ id: string }>(KEEP, [
    uuids(rows.map((row) => row.id)),
    uuids(rows.map((row) => row.connectionId)),
    byteas(rows.map((row) => row.digest)),
    byteas(rows.map((row) => row.bodySealed)),
    texts(rows.map((row) => row.query)),
    texts(rows.map((row) => row.contentType)),
  ]);
  return new Set(kept.map(({ id }) => id));
}

/** One fact about one message, from one callback (or from a poll: no callback). Times are the provider's clock. */
export type ReceiptRow = {
  connectionId: string;
  providerMessageId: string;
  messageId: string | null;
  status: ReceiptStatus;
  at: Date;
  receivedAt: Date;
  reason: FailureReason | null;
  isOffChannel: boolean;
  providerCode: string | null;
  detail: string | null;
  chargedMicros: number | null;
  callbackId: string | null;
};

const RANKS = Object.entries(MESSAGE_RANK)
  .map(([state, rank]) => `WHEN '${state}' THEN ${rank}`)
  .join(' ');
const STATES = Object.entries(MESSAGE_RANK)
  .map(([state, rank]) => `WHEN ${rank} THEN '${state}'`)
  .join(' ');

/** An arrival ends the timer. After a resend it may be of a message whose code holds no more: then somebody looks (decideFallback). */
const ENDS_TIMER = '(k.has_arrived AND v.resends_used = 0)';

/** Whether the failure that is heard of stands rather than the one that is known. */
const TELLS_FAILURE = '(h.failed_at IS NOT NULL AND (m.reason IS NULL OR h.failed_at < m.failed_at))';

/**
 * Applies facts to messages and verifications, any number in one commit. The state is the highest rank among all facts
 * known, times are the earliest, so the order of arrival cannot matter. Facts without a message wait in `receipt`.
 *
 * News take a timer away from whoever works on it (the lease goes): that decision was made without them. A failure leaves
 * a running timer alone where the route does not fall back on failures.
 *
 * Order of locks: messages (sorted), then verifications (sorted), then receipts (as given: sorted by their key).
 *
 * No two parts are joined with each other, only with tables and by their keys: this pool knows nested loops only, and 500
 * facts against 500 messages were half of the statement. The lists pass through a part of their own (`given`), where the
 * planner cannot see how long they are: it would plan the statement anew for each batch, at 1 ms.
 */
const applyStatement = perPartition(
  (partition): Statement => ({
    name: 'apply_receipts',
    partition,
    text: `
WITH given AS MATERIALIZED (
  SELECT $1::uuid[] AS connection_ids, $2::text[] AS provider_message_ids, $3::uuid[] AS message_ids, $4::text[] AS statuses,
         $5::timestamptz[] AS ats, $6::timestamptz[] AS received_ats, $7::uuid[] AS callback_ids, $8::boolean[] AS firsts,
         $9::boolean[] AS off_channels, $10::text[] AS reasons, $11::text[] AS provider_codes, $12::text[] AS details, $13::bigint[] AS charges
),
matched AS MATERIALIZED (
  SELECT COALESCE(a.id, b.id) AS mid, COALESCE(a.verification_id, b.verification_id) AS vid, COALESCE(a.state_rank, b.state_rank) AS old_rank, CASE i.status ${RANKS} END AS rank, i.*
    FROM given g
   CROSS JOIN unnest(g.connection_ids, g.provider_message_ids, g.message_ids, g.statuses, g.ats, g.received_ats, g.callback_ids, g.firsts,
                     g.off_channels, g.reasons, g.provider_codes, g.details, g.charges)
         WITH ORDINALITY AS i(connection_id, provider_message_id, message_id, status, at, received_at, callback_id, is_first,
                is_off_channel, reason, provider_code, detail, charged_micros, n)
    LEFT JOIN message${partition} a ON a.id = i.message_id AND a.connection_id = i.connection_id
    -- Null is looked up nowhere: what our own id has found costs one look, not two. The newest, should a provider ever give an id twice.
    LEFT JOIN LATERAL (SELECT m.id, m.verification_id, m.state_rank FROM message${partition} m
           WHERE m.connection_id = i.connection_id AND m.provider_message_id = CASE WHEN a.id IS NULL THEN i.provider_message_id END ORDER BY m.id DESC LIMIT 1) b ON true
),
held AS MATERIALIZED (
  SELECT m.id, m.verification_id, m.state_rank AS old_rank, b.*
    FROM (SELECT mid, vid, max(rank) AS rank, min(provider_message_id) AS provider_message_id,
                 min(at) FILTER (WHERE status = 'sent') AS sent_at,
                 min(at) FILTER (WHERE rank >= ${MESSAGE_RANK.delivered}) AS delivered_at,
                 min(at) FILTER (WHERE status = 'read') AS read_at,
                 min(at) FILTER (WHERE status = 'failed') AS failed_at,
                 (array_agg(reason ORDER BY at) FILTER (WHERE status = 'failed'))[1] AS reason,
                 (array_agg(provider_code ORDER BY at) FILTER (WHERE status = 'failed'))[1] AS provider_code,
                 (array_agg(detail ORDER BY at) FILTER (WHERE status = 'failed'))[1] AS detail,
                 bool_or(is_off_channel AND status = 'failed') AS is_off_channel,
                 max(charged_micros) AS charged_micros
            FROM matched WHERE mid IS NOT NULL GROUP BY mid, vid) b
    JOIN message${partition} m ON m.id = b.mid AND m.verification_id = b.vid ORDER BY m.id FOR UPDATE OF m
),
moved AS MATERIALIZED (
  UPDATE message${partition} m
     SET state = CASE WHEN h.rank > m.state_rank THEN CASE h.rank ${STATES} END ELSE m.state END,
         state_rank = GREATEST(m.state_rank, h.rank),
         provider_message_id = COALESCE(m.provider_message_id, h.provider_message_id),
         sent_at = LEAST(m.sent_at, h.sent_at), delivered_at = LEAST(m.delivered_at, h.delivered_at),
         read_at = LEAST(m.read_at, h.read_at), failed_at = LEAST(m.failed_at, h.failed_at),
         -- All three of the failure that came first by the provider's clock, whichever was heard first.
         reason = CASE WHEN ${TELLS_FAILURE} THEN COALESCE(h.reason, m.reason) ELSE m.reason END,
         provider_code = CASE WHEN ${TELLS_FAILURE} THEN COALESCE(h.provider_code, m.provider_code) ELSE m.provider_code END,
         detail = CASE WHEN ${TELLS_FAILURE} THEN COALESCE(h.detail, m.detail) ELSE m.detail END,
         billed_micros = GREATEST(m.billed_micros, h.charged_micros),
         -- What the provider charged stands against every estimate, and the most that it named against less: whichever was heard first.
         cost_micros = CASE WHEN COALESCE(m.billed_micros, h.charged_micros) IS NOT NULL THEN GREATEST(m.billed_micros, h.charged_micros)
                            WHEN m.price_rule = 'delivered' AND GREATEST(m.state_rank, h.rank) >= ${MESSAGE_RANK.delivered} THEN m.price_micros * m.segments
                            -- A receipt proves the submission that nobody confirmed.
                            WHEN m.price_rule IN ('submitted', 'any') AND m.cost_micros = 0 AND m.state_rank = ${MESSAGE_RANK.unknown} THEN m.price_micros * m.segments
                            ELSE m.cost_micros END,
         next_poll_at = CASE WHEN GREATEST(m.state_rank, h.rank) >= ${MESSAGE_RANK.failed} THEN NULL ELSE m.next_poll_at END
    FROM held h
   WHERE m.id = h.id AND m.verification_id = h.verification_id
  RETURNING m.verification_id, m.step, m.channel, m.state_rank >= ${MESSAGE_RANK.delivered} AS has_arrived,
            h.old_rank < ${MESSAGE_RANK.delivered} AS was_away,
            m.state_rank = ${MESSAGE_RANK.failed} AND h.old_rank < ${MESSAGE_RANK.failed} AS has_failed, h.is_off_channel
),
timers AS (
  UPDATE verification${partition} v
     SET next_fallback_at = CASE WHEN NOT ${ENDS_TIMER} THEN now() END, fallback_cause = CASE WHEN NOT ${ENDS_TIMER} THEN 'failed' END,
         lease_token = NULL, lease_until = NULL
    FROM (SELECT verification_id, bool_or(has_arrived) AS has_arrived, max(step) FILTER (WHERE has_failed) AS step
            FROM moved WHERE has_arrived OR has_failed GROUP BY verification_id ORDER BY verification_id) k
   WHERE v.id = k.verification_id
     AND CASE WHEN k.has_arrived THEN v.next_fallback_at IS NOT NULL
              ELSE v.status = 'pending'
                   AND (v.next_fallback_at IS NULL OR v.fallback_cause = 'failed' OR (v.step = k.step AND v.falls_back_on_failed)) END
  RETURNING v.id, ${ENDS_TIMER} AS is_over
),
remembered AS (
  INSERT INTO reachability (to_blind, channel, reachable, at)
  SELECT DISTINCT v.to_blind, k.channel, false, now()
    FROM moved k JOIN verification${partition} v ON v.id = k.verification_id
   WHERE k.has_failed AND k.is_off_channel ORDER BY v.to_blind, k.channel
  ON CONFLICT (to_blind, channel) DO UPDATE SET reachable = EXCLUDED.reachable, at = now()
),
believed AS (
  DELETE FROM reachability
   WHERE ctid = ANY (ARRAY(
     SELECT (SELECT r.ctid FROM reachability r WHERE r.to_blind = v.to_blind AND r.channel = k.channel)
       FROM moved k JOIN verification${partition} v ON v.id = k.verification_id
      WHERE k.has_arrived AND k.was_away AND (SELECT true FROM reachability LIMIT 1)))
),
facts AS (
  INSERT INTO receipt AS f (connection_id, provider_message_id, status, message_id, at, received_at, decision, reason, provider_code, detail, charged_micros, callback_id)
  SELECT connection_id, provider_message_id, status, mid, at, received_at,
         CASE WHEN mid IS NOT NULL THEN CASE WHEN rank > old_rank THEN 'moved' ELSE 'stale' END END,
         reason, provider_code, detail, charged_micros, callback_id
    FROM matched WHERE is_first ORDER BY n
  ON CONFLICT (connection_id, provider_message_id, status) DO UPDATE
    SET message_id = EXCLUDED.message_id, decision = EXCLUDED.decision
    WHERE f.message_id IS NULL AND EXCLUDED.message_id IS NOT NULL
),
done AS (
  UPDATE callback SET applied_at = now(), outcome = 'applied' WHERE id = ANY ($14::uuid[]) AND (applied_at IS NULL OR outcome = 'malformed')
)
SELECT id FROM timers WHERE NOT is_over`,
  }),
);

/** Applies facts and marks their callbacks as applied, in one commit. Answers the verifications that want a look now. */
export async function applyReceiptRows(
  db: Db,
  rows: readonly ReceiptRow[],
  callbackIds: readonly string[],
): Promise<string[]> {
  const sorted = rows
    .map((row) => ({ ...row, key: `${row.connectionId} ${row.status} ${storable(row.providerMessageId)}` }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.at.getTime() - b.at.getTime()));
  const statement = applyStatement(partitionOfMessages(sorted.map((row) => row.messageId)));
  const looked = await db.query<{ id: string }>(statement, [
    uuids(sorted.map((row) => row.connectionId)),
    texts(sorted.map((row) => storable(row.providerMessageId))),
    uuids(sorted.map((row) => row.messageId)),
    texts(sorted.map((row) => row.status)),
    times(sorted.map((row) => row.at)),
    times(sorted.map((row) => row.receivedAt)),
    uuids(sorted.map((row) => row.callbackId)),
    booleans(sorted.map((row, n) => row.key !== sorted[n - 1]?.key)),
    booleans(sorted.map((row) => row.isOffChannel)),
    texts(sorted.map((row) => row.reason)),
    texts(sorted.map((row) => storable(row.providerCode))),
    texts(sorted.map((row) => storable(row.detail))),
    bigints(sorted.map((row) => row.chargedMicros)),
    uuids(callbackIds),
  ]);
  return looked.map(({ id }) => id);
}

/** A kept callback that nobody has applied yet. */
export type KeptCallback = {
  id: string;
  connectionId: string;
  bodySealed: Buffer;
  query: string;
  contentType: string;
  receivedAt: Date;
};

/** Five seconds after it came, then twice as late each time: the last try is three quarters of an hour later, when a minute of trouble is long over. */
export const CALLBACK_TRIES = 10;

const CLAIM_CALLBACKS: Statement = {
  name: 'claim_callbacks',
  text: `
WITH due AS (
  SELECT id FROM callback WHERE applied_at IS NULL AND received_at < now() - interval '5 seconds' * power(2, tries) AND tries < ${CALLBACK_TRIES}
   ORDER BY received_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE callback c SET tries = c.tries + 1 FROM due WHERE c.id = due.id
RETURNING c.id, c.connection_id, c.body_sealed, c.query, c.content_type, c.received_at`,
};

type CallbackAnswer = {
  id: string;
  connection_id: string;
  body_sealed: Buffer;
  query: string;
  content_type: string;
  received_at: Date;
};
const kept = (row: CallbackAnswer): KeptCallback => ({
  id: row.id,
  connectionId: row.connection_id,
  bodySealed: row.body_sealed,
  query: row.query,
  contentType: row.content_type,
  receivedAt: row.received_at,
});

/** Callbacks that a dead process left unapplied. Applying twice is harmless, so no lease is needed, only a bound on tries. */
export async function claimCallbacks(db: Db, limit: number): Promise<KeptCallback[]> {
  return (await db.query<CallbackAnswer>(CLAIM_CALLBACKS, [limit])).map(kept);
}

const FIND_CALLBACK: Statement = {
  name: 'find_callback',
  text: 'SELECT id, connection_id, body_sealed, query, content_type, received_at FROM callback WHERE id = $1',
};

/** One kept callback, applied or not, for a replay. */
export async function findCallback(db: Db, id: string): Promise<KeptCallback | null> {
  const [row] = await db.query<CallbackAnswer>(FIND_CALLBACK, [id]);
  return row ? kept(row) : null;
}

const CLOSE_CALLBACK: Statement = {
  name: 'close_callback',
  text: `UPDATE callback SET applied_at = now(), outcome = $2 WHERE id = $1`,
};

/** Marks a callback that holds nothing to apply (`applied`) or cannot be read (`malformed`). */
export async function closeCallback(db: Db, id: string, outcome: 'applied' | 'malformed'): Promise<void> {
  await db.query(CLOSE_CALLBACK, [id, outcome]);
}

const ORPHAN_SLICE_MINUTES = 2;
/** Slices of a day: what is older has no message here. */
export const ORPHAN_SLICES = (24 * 60) / ORPHAN_SLICE_MINUTES;

const ORPHANS: Statement = {
  name: 'find_orphan_receipts',
  text: `
SELECT f.connection_id, f.provider_message_id, f.status, f.at, f.received_at, f.reason, f.provider_code, f.detail, f.charged_micros, f.callback_id
  FROM (SELECT * FROM receipt WHERE message_id IS NULL AND received_at > now() - interval '1 minute'
        UNION ALL
        SELECT * FROM receipt
         WHERE message_id IS NULL AND received_at <= now() - make_interval(mins => $2) AND received_at > now() - make_interval(mins => $2 + ${ORPHAN_SLICE_MINUTES})) f
  JOIN message m ON m.connection_id = f.connection_id AND m.provider_message_id = f.provider_message_id
 ORDER BY f.received_at LIMIT $1`,
};

/**
 * Facts that came before their message was known and whose message is known now: apply them again. Looks at those of the last minute, where nearly
 * all are, and at a slice of those before: a provider's account that others send with as well brings their facts by the million.
 */
export async function findOrphanReceipts(db: Db, limit: number, slice: number): Promise<ReceiptRow[]> {
  const rows = await db.query<{
    connection_id: string;
    provider_message_id: string;
    status: ReceiptStatus;
    at: Date;
    received_at: Date;
    reason: FailureReason | null;
    provider_code: string | null;
    detail: string | null;
    charged_micros: string | null;
    callback_id: string | null;
  }>(ORPHANS, [limit, 1 + slice * ORPHAN_SLICE_MINUTES]);
  return rows.map((row) => ({
    connectionId: row.connection_id,
    providerMessageId: row.provider_message_id,
    messageId: null,
    status: row.status,
    at: row.at,
    receivedAt: row.received_at,
    reason: row.reason,
    isOffChannel: row.reason !== null && FAILURE_REASONS[row.reason].isOffChannel,
    providerCode: row.provider_code,
    detail: row.detail,
    chargedMicros: row.charged_micros === null ? null : Number(row.charged_micros),
    callbackId: row.callback_id,
  }));
}
