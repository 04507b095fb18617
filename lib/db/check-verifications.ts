import { hex } from '@/lib/db/bytes';
import type { Db, Statement } from '@/lib/db/client';
import type { PlanOutline } from '@/lib/domain/routing/plan';
import { FAILURE_BUDGET } from '@/lib/domain/verification/limits';
import type { VerificationStatus } from '@/lib/domain/verification/states';

/** One guess. `macs` are what the code would have to be, one per key of the ring. */
export type CheckRow = {
  attemptId: string;
  verificationId: string;
  appId: string;
  livemode: boolean;
  macs: readonly Buffer[];
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

/** The select list behind VerificationRow, for a table or CTE called `alias`. */
export const verificationColumns = (alias: string) =>
  `${alias}.id, ${alias}.app_id, ${alias}.livemode, ${alias}.status, ${alias}.end_reason, ${alias}.to_masked, ${alias}.country, ${alias}.use_case, ${alias}.locale,
   ${alias}.channel, ${alias}.step, (SELECT p.outline FROM plan p WHERE p.id = ${alias}.plan_id) AS outline,
   ${alias}.checks_used, ${alias}.checks_max, ${alias}.resends_used,
   ${alias}.created_at, ${alias}.expires_at, ${alias}.resend_after, ${alias}.next_fallback_at, ${alias}.ended_at, ${alias}.approved_at,
   ${alias}.reference, ${alias}.metadata, ${alias}.transaction`;

/**
 * Spends and judges guesses, any number of different verifications in one statement.
 *
 * The guess is counted and compared by the same conditional UPDATE, so parallel guesses can neither share a number nor
 * be approved twice. The budget row is locked before it is judged and so read fresh: parallel guesses cannot outrun it
 * either. Where no budget row exists yet nothing has ever failed, and `checks_max` (at most 10) keeps the first failures
 * below 20. Comparing keyed MACs in SQL is safe: an attacker cannot steer a MAC's prefix.
 *
 * Order of locks: verifications (sorted), budgets (sorted); the credit to the prefix never waits (SKIP LOCKED). The other
 * way round two first guesses meet in a deadlock: one holds the new budget row, the other the verification.
 */
const CHECK: Statement = {
  name: 'check_verifications',
  text: `
WITH input AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS r(n int, attempt_id uuid, id uuid, app_id uuid, livemode boolean, macs bytea[])
),
found AS MATERIALIZED (
  SELECT i.n, i.attempt_id, i.macs, v.to_blind, v.prefix_blind, v.expires_at <= now() AS is_past_expiry, ${verificationColumns('v')}
    FROM input i JOIN verification v ON v.id = i.id AND v.app_id = i.app_id AND v.livemode = i.livemode
),
held AS MATERIALIZED (
  SELECT v.id FROM verification v JOIN found f ON f.id = v.id WHERE v.is_checkable ORDER BY v.id FOR NO KEY UPDATE OF v
),
budget AS MATERIALIZED (
  SELECT f.id, b.failures, b.since_success
    FROM found f JOIN held h ON h.id = f.id JOIN failure_budget b
      ON b.app_id = f.app_id AND b.livemode = f.livemode AND b.to_blind = f.to_blind AND b.use_case = f.use_case
   ORDER BY b.app_id, b.to_blind, b.use_case FOR UPDATE OF b
),
gate AS MATERIALIZED (
  SELECT f.n, f.id, f.macs, b.failures, b.since_success,
         COALESCE((SELECT count(*) FILTER (WHERE x > now() - interval '1 hour') < ${FAILURE_BUDGET.perHour}
                      AND count(*) FILTER (WHERE x > now() - interval '1 day') < ${FAILURE_BUDGET.perDay}
                      AND NOT (b.since_success >= ${FAILURE_BUDGET.sinceSuccess} AND COALESCE(max(x) > now() - interval '1 day', false))
                     FROM unnest(b.failures) x), true) AS is_open
    FROM found f LEFT JOIN budget b ON b.id = f.id
),
spent AS (
  UPDATE verification v
     SET checks_used = v.checks_used + 1,
         status = CASE WHEN v.code_macs && g.macs THEN 'approved' WHEN v.checks_used + 1 >= v.checks_max THEN 'locked' ELSE v.status END,
         end_reason = CASE WHEN v.code_macs && g.macs THEN NULL WHEN v.checks_used + 1 >= v.checks_max THEN 'checks_spent' ELSE v.end_reason END,
         approved_at = CASE WHEN v.code_macs && g.macs THEN now() END,
         ended_at = CASE WHEN v.code_macs && g.macs OR v.checks_used + 1 >= v.checks_max THEN now() ELSE v.ended_at END,
         credited_message_id = CASE WHEN v.code_macs && g.macs AND cardinality(v.code_macs) > 1
           THEN (SELECT m.id FROM message m WHERE m.verification_id = v.id AND m.code_mac = ANY (g.macs) LIMIT 1) END,
         is_checkable = NOT (v.code_macs && g.macs OR v.checks_used + 1 >= v.checks_max),
         code_macs = CASE WHEN v.code_macs && g.macs OR v.checks_used + 1 >= v.checks_max THEN '{}' ELSE v.code_macs END,
         code_sealed = CASE WHEN v.code_macs && g.macs OR v.checks_used + 1 >= v.checks_max THEN NULL ELSE v.code_sealed END,
         next_fallback_at = CASE WHEN v.code_macs && g.macs OR v.checks_used + 1 >= v.checks_max THEN NULL ELSE v.next_fallback_at END
    FROM gate g
   WHERE v.id = g.id AND g.is_open AND v.is_checkable AND v.checks_used < v.checks_max AND v.expires_at > now()
  RETURNING v.id, v.status, v.end_reason, v.checks_used, v.next_fallback_at, v.ended_at, v.approved_at
),
tallied AS (
  INSERT INTO failure_budget AS b (app_id, livemode, to_blind, use_case, failures, since_success, updated_at)
  SELECT f.app_id, f.livemode, f.to_blind, f.use_case, ARRAY[now()], 1, now()
    FROM spent s JOIN found f ON f.id = s.id WHERE s.status <> 'approved'
   ORDER BY f.app_id, f.to_blind, f.use_case
  ON CONFLICT (app_id, livemode, to_blind, use_case) DO UPDATE
    SET failures = array_append((SELECT array_agg(x) FROM unnest(b.failures) x WHERE x > now() - interval '1 day'), now()),
        since_success = b.since_success + 1, updated_at = now()
),
forgiven AS (
  UPDATE failure_budget b SET since_success = 0, updated_at = now()
    FROM spent s JOIN found f ON f.id = s.id
   WHERE s.status = 'approved' AND b.since_success > 0
     AND b.app_id = f.app_id AND b.livemode = f.livemode AND b.to_blind = f.to_blind AND b.use_case = f.use_case
),
credited AS (
  UPDATE send_limit l SET sends = l.sends[1:cardinality(l.sends) - 1]
   WHERE l.key IN (SELECT k.key FROM send_limit k
                    WHERE k.key IN (SELECT '\\x70'::bytea || CASE WHEN f.livemode THEN '\\x01'::bytea ELSE '\\x00'::bytea END || f.prefix_blind
                                      FROM spent s JOIN found f ON f.id = s.id WHERE s.status = 'approved')
                      FOR UPDATE SKIP LOCKED)
),
noted AS (
  INSERT INTO check_attempt (id, verification_id, at, outcome, number)
  SELECT f.attempt_id, s.id, now(), CASE s.status WHEN 'approved' THEN 'approved' WHEN 'locked' THEN 'locked' ELSE 'mismatch' END, s.checks_used
    FROM spent s JOIN found f ON f.id = s.id
)
SELECT i.n, now() AS now, f.*, f.id IS NOT NULL AS is_found, g.is_open,
       CASE WHEN NOT g.is_open THEN g.failures END AS failures, g.since_success,
       s.id IS NOT NULL AS is_spent, s.status AS new_status, s.end_reason AS new_end_reason, s.checks_used AS new_checks_used,
       s.next_fallback_at AS new_next_fallback_at, s.ended_at AS new_ended_at, s.approved_at AS new_approved_at
  FROM input i
  LEFT JOIN found f ON f.n = i.n
  LEFT JOIN gate g ON g.n = i.n
  LEFT JOIN spent s ON s.id = f.id
 ORDER BY i.n`,
};

type Answer = VerificationRow & {
  now: Date;
  is_found: boolean;
  is_open: boolean | null;
  is_past_expiry: boolean;
  failures: Date[] | null;
  since_success: number | null;
  is_spent: boolean;
  new_status: VerificationStatus;
  new_end_reason: string | null;
  new_checks_used: number;
  new_next_fallback_at: Date | null;
  new_ended_at: Date | null;
  new_approved_at: Date | null;
};

/** Checks all rows in one commit; answers in their order. Rows of one call must name different verifications. */
export async function checkVerifications(db: Db, rows: readonly CheckRow[]): Promise<CheckResult[]> {
  const parameter = rows.map((row, n) => ({
    n,
    attempt_id: row.attemptId,
    id: row.verificationId,
    app_id: row.appId,
    livemode: row.livemode,
    macs: row.macs.map(hex),
  }));
  const answers = await db.query<Answer>(CHECK, [JSON.stringify(parameter)]);
  return answers.map(readAnswer);
}

function readAnswer(answer: Answer): CheckResult {
  if (!answer.is_found) return { kind: 'not_found' };
  if (answer.is_spent) {
    const row = {
      ...answer,
      status: answer.new_status,
      end_reason: answer.new_end_reason,
      checks_used: answer.new_checks_used,
      next_fallback_at: answer.new_next_fallback_at,
      ended_at: answer.new_ended_at,
      approved_at: answer.new_approved_at,
    };
    return { kind: 'spent', matched: answer.new_status === 'approved', row };
  }
  if (
    answer.is_open === false &&
    (answer.status === 'pending' || answer.status === 'undeliverable') &&
    !answer.is_past_expiry
  ) {
    return {
      kind: 'too_many_checks',
      failures: answer.failures ?? [],
      sinceSuccess: answer.since_success ?? 0,
      now: answer.now,
    };
  }
  return { kind: 'not_spent', isPastExpiry: answer.is_past_expiry, row: answer };
}
