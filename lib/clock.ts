/** The process's own time: for latencies, logs and tests. Expiry, timers and leases use the database's clock instead. */
export type Clock = { now(): Date };
export const systemClock: Clock = { now: () => new Date() };
