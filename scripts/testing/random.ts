import { seededRandom } from '@/lib/simulator/random';

/** A repeatable source of chance for tests: a failing round can be run again by its number. */
export type TestRandom = {
  /** A number in [0, 1). */
  next: () => number;
  /** A whole number from 0, below `bound`. */
  below: (bound: number) => number;
  /** One of the items, all equally likely. Throws when there is none. */
  pick: <T>(items: readonly T[]) => T;
};

/** The same seed draws the same numbers, on every machine. */
export function randomOf(seed: number): TestRandom {
  const next = seededRandom(seed);
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    next,
    below,
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new Error('Nothing to pick from');
      return items[below(items.length)] as T;
    },
  };
}
