import { storable } from '@/lib/db/bytes';
import type { Db, Statement } from '@/lib/db/client';
import { partitionOfMessages, perPartition } from '@/lib/db/months';
import { booleans, ints, texts, uuids } from '@/lib/db/wire';
import type { FailureReason } from '@/lib/domain/message/reasons';
import { MESSAGE_RANK } from '@/lib/domain/message/states';

/** What the provider answered to one send. `polls` asks for later look-ups because callbacks may get lost. */
export type SendRecord = {
  messageId: string;
  leaseToken: string;
  state: 'accepted' | 'sent' | 'failed' | 'unknown';
  providerMessageId: string | null;
  segments: number | null;
  reason: FailureReason | null;
  isOffChannel: boolean;
  providerCode: string | null;
  detail: string | null;
  polls: boolean;
};

/** `wantsLook`: the verification's timer was set to now, because this message failed. Null: the lease was lost, nothing was written. */
export type SendRecorded = { verificationId: string; wantsLook: boolean } | null;

const recordStatement = perPartition(
  (partition): Statement => ({
    name: 'record_sends',
    partition,
    text: `
WITH recorded AS (
  UPDATE message${partition} m
     SET state = CASE WHEN i.rank > m.state_rank THEN i.state ELSE m.state END,
         state_rank = GREATEST(m.state_rank, i.rank),
         provider_message_id = COALESCE(m.provider_message_id, i.provider_message_id),
         segments = COALESCE(i.segments, m.segments),
         reason = CASE WHEN i.rank > m.state_rank THEN i.reason ELSE m.reason END,
         provider_code = CASE WHEN i.rank > m.state_rank THEN i.provider_code ELSE m.provider_code END,
         detail = CASE WHEN i.rank > m.state_rank THEN i.detail ELSE m.detail END,
         answered_at = now(), sent_at = CASE WHEN i.state = 'sent' THEN COALESCE(m.sent_at, now()) ELSE m.sent_at END, failed_at = CASE WHEN i.state = 'failed' THEN now() ELSE m.failed_at END,
         -- A receipt that was faster proves the submission that ends without an answer.
         cost_micros = CASE WHEN (i.state IN ('accepted', 'sent') OR (i.state = 'unknown' AND m.state_rank > ${MESSAGE_RANK.unknown}))
                             AND m.price_rule IN ('submitted', 'any') AND m.cost_micros = 0 AND m.billed_micros IS NULL
                            THEN m.price_micros * COALESCE(i.segments, m.segments)
                            -- Delivered before the answer told how many parts it has: what was counted was one.
                            WHEN m.price_rule = 'delivered' AND m.state_rank >= ${MESSAGE_RANK.delivered} AND m.billed_micros IS NULL
                            THEN m.price_micros * COALESCE(i.segments, m.segments) ELSE m.cost_micros END,
         next_poll_at = CASE WHEN i.polls AND m.state_rank < ${MESSAGE_RANK.failed} THEN now() + interval '60 seconds' END,
         lease_token = NULL, lease_until = NULL
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::int[], $7::text[], $8::boolean[], $9::text[], $10::text[], $11::boolean[])
         WITH ORDINALITY AS i(message_id, lease_token, state, rank, provider_message_id, segments, reason, is_off_channel, provider_code, detail, polls, n)
   WHERE m.id = i.message_id AND m.lease_token = i.lease_token
  RETURNING i.n, m.id, m.verification_id, m.step, m.state, m.channel, i.is_off_channel
),
looked AS (
  UPDATE verification${partition} v SET next_fallback_at = now(), fallback_cause = 'failed', lease_token = NULL, lease_until = NULL
    FROM (SELECT * FROM recorded WHERE state = 'failed' ORDER BY verification_id) r
   WHERE v.id = r.verification_id AND v.status = 'pending'
     AND (v.next_fallback_at IS NULL OR v.fallback_cause = 'failed' OR (v.step = r.step AND v.falls_back_on_failed))
  RETURNING v.id
),
remembered AS (
  INSERT INTO reachability (to_blind, channel, reachable, at)
  SELECT DISTINCT v.to_blind, r.channel, false, now() FROM recorded r JOIN verification${partition} v ON v.id = r.verification_id
   WHERE r.is_off_channel AND r.state = 'failed' ORDER BY 1, 2
  ON CONFLICT (to_blind, channel) DO UPDATE SET reachable = false, at = now()
)
SELECT n, verification_id, (verification_id IN (SELECT id FROM looked)) IS TRUE AS wants_look FROM recorded`,
  }),
);

/**
 * Records what providers answered, in one commit. Only the holder of a message's lease may write: a process that was
 * stopped and resumed after another took over changes nothing. A failure sets the verification's timer to now, unless
 * the route falls back on silence only and the timer still runs.
 */
export async function recordSends(db: Db, records: readonly SendRecord[]): Promise<SendRecorded[]> {
  // One order of locks for all processes: the statement locks messages as they come.
  const order = records.map((_, n) => n).sort((a, b) => (idOf(records, a) < idOf(records, b) ? -1 : 1));
  const sorted = order.map((n) => records[n] as SendRecord);
  const statement = recordStatement(partitionOfMessages(sorted.map(({ messageId }) => messageId)));
  const rows = await db.query<{ n: string; verification_id: string; wants_look: boolean }>(statement, [
    uuids(sorted.map(({ messageId }) => messageId)),
    uuids(sorted.map(({ leaseToken }) => leaseToken)),
    texts(sorted.map(({ state }) => state)),
    ints(sorted.map(({ state }) => MESSAGE_RANK[state])),
    texts(sorted.map(({ providerMessageId }) => storable(providerMessageId))),
    ints(sorted.map(({ segments }) => segments)),
    texts(sorted.map(({ reason }) => reason)),
    booleans(sorted.map(({ isOffChannel }) => isOffChannel)),
    texts(sorted.map(({ providerCode }) => storable(providerCode))),
    texts(sorted.map(({ detail }) => storable(detail))),
    booleans(sorted.map(({ polls }) => polls)),
  ]);
  const recorded = records.map((): SendRecorded => null);
  for (const { n, verification_id: verificationId, wants_look: wantsLook } of rows)
    recorded[order[Number(n) - 1] ?? 0] = { verificationId, wantsLook };
  return recorded;
}

const idOf = (records: readonly SendRecord[], n: number): string => (records[n] as SendRecord).messageId;

const SWEEP_LOST: Statement = {
  name: 'sweep_lost_messages',
  text: `
WITH lost AS (
  SELECT id, verification_id FROM message WHERE lease_until < now() ORDER BY lease_until LIMIT $1 FOR UPDATE SKIP LOCKED
),
marked AS (
  UPDATE message m
     SET state = CASE WHEN m.state_rank < ${MESSAGE_RANK.unknown} THEN 'unknown' ELSE m.state END,
         state_rank = GREATEST(m.state_rank, ${MESSAGE_RANK.unknown}),
         detail = CASE WHEN m.state_rank < ${MESSAGE_RANK.unknown} THEN 'the sending process ended before the answer' ELSE m.detail END,
         cost_micros = CASE WHEN m.state_rank > ${MESSAGE_RANK.unknown} AND m.price_rule IN ('submitted', 'any') AND m.cost_micros = 0 AND m.billed_micros IS NULL
                            THEN m.price_micros * m.segments ELSE m.cost_micros END,
         lease_token = NULL, lease_until = NULL
    FROM lost WHERE m.id = lost.id AND m.verification_id = lost.verification_id
  RETURNING m.verification_id, m.step, m.state
)
UPDATE verification v SET next_fallback_at = now(), fallback_cause = 'lost', lease_token = NULL, lease_until = NULL
  FROM marked k
 WHERE v.id = k.verification_id AND k.state = 'unknown' AND v.status = 'pending' AND v.step = k.step
RETURNING v.id`,
};

/**
 * Messages whose process died with them in hand: unknown from now on, and their verifications get looked at at once.
 * A message that a receipt has already moved beyond `unknown` only loses its lease. Answers the verifications to look at.
 */
export async function sweepLostMessages(db: Db, limit: number): Promise<string[]> {
  return (await db.query<{ id: string }>(SWEEP_LOST, [limit])).map(({ id }) => id);
}

export type PollDue = { id: string; connectionId: string; providerMessageId: string };

const CLAIM_POLLS: Statement = {
  name: 'claim_polls',
  text: `
WITH due AS (
  SELECT id, verification_id FROM message WHERE next_poll_at <= now() ORDER BY next_poll_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE message m
   SET poll_tries = m.poll_tries + 1,
       -- 1, 2, 4, 8, 16 minutes, then never again.
       next_poll_at = CASE WHEN m.poll_tries < 5 THEN now() + make_interval(secs => 60 * power(2, m.poll_tries)) END
  FROM due WHERE m.id = due.id AND m.verification_id = due.verification_id
RETURNING m.id, m.connection_id, m.provider_message_id`,
};

/** Accepted messages without a final state whose provider should be asked. Each is claimed by one process. */
export async function claimPolls(db: Db, limit: number): Promise<PollDue[]> {
  const rows = await db.query<{ id: string; connection_id: string; provider_message_id: string | null }>(CLAIM_POLLS, [
    limit,
  ]);
  return rows.flatMap((row) =>
    row.provider_message_id
      ? [{ id: row.id, connectionId: row.connection_id, providerMessageId: row.provider_message_id }]
      : [],
  );
}

const FORGET_OWN_CODES: Statement = {
  name: 'forget_own_codes',
  // Not in the statements that end a verification: all of them would pay for what one policy in a hundred has. Both columns, for the month.
  text: `
WITH ended AS (
  SELECT m.id, m.verification_id FROM message m JOIN verification v ON v.id = m.verification_id
   WHERE m.code_mac IS NOT NULL AND NOT v.is_checkable
   LIMIT $1 FOR UPDATE OF m SKIP LOCKED
)
UPDATE message m SET code_mac = NULL FROM ended WHERE m.id = ended.id AND m.verification_id = ended.verification_id RETURNING m.id`,
};

/** Wipes the digests of codes that messages had of their own and that open nothing any more. Answers how many. */
export async function forgetOwnCodes(db: Db, limit: number): Promise<number> {
  return (await db.query(FORGET_OWN_CODES, [limit])).length;
}
