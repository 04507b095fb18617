/** What a country may send and cost in one UTC day; 0 is no cap. */
export type Caps = { sendsPerDayMax: number; spendPerDayMaxMicros: number };

/** Whether one more code would pass a cap, and which. */
export function capReached(caps: Caps, used: { sends: number; costMicros: number }): 'sends' | 'spend' | null {
  if (caps.sendsPerDayMax > 0 && used.sends >= caps.sendsPerDayMax) return 'sends';
  if (caps.spendPerDayMaxMicros > 0 && used.costMicros >= caps.spendPerDayMaxMicros) return 'spend';
  return null;
}

/** Seconds until the UTC day turns; at least one. */
export function secondsToNextDay(now: Date): number {
  const seconds = (now.getTime() / 1000) % 86_400;
  return Math.max(1, Math.ceil(86_400 - seconds));
}
