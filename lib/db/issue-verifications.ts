import { hex } from '@/lib/db/bytes';
import type { Db, Statement } from '@/lib/db/client';
import type { Plan } from '@/lib/domain/routing/plan';
import { FAILURE_BUDGET, LEASE_SECONDS, REACHABILITY_DAYS, SEND_LIMITS } from '@/lib/domain/verification/limits';

/** One verification to issue. Times are the database's; everything else was decided before. */
export type IssueRow = {
  id: string;
  messageId: string;
  leaseToken: string;
  appId: string;
  livemode: boolean;
  useCase: string;
  country: string;
  toBlind: Buffer;
  prefixBlind: Buffer;
  toSealed: Buffer;
  toMasked: string;
  channel: string | null;
  locale: string;
  codeMac: Buffer;
  /** The message's own MAC under `code_per_message`, else null. */
  messageMac: Buffer | null;
  codeSealed: Buffer | null;
  plan: Plan;
  /** Step to begin with when the number is remembered as not on the first step's channel; null: no such step, or probe anyway. */
  alternativeStep: number | null;
  numberKey: Buffer;
  prefixKey: Buffer;
  ipKey: Buffer | null;
  reference: string | null;
  metadata: Record<string, string> | null;
  transaction: unknown;
  client: unknown;
  appHash: string | null;
  requestId: string;
  idempotency: { key: string; fingerprint: Buffer; response: Record<string, unknown> } | null;
};

/** What became of one row. `sends` are the newest times behind the limit that refused, for Retry-After. */
export type IssueResult =
  | { kind: 'issued'; step: number; createdAt: Date; expiresAt: Date; resendAfter: Date; nextFallbackAt: Date | null }
  | { kind: 'already_pending'; resendAfter: Date; now: Date }
  | { kind: 'too_many_checks'; failures: Date[]; sinceSuccess: number; now: Date }
  | { kind: 'limited'; limit: 'number' | 'prefix' | 'ip'; sends: Date[]; now: Date }
  /** The Idempotency-Key exists already: read what it answered. */
  | { kind: 'repeated' }
  /** Another process issued for the same number in the same instant. */
  | { kind: 'raced' };

// Cut to the columns' precision first: they round, and the text of a time must be the text of what was stored.
const iso = (expression: string) =>
  `to_char((${expression})::timestamptz(3) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Sliding window without a window table: the newest times of a key in one row, judged and renewed by one upsert. */
const slidingUpsert = (
  name: string,
  key: string,
  from: string,
  rules: readonly [limit: number, interval: string][],
  keep: string,
) => `
${name} AS (
  INSERT INTO send_limit AS l (key, sends, used_at)
  SELECT DISTINCT ${key}, ARRAY[now()], now() FROM ${from} ORDER BY 1
  ON CONFLICT (key) DO UPDATE
    SET sends = array_append((SELECT array_agg(s) FROM unnest(l.sends) s WHERE s > now() - interval '${keep}'), now()),
        used_at = now()
    WHERE (SELECT ${rules.map(([limit, interval]) => `count(*) FILTER (WHERE s > now() - interval '${interval}') < ${limit}`).join(' AND ')}
             FROM unnest(l.sends) s)
  RETURNING key
)`;

/**
 * The whole issue of any number of verifications in one statement and so one commit: idempotency, cooldown, failure
 * budget, send limits, end of the superseded one, verification, message (born `submitted` under a lease) and timer.
 * Rows of one call must differ in number, prefix, address and idempotency key; the caller sees to that.
 *
 * Order of locks: limits (number, prefix, address), then verifications; each stage sorted.
 */
const ISSUE: Statement = {
  name: 'issue_verifications',
  text: `
WITH input AS MATERIALIZED (
  SELECT r.*, $2::jsonb -> r.plan_n AS plan FROM json_to_recordset($1::json) AS r(
    n int, id uuid, message_id uuid, lease_token uuid, app_id uuid, livemode boolean, use_case text, country text,
    to_blind bytea, prefix_blind bytea, to_sealed bytea, to_masked text, channel text, locale text,
    code_mac bytea, message_mac bytea, code_sealed bytea, plan_n int, alternative_step int,
    number_key bytea, prefix_key bytea, ip_key bytea,
    reference text, metadata jsonb, transaction jsonb, client jsonb, app_hash text, request_id text,
    idempotency_key text, fingerprint bytea, response jsonb)
),
seen AS MATERIALIZED (
  SELECT i.*, live.id AS live_id, live.resend_after AS live_resend_after, b.failures, b.since_success,
         CASE WHEN i.alternative_step IS NOT NULL AND r.to_blind IS NOT NULL THEN i.alternative_step ELSE 0 END AS step,
         now() + make_interval(secs => (i.plan->'policy'->>'lifetimeSeconds')::int) AS expires_at,
         now() + make_interval(secs => (i.plan->'policy'->>'resendCooldownSeconds')::int) AS resend_after,
         CASE
           WHEN live.status = 'pending' AND live.expires_at > now() AND live.resend_after > now() THEN 'already_pending'
           WHEN b.app_id IS NOT NULL AND (
             (SELECT count(*) FILTER (WHERE f > now() - interval '1 hour') >= ${FAILURE_BUDGET.perHour}
                  OR count(*) FILTER (WHERE f > now() - interval '1 day') >= ${FAILURE_BUDGET.perDay}
                  OR (b.since_success >= ${FAILURE_BUDGET.sinceSuccess} AND max(f) > now() - interval '1 day')
                FROM unnest(b.failures) f)) THEN 'too_many_checks'
           ELSE 'go'
         END AS gate
    FROM input i
    -- LIMIT makes each a look-up by its unique index. A plan made while a table is empty would else read all of it, and stay.
    LEFT JOIN LATERAL (SELECT v.id, v.status, v.expires_at, v.resend_after FROM verification v
           WHERE v.is_checkable AND v.to_blind = i.to_blind AND v.app_id = i.app_id AND v.use_case = i.use_case AND v.livemode = i.livemode LIMIT 1) live ON true
    LEFT JOIN LATERAL (SELECT f.app_id, f.failures, f.since_success FROM failure_budget f
           WHERE f.app_id = i.app_id AND f.livemode = i.livemode AND f.to_blind = i.to_blind AND f.use_case = i.use_case LIMIT 1) b ON true
    LEFT JOIN LATERAL (SELECT x.to_blind FROM reachability x
           WHERE x.to_blind = i.to_blind AND x.channel = i.plan->'steps'->0->>'channel' AND NOT x.reachable
             AND x.at > now() - interval '${REACHABILITY_DAYS} days' LIMIT 1) r ON true
),
timed AS MATERIALIZED (
  SELECT s.*,
         CASE WHEN s.livemode AND s.plan->'steps'->(s.step + 1) IS NOT NULL AND (s.plan->>'fallbackAfterSeconds')::int > 0
              THEN now() + make_interval(secs => (s.plan->>'fallbackAfterSeconds')::int) END AS next_fallback_at
    FROM seen s WHERE s.gate = 'go'
),
claimed AS (
  INSERT INTO idempotency_key (app_id, livemode, key, operation, fingerprint, status, response, created_at)
  SELECT app_id, livemode, idempotency_key, 'verifications.issue', fingerprint, 201,
         (response || jsonb_build_object(
           'channel', plan->'steps'->step->'channel',
           'switch_to', (SELECT COALESCE(jsonb_agg(c), '[]') FROM jsonb_array_elements(plan->'switchTo') c WHERE c <> plan->'steps'->step->'channel'),
           'created_at', ${iso('now()')}, 'expires_at', ${iso('expires_at')}, 'resend_after', ${iso('resend_after')},
           'next_fallback_at', ${iso('next_fallback_at')}))::json,
         now()
    FROM timed WHERE idempotency_key IS NOT NULL ORDER BY app_id, livemode, idempotency_key
  ON CONFLICT DO NOTHING
  RETURNING app_id, livemode, key
),
cleared AS MATERIALIZED (
  SELECT t.* FROM timed t
   WHERE t.idempotency_key IS NULL
      OR EXISTS (SELECT 1 FROM claimed c WHERE c.app_id = t.app_id AND c.livemode = t.livemode AND c.key = t.idempotency_key)
),${slidingUpsert(
    'number_ok',
    'number_key',
    'cleared',
    [
      [SEND_LIMITS.numberPer10Minutes, '10 minutes'],
      [SEND_LIMITS.numberPerDay, '1 day'],
    ],
    '1 day',
  )},${slidingUpsert(
    'prefix_ok',
    'prefix_key',
    '(SELECT c.* FROM cleared c JOIN number_ok o ON o.key = c.number_key) c',
    [[SEND_LIMITS.prefixPerHour, '1 hour']],
    '1 hour',
  )},${slidingUpsert(
    'ip_ok',
    'ip_key',
    '(SELECT c.* FROM cleared c JOIN number_ok o ON o.key = c.number_key JOIN prefix_ok p ON p.key = c.prefix_key WHERE c.ip_key IS NOT NULL) c',
    [[SEND_LIMITS.ipPerHour, '1 hour']],
    '1 hour',
  )},
admitted AS MATERIALIZED (
  SELECT c.* FROM cleared c
    JOIN number_ok o ON o.key = c.number_key
    JOIN prefix_ok p ON p.key = c.prefix_key
    LEFT JOIN ip_ok a ON a.key = c.ip_key
   WHERE c.ip_key IS NULL OR a.key IS NOT NULL
),
superseded AS (
  UPDATE verification v
     SET status = CASE WHEN v.status <> 'pending' THEN v.status WHEN v.expires_at <= now() THEN 'expired' ELSE 'canceled' END,
         end_reason = CASE WHEN v.status <> 'pending' THEN v.end_reason WHEN v.expires_at <= now() THEN 'lifetime_over' ELSE 'superseded' END,
         ended_at = COALESCE(v.ended_at, LEAST(now(), v.expires_at)),
         is_checkable = false, code_macs = '{}', code_sealed = NULL, next_fallback_at = NULL
    FROM admitted a WHERE v.id = a.live_id AND v.is_checkable
  RETURNING v.id
),
created AS (
  INSERT INTO verification (
    id, app_id, livemode, use_case, country, to_blind, prefix_blind, to_sealed, to_masked, channel, locale,
    code_macs, code_sealed, checks_max, plan, step, created_at, expires_at, resend_after, next_fallback_at, fallback_cause,
    reference, metadata, transaction, client, app_hash, request_id)
  SELECT id, app_id, livemode, use_case, country, to_blind, prefix_blind, to_sealed, to_masked, channel, locale,
         ARRAY[code_mac], code_sealed, (plan->'policy'->>'checksMax')::int, plan, step, now(), expires_at, resend_after,
         next_fallback_at, CASE WHEN next_fallback_at IS NOT NULL THEN 'timeout' END,
         reference, metadata, transaction, client, app_hash, request_id
    FROM admitted
   -- Reading the count makes the old one end before the new one is inserted.
   WHERE (SELECT count(*) FROM superseded) >= 0
   ORDER BY to_blind
  ON CONFLICT (to_blind, app_id, use_case, livemode) WHERE is_checkable DO NOTHING
  RETURNING id, step, created_at, expires_at, resend_after, next_fallback_at
),
handed AS (
  INSERT INTO message (
    id, verification_id, app_id, livemode, country, step, cause, channel, provider, connection_id, template, locale,
    state, state_rank, code_mac, lease_token, lease_until, submitted_at, price_micros, price_rule)
  SELECT a.message_id, a.id, a.app_id, a.livemode, a.country, a.step, 'issue', s->>'channel', s->>'provider', (s->>'connectionId')::uuid,
         COALESCE(s->'template'->>'name', s->'template'->>'id'), s->>'locale', 'submitted', 1, a.message_mac,
         a.lease_token, now() + interval '${LEASE_SECONDS} seconds', now(), (s->>'priceMicros')::bigint, s->>'priceRule'
    FROM admitted a JOIN created c ON c.id = a.id CROSS JOIN LATERAL (SELECT a.plan->'steps'->a.step AS s) step
   WHERE a.livemode
  RETURNING id
)
SELECT seen.n, seen.gate, now() AS now,
       c.step, c.created_at, c.expires_at, c.resend_after, c.next_fallback_at,
       seen.live_resend_after, cleared.id IS NOT NULL AS is_cleared,
       o.key IS NOT NULL AS number_ok, p.key IS NOT NULL AS prefix_ok, admitted.id IS NOT NULL AS is_admitted,
       CASE WHEN seen.gate = 'too_many_checks' THEN seen.failures END AS failures, seen.since_success,
       CASE WHEN cleared.id IS NOT NULL AND admitted.id IS NULL THEN
         (SELECT l.sends FROM send_limit l
           WHERE l.key = CASE WHEN o.key IS NULL THEN seen.number_key WHEN p.key IS NULL THEN seen.prefix_key ELSE seen.ip_key END)
       END AS sends,
       (SELECT count(*) FROM handed) AS messages
  FROM seen
  LEFT JOIN created c ON c.id = seen.id
  LEFT JOIN cleared ON cleared.id = seen.id
  LEFT JOIN admitted ON admitted.id = seen.id
  LEFT JOIN number_ok o ON o.key = seen.number_key
  LEFT JOIN prefix_ok p ON p.key = seen.prefix_key
 ORDER BY seen.n`,
};

type Answer = {
  n: number;
  gate: 'go' | 'already_pending' | 'too_many_checks';
  now: Date;
  step: number | null;
  created_at: Date;
  expires_at: Date;
  resend_after: Date;
  next_fallback_at: Date | null;
  live_resend_after: Date | null;
  is_cleared: boolean;
  number_ok: boolean;
  prefix_ok: boolean;
  is_admitted: boolean;
  failures: Date[] | null;
  since_success: number | null;
  sends: Date[] | null;
};

/** Issues all rows in one commit; answers in their order. Each row gets its own verdict. */
export async function issueVerifications(db: Db, rows: readonly IssueRow[]): Promise<IssueResult[]> {
  const answers = await db.query<Answer>(ISSUE, issueParameters(rows));
  return answers.map(readAnswer);
}

/** Plans are shared by many issues (see planFor) and are the longest part of a row: each is written out once. */
const planTexts = new WeakMap<Plan, string>();

function planText(plan: Plan): string {
  const known = planTexts.get(plan);
  if (known !== undefined) return known;
  const text = JSON.stringify(plan);
  planTexts.set(plan, text);
  return text;
}

/** The statement's parameters (rows, and the plans they name), exported for the bench that runs it without the house around it. */
export function issueParameters(rows: readonly IssueRow[]): [rows: string, plans: string] {
  const plans = new Map<Plan, number>();
  for (const { plan } of rows) if (!plans.has(plan)) plans.set(plan, plans.size);
  return [rowsText(rows, plans), `[${[...plans.keys()].map(planText).join(',')}]`];
}

function rowsText(rows: readonly IssueRow[], plans: ReadonlyMap<Plan, number>): string {
  return JSON.stringify(
    rows.map((row, n) => ({
      n,
      id: row.id,
      message_id: row.messageId,
      lease_token: row.leaseToken,
      app_id: row.appId,
      livemode: row.livemode,
      use_case: row.useCase,
      country: row.country,
      to_blind: hex(row.toBlind),
      prefix_blind: hex(row.prefixBlind),
      to_sealed: hex(row.toSealed),
      to_masked: row.toMasked,
      channel: row.channel,
      locale: row.locale,
      code_mac: hex(row.codeMac),
      message_mac: row.messageMac && hex(row.messageMac),
      code_sealed: row.codeSealed && hex(row.codeSealed),
      plan_n: plans.get(row.plan),
      alternative_step: row.alternativeStep,
      number_key: hex(row.numberKey),
      prefix_key: hex(row.prefixKey),
      ip_key: row.ipKey && hex(row.ipKey),
      reference: row.reference,
      metadata: row.metadata,
      transaction: row.transaction,
      client: row.client,
      app_hash: row.appHash,
      request_id: row.requestId,
      idempotency_key: row.idempotency?.key ?? null,
      fingerprint: row.idempotency && hex(row.idempotency.fingerprint),
      response: row.idempotency?.response ?? null,
    })),
  );
}

/** The statement itself, for the same bench. */
export const ISSUE_STATEMENT = ISSUE;

function readAnswer(answer: Answer): IssueResult {
  const { now } = answer;
  if (answer.step !== null) {
    return {
      kind: 'issued',
      step: answer.step,
      createdAt: answer.created_at,
      expiresAt: answer.expires_at,
      resendAfter: answer.resend_after,
      nextFallbackAt: answer.next_fallback_at,
    };
  }
  if (answer.gate === 'already_pending')
    return { kind: 'already_pending', resendAfter: answer.live_resend_after ?? now, now };
  if (answer.gate === 'too_many_checks') {
    return { kind: 'too_many_checks', failures: answer.failures ?? [], sinceSuccess: answer.since_success ?? 0, now };
  }
  if (!answer.is_cleared) return { kind: 'repeated' };
  if (!answer.is_admitted) {
    const limit = !answer.number_ok ? 'number' : !answer.prefix_ok ? 'prefix' : 'ip';
    return { kind: 'limited', limit, sends: answer.sends ?? [], now };
  }
  return { kind: 'raced' };
}
