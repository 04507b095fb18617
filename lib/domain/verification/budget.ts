import { FAILURE_BUDGET } from '@/lib/domain/verification/limits';

/** Failures of one app, number and use case. `failures` are the times of wrong guesses, any order. */
export type FailureBudget = { failures: readonly Date[]; sinceSuccess: number };

/**
 * Seconds until another guess may be spent and the limit that was met, or null when one may be spent now.
 * Past the limit since the last success only a day without guesses opens it again.
 */
export function budgetWait(
  budget: FailureBudget,
  now: Date,
): { retryAfterSeconds: number; limit: { quota: number; windowSeconds: number } } | null {
  const newestFirst = budget.failures.map((at) => at.getTime()).sort((a, b) => b - a);
  const freeAt = (quota: number, windowSeconds: number, blocking = newestFirst[quota - 1]) => ({
    wait: blocking === undefined ? 0 : blocking + windowSeconds * 1000 - now.getTime(),
    limit: { quota, windowSeconds },
  });
  const limits = [freeAt(FAILURE_BUDGET.perHour, 3600), freeAt(FAILURE_BUDGET.perDay, 86_400)];
  if (budget.sinceSuccess >= FAILURE_BUDGET.sinceSuccess)
    limits.push(freeAt(FAILURE_BUDGET.sinceSuccess, 86_400, newestFirst[0]));
  const { wait, limit } = limits.reduce((longest, each) => (each.wait > longest.wait ? each : longest));
  return wait > 0 ? { retryAfterSeconds: Math.ceil(wait / 1000), limit } : null;
}
