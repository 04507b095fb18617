import type { z } from 'zod';
import type { checkResult } from '@/lib/contract/verifications';
import { candidateMacs } from '@/lib/crypto/code';
import {
  type CheckResult,
  type CheckRow,
  checkVerifications,
  type VerificationRow,
} from '@/lib/db/check-verifications';
import { database } from '@/lib/db/client';
import { findVerification } from '@/lib/db/verifications';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { budgetRetryAfterSeconds } from '@/lib/domain/verification/budget';
import { type CheckOutcome, outcomeWithoutGuess } from '@/lib/domain/verification/states';
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
    queueMax: 2_000,
  });
  return holder.watchwordChecks;
};

/**
 * verifications.check: spends one guess on a code and reports the outcome. The guess is spent before it is judged, in
 * one statement; a wrong code is a returned outcome, never a thrown error.
 */
export async function checkVerification(
  actor: Actor,
  input: { verificationId: string; code: string; on?: { appId: string; livemode: boolean } },
): Promise<CheckAnswer> {
  permit(actor, 'verifications:write');
  const verificationId = verificationUuid(input.verificationId);
  const { appId, livemode } = await targetOf(actor, verificationId);
  const result = await checks().submit({
    attemptId: newUuid(),
    verificationId,
    appId,
    livemode,
    macs: candidateMacs(verificationId, input.code),
  });

  switch (result.kind) {
    case 'not_found':
      throw new Refusal('not_found', { detail: 'No such verification.' });
    case 'too_many_checks':
      countCheck('too_many_checks');
      throw new Refusal('too_many_checks', { retryAfterSeconds: budgetRetryAfterSeconds(result, result.now) ?? 1 });
    case 'spent':
      return answer(result.matched ? 'approved' : result.row.status === 'locked' ? 'locked' : 'mismatch', result.row);
    case 'not_spent': {
      const row = await settled(result.row, result.isPastExpiry, actor);
      return answer(outcomeWithoutGuess(row.status, result.isPastExpiry), row);
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
 * A row that looked open but took no guess was closed by a parallel one after our statement began: read what it became.
 */
async function settled(row: VerificationRow, isPastExpiry: boolean, actor: Actor): Promise<VerificationRow> {
  if (row.status !== 'pending' || isPastExpiry) return row;
  return (await findVerification(database(), row.id, reachOf(actor))) ?? row;
}

function answer(outcome: CheckOutcome, row: VerificationRow): CheckAnswer {
  countCheck(outcome);
  const verification = describeVerification(row);
  return { outcome, checks_remaining: verification.checks_remaining, verification };
}
