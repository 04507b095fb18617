/** Bounds that form, API, database and docs share. Seconds unless the name says otherwise. */
export const LIFETIME_SECONDS = { min: 60, max: 3600, default: 300, warnAbove: 600 } as const;
export const CODE_LENGTH = { min: 4, max: 10, default: 6, warnBelow: 6 } as const;
export const CHECKS = { min: 1, max: 10, default: 5 } as const;
export const RESEND_COOLDOWN_SECONDS = { min: 0, max: 600, default: 60 } as const;
export const RESENDS = { min: 0, max: 10, default: 3 } as const;
export const FALLBACK_AFTER_SECONDS = {
  min: 5,
  max: 300,
  default: 30,
  recommendedMin: 15,
  recommendedMax: 60,
} as const;

/** Sends per number, per end-user address and per prefix (number minus its last four digits). */
export type SendLimits = {
  readonly numberPer10Minutes: number;
  readonly numberPerDay: number;
  readonly ipPerHour: number;
  /** Counts sends that have not converted: an approval gives one back. */
  readonly prefixPerHour: number;
};
/** What an installation starts with; what holds is configuration (`limits/global`). */
export const SEND_LIMITS = {
  numberPer10Minutes: 5,
  numberPerDay: 10,
  ipPerHour: 10,
  prefixPerHour: 20,
} as const satisfies SendLimits;

/** What may be set. No more: the times of a window lie in one row, which every send writes anew (docs/decisions/0015): a thousand are 8 KB. */
export const SEND_LIMIT_BOUNDS = {
  numberPer10Minutes: { min: 1, max: 100 },
  numberPerDay: { min: 1, max: 500 },
  prefixPerHour: { min: 1, max: 1_000 },
  ipPerHour: { min: 1, max: 1_000 },
} as const satisfies Record<keyof SendLimits, { min: number; max: number }>;

/** Wrong guesses per app, number and use case, across verifications (NIST SP 800-63B caps consecutive failures at 100). */
export const FAILURE_BUDGET = { perHour: 20, perDay: 50, sinceSuccess: 100 } as const;

/** How long a process may hold a message before another may take over. */
export const LEASE_SECONDS = 10;
/**
 * How long a process may hold a due timer: two statements follow the claim. Short, so that takeover stays under 15 s even
 * when whoever takes over dies with the timer in its hands. A slow holder loses the timer, and sends nothing.
 */
export const TIMER_LEASE_SECONDS = 3;
/** A provider gets this long to answer a send; less than the lease, so a live process never loses its own. */
export const SEND_DEADLINE_MS = 8_000;
/** Receipts of a number that proved not to be on a channel are believed this long: days and not for ever, because people install apps. */
export const REACHABILITY_DAYS = 7;
/** One in this many remembered numbers is tried again anyway, so that a wrong memory heals. */
export const REPROBE_ONE_IN = 20;
