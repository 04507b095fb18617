import type { Db, Statement } from '@/lib/db/client';
import { isBudgetSpent } from '@/lib/db/failure-budget';
import { partitionOf, perPartition } from '@/lib/db/months';
import { outlineColumnOf } from '@/lib/db/plans';
import { booleans, byteas, jsons, uuids } from '@/lib/db/wire';
import type { PlanOutline } from '@/lib/domain/routing/plan';
import type { VerificationStatus } from '@/lib/domain/verification/states';
import type { Transaction } from '@/lib/domain/verification/transaction';

/** One guess. `macs` are what the code would have to be, one per key of the ring. */
export type CheckRow = {
  attemptId: string;
  verificationId: string;
  appId: string;
  livemode: boolean;
  macs: readonly Buffer[];
  /** The transaction that the caller says is being approved, in its one spelling; null: it named none. */
  named: Transaction | null;
  /** `macs` with that transaction; null where it names no payee, or nothing at all. */
  boundMacs: readonly Buffer[] | null;
};

export type CheckResult =
  | { kind: 'not_found' }
  /** The guess was spent and judged; the row is as it stands afterwards. */
  | { kind: 'spent'; matched: boolean; row: VerificationRow }
  /** Nothing was spent: closed, expired or locked as the row says. `isPastExpiry` by the database's clock. */
  | { kind: 'not_spent'; isPastExpiry: boolean; row: VerificationRow }
  | { kind: 'too_many_checks'; failures: Date[]; sinceSuccess: number; now: Date };

/** The part of a verification that every answer about it shows. */
export type VerificationRow = {
  id: string;
  app_id: string;
  livemode: boolean;
  status: VerificationStatus;
  end_reason: string | null;
  to_masked: string;
  country: string;
  use_case: string;
  locale: string;
  channel: string | null;
  step: number;
  outline: PlanOutline;
  checks_used: number;
  checks_max: number;
  /** A guess would be judged: the code counts, and its life is not over. */
  can_be_checked: boolean;
  resends_used: number;
  created_at: Date;
  expires_at: Date;
  resend_after: Date;
  next_fallback_at: Date | null;
  ended_at: Date | null;
  approved_at: Date | null;
  reference: string | null;
  metadata: Record<string, string> | null;
  transaction: Record<string, unknown> | null;
};

const COLUMNS = [
  'id',
  'app_id',
  'livemode',
  'status',
  'end_reason',
  'to_masked',
  'country',
  'use_case',
  'locale',
  'channel',
  'step',
  'checks_used',
  'checks_max',
  'resends_used',
  'created_at',
  'expires_at',
  'resend_after',
  'next_fallback_at',
  'ended_at',
  'approved_at',
  'reference',
  'metadata',
  'transaction',
] as const;

/** The select list behind VerificationRow, for a table called `alias`. */
export const verificationColumns = (alias: string) =>
  `${COLUMNS.map((name) => `${alias}.${name}`).join(', ')}, (${alias}.is_checkable AND ${alias}.expires_at > now()) AS can_be_checked, ${outlineColumnOf(alias)}`;

/** The same where they have been selected before. */
const verificationColumnNames = [...COLUMNS, 'can_be_checked', 'outline'].join(', ');

/** What the caller names (`g.named`) is what the verification was issued for, as far as both say. Digests decide where the code binds it. */
const IS_NO_OTHER = `(g.named IS NULL OR v.transaction IS NULL OR v.binds_transaction OR
    (v.transaction->'amount' = g.named->'amount' AND v.transaction->'currency' = g.named->'currency'
     AND COALESCE(normalize(btrim(v.transaction->>'payee')) = g.named->>'payee', true)))`;

/**
 * Spends and judges guesses, any number of different verifications in one statement.
 *
 * The guess is counted and compared by the same conditional UPDATE, so parallel guesses can neither share a number nor
 * be approved twice. The budget row is locked before it is judged and so read fresh: parallel guesses cannot outrun it
 * either. Where no budget row exists yet nothing has ever failed, and `checks_max` (at most 10) keeps the first failures
 * below 20. Comparing keyed MACs in SQL is safe: an attacker cannot steer a MAC's prefix.
 *
 * `ringSize`: how many keys a code may have been sealed under, and so how many MACs a guess has. Where rows name a transaction
 * they have as many again, with it: a code that binds one has only digests with a transaction, the others only digests without,
 * so a guess can match one kind alone. A code that binds one is not judged, and costs nothing, when the caller named none. One that binds
 * none approves what it was issued for as well: a caller that names another amount, currency or payee than is stored was wrong.
 *
 * Order of locks: verifications (sorted by the caller), budgets (sorted); the credit to the prefix never waits (SKIP LOCKED). The other
 * way round two first guesses meet in a deadlock: one holds the new budget row, the other the verification.
 */
const checkStatement = (ringSize: number, hasTransactions: boolean, partition: string): Statement => {
  const macs = Array.from({ length: hasTransactions ? ringSize * 2 : ringSize }, (_, n) => `mac_${n + 1}`);
  const mayBeJudged = hasTransactions
    ? `(g.macs[${macs.length}] IS NOT NULL OR NOT v.binds_transaction)`
    : 'NOT v.binds_transaction';
  const matches = hasTransactions ? `(v.code_macs && g.macs AND ${IS_NO_OTHER})` : 'v.code_macs && g.macs';
  const named = (table: string) => (hasTransactions ? `${table === '' ? '' : `${table}.`}named,` : '');
  const ends = `(${matches} OR v.checks_used + 1 >= v.checks_max)`;
  return {
    name: `check_verifications_${ringSize}${hasTransactions ? '_transactions' : ''}`,
    partition,
    text: `
WITH found AS MATERIALIZED (
  SELECT i.n, i.attempt_id, ARRAY[${macs.map((mac) => `i.${mac}`).join(', ')}] AS macs, ${named('i')} v.id, v.app_id, v.livemode, v.use_case, v.to_blind
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::boolean[], ${macs.map((_, n) => `$${n + 5}::bytea[]`).join(', ')}${hasTransactions ? `, $${macs.length + 5}::jsonb[]` : ''})
         WITH ORDINALITY AS i(attempt_id, id, app_id, livemode, ${macs.join(', ')}, ${named('')} n)
    JOIN verification${partition} v ON v.id = i.id AND v.app_id = i.app_id AND v.livemode = i.livemode
     FOR NO KEY UPDATE OF v
),
budget AS MATERIALIZED (
  SELECT f.n, b.failures, b.since_success
    FROM found f JOIN failure_budget b
      ON b.app_id = f.app_id AND b.livemode = f.livemode AND b.to_blind = f.to_blind AND b.use_case = f.use_case
   ORDER BY b.app_id, b.livemode, b.to_blind, b.use_case FOR UPDATE OF b
),
gate AS MATERIALIZED (
  SELECT f.n, f.id, f.attempt_id, f.macs, ${named('f')} b.failures, b.since_success,
         ${isBudgetSpent('b')} IS NOT TRUE AS is_open
    FROM found f LEFT JOIN budget b ON b.n = f.n
),
spent AS (
  UPDATE verification${partition} v
     SET checks_used = v.checks_used + 1,
         status = CASE WHEN ${matches} THEN 'approved' WHEN v.checks_used + 1 >= v.checks_max THEN 'locked' ELSE v.status END,
         end_reason = CASE WHEN ${matches} THEN NULL WHEN v.checks_used + 1 >= v.checks_max THEN 'checks_spent' ELSE v.end_reason END,
         approved_at = CASE WHEN ${matches} THEN now() END,
         ended_at = CASE WHEN ${ends} THEN now() ELSE v.ended_at END,
         credited_message_id = CASE WHEN ${matches} AND cardinality(v.code_macs) > 1
           THEN (SELECT m.id FROM message${partition} m WHERE m.verification_id = v.id AND m.code_mac = ANY (g.macs) LIMIT 1) END,
         is_checkable = NOT ${ends},
         code_macs = CASE WHEN ${ends} THEN '{}' ELSE v.code_macs END,
         code_sealed = CASE WHEN ${ends} THEN NULL ELSE v.code_sealed END,
         next_fallback_at = CASE WHEN ${ends} THEN NULL ELSE v.next_fallback_at END
    FROM gate g
   WHERE v.id = g.id AND g.is_open AND ${mayBeJudged} AND v.is_checkable AND v.checks_used < v.checks_max AND v.expires_at > now()
  RETURNING g.n, g.attempt_id, v.to_blind, v.prefix_blind, ${verificationColumns('v')}
),
tallied AS (
  INSERT INTO failure_budget AS b (app_id, livemode, to_blind, use_case, failures, since_success, updated_at)
  SELECT app_id, livemode, to_blind, use_case, ARRAY[now()], 1, now()
    FROM spent WHERE status <> 'approved'
   ORDER BY app_id, livemode, to_blind, use_case
  ON CONFLICT (app_id, livemode, to_blind, use_case) DO UPDATE
    SET failures = array_append((SELECT array_agg(x) FROM unnest(b.failures) x WHERE x > now() - interval '1 day'), now()),
        since_success = b.since_success + 1, updated_at = now()
),
forgiven AS (
  UPDATE failure_budget b SET since_success = 0, updated_at = now()
    FROM spent s
   WHERE s.status = 'approved' AND b.since_success > 0
     AND b.app_id = s.app_id AND b.livemode = s.livemode AND b.to_blind = s.to_blind AND b.use_case = s.use_case
),
credited AS (
  UPDATE send_limit l SET sends = l.sends[1:cardinality(l.sends) - 1]
   WHERE l.key IN (SELECT k.key FROM send_limit k
                    WHERE k.key IN (SELECT '\\x70'::bytea || CASE WHEN s.livemode THEN '\\x01'::bytea ELSE '\\x00'::bytea END || s.prefix_blind
                                      FROM spent s WHERE s.status = 'approved')
                      FOR UPDATE SKIP LOCKED)
),
noted AS (
  INSERT INTO check_attempt${partition} (id, verification_id, at, outcome, number)
  SELECT attempt_id, id, now(), CASE status WHEN 'approved' THEN 'approved' WHEN 'locked' THEN 'locked' ELSE 'mismatch' END, checks_used
    FROM spent
)
SELECT n, true AS is_spent, true AS is_open, false AS is_past_expiry, now() AS now, NULL::timestamptz[] AS failures, NULL::int AS since_success,
       ${verificationColumnNames}
  FROM spent
UNION ALL
SELECT g.n, false, g.is_open, v.expires_at <= now(), now(), CASE WHEN NOT g.is_open THEN g.failures END, g.since_success,
       ${verificationColumns('v')}
  FROM gate g JOIN verification${partition} v ON v.id = g.id
 WHERE (g.n IN (SELECT n FROM spent)) IS NOT TRUE`,
  };
};
const statementsOf = perPartition((partition) => {
  const byShape = new Map<string, Statement>();
  return (ringSize: number, hasTransactions: boolean): Statement => {
    const shape = `${ringSize} ${hasTransactions}`;
    const statement = byShape.get(shape) ?? checkStatement(ringSize, hasTransactions, partition);
    byShape.set(shape, statement);
    return statement;
  };
});

type Answer = VerificationRow & {
  /** Place among the rows, from 1; a row that was not found has no answer. */
  n: string;
  now: Date;
  is_spent: boolean;
  is_open: boolean;
  is_past_expiry: boolean;
  failures: Date[] | null;
  since_success: number | null;
};

/** Checks all rows in one commit; answers in their order. Rows of one call must name different verifications. */
export async function checkVerifications(db: Db, rows: readonly CheckRow[]): Promise<CheckResult[]> {
  const ringSize = rows[0]?.macs.length ?? 1;
  const hasTransactions = rows.some(({ named }) => named !== null);
  // One order of locks for all processes: the statement locks verifications as they come.
  const order = rows.map((_, n) => n).sort((a, b) => (idOf(rows, a) < idOf(rows, b) ? -1 : 1));
  const sorted = order.map((n) => rows[n] as CheckRow);
  const partition = partitionOf(sorted[0]?.verificationId ?? '', sorted.at(-1)?.verificationId ?? '');
  const statement = statementsOf(partition)(ringSize, hasTransactions);
  const answers = await db.query<Answer>(statement, [
    uuids(sorted.map(({ attemptId }) => attemptId)),
    uuids(sorted.map(({ verificationId }) => verificationId)),
    uuids(sorted.map(({ appId }) => appId)),
    booleans(sorted.map(({ livemode }) => livemode)),
    ...Array.from({ length: ringSize }, (_, key) => byteas(sorted.map(({ macs }) => macs[key] ?? null))),
    ...Array.from({ length: hasTransactions ? ringSize : 0 }, (_, key) =>
      byteas(sorted.map(({ boundMacs }) => boundMacs?.[key] ?? null)),
    ),
    ...(hasTransactions ? [jsons(sorted.map(({ named }) => named))] : []),
  ]);
  const results = rows.map((): CheckResult => ({ kind: 'not_found' }));
  for (const answer of answers) results[order[Number(answer.n) - 1] ?? 0] = readAnswer(answer);
  return results;
}

// One is enough to know that somebody came too late; however often they try, the table does not grow.
const LATE: Statement = {
  name: 'note_late_check',
  text: `
INSERT INTO check_attempt (id, verification_id, at, outcome)
SELECT $1, $2, now(), 'expired' WHERE NOT EXISTS (SELECT 1 FROM check_attempt WHERE verification_id = $2 AND outcome = 'expired')`,
};

/** Notes, once, that a code was entered after its life: whether it was the right one cannot be told, its digest is gone. */
export async function noteLateCheck(db: Db, check: Pick<CheckRow, 'attemptId' | 'verificationId'>): Promise<void> {
  await db.query(LATE, [check.attemptId, check.verificationId]);
}

const idOf = (rows: readonly CheckRow[], n: number): string => (rows[n] as CheckRow).verificationId;

function readAnswer(answer: Answer): CheckResult {
  if (answer.is_spent) return { kind: 'spent', matched: answer.status === 'approved', row: answer };
  if (!answer.is_open && answer.can_be_checked) {
    return {
      kind: 'too_many_checks',
      failures: answer.failures ?? [],
      sinceSuccess: answer.since_success ?? 0,
      now: answer.now,
    };
  }
  return { kind: 'not_spent', isPastExpiry: answer.is_past_expiry, row: answer };
}
