/** The process's own time: for latencies, logs and tests. Expiry, timers and leases use the database's clock instead. */
export type Clock = { now(): Date };
/** The UTC day of a moment, `2026-11-25`: what prices and caps turn with. */
export const utcDay = (at: Date): string => at.toISOString().slice(0, 10);
export const systemClock: Clock = { now: () => new Date() };
