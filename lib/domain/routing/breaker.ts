import type { FailureReason } from '@/lib/domain/message/reasons';

/**
 * A breaker per connection: a provider that is failing or silent is passed over until it proves that it works again, so that
 * nobody waits for it. What the provider says about one person's number, and what is our own fault, does not count: the
 * next person would fare no differently elsewhere, or needs us to repair it.
 */
export type SendOutcome = { at: number; isFailure: boolean };

export const BREAKER = {
  /** Outcomes older than this say nothing about now. */
  windowMs: 30_000,
  /** Below this many outcomes in the window chance decides: each message falls back on its own, which costs little. */
  outcomesMin: 10,
  failureShareMax: 0.5,
  /** First look after this; each failed look doubles it. */
  retryAfterSeconds: 15,
  retryAfterSecondsMax: 300,
  /** Kept per connection. */
  outcomesMax: 200,
} as const;

/** Whether an answer counts, and as what; null does not count. */
export function outcomeOf(
  result: { kind: 'accepted' } | { kind: 'unknown' } | { kind: 'refused'; reason: FailureReason },
): boolean | null {
  if (result.kind === 'accepted') return false;
  if (result.kind === 'unknown') return true;
  return result.reason === 'provider_down' || result.reason === 'throttled' ? true : null;
}

/** Whether the outcomes of the last half minute open the breaker. `outcomes` in any order; `now` in epoch milliseconds. */
export function opensBreaker(outcomes: readonly SendOutcome[], now: number): boolean {
  const recent = outcomes.filter(({ at }) => at > now - BREAKER.windowMs && at <= now);
  if (recent.length < BREAKER.outcomesMin) return false;
  return recent.filter(({ isFailure }) => isFailure).length / recent.length >= BREAKER.failureShareMax;
}

/** Seconds until the next look, after so many looks that failed. */
export function retryAfterSeconds(failedLooks: number): number {
  return Math.min(BREAKER.retryAfterSecondsMax, BREAKER.retryAfterSeconds * 2 ** Math.min(failedLooks, 10));
}
