import { log } from '@/lib/telemetry/log';

type Holder = { running: Set<Promise<unknown>> };
const holder = globalThis as { watchwordBackground?: Holder };
const state = (): Holder => {
  holder.watchwordBackground ??= { running: new Set() };
  return holder.watchwordBackground;
};

/**
 * Runs work that its caller does not wait for. It never rejects into nowhere: a failure is logged, and what it left
 * behind is picked up by the sweeps, because everything that matters was committed before.
 */
export function inBackground(what: string, work: () => Promise<unknown>): void {
  const { running } = state();
  const promise = work()
    .catch((error: unknown) => log().error({ what, error: String(error) }, 'background.failed'))
    .finally(() => running.delete(promise));
  running.add(promise);
}

/** Waits until nothing is under way, or the time is over. True when it is quiet. */
export async function drainBackground(timeoutMs: number): Promise<boolean> {
  const { running } = state();
  const deadline = Date.now() + timeoutMs;
  while (running.size > 0 && Date.now() < deadline) {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      Promise.allSettled([...running]),
      new Promise((resolve) => {
        timer = setTimeout(resolve, Math.max(0, deadline - Date.now()));
      }),
    ]);
    clearTimeout(timer);
  }
  return running.size === 0;
}
