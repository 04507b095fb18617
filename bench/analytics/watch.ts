import pg from 'pg';

/** One statement as it was sent. */
export type Sent = { name: string; text: string; values: readonly unknown[]; beganMs: number; endedMs: number };

let sink: Sent[] | null = null;
let isWatching = false;

/** Notes every named statement of every pool and client: what is timed and explained is what is served, and our own code knows nothing of it. */
function watch(): void {
  if (isWatching) return;
  isWatching = true;
  const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  pg.Client.prototype.query = function query(this: pg.Client, ...args: unknown[]) {
    const into = sink;
    const [config] = args;
    if (!into || !isNamed(config)) return original.apply(this, args);
    const entry: Sent = {
      name: config.name,
      text: config.text,
      values: config.values ?? [],
      beganMs: performance.now(),
      endedMs: Number.NaN,
    };
    into.push(entry);
    const end = () => {
      entry.endedMs = performance.now();
    };
    // A pool passes a callback, everybody else waits for the promise.
    const last = args.at(-1);
    if (typeof last === 'function') {
      args[args.length - 1] = (...news: unknown[]) => {
        end();
        last(...news);
      };
      return original.apply(this, args);
    }
    const answer = original.apply(this, args);
    if (answer instanceof Promise) answer.then(end, end);
    return answer;
  } as typeof pg.Client.prototype.query;
}

const isNamed = (config: unknown): config is { name: string; text: string; values?: unknown[] } =>
  typeof config === 'object' && config !== null && 'name' in config && 'text' in config;

/** What `work` sent to the database. */
export async function statementsOf<T>(work: () => Promise<T>): Promise<{ result: T; sent: Sent[] }> {
  watch();
  const own: Sent[] = [];
  sink = own;
  try {
    return { result: await work(), sent: own };
  } finally {
    sink = null;
  }
}

/** How long at least one of them was under way. */
export function busyMs(sent: readonly Sent[]): number {
  let total = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { beganMs, endedMs } of [...sent].sort((a, b) => a.beganMs - b.beganMs)) {
    total += Math.max(0, endedMs - Math.max(beganMs, until));
    until = Math.max(until, endedMs);
  }
  return total;
}
