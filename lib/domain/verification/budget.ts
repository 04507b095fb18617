import { FAILURE_BUDGET } from '@/lib/domain/verification/limits';

/** Failures of one app, number and use case. `failures` are the times of wrong guesses, any order. */
export type FailureBudget = { failures: readonly Date[]; sinceSuccess: number };

/**
 * Seconds until another guess may be spent, or null when one may be spent now.
 * Past the limit since the last success only a day without guesses opens it again.
 */
export function budgetRetryAfterSeconds(budget: FailureBudget, now: Date): number | null {
  const newestFirst = budget.failures.map((at) => at.getTime()).sort((a, b) => b - a);
  const freeAt = (limit: number, windowSeconds: number): number => {
    const blocking = newestFirst[limit - 1];
    return blocking === undefined ? 0 : blocking + windowSeconds * 1000;
  };
  const times = [freeAt(FAILURE_BUDGET.perHour, 3600), freeAt(FAILURE_BUDGET.perDay, 86_400)];
  if (budget.sinceSuccess >= FAILURE_BUDGET.sinceSuccess) times.push((newestFirst[0] ?? 0) + 86_400_000);
  const wait = Math.max(...times) - now.getTime();
  return wait > 0 ? Math.ceil(wait / 1000) : null;
}
