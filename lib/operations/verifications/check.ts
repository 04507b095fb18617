import type { z } from 'zod';
import type { checkResult } from '@/lib/contract/verifications';
import { candidateMacs } from '@/lib/crypto/code';
import {
  type CheckResult,
  type CheckRow,
  checkVerifications,
  noteLateCheck,
  type VerificationRow,
} from '@/lib/db/check-verifications';
import { database } from '@/lib/db/client';
import { expireVerification } from '@/lib/db/timers';
import { findVerification } from '@/lib/db/verifications';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { normaliseCode } from '@/lib/domain/policy/alphabet';
import { budgetWait } from '@/lib/domain/verification/budget';
import { type CheckOutcome, outcomeWithoutGuess } from '@/lib/domain/verification/states';
import {
  canonicalPayee,
  canonicalTransaction,
  isBindable,
  type Transaction,
} from '@/lib/domain/verification/transaction';
import { newUuid } from '@/lib/ids';
import { Coalescer } from '@/lib/operations/coalescer';
import { describeVerification, reachOf, verificationUuid } from '@/lib/operations/verifications/resource';
import { countCheck } from '@/lib/telemetry/metrics';

export type CheckAnswer = z.output<typeof checkResult>;

const holder = globalThis as { watchwordChecks?: Coalescer<CheckRow, CheckResult> };
const checks = (): Coalescer<CheckRow, CheckResult> => {
  holder.watchwordChecks ??= new Coalescer({
    run: (rows) => checkVerifications(database(), rows),
    keysOf: (row) => [row.verificationId],
    batchMax: 64,
    flightsMax: 2,
    gatherRows: 16,
    queueMax: 2_000,
  });
  return holder.watchwordChecks;
};

/**
 * verifications.check: spends one guess on a code and reports the outcome. The guess is spent before it is judged, in
 * one statement; a wrong code is a returned outcome, never a thrown error. Another transaction than was issued for is a mismatch
 * like a wrong code. Where the policy binds one, none at all is refused and costs no guess; where nothing was issued for, naming one says
 * nothing.
 */
export async function checkVerification(
  actor: Actor,
  input: {
    verificationId: string;
    code: string;
    transaction?: Transaction | undefined;
    on?: { appId: string; livemode: boolean };
  },
): Promise<CheckAnswer> {
  permit(actor, 'verifications:write');
  const verificationId = verificationUuid(input.verificationId);
  const { appId, livemode } = await targetOf(actor, verificationId);
  const code = normaliseCode(input.code);
  const { transaction: named } = input;
  const attemptId = newUuid();
  const result = await checks().submit({
    attemptId,
    verificationId,
    appId,
    livemode,
    macs: candidateMacs(verificationId, code),
    named: named ? { ...named, payee: named.payee === undefined ? undefined : canonicalPayee(named.payee) } : null,
    boundMacs: isBindable(named) ? candidateMacs(verificationId, code, canonicalTransaction(named)) : null,
  });

  switch (result.kind) {
    case 'not_found':
      throw new Refusal('not_found', { detail: 'No such verification.' });
    case 'too_many_checks':
      countCheck('too_many_checks');
      throw new Refusal('too_many_checks', budgetWait(result, result.now));
    case 'spent':
      return answer(result.matched ? 'approved' : result.row.status === 'locked' ? 'locked' : 'mismatch', result.row);
    case 'not_spent': {
      const { row: found, isPastExpiry } = result;
      if (!isBindable(named) && found.outline.bindsTransaction && found.can_be_checked) {
        throw new Refusal('transaction_required', {
          param: 'transaction',
          detail: 'Say what is being approved: amount, currency and payee.',
        });
      }
      const row = await settled(found, isPastExpiry, actor);
      const outcome = outcomeWithoutGuess(row.status, isPastExpiry);
      if (outcome === 'expired') await noteLateCheck(database(), { attemptId, verificationId });
      return answer(outcome, row);
    }
  }
}

/** A person in the console checks for whatever app the verification belongs to. */
async function targetOf(actor: Actor, verificationId: string): Promise<{ appId: string; livemode: boolean }> {
  if (actor.kind === 'api_key') return actor;
  const row = await findVerification(database(), verificationId, reachOf(actor));
  if (!row) throw new Refusal('not_found', { detail: 'No such verification.' });
  return { appId: row.app_id, livemode: row.livemode };
}

/**
 * A row that outlived its lifetime ends here, so that the answer need not wait for the sweep. Any other that looked open but took
 * no guess was closed by a parallel one after our statement began: read what it became.
 */
async function settled(row: VerificationRow, isPastExpiry: boolean, actor: Actor): Promise<VerificationRow> {
  if (isPastExpiry ? row.status !== 'pending' : !row.can_be_checked) return row;
  const expired = isPastExpiry ? await expireVerification(database(), row.id) : null;
  return expired ?? (await findVerification(database(), row.id, reachOf(actor))) ?? row;
}

function answer(outcome: CheckOutcome, row: VerificationRow): CheckAnswer {
  countCheck(outcome);
  const verification = describeVerification(row);
  return { outcome, checks_remaining: verification.checks_remaining, verification };
}
