/**
 * A time axis for things that happen within a second and then for minutes: the square root of time. The first seconds,
 * where routing happens, get the room; the wait for the person stays in the picture. Ticks say the true times.
 */
const TICKS_MS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600].map((seconds) => seconds * 1000);

/** Where a moment stands, in percent of the width. */
export function place(atMs: number, spanMs: number): number {
  if (spanMs <= 0) return 0;
  return Math.min(100, Math.max(0, Math.sqrt(Math.max(0, atMs) / spanMs) * 100));
}

/** Ticks that stand at least `gap` percent apart, the end excluded. */
export function ticks(spanMs: number, gap = 9): { atMs: number; left: number }[] {
  const chosen: { atMs: number; left: number }[] = [];
  for (const atMs of TICKS_MS) {
    const left = place(atMs, spanMs);
    if (atMs < spanMs && left >= gap && left <= 100 - gap * 1.4 && left - (chosen.at(-1)?.left ?? 0) >= gap)
      chosen.push({ atMs, left });
  }
  return chosen;
}
