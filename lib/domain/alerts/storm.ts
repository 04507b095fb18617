/**
 * The storm guard's judgement. Receipts that stop everywhere at once, while providers go on accepting, are our own webhook's fault:
 * every timer would then send a second message to somebody who has the first.
 */
export const STORM = {
  /** Messages of this long ago at most. */
  windowSeconds: 300,
  /** Fewer overdue messages than this may be chance. */
  overdueMin: 20,
  /** Timers rest this long at most per storm: whoever really got nothing is not left without a code for ever. */
  pauseSecondsMax: 900,
  /** Paused timers go on spread over this time, so that receipts that come late can still end them. */
  resumeSpreadSeconds: 30,
  /** A storm that begins again within this time is the same one, with what is left of its pause. */
  sameStormSeconds: 300,
  /** One connection alone is looked at this far back. */
  deafWindowSeconds: 120,
  /** So many of its overdue messages, and this share of them, whose code was entered: nobody can enter what never arrived. */
  answeredMin: 5,
  answeredShareMin: 0.1,
  /** How long a receipt may take before it is missed: the usual p95, within these bounds. */
  usualSeconds: { min: 10, max: 60, unknown: 30 },
} as const;

/** How long to wait for a connection's receipts, from what was usual; null: nothing is known. */
export function usualDelaySeconds(p95Ms: number | null): number {
  const { min, max, unknown } = STORM.usualSeconds;
  return p95Ms === null ? unknown : Math.min(max, Math.max(min, p95Ms / 1000));
}

/**
 * Whether receipts have stopped everywhere. `overdue` are accepted messages that nothing was heard of for longer than usual, counted
 * since the last callback of any provider; `trafficCountries` are the countries with accepted messages in the window.
 */
export function isStorm(input: {
  overdue: readonly { country: string; connectionId: string; n: number }[];
  trafficCountries: number;
}): boolean {
  const n = input.overdue.reduce((sum, flow) => sum + flow.n, 0);
  if (n < STORM.overdueMin) return false;
  const countries = new Set(input.overdue.filter((flow) => flow.n > 0).map(({ country }) => country)).size;
  return countries >= Math.min(2, input.trafficCountries);
}

/**
 * Whether one connection's webhook is deaf while others are heard. Silence alone cannot tell that from a provider that takes messages and delivers none,
 * and then the fallback must go on; but people who enter codes of messages that nothing was heard of have received them. `answered`: so many of the
 * overdue were the only message of a verification that was approved.
 */
export function isDeaf(input: {
  overdue: readonly { country: string; connectionId: string; n: number; answered: number }[];
  trafficCountries: number;
}): boolean {
  const n = input.overdue.reduce((sum, flow) => sum + flow.n, 0);
  const answered = input.overdue.reduce((sum, flow) => sum + flow.answered, 0);
  return isStorm(input) && answered >= STORM.answeredMin && answered >= n * STORM.answeredShareMin;
}
