/** Draws a number in [0, 1). */
export type Random = () => number;

/** A repeatable source of chance (mulberry32): the same seed gives the same day. Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A number in [0, 1) that belongs to a text: what is true of a phone stays true of it. */
export function shareOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return seededRandom(hash)();
}

/** The ratio p95 ÷ median of a log-normal is e^(1.645 σ). */
const Z95 = 1.645;

/** A long-tailed duration in milliseconds with the given median and 95th percentile. */
export function logNormalMs(random: Random, medianMs: number, p95Ms: number): number {
  const sigma = Math.log(p95Ms / medianMs) / Z95;
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return medianMs * Math.exp(sigma * normal);
}

/** One of the entries, each as likely as its weight. */
export function weighted<T>(random: Random, entries: readonly (readonly [T, number])[]): T {
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * total;
  for (const [value, weight] of entries) {
    left -= weight;
    if (left < 0) return value;
  }
  const last = entries[entries.length - 1];
  if (!last) throw new Error('weighted() needs at least one entry');
  return last[0];
}
