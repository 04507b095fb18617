import type { Quota } from '@/lib/domain/errors';
import { FAILURE_BUDGET } from '@/lib/domain/verification/limits';

/** Failures of one app, number and use case. `failures` are the times of wrong guesses, any order. */
export type FailureBudget = { failures: readonly Date[]; sinceSuccess: number };

const DAY_SECONDS = 86_400;

/**
 * Seconds until another guess may be spent, or null when one may be spent now.
 * Past the limit since the last success only a day without guesses opens it again.
 */
export function budgetRetryAfterSeconds(budget: FailureBudget, now: Date): number | null {
  const { untilMs } = longestWait(budget);
  const wait = untilMs - now.getTime();
  return wait > 0 ? Math.ceil(wait / 1000) : null;
}

/** What a refusal says: how long to wait, at least a second, and what the limit allows that stands in the way longest. */
export function budgetWait(budget: FailureBudget, now: Date): { retryAfterSeconds: number; quota: Quota } {
  return { retryAfterSeconds: budgetRetryAfterSeconds(budget, now) ?? 1, quota: longestWait(budget).quota };
}

function longestWait({ failures, sinceSuccess }: FailureBudget): { untilMs: number; quota: Quota } {
  const newestFirst = failures.map((at) => at.getTime()).sort((a, b) => b - a);
  const window = (requests: number, windowSeconds: number) => {
    const blocking = newestFirst[requests - 1];
    return {
      untilMs: blocking === undefined ? 0 : blocking + windowSeconds * 1000,
      quota: { requests, windowSeconds } as Quota,
    };
  };
  const limits = [window(FAILURE_BUDGET.perHour, 3600), window(FAILURE_BUDGET.perDay, DAY_SECONDS)];
  if (sinceSuccess >= FAILURE_BUDGET.sinceSuccess)
    limits.push({
      untilMs: (newestFirst[0] ?? 0) + DAY_SECONDS * 1000,
      quota: { requests: FAILURE_BUDGET.sinceSuccess },
    });
  return limits.reduce((one, other) => (other.untilMs > one.untilMs ? other : one));
}
