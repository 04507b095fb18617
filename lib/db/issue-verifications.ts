import type { Db, Statement } from '@/lib/db/client';
import { isBudgetSpent } from '@/lib/db/failure-budget';
import { partitionOfNew, perPartition } from '@/lib/db/months';
import { type PlanRow, planRow } from '@/lib/db/plans';
import { countSends, limitsName, perLimits } from '@/lib/db/send-limits';
import { booleans, byteas, ints, jsons, jsonTexts, texts, uuids } from '@/lib/db/wire';
import { secondsToNext } from '@/lib/domain/routing/fallback';
import { looksOnFailed, orderedSteps, type Plan } from '@/lib/domain/routing/plan';
import { LEASE_SECONDS, REACHABILITY_DAYS, type SendLimits } from '@/lib/domain/verification/limits';

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
  /** The address of the same person, for steps on channel email. */
  emailSealed: Buffer | null;
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
  /** As configuration has them now; where rows of one call differ, the last row's hold for all. */
  sendLimits: SendLimits;
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

/** A list that the statement is given: its type there, each row's value, and how the values travel. */
type List<Item> = { type: string; value(item: Item): unknown; write(items: readonly Item[]): Buffer };

const list =
  <Item>() =>
  <T>(type: string, encode: (values: readonly T[]) => Buffer, value: (item: Item) => T): List<Item> => ({
    type,
    value,
    write: (items) => encode(items.map(value)),
  });
const ofRow = list<IssueRow>();
const ofPlan = list<PlanRow>();

/** What most issues have none of travels in one value. */
function extraOf({ channel, reference, metadata, transaction, client, appHash, plan }: IssueRow): unknown {
  if (!channel && !reference && !metadata && !transaction && !client && !appHash) return null;
  // Whoever binds a transaction has one.
  const binds = plan.policy.bindsTransaction ? true : null;
  const some = { channel, reference, metadata, transaction, client, app_hash: appHash, binds_transaction: binds };
  return Object.fromEntries(Object.entries(some).filter(([, value]) => value !== null));
}

/** What rows bring along, one element a row. */
const ROW_LISTS = {
  id: ofRow('uuid', uuids, ({ id }) => id),
  app_id: ofRow('uuid', uuids, ({ appId }) => appId),
  livemode: ofRow('boolean', booleans, ({ livemode }) => livemode),
  to_blind: ofRow('bytea', byteas, ({ toBlind }) => toBlind),
  use_case: ofRow('text', texts, ({ useCase }) => useCase),
  number_key: ofRow('bytea', byteas, ({ numberKey }) => numberKey),
  prefix_key: ofRow('bytea', byteas, ({ prefixKey }) => prefixKey),
  ip_key: ofRow('bytea', byteas, ({ ipKey }) => ipKey),
  idempotency_key: ofRow('text', texts, ({ idempotency }) => idempotency?.key ?? null),
  fingerprint: ofRow('bytea', byteas, ({ idempotency }) => idempotency?.fingerprint ?? null),
  response: ofRow('jsonb', jsons, ({ idempotency }) => idempotency?.response ?? null),
  alternative_step: ofRow('int', ints, ({ alternativeStep }) => alternativeStep),
  first_channel: ofRow('text', texts, ({ plan }) => plan.steps[0]?.channel ?? null),
  steps_count: ofRow('int', ints, ({ plan }) => orderedSteps(plan).length),
  lifetime_seconds: ofRow('int', ints, ({ plan }) => plan.policy.lifetimeSeconds),
  cooldown_seconds: ofRow('int', ints, ({ plan }) => plan.policy.resendCooldownSeconds),
  fallback_after_seconds: ofRow('int', ints, ({ plan }) => plan.fallbackAfterSeconds),
  falls_back_on_failed: ofRow('boolean', booleans, ({ plan }) => looksOnFailed(plan)),
  checks_max: ofRow('int', ints, ({ plan }) => plan.policy.checksMax),
  plan_id: ofRow('uuid', uuids, ({ plan }) => planRow(plan).id),
  country: ofRow('text', texts, ({ country }) => country),
  prefix_blind: ofRow('bytea', byteas, ({ prefixBlind }) => prefixBlind),
  to_sealed: ofRow('bytea', byteas, ({ toSealed }) => toSealed),
  to_masked: ofRow('text', texts, ({ toMasked }) => toMasked),
  email_sealed: ofRow('bytea', byteas, ({ emailSealed }) => emailSealed),
  locale: ofRow('text', texts, ({ locale }) => locale),
  code_mac: ofRow('bytea', byteas, ({ codeMac }) => codeMac),
  code_sealed: ofRow('bytea', byteas, ({ codeSealed }) => codeSealed),
  request_id: ofRow('text', texts, ({ requestId }) => requestId),
  extra: ofRow('jsonb', jsons, extraOf),
  message_id: ofRow('uuid', uuids, ({ messageId }) => messageId),
  message_mac: ofRow('bytea', byteas, ({ messageMac }) => messageMac),
  lease_token: ofRow('uuid', uuids, ({ leaseToken }) => leaseToken),
};

/** Most rows of a batch share a plan: it travels once. */
const PLAN_LISTS = {
  plan_ids: ofPlan('uuid', uuids, ({ id }) => id),
  plan_bodies: ofPlan('jsonb', jsonTexts, ({ body }) => body),
  plan_outlines: ofPlan('jsonb', jsonTexts, ({ outline }) => outline),
};

type RowList = keyof typeof ROW_LISTS;
type PlanList = keyof typeof PLAN_LISTS;
/** `plan_n`: the place of each row's plan among the plans. */
type Parameter = RowList | PlanList | 'plan_n';

/** Numbers a statement's parameters in the order of their first use. */
class Parameters {
  readonly names: Parameter[] = [];

  list(name: Parameter): string {
    if (!this.names.includes(name)) this.names.push(name);
    return `$${this.names.indexOf(name) + 1}::${typeOf(name)}[]`;
  }

  /** A value of row `n`. For types of fixed width this is one step; the others are read as rows. */
  at(name: Parameter, n: string): string {
    return `(${this.list(name)})[${n}]`;
  }

  /** The rows, with their place `n`. */
  rows(...names: Parameter[]): string {
    return `unnest(${names.map((name) => this.list(name)).join(', ')}) WITH ORDINALITY AS i(${names.join(', ')}, n)`;
  }
}

function typeOf(name: Parameter): string {
  if (name === 'plan_n') return 'int';
  return name in ROW_LISTS ? ROW_LISTS[name as RowList].type : PLAN_LISTS[name as PlanList].type;
}

/**
 * Membership by hash. As a plain condition the planner would turn it into a join, and the pool allows nested loops only: with 64 rows
 * a batch, that is 64 × 64 comparisons a stage.
 */
const isIn = (value: string, column: string, cte: string) => `(${value} IN (SELECT ${column} FROM ${cte})) IS TRUE`;

const inSeconds = (seconds: string) => `(now() + make_interval(secs => ${seconds}))::timestamptz(3)`;

// Cut to the columns' precision first: they round, and the text of a time must be the text of what was stored.
const iso = (expression: string) => `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** What only some batches need. Postgres sets up every stage of a statement each time it runs, whether rows come by or not. */
type Shape = { hasKeys: boolean; hasAddresses: boolean; hasMail: boolean };

export type IssueStatement = Statement & { parameters: readonly Parameter[] };

/**
 * The whole issue of any number of verifications in one statement and so one commit: idempotency, cooldown, failure
 * budget, send limits, end of the superseded one, plan, verification, message (born `submitted` under a lease) and timer.
 * Rows of one call must differ in number, prefix, address and idempotency key; the caller sees to that.
 *
 * `facts` and `decided` hold what the stages decide by and nothing else; the rest of a row is read once, where it is written.
 *
 * Order of locks: idempotency keys, limits (number, prefix, address), verifications (by mode and number), live ones, plans; each sorted.
 */
function issueStatement(
  { hasKeys, hasAddresses, hasMail }: Shape,
  limits: SendLimits,
  partition: string,
): IssueStatement {
  const given = new Parameters();
  const nextFallbackAt = (step: string, n: string) =>
    `CASE WHEN ${given.at('livemode', n)} AND ${step} + 1 < ${given.at('steps_count', n)} AND ${given.at('fallback_after_seconds', n)} > 0
          THEN ${inSeconds(given.at('fallback_after_seconds', n))} END`;
  const stepOf = (step: string, n: string) =>
    `(${given.list('plan_bodies')})[${given.at('plan_n', n)}]->'steps'->${step}`;
  const narrow: Parameter[] = ['to_blind', 'use_case', 'number_key', 'prefix_key'];
  if (hasAddresses) narrow.push('ip_key');
  if (hasKeys) narrow.push('idempotency_key');

  const keysClaimed = () => `
claimed AS (
  INSERT INTO idempotency_key (app_id, livemode, key, operation, fingerprint, status, response, created_at)
  SELECT ${given.at('app_id', 'n')}, ${given.at('livemode', 'n')}, i.idempotency_key, 'verifications.issue', i.fingerprint, 201,
         (i.response || jsonb_build_object(
           'channel', first_step->'channel',
           'switch_to', (SELECT COALESCE(jsonb_agg(c), '[]') FROM jsonb_array_elements(i.response->'switch_to') c WHERE c <> first_step->'channel'),
           'created_at', ${iso('now()::timestamptz(3)')},
           'expires_at', ${iso(inSeconds(given.at('lifetime_seconds', 'n')))},
           'resend_after', ${iso(inSeconds(given.at('cooldown_seconds', 'n')))},
           'next_fallback_at', ${iso(nextFallbackAt('f.step', 'n'))}))::json,
         now()
    FROM ${given.rows('idempotency_key', 'fingerprint', 'response')} JOIN facts f USING (n),
         LATERAL (SELECT ${stepOf('f.step', 'n')} AS first_step) s
   WHERE f.gate = 'go' AND i.idempotency_key IS NOT NULL ORDER BY 1, 2, 3
  ON CONFLICT DO NOTHING
  RETURNING app_id, livemode, key
),`;
  const isCleared = hasKeys
    ? `(idempotency_key IS NULL OR ${isIn(`(${given.at('app_id', 'n')}, ${given.at('livemode', 'n')}, idempotency_key)`, 'app_id, livemode, key', 'claimed')})`
    : 'true';
  const addressesOk = countSends(
    'ip_ok',
    'ip_key',
    `facts WHERE ip_key IS NOT NULL AND ${isIn('number_key', 'key', 'number_ok')} AND ${isIn('prefix_key', 'key', 'prefix_ok')}`,
    'ip',
    limits,
  );
  const text = `
WITH facts AS MATERIALIZED (
  SELECT i.*, live.id AS live_id, live.resend_after AS live_resend_after, b.failures, b.since_success,
         COALESCE((SELECT ${given.at('alternative_step', 'i.n')} FROM reachability x
                    WHERE x.to_blind = i.to_blind AND x.channel = ${given.at('first_channel', 'i.n')} AND NOT x.reachable
                      AND x.at > now() - interval '${REACHABILITY_DAYS} days' LIMIT 1), 0) AS step,
         CASE
           WHEN live.status = 'pending' AND live.expires_at > now() AND live.resend_after > now() THEN 'already_pending'
           WHEN b.failures IS NOT NULL AND ${isBudgetSpent('b')} THEN 'too_many_checks'
           ELSE 'go'
         END AS gate
    FROM ${given.rows(...narrow)}
    -- LIMIT makes each a look-up by its unique index. A plan made while a table is empty would else read all of it, and stay.
    LEFT JOIN LATERAL (SELECT l.verification_id AS id, v.status, v.expires_at, v.resend_after
            FROM live_verification l LEFT JOIN verification${partition} v ON v.id = l.verification_id
           WHERE l.to_blind = i.to_blind AND l.app_id = ${given.at('app_id', 'i.n')} AND l.use_case = i.use_case
             AND l.livemode = ${given.at('livemode', 'i.n')} LIMIT 1) live ON true
    LEFT JOIN LATERAL (SELECT f.failures, f.since_success FROM failure_budget f
           WHERE f.app_id = ${given.at('app_id', 'i.n')} AND f.livemode = ${given.at('livemode', 'i.n')} AND f.to_blind = i.to_blind
             AND f.use_case = i.use_case LIMIT 1) b ON true
),${hasKeys ? keysClaimed() : ''}${countSends(
    'number_ok',
    'number_key',
    `facts WHERE gate = 'go' AND ${isCleared}`,
    'number',
    limits,
  )},${countSends(
    'prefix_ok',
    'prefix_key',
    `facts WHERE ${isIn('number_key', 'key', 'number_ok')}`,
    'prefix',
    limits,
  )},${hasAddresses ? `${addressesOk},` : ''}
decided AS MATERIALIZED (
  SELECT n, step, live_id,
         CASE WHEN gate <> 'go' THEN gate
              ${hasKeys ? `WHEN NOT ${isCleared} THEN 'repeated'` : ''}
              WHEN NOT ${isIn('number_key', 'key', 'number_ok')} THEN 'number'
              WHEN NOT ${isIn('prefix_key', 'key', 'prefix_ok')} THEN 'prefix'
              ${hasAddresses ? `WHEN ip_key IS NOT NULL AND NOT ${isIn('ip_key', 'key', 'ip_ok')} THEN 'ip'` : ''}
              ELSE 'go'
         END AS verdict
    FROM facts
),
superseded AS (
  UPDATE verification${partition} v
     SET status = CASE WHEN v.status <> 'pending' THEN v.status WHEN v.expires_at <= now() THEN 'expired' ELSE 'canceled' END,
         end_reason = CASE WHEN v.status <> 'pending' THEN v.end_reason WHEN v.expires_at <= now() THEN 'lifetime_over' ELSE 'superseded' END,
         ended_at = COALESCE(v.ended_at, LEAST(now(), v.expires_at)),
         is_checkable = false, code_macs = '{}', code_sealed = NULL, next_fallback_at = NULL
    FROM decided d WHERE d.verdict = 'go' AND v.id = d.live_id AND v.is_checkable
  RETURNING v.id
),
admitted AS MATERIALIZED (
  SELECT array_agg(CASE verdict WHEN 'go' THEN step END ORDER BY n) AS steps, array_agg(live_id ORDER BY n) AS live_ids FROM decided
   -- Reading the count makes the old ones end before new ones are inserted.
   WHERE (SELECT count(*) FROM superseded) >= 0
),
-- The number is this one's from here on: free, or taken over from the one that was just seen. Whoever came between has it, and this row is raced.
taken AS (
  INSERT INTO live_verification AS l (to_blind, app_id, use_case, livemode, verification_id, replaces)
  SELECT to_blind, ${given.at('app_id', 'n')}, use_case, ${given.at('livemode', 'n')}, ${given.at('id', 'n')}, a.live_ids[n]
    FROM admitted a CROSS JOIN ${given.rows('to_blind', 'use_case')} WHERE a.steps[n] IS NOT NULL
  ON CONFLICT (to_blind, app_id, use_case, livemode) DO UPDATE SET verification_id = EXCLUDED.verification_id, replaces = EXCLUDED.replaces
    WHERE l.verification_id = EXCLUDED.replaces
  RETURNING verification_id
),
created AS (
  INSERT INTO verification${partition} (
    id, app_id, livemode, use_case, country, to_blind, prefix_blind, to_sealed, to_masked, channel, locale,
    code_macs, code_sealed, checks_max, plan_id, falls_back_on_failed, step, created_at, expires_at, resend_after,
    next_fallback_at, fallback_cause, reference, metadata, transaction, binds_transaction, client, app_hash, request_id${hasMail ? ', email_sealed' : ''})
  SELECT ${given.at('id', 'n')}, ${given.at('app_id', 'n')}, ${given.at('livemode', 'n')}, use_case, country, to_blind, prefix_blind,
         to_sealed, to_masked, extra->>'channel', locale, ARRAY[code_mac], code_sealed, ${given.at('checks_max', 'n')},
         ${given.at('plan_id', 'n')}, ${given.at('falls_back_on_failed', 'n')}, step, now(),
         ${inSeconds(given.at('lifetime_seconds', 'n'))}, ${inSeconds(given.at('cooldown_seconds', 'n'))},
         next_fallback_at, CASE WHEN next_fallback_at IS NOT NULL THEN 'timeout' END,
         extra->>'reference', extra->'metadata', extra->'transaction', extra->'binds_transaction' IS NOT NULL, extra->'client', extra->>'app_hash', request_id${hasMail ? ', email_sealed' : ''}
    FROM admitted a CROSS JOIN ${given.rows('use_case', 'country', 'to_blind', 'prefix_blind', 'to_sealed', 'to_masked', 'locale', 'code_mac', 'code_sealed', 'extra', 'request_id', ...(hasMail ? (['email_sealed'] as const) : []))},
         LATERAL (SELECT a.steps[n] AS step) s, LATERAL (SELECT ${nextFallbackAt('s.step', 'n')} AS next_fallback_at OFFSET 0) t
   WHERE ${isIn(given.at('id', 'n'), 'verification_id', 'taken')}
  RETURNING id
),
handed AS (
  INSERT INTO message${partition} (
    id, verification_id, app_id, livemode, country, step, cause, channel, provider, connection_id, template, locale,
    state, state_rank, code_mac, lease_token, lease_until, submitted_at, price_micros, price_rule)
  SELECT ${given.at('message_id', 'n')}, ${given.at('id', 'n')}, ${given.at('app_id', 'n')}, true, country, a.steps[n], 'issue',
         s->>'channel', s->>'provider', (s->>'connectionId')::uuid, COALESCE(s->'template'->>'name', s->'template'->>'id'), s->>'locale',
         'submitted', 1, message_mac, ${given.at('lease_token', 'n')}, now() + interval '${LEASE_SECONDS} seconds', now(),
         (s->>'priceMicros')::bigint, s->>'priceRule'
    -- OFFSET 0: taken apart once, not once for every column.
    FROM admitted a CROSS JOIN ${given.rows('country', 'message_mac')}, LATERAL (SELECT ${stepOf('a.steps[n]', 'n')} AS s OFFSET 0) step
   WHERE ${given.at('livemode', 'n')} AND ${isIn(given.at('id', 'n'), 'id', 'created')}
),
kept AS (
  INSERT INTO plan (id, body, outline)
  SELECT * FROM unnest(${given.list('plan_ids')}, ${given.list('plan_bodies')}, ${given.list('plan_outlines')}) AS p(id, body, outline)
   ORDER BY id ON CONFLICT (id) DO NOTHING
)
SELECT CASE WHEN d.verdict = 'go' AND NOT ${isIn(given.at('id', 'd.n'), 'id', 'created')} THEN 'raced' ELSE d.verdict END AS verdict,
       d.step, now()::timestamptz(3) AS now,
       CASE WHEN d.verdict <> 'go' THEN (SELECT to_json(w) FROM (
         SELECT f.live_resend_after, f.failures, f.since_success,
                (SELECT l.sends FROM send_limit l
                  WHERE l.key = CASE d.verdict WHEN 'number' THEN f.number_key WHEN 'prefix' THEN f.prefix_key ${hasAddresses ? `WHEN 'ip' THEN f.ip_key` : ''} END) AS sends
           FROM facts f WHERE f.n = d.n) w)
       END AS why
  FROM decided d ORDER BY d.n`;
  return {
    name: `issue_verifications${hasKeys ? '_keys' : ''}${hasAddresses ? '_addresses' : ''}${hasMail ? '_mail' : ''}${limitsName(limits)}`,
    partition,
    text,
    parameters: given.names,
  };
}

const statementsFor = perLimits((limits) =>
  perPartition((partition) =>
    [true, false].map((hasKeys) =>
      [true, false].map((hasAddresses) =>
        [true, false].map((hasMail) => issueStatement({ hasKeys, hasAddresses, hasMail }, limits, partition)),
      ),
    ),
  ),
);

/** The statement that these rows need, exported for the bench that runs it without the house around it. */
export function statementFor(rows: readonly IssueRow[]): IssueStatement {
  const limits = rows.at(-1)?.sendLimits;
  if (!limits) throw new Error('there is nothing to issue');
  const partition = partitionOfNew(rows.map(({ id }) => id));
  const statements = statementsFor(limits)(partition)[rows.some(({ idempotency }) => idempotency) ? 0 : 1];
  const statement =
    statements?.[rows.some(({ ipKey }) => ipKey) ? 0 : 1]?.[rows.some(({ emailSealed }) => emailSealed) ? 0 : 1];
  if (!statement) throw new Error('there is a statement for each shape');
  return statement;
}

/** The first element of a parameter for one row, for the same bench. */
export function valueFor(name: string, row: IssueRow): unknown {
  if (name === 'plan_n') return 1;
  return name in ROW_LISTS
    ? ROW_LISTS[name as RowList].value(row)
    : PLAN_LISTS[name as PlanList].value(planRow(row.plan));
}

type Answer = {
  verdict: 'go' | 'already_pending' | 'too_many_checks' | 'repeated' | 'number' | 'prefix' | 'ip' | 'raced';
  step: number;
  now: Date;
  why: {
    live_resend_after: string | null;
    failures: string[] | null;
    since_success: number | null;
    sends: string[] | null;
  } | null;
};

/** Issues all rows in one commit; answers in their order. Each row gets its own verdict. */
export async function issueVerifications(db: Db, rows: readonly IssueRow[]): Promise<IssueResult[]> {
  // One order of locks for all processes: the statement writes verifications as they come.
  const order = rows.map((_, n) => n).sort((a, b) => Buffer.compare(keyOf(rows, a), keyOf(rows, b)));
  const sorted = order.map((n) => rows[n] as IssueRow);
  const plans = [...new Set(sorted.map(({ plan }) => plan))];
  const kept = plans.map(planRow);
  const statement = statementFor(rows);
  const answers = await db.query<Answer>(
    statement,
    statement.parameters.map((name) => {
      if (name === 'plan_n') return ints(sorted.map(({ plan }) => plans.indexOf(plan) + 1));
      return name in ROW_LISTS ? ROW_LISTS[name as RowList].write(sorted) : PLAN_LISTS[name as PlanList].write(kept);
    }),
  );
  const results: IssueResult[] = [];
  order.forEach((n, place) => {
    results[n] = readAnswer(answers[place] as Answer, sorted[place] as IssueRow);
  });
  return results;
}

const keyOf = (rows: readonly IssueRow[], n: number): Buffer => (rows[n] as IssueRow).numberKey;

function readAnswer({ verdict, step, now, why }: Answer, { plan, livemode }: IssueRow): IssueResult {
  const dates = (times: string[] | null | undefined) => (times ?? []).map((time) => new Date(time));
  switch (verdict) {
    case 'go': {
      const nextSeconds = livemode ? secondsToNext(plan, step) : null;
      return {
        kind: 'issued',
        step,
        createdAt: now,
        expiresAt: after(now, plan.policy.lifetimeSeconds),
        resendAfter: after(now, plan.policy.resendCooldownSeconds),
        nextFallbackAt: nextSeconds === null ? null : after(now, nextSeconds),
      };
    }
    case 'already_pending':
      return {
        kind: 'already_pending',
        resendAfter: why?.live_resend_after ? new Date(why.live_resend_after) : now,
        now,
      };
    case 'too_many_checks':
      return { kind: 'too_many_checks', failures: dates(why?.failures), sinceSuccess: why?.since_success ?? 0, now };
    case 'number':
    case 'prefix':
    case 'ip':
      return { kind: 'limited', limit: verdict, sends: dates(why?.sends), now };
    default:
      return { kind: verdict };
  }
}

/** The statement adds whole seconds to its own time as well: nothing has to be read back. */
const after = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1000);
