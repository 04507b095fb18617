import { hex } from '@/lib/db/bytes';
import { type VerificationRow, verificationColumns } from '@/lib/db/check-verifications';
import type { Db, Statement } from '@/lib/db/client';
import { planOf } from '@/lib/db/plans';
import { STORM } from '@/lib/domain/alerts/storm';
import { FAILURE_REASONS } from '@/lib/domain/message/reasons';
import type { FallbackCause, FallbackMessage, PassedOver } from '@/lib/domain/routing/fallback';
import type { Plan } from '@/lib/domain/routing/plan';
import { LEASE_SECONDS, REACHABILITY_DAYS, TIMER_LEASE_SECONDS } from '@/lib/domain/verification/limits';
import type { UndeliverableReason } from '@/lib/domain/verification/states';
import type { Transaction } from '@/lib/domain/verification/transaction';

/** A verification whose timer is due, held under a lease by this process alone. */
export type DueTimer = {
  id: string;
  appId: string;
  leaseToken: string;
  plan: Plan;
  step: number;
  cause: FallbackCause;
  toSealed: Buffer;
  emailSealed: Buffer | null;
  codeSealed: Buffer | null;
  appHash: string | null;
  transaction: Transaction | null;
  country: string;
  /** Seconds of life left. */
  secondsLeft: number;
  /** Channels that the number is remembered as not on. */
  unreachable: ReadonlySet<string>;
  /** In the order of their submission. */
  messages: TimerMessage[];
};

/** A message as the decision sees it, with what the provider said where it failed. */
type TimerMessage = FallbackMessage & { id: string; reason: string | null; providerCode: string | null };

/** The failed message that a decision rests on, as it was when it was decided: later news may change the message itself. */
export type DecidingFailure = { messageId: string; reason: string | null; providerCode: string | null };

const CLAIM: Statement = {
  name: 'claim_timers',
  text: `
WITH due AS (
  SELECT id FROM verification
   WHERE is_checkable AND LEAST(next_fallback_at, expires_at) <= now()
     AND status = 'pending' AND next_fallback_at <= now() AND expires_at > now()
     AND (lease_until IS NULL OR lease_until < now())
     AND ($2::uuid[] IS NULL OR id = ANY ($2))
   ORDER BY LEAST(next_fallback_at, expires_at) LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE verification v SET lease_token = gen_random_uuid(), lease_until = now() + interval '${TIMER_LEASE_SECONDS} seconds'
  FROM due WHERE v.id = due.id
RETURNING v.id, v.app_id, v.lease_token, ${planOf('v')}, v.step, v.fallback_cause, v.to_sealed, v.email_sealed, v.code_sealed, v.app_hash, v.transaction, v.country,
          EXTRACT(epoch FROM v.expires_at - now())::int AS seconds_left,
          ARRAY(SELECT x.channel FROM reachability x
                 WHERE x.to_blind = v.to_blind AND NOT x.reachable AND x.at > now() - interval '${REACHABILITY_DAYS} days') AS unreachable`,
};

/** Reasons that are not about the person: another connection may do better. */
const PROVIDERS_FAULTS = Object.entries(FAILURE_REASONS).flatMap(([reason, { group }]) =>
  group === 'recipient' ? [] : [reason],
);

const MESSAGES: Statement = {
  name: 'messages_of_timers',
  // Nobody recorded an answer and nobody will: the sweep has taken the lease.
  text: `
SELECT verification_id, id, reason, provider_code AS "providerCode", step, state, cause, state = 'unknown' AND answered_at IS NULL AND lease_until IS NULL AS "isLost",
       state = 'failed' AND reason = ANY ($2::text[]) AS "isProvidersFault"
  FROM message WHERE verification_id = ANY ($1::uuid[]) ORDER BY submitted_at, id`,
};

type ClaimRow = {
  id: string;
  app_id: string;
  lease_token: string;
  plan: Plan;
  step: number;
  fallback_cause: FallbackCause | null;
  to_sealed: Buffer;
  email_sealed: Buffer | null;
  code_sealed: Buffer | null;
  app_hash: string | null;
  transaction: Transaction | null;
  country: string;
  seconds_left: number;
  unreachable: string[];
};

/**
 * Takes due timers, each for one process only; a process that dies gives them back when the lease ends. `ids` null takes any.
 *
 * The messages are read after the claim, in a statement of their own: one that began before the claimed news were committed
 * would take the timer and not see why it was set. What comes later takes the lease away.
 */
export async function claimTimers(db: Db, limit: number, ids: readonly string[] | null): Promise<DueTimer[]> {
  const rows = await db.query<ClaimRow>(CLAIM, [limit, ids]);
  if (rows.length === 0) return [];
  const messages = await db.query<TimerMessage & { verification_id: string }>(MESSAGES, [
    rows.map(({ id }) => id),
    PROVIDERS_FAULTS,
  ]);
  return rows.map((row) => ({
    id: row.id,
    appId: row.app_id,
    leaseToken: row.lease_token,
    plan: row.plan,
    step: row.step,
    cause: row.fallback_cause ?? 'timeout',
    toSealed: row.to_sealed,
    emailSealed: row.email_sealed,
    codeSealed: row.code_sealed,
    appHash: row.app_hash,
    transaction: row.transaction,
    country: row.country,
    secondsLeft: row.seconds_left,
    unreachable: new Set(row.unreachable),
    messages: messages.filter((message) => message.verification_id === row.id),
  }));
}

/** The next message of a fallback. `codeMac` set: this message has a code of its own. */
export type FallbackSend = {
  verificationId: string;
  leaseToken: string;
  messageId: string;
  messageLease: string;
  eventId: string;
  step: number;
  cause: FallbackCause;
  /** What failed, where a failure is the cause. */
  failure: DecidingFailure | null;
  nextAfterSeconds: number | null;
  codeMac: Buffer | null;
  /** Channels that were passed over, each an event of its own. */
  skipped: readonly { eventId: string; channel: string; why: 'remembered_not_on_channel' }[];
  /** Connections of the same channel that were passed over. */
  passedOver: readonly PassedOver[];
};

const SEND: Statement = {
  name: 'send_fallback',
  text: `
WITH input AS (
  SELECT * FROM json_to_record($1::json) AS r(verification_id uuid, lease_token uuid, message_id uuid, message_lease uuid, event_id uuid,
    step int, cause text, next_after_seconds int, code_mac bytea, skipped json, passed_over jsonb, failure jsonb)
),
moved AS (
  UPDATE verification v
     SET step = i.step,
         next_fallback_at = now() + make_interval(secs => i.next_after_seconds),
         fallback_cause = CASE WHEN i.next_after_seconds IS NOT NULL THEN 'timeout' END,
         code_macs = CASE WHEN i.code_mac IS NULL THEN v.code_macs ELSE array_append(v.code_macs, i.code_mac) END,
         lease_token = NULL, lease_until = NULL
    FROM input i
   WHERE v.id = i.verification_id AND v.lease_token = i.lease_token AND v.status = 'pending' AND v.expires_at > now()
  RETURNING v.id, v.app_id, v.livemode, v.country, (SELECT p.body->'steps'->i.step FROM plan p WHERE p.id = v.plan_id) AS s, i.*
),
handed AS (
  INSERT INTO message (
    id, verification_id, app_id, livemode, country, step, cause, channel, provider, connection_id, template, locale,
    state, state_rank, code_mac, lease_token, lease_until, submitted_at, price_micros, price_rule)
  SELECT message_id, id, app_id, livemode, country, step, 'fallback', s->>'channel', s->>'provider', (s->>'connectionId')::uuid,
         COALESCE(s->'template'->>'name', s->'template'->>'id'), s->>'locale', 'submitted', 1, code_mac,
         message_lease, now() + interval '${LEASE_SECONDS} seconds', now(), (s->>'priceMicros')::bigint, s->>'priceRule'
    FROM moved
),
passed AS (
  INSERT INTO verification_event (id, verification_id, at, kind, detail)
  SELECT s."eventId", id, now(), 'skipped', jsonb_build_object('channel', s.channel, 'why', s.why)
    FROM moved, json_to_recordset(moved.skipped) AS s("eventId" uuid, channel text, why text)
)
INSERT INTO verification_event (id, verification_id, at, kind, detail)
SELECT event_id, id, now(), 'fallback', jsonb_build_object('cause', cause, 'step', step, 'channel', s->>'channel', 'message_id', message_id) || failure
       || CASE passed_over WHEN '[]' THEN '{}' ELSE jsonb_build_object('passed_over', passed_over) END
  FROM moved
RETURNING id`,
};

/** Moves a verification to its next step and writes the message, born `submitted`. False: it ended or the lease was lost; nothing may be sent. */
export async function sendFallback(db: Db, send: FallbackSend): Promise<boolean> {
  const rows = await db.query(SEND, [
    JSON.stringify({
      verification_id: send.verificationId,
      lease_token: send.leaseToken,
      message_id: send.messageId,
      message_lease: send.messageLease,
      event_id: send.eventId,
      step: send.step,
      cause: send.cause,
      next_after_seconds: send.nextAfterSeconds,
      code_mac: send.codeMac && hex(send.codeMac),
      skipped: send.skipped,
      passed_over: send.passedOver,
      failure: failureDetail(send.failure),
    }),
  ]);
  return rows.length === 1;
}

/** A failure inside the detail of a decision. What is not known is left out. */
function failureDetail(failure: DecidingFailure | null): Record<string, string> {
  if (!failure) return {};
  return {
    failed_message_id: failure.messageId,
    ...(failure.reason === null ? {} : { reason: failure.reason }),
    ...(failure.providerCode === null ? {} : { provider_code: failure.providerCode }),
  };
}

const REST: Statement = {
  name: 'rest_timer',
  text: `
WITH rested AS (
  UPDATE verification v
     SET next_fallback_at = (SELECT max(m.submitted_at) FROM message m WHERE m.verification_id = v.id) + make_interval(secs => $6::int),
         fallback_cause = CASE WHEN $6::int IS NOT NULL THEN 'timeout' END, lease_token = NULL, lease_until = NULL,
         resend_after = CASE WHEN $7::boolean THEN LEAST(v.resend_after, now()) ELSE v.resend_after END
   WHERE v.id = $1 AND v.lease_token = $2 AND v.status = 'pending'
  RETURNING v.id
)
INSERT INTO verification_event (id, verification_id, at, kind, detail)
SELECT $3::uuid, id, now(), 'no_fallback', jsonb_build_object('cause', $4::text, 'why', $5::text) FROM rested`,
};

export type TimerRest = {
  id: string;
  leaseToken: string;
  eventId: string;
  cause: FallbackCause;
  why: string;
  /** Sets the timer for this long after the newest message; null ends it. */
  silenceAfterSeconds: number | null;
  /** Ends the cooldown: a resend need not wait for anything. */
  mayResendNow?: boolean;
};

/** Lets a timer rest without a send, until the newest message has been silent for long enough or for good, and notes why. */
export async function restTimer(db: Db, rest: TimerRest): Promise<void> {
  const { id, leaseToken, eventId, cause, why, silenceAfterSeconds, mayResendNow = false } = rest;
  await db.query(REST, [id, leaseToken, eventId, cause, why, silenceAfterSeconds, mayResendNow]);
}

const PAUSE: Statement = {
  name: 'pause_timer',
  // Said once per verification, however often its timer comes round. Spread, so that the end of the pause is no flood.
  text: `
WITH held AS (
  SELECT id, paused_by FROM verification WHERE id = $1 AND lease_token = $2 AND status = 'pending' AND $4::timestamptz > now() FOR UPDATE
),
rested AS (
  UPDATE verification v
     SET next_fallback_at = $4::timestamptz + random() * interval '${STORM.resumeSpreadSeconds} seconds', fallback_cause = 'timeout', paused_by = $3,
         lease_token = NULL, lease_until = NULL
    FROM held h WHERE v.id = h.id
  RETURNING v.id, h.paused_by IS DISTINCT FROM $3 AS is_new
),
noted AS (
  INSERT INTO verification_event (id, verification_id, at, kind, detail)
  SELECT $5::uuid, id, now(), 'no_fallback', jsonb_build_object('cause', 'timeout', 'why', 'storm_guard', 'pause_until', $4::timestamptz) FROM rested WHERE is_new
)
SELECT id FROM rested`,
};

/**
 * Lets a timer for silence rest until an incident ends, or its pause is over, whichever comes first. False: it does not rest, as the pause is over by the
 * database's clock, or the lease is another's.
 */
export async function pauseTimer(
  db: Db,
  pause: { id: string; leaseToken: string; eventId: string; incidentId: string; pauseUntil: Date },
): Promise<boolean> {
  const values = [pause.id, pause.leaseToken, pause.incidentId, pause.pauseUntil, pause.eventId];
  return (await db.query(PAUSE, values)).length > 0;
}

const UNDELIVERABLE: Statement = {
  name: 'close_undeliverable',
  text: `
WITH closed AS (
  UPDATE verification v
     SET status = 'undeliverable', end_reason = $5, ended_at = now(), code_sealed = NULL,
         next_fallback_at = NULL, fallback_cause = NULL, lease_token = NULL, lease_until = NULL
   WHERE v.id = $1 AND v.lease_token = $2 AND v.status = 'pending'
  RETURNING v.id
)
INSERT INTO verification_event (id, verification_id, at, kind, detail)
SELECT $3::uuid, id, now(), 'undeliverable', $4::jsonb FROM closed`,
};

/** Everything that could be sent has failed, `failure` last. The code stays checkable until it expires: it may still arrive. */
export async function closeUndeliverable(
  db: Db,
  timer: { id: string; leaseToken: string; eventId: string; why: UndeliverableReason; failure: DecidingFailure | null },
): Promise<void> {
  const detail = JSON.stringify(failureDetail(timer.failure));
  await db.query(UNDELIVERABLE, [timer.id, timer.leaseToken, timer.eventId, detail, timer.why]);
}

const EXPIRED = `
   SET status = CASE v.status WHEN 'pending' THEN 'expired' ELSE v.status END,
       end_reason = CASE v.status WHEN 'pending' THEN 'lifetime_over' ELSE v.end_reason END,
       ended_at = COALESCE(v.ended_at, v.expires_at),
       is_checkable = false, code_macs = '{}', code_sealed = NULL, next_fallback_at = NULL, lease_token = NULL, lease_until = NULL`;

const EXPIRE: Statement = {
  name: 'expire_verifications',
  text: `
WITH due AS (
  SELECT id FROM verification
   WHERE is_checkable AND LEAST(next_fallback_at, expires_at) <= now() AND expires_at <= now()
   ORDER BY LEAST(next_fallback_at, expires_at) LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE verification v${EXPIRED}
  FROM due WHERE v.id = due.id
RETURNING v.id`,
};

/** Ends what outlived its lifetime and wipes every trace of its code. Answers how many, at most `limit`. */
export async function expireVerifications(db: Db, limit: number): Promise<number> {
  return (await db.query(EXPIRE, [limit])).length;
}

const EXPIRE_ONE: Statement = {
  name: 'expire_verification',
  text: `
UPDATE verification v${EXPIRED}
 WHERE v.id = $1 AND v.is_checkable AND v.expires_at <= now()
RETURNING ${verificationColumns('v')}`,
};

/** The same for one that somebody asks about before the sweep comes by; null: it has not outlived its lifetime, or had ended before. */
export async function expireVerification(db: Db, id: string): Promise<VerificationRow | null> {
  const [row] = await db.query<VerificationRow>(EXPIRE_ONE, [id]);
  return row ?? null;
}
