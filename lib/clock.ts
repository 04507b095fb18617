/** The process's own time: for latencies, logs and tests. Expiry, timers and leases use the database's clock instead. */
export type Clock = { now(): Date };
/** The UTC day of a moment, `2026-11-25`: what prices and caps turn with. */
export function utcDay(at: Date): string {
  const number = Math.floor(at.getTime() / DAY_MS);
  // Asked three times for each code, and nearly always for today.
  if (number !== lastDay.number) lastDay = { number, text: at.toISOString().slice(0, 10) };
  return lastDay.text;
}
const DAY_MS = 86_400_000;
let lastDay = { number: Number.NaN, text: '' };

export const systemClock: Clock = { now: () => new Date() };
