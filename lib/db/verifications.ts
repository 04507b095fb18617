import { hex } from '@/lib/db/bytes';
import { type VerificationRow, verificationColumns } from '@/lib/db/check-verifications';
import type { Db, Statement } from '@/lib/db/client';
import { partitionOf, perPartition } from '@/lib/db/months';
import { planBodyOf, planOf, planRow } from '@/lib/db/plans';
import { countSends, limitsName, perLimits } from '@/lib/db/send-limits';
import type { MessageState, ReceiptStatus } from '@/lib/domain/message/states';
import type { PassedOver } from '@/lib/domain/routing/fallback';
import { looksOnFailed, outlineOf, type Plan } from '@/lib/domain/routing/plan';
import { LEASE_SECONDS, type SendLimits } from '@/lib/domain/verification/limits';
import type { CheckOutcome } from '@/lib/domain/verification/states';

/** Whose verifications may be seen: one app and mode (an API key), or everything (`appId` null: a person or the system). */
export type Reach = { appId: string | null; livemode: boolean | null };

const FIND: Statement = {
  name: 'find_verification',
  text: `SELECT ${verificationColumns('v')} FROM verification v
 WHERE v.id = $1 AND ($2::uuid IS NULL OR v.app_id = $2) AND ($3::boolean IS NULL OR v.livemode = $3)`,
};

/** One verification within reach, or null: a missing one and someone else's are the same. */
export async function findVerification(db: Db, id: string, reach: Reach): Promise<VerificationRow | null> {
  const [row] = await db.query<VerificationRow>(FIND, [id, reach.appId, reach.livemode]);
  return row ?? null;
}

export type LifeRow = VerificationRow & {
  /** As it was decided at issue, whatever a resend changed. */
  issued_plan: Plan;
  client: Record<string, unknown> | null;
  request_id: string | null;
  messages: LifeMessage[];
  checks: { at: string; outcome: CheckOutcome; number: number | null }[];
  events: { at: string; kind: string; detail: Record<string, unknown> }[];
};
export type LifeMessage = {
  id: string;
  step: number;
  cause: 'issue' | 'fallback' | 'resend';
  channel: string;
  provider: string;
  connection: string | null;
  template: string;
  locale: string;
  state: MessageState;
  reason: string | null;
  provider_code: string | null;
  detail: string | null;
  provider_message_id: string | null;
  submitted_at: string;
  answered_at: string | null;
  sent_at: string | null;
  delivered_at: string | null;
  read_at: string | null;
  failed_at: string | null;
  segments: number;
  cost_micros: number;
  price_micros: number;
  receipts: {
    status: ReceiptStatus;
    at: string;
    received_at: string;
    decision: 'moved' | 'stale' | null;
    reason: string | null;
    provider_code: string | null;
  }[];
};

// Bounds of the sub-lists: steps, resends and checks are bounded by policy, so 100 is never reached by a healthy row.
const lifeStatement = perPartition(
  (partition): Statement => ({
    name: 'find_verification_life',
    partition,
    text: `
SELECT ${verificationColumns('v')}, v.client, v.request_id,
  COALESCE((SELECT p.body FROM verification_event${partition} e JOIN plan p ON p.id = (e.detail->>'former_plan')::uuid
             WHERE e.verification_id = $1 AND e.kind = 'resend' ORDER BY e.at, e.id LIMIT 1), ${planBodyOf('v')}) AS issued_plan,
  COALESCE((SELECT json_agg(to_json(x) ORDER BY x.submitted_at, x.step) FROM (
     SELECT m.id, m.step, m.cause, m.channel, m.provider, c.name AS connection, m.template, m.locale, m.state, m.reason, m.provider_code, m.detail,
            m.provider_message_id, m.submitted_at, m.answered_at, m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.segments, m.cost_micros, m.price_micros,
            COALESCE((SELECT json_agg(json_build_object('status', f.status, 'at', f.at, 'received_at', f.received_at, 'decision', f.decision,
                        'reason', f.reason, 'provider_code', f.provider_code) ORDER BY f.received_at, f.at)
                        FROM receipt f WHERE f.message_id = m.id), '[]') AS receipts
       FROM message${partition} m LEFT JOIN connection c ON c.id = m.connection_id
      WHERE m.verification_id = $1 ORDER BY m.submitted_at LIMIT 100) x), '[]') AS messages,
  COALESCE((SELECT json_agg(json_build_object('at', a.at, 'outcome', a.outcome, 'number', a.number) ORDER BY a.number, a.at)
     FROM (SELECT * FROM check_attempt${partition} WHERE verification_id = $1 LIMIT 100) a), '[]') AS checks,
  COALESCE((SELECT json_agg(json_build_object('at', e.at, 'kind', e.kind, 'detail', e.detail - 'former_plan') ORDER BY e.at, e.id)
     FROM (SELECT * FROM verification_event${partition} WHERE verification_id = $1 LIMIT 100) e), '[]') AS events
  FROM verification${partition} v
 WHERE v.id = $1 AND ($2::uuid IS NULL OR v.app_id = $2) AND ($3::boolean IS NULL OR v.livemode = $3)`,
  }),
);

/** One whole life, in one statement. */
export async function findVerificationLife(db: Db, id: string, reach: Reach): Promise<LifeRow | null> {
  const [row] = await db.query<LifeRow>(lifeStatement(partitionOf(id, id)), [id, reach.appId, reach.livemode]);
  return row ?? null;
}

const CANCEL: Statement = {
  name: 'cancel_verification',
  text: `
WITH changed AS (
  UPDATE verification v
     SET status = CASE v.status WHEN 'pending' THEN 'canceled' ELSE v.status END,
         end_reason = CASE v.status WHEN 'pending' THEN $4 ELSE v.end_reason END,
         ended_at = COALESCE(v.ended_at, now()), is_checkable = false, code_macs = '{}', code_sealed = NULL,
         next_fallback_at = NULL, lease_token = NULL, lease_until = NULL
   WHERE v.id = $1 AND ($2::uuid IS NULL OR v.app_id = $2) AND ($3::boolean IS NULL OR v.livemode = $3) AND v.is_checkable AND v.expires_at > now()
  RETURNING v.*
),
noted AS (
  INSERT INTO verification_event (id, verification_id, at, kind, detail)
  SELECT $5::uuid, id, now(), 'code_withdrawn', jsonb_build_object('why', $4::text) FROM changed WHERE status = 'undeliverable'
)
SELECT ${verificationColumns('c')} FROM changed c`,
};

/**
 * Ends a verification whose code can be checked. One that is undeliverable has ended: it keeps its status, and its code no longer counts. Null
 * when there was none to end; a row for exactly one of any parallel callers.
 */
export async function cancelVerification(
  db: Db,
  id: string,
  reach: Reach,
  why: 'by_request' | 'code_denied',
  eventId: string,
): Promise<VerificationRow | null> {
  const [row] = await db.query<VerificationRow>(CANCEL, [id, reach.appId, reach.livemode, why, eventId]);
  return row ?? null;
}

/** What a resend needs to know before it decides. Another resend or a fallback may come between: the write checks `resends_used` and `step`. */
export type ResendRow = VerificationRow & {
  plan: Plan;
  to_sealed: Buffer;
  email_sealed: Buffer | null;
  code_sealed: Buffer | null;
  to_blind: Buffer;
  prefix_blind: Buffer;
  app_hash: string | null;
  is_past_expiry: boolean;
  seconds_left: number;
  now: Date;
};
const FIND_RESEND: Statement = {
  name: 'find_for_resend',
  text: `
SELECT ${verificationColumns('v')}, ${planOf('v')}, v.to_sealed, v.email_sealed, v.code_sealed, v.to_blind, v.prefix_blind, v.app_hash, v.expires_at <= now() AS is_past_expiry,
       EXTRACT(epoch FROM v.expires_at - now())::int AS seconds_left, now() AS now
  FROM verification v
 WHERE v.id = $1 AND ($2::uuid IS NULL OR v.app_id = $2) AND ($3::boolean IS NULL OR v.livemode = $3)`,
};

/** The verification with what a new message needs. */
export async function findForResend(db: Db, id: string, reach: Reach): Promise<ResendRow | null> {
  const [row] = await db.query<ResendRow>(FIND_RESEND, [id, reach.appId, reach.livemode]);
  return row ?? null;
}

export type Resend = {
  verificationId: string;
  resendsUsed: number;
  resendsMax: number;
  /** Where it stood when the resend was decided. */
  stepSeen: number;
  messageId: string;
  messageLease: string;
  eventId: string;
  numberKey: Buffer;
  prefixKey: Buffer;
  sendLimits: SendLimits;
  /** The plan with the step to send; unchanged or with a switched channel appended. */
  plan: Plan;
  /** What it changes in the plan that stood before, for the decision trace; null: nothing. */
  planChange: Record<string, unknown> | null;
  /** Connections of the same channel that were passed over. */
  passedOver: readonly PassedOver[];
  step: number;
  cooldownSeconds: number;
  nextAfterSeconds: number | null;
  channel: string | null;
  /** A new code: these MACs replace (`replaces`) or join the old ones. */
  code: { mac: Buffer; sealed: Buffer | null; replaces: boolean } | null;
  messageMac: Buffer | null;
};
/** What became of it. `counted` are the keys whose limits have counted a send that never was: see `forgetSends`. */
export type ResendResult =
  | { kind: 'resent'; row: VerificationRow }
  | { kind: 'limited'; limit: 'number' | 'prefix'; sends: Date[]; now: Date; counted: Buffer[] }
  | { kind: 'raced'; counted: Buffer[] };

/** Order of locks: limits (number, prefix), then the verification, as an issue takes them. */
const resendStatement = perLimits(
  (limits): Statement => ({
    name: `resend_verification${limitsName(limits)}`,
    text: `
WITH input AS (
  SELECT * FROM json_to_record($1::json) AS r(verification_id uuid, resends_used int, resends_max int, step_seen int, message_id uuid, message_lease uuid, event_id uuid,
    number_key bytea, prefix_key bytea, plan_id uuid, plan jsonb, outline jsonb, plan_change jsonb, passed_over jsonb, falls_back_on_failed boolean, step int, cooldown_seconds int, next_after_seconds int, channel text,
    code_mac bytea, code_sealed bytea, replaces boolean, message_mac bytea)
),
open AS MATERIALIZED (
  SELECT i.*, v.plan_id AS former_plan FROM input i JOIN verification v ON v.id = i.verification_id
   WHERE v.status = 'pending' AND v.expires_at > now() AND v.resend_after <= now()
     AND v.resends_used = i.resends_used AND v.resends_used < i.resends_max AND v.step = i.step_seen
),${countSends('number_ok', 'number_key', 'open', 'number', limits)},${countSends('prefix_ok', 'o.prefix_key', 'open o JOIN number_ok n ON n.key = o.number_key', 'prefix', limits)},
changed AS (
  UPDATE verification v
     SET resends_used = v.resends_used + 1, resend_after = now() + make_interval(secs => o.cooldown_seconds),
         plan_id = o.plan_id, falls_back_on_failed = o.falls_back_on_failed, step = o.step, channel = COALESCE(o.channel, v.channel),
         code_macs = CASE WHEN o.code_mac IS NULL THEN v.code_macs WHEN o.replaces THEN ARRAY[o.code_mac] ELSE array_append(v.code_macs, o.code_mac) END,
         code_sealed = COALESCE(o.code_sealed, v.code_sealed),
         next_fallback_at = now() + make_interval(secs => o.next_after_seconds),
         fallback_cause = CASE WHEN o.next_after_seconds IS NOT NULL THEN 'timeout' END,
         lease_token = NULL, lease_until = NULL
    FROM open o JOIN prefix_ok p ON p.key = o.prefix_key
   WHERE v.id = o.verification_id AND v.status = 'pending' AND v.expires_at > now() AND v.resends_used = o.resends_used
     -- A fallback that went out meanwhile has moved it on: sent back, the next channel would go out a second time.
     AND v.step = o.step_seen
  RETURNING v.*
),
kept AS (
  INSERT INTO plan (id, body, outline) SELECT o.plan_id, o.plan, o.outline FROM open o ON CONFLICT (id) DO NOTHING
),
handed AS (
  INSERT INTO message (
    id, verification_id, app_id, livemode, country, step, cause, channel, provider, connection_id, template, locale,
    state, state_rank, code_mac, lease_token, lease_until, submitted_at, price_micros, price_rule)
  SELECT o.message_id, v.id, v.app_id, v.livemode, v.country, o.step, 'resend', s->>'channel', s->>'provider', (s->>'connectionId')::uuid,
         COALESCE(s->'template'->>'name', s->'template'->>'id'), s->>'locale', 'submitted', 1, o.message_mac,
         o.message_lease, now() + interval '${LEASE_SECONDS} seconds', now(), (s->>'priceMicros')::bigint, s->>'priceRule'
    FROM changed v, open o, LATERAL (SELECT o.plan->'steps'->o.step AS s) step WHERE v.livemode
),
noted AS (
  INSERT INTO verification_event (id, verification_id, at, kind, detail)
  SELECT o.event_id, v.id, now(), 'resend', jsonb_build_object('step', o.step, 'channel', o.plan->'steps'->o.step->>'channel', 'number', v.resends_used)
         || CASE WHEN o.plan_change IS NULL THEN '{}' ELSE jsonb_build_object('changed', o.plan_change, 'former_plan', o.former_plan) END
         || CASE o.passed_over WHEN '[]' THEN '{}' ELSE jsonb_build_object('passed_over', o.passed_over) END
    FROM changed v, open o
)
SELECT now() AS now, EXISTS (SELECT 1 FROM open) AS was_open, EXISTS (SELECT 1 FROM number_ok) AS number_ok, EXISTS (SELECT 1 FROM prefix_ok) AS prefix_ok,
       (SELECT l.sends FROM send_limit l, input i
         WHERE l.key = CASE WHEN EXISTS (SELECT 1 FROM number_ok) THEN i.prefix_key ELSE i.number_key END) AS sends,
       c.id IS NOT NULL AS is_changed, ${verificationColumns('c')}
  FROM input LEFT JOIN changed c ON true`,
  }),
);

type ResendAnswer = VerificationRow & {
  now: Date;
  was_open: boolean;
  number_ok: boolean;
  prefix_ok: boolean;
  sends: Date[] | null;
  is_changed: boolean;
};

/** Sends again, once per cooldown however many ask at once, and within the limits of number and prefix. */
export async function resendVerification(db: Db, resend: Resend): Promise<ResendResult> {
  const plan = planRow(resend.plan);
  const outline = outlineOf(resend.plan);
  const [row] = await db.query<ResendAnswer>(resendStatement(resend.sendLimits), [
    JSON.stringify({
      verification_id: resend.verificationId,
      resends_used: resend.resendsUsed,
      resends_max: resend.resendsMax,
      step_seen: resend.stepSeen,
      message_id: resend.messageId,
      message_lease: resend.messageLease,
      event_id: resend.eventId,
      number_key: hex(resend.numberKey),
      prefix_key: hex(resend.prefixKey),
      plan_id: plan.id,
      plan: resend.plan,
      outline,
      plan_change: resend.planChange,
      passed_over: resend.passedOver,
      falls_back_on_failed: looksOnFailed(resend.plan),
      step: resend.step,
      cooldown_seconds: resend.cooldownSeconds,
      next_after_seconds: resend.nextAfterSeconds,
      channel: resend.channel,
      code_mac: resend.code && hex(resend.code.mac),
      code_sealed: resend.code?.sealed ? hex(resend.code.sealed) : null,
      replaces: resend.code?.replaces ?? false,
      message_mac: resend.messageMac && hex(resend.messageMac),
    }),
  ]);
  if (!row) throw new Error('resend answered no row');
  // A plan that this very statement kept is not yet visible to it.
  if (row.is_changed) return { kind: 'resent', row: { ...row, outline } };
  const counted = [...(row.number_ok ? [resend.numberKey] : []), ...(row.prefix_ok ? [resend.prefixKey] : [])];
  if (!row.was_open || row.prefix_ok) return { kind: 'raced', counted };
  return {
    kind: 'limited',
    limit: row.number_ok ? 'prefix' : 'number',
    sends: row.sends ?? [],
    now: row.now,
    counted,
  };
}

const FORGET_SEND: Statement = {
  name: 'forget_send',
  text: 'UPDATE send_limit SET sends = sends[1:cardinality(sends) - 1] WHERE key = ANY ($1::bytea[]) AND cardinality(sends) > 0',
};

/** Gives back one send per key: for an issue or a resend that counted and was then refused, so nothing was sent. */
export async function forgetSends(db: Db, keys: readonly Buffer[]): Promise<void> {
  if (keys.length === 0) return;
  await db.query(FORGET_SEND, [keys]);
}

const DENIED_BY_MESSAGE: Statement = {
  name: 'find_denied_by_message',
  text: `SELECT v.id FROM message m JOIN verification v ON v.id = m.verification_id
 WHERE m.connection_id = $1 AND m.provider_message_id = $2 AND v.livemode AND v.is_checkable`,
};

const DENIED_BY_NUMBER: Statement = {
  name: 'find_denied_by_number',
  text: `SELECT v.id FROM live_verification l JOIN verification v ON v.id = l.verification_id
 WHERE l.to_blind = $1 AND l.livemode AND v.is_checkable AND v.created_at <= $2
   AND EXISTS (SELECT FROM message m WHERE m.verification_id = v.id AND m.connection_id = $3)`,
};

/**
 * The verifications that can still be checked and that a person denies who says they asked for none: that of the message they answered or, where the provider does not name it, those of
 * their number that were made by then and sent over this connection, over all apps. News that come late or again find nothing that is newer.
 */
export async function findDenied(
  db: Db,
  denied: { connectionId: string; providerMessageId: string | null; toBlind: Buffer; at: Date },
): Promise<string[]> {
  const rows =
    denied.providerMessageId === null
      ? await db.query<{ id: string }>(DENIED_BY_NUMBER, [denied.toBlind, denied.at, denied.connectionId])
      : await db.query<{ id: string }>(DENIED_BY_MESSAGE, [denied.connectionId, denied.providerMessageId]);
  return rows.map(({ id }) => id);
}
