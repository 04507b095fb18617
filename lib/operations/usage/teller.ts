import { log } from '@/lib/telemetry/log';

/** How long what a process counted waits to be written. */
const TELL_EVERY_MS = 1_000;

type Held<T> = {
  waiting: Map<string, T>;
  flying: Map<string, T>;
  flight: Promise<void> | null;
  timer: NodeJS.Timeout | null;
};
const holder = globalThis as { watchwordTellers?: Map<string, Held<unknown>> };

export type Teller<T> = {
  /** What was counted under a key and is not written yet. */
  waiting(key: string): T | undefined;
  /** How many keys wait. */
  size(): number;
  /** Counts something. It is written within a second: a process that dies forgets less than that. */
  add(key: string, counted: T): void;
  /** Writes what waits, now, and ends when nothing is under way. What cannot be written is tried again. */
  tell(): Promise<void>;
  /** Ends when what is being written now is written, or kept for another try. */
  landed(): Promise<void>;
};

/**
 * Counts in this process and writes the sums a second later, so that a request never waits for it. `name` is of the log and of what is shared
 * between copies of this module (Next bundles its own).
 */
export function tellerOf<T>(
  name: string,
  { sum, write }: { sum: (one: T, other: T) => T; write: (counted: T[]) => Promise<void> },
): Teller<T> {
  const held = (): Held<T> => {
    holder.watchwordTellers ??= new Map();
    const known = holder.watchwordTellers.get(name) ?? {
      waiting: new Map(),
      flying: new Map(),
      flight: null,
      timer: null,
    };
    holder.watchwordTellers.set(name, known);
    return known as Held<T>;
  };
  const add = (key: string, counted: T) => {
    const { waiting } = held();
    const known = waiting.get(key);
    waiting.set(key, known === undefined ? counted : sum(known, counted));
    held().timer ??= setTimeout(() => void tell(), TELL_EVERY_MS).unref();
  };
  const fly = async (flying: Map<string, T>) => {
    try {
      await write([...flying.values()]);
    } catch (error: unknown) {
      log().warn({ error: String(error) }, `${name}.not_told`);
      for (const [key, counted] of flying) add(key, counted);
    }
    Object.assign(held(), { flying: new Map(), flight: null });
  };
  const tell = async () => {
    const now = held();
    if (now.timer) clearTimeout(now.timer);
    now.timer = null;
    while (now.flight) await now.flight;
    if (now.waiting.size === 0) return;
    now.flying = now.waiting;
    now.waiting = new Map();
    now.flight = fly(now.flying);
    await now.flight;
  };
  const unwritten = (key: string) => {
    const [waiting, flying] = [held().waiting.get(key), held().flying.get(key)];
    return waiting === undefined ? flying : flying === undefined ? waiting : sum(flying, waiting);
  };
  const landed = async () => {
    await held().flight;
  };
  return { waiting: unwritten, size: () => held().waiting.size, add, tell, landed };
}
