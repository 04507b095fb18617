export const VERIFICATION_STATUSES = ['pending', 'approved', 'expired', 'locked', 'canceled', 'undeliverable'] as const;
export type VerificationStatus = (typeof VERIFICATION_STATUSES)[number];

/** Why a verification ended, where the status alone does not say. */
export type EndReason =
  | 'superseded'
  | 'by_request'
  | 'code_denied'
  | 'checks_spent'
  | 'lifetime_over'
  | UndeliverableReason;

/** Every channel failed, or all that was tried: the user's own choice, with no resend left to take another, or a route that does not fall back. */
export type UndeliverableReason = 'all_channels_failed' | 'chosen_channel_failed' | 'fallback_off';

/** What one check came to. `closed` covers canceled, superseded and already approved: the code cannot be used (any more). */
export const CHECK_OUTCOMES = ['approved', 'mismatch', 'expired', 'locked', 'closed'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

/** Every status but `pending` is final. */
export function isFinal(status: VerificationStatus): boolean {
  return status !== 'pending';
}

/**
 * What a check answers when no guess could be spent.
 * `isPastExpiry` matters because a pending row stays pending until the sweep comes by.
 */
export function outcomeWithoutGuess(status: VerificationStatus, isPastExpiry: boolean): CheckOutcome {
  if (status === 'locked') return 'locked';
  if (status === 'expired') return 'expired';
  if (status === 'approved' || status === 'canceled') return 'closed';
  if (isPastExpiry) return 'expired';
  // Its code counted until something took it away: a newer verification, or a cancel.
  return status === 'undeliverable' ? 'closed' : 'locked';
}
