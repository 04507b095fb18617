import { log } from '@/lib/telemetry/log';

// A number and not a Set of promises, for the sake of the garbage collector (docs/decisions/0034).
type Holder = { running: number; whenQuiet: (() => void)[] };
const holder = globalThis as { watchwordBackground?: Holder };
const state = (): Holder => {
  holder.watchwordBackground ??= { running: 0, whenQuiet: [] };
  return holder.watchwordBackground;
};

/**
 * Runs work that its caller does not wait for. It never rejects into nowhere: a failure is logged, and what it left
 * behind is picked up by the sweeps, because everything that matters was committed before.
 */
export function inBackground(what: string, work: () => Promise<unknown>): void {
  const held = state();
  const done = work();
  // Not before: what throws at once would be waited for for ever.
  held.running += 1;
  void done
    .catch((error: unknown) => log().error({ what, error: String(error) }, 'background.failed'))
    .finally(() => {
      held.running -= 1;
      if (held.running === 0) for (const tell of held.whenQuiet.splice(0)) tell();
    });
}

/** Waits until nothing is under way, nor begun by what heard of that, or the time is over. True when it is quiet. */
export async function drainBackground(timeoutMs: number): Promise<boolean> {
  const held = state();
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (held.running === 0) {
      // Whoever waited for the work may begin more, some promises later.
      await new Promise((resolve) => setImmediate(resolve));
      if (held.running === 0) return true;
    }
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      held.whenQuiet.push(resolve);
      timer = setTimeout(resolve, deadline - Date.now());
    });
    clearTimeout(timer);
  }
  return held.running === 0;
}
