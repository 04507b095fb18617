import type { Pool, QueryConfig } from 'pg';
import { vi } from 'vitest';
import { pool } from '@/lib/db/client';
import { putProviders } from '@/lib/operations/messages/dispatch';
import type { PretendCarrier } from '@/scripts/testing/core';

/**
 * Where a process ends: at a statement or a send (`nth` time, from 1), before it took effect or after it and before its answer.
 * `dies`: nothing of it goes on. `fails`: it lives, and this one await throws.
 */
export type Death = { what: string; nth: number; when: 'before' | 'after'; how: 'dies' | 'fails' };

/** A process looks at the configuration now and then; that is no step of what it does. */
const ASIDE = new Set(['configuration_revision']);

/** What a process keeps in memory between requests, and loses when it dies. */
type Memory = {
  watchwordPool?: Pool;
  watchwordIssues?: unknown;
  watchwordDispatch?: unknown;
  watchwordBackground?: { running: number };
};
const memory = globalThis as Memory;
const isQuiet = () => (memory.watchwordBackground?.running ?? 0) === 0;
const forever = () => new Promise<never>(() => {});

/**
 * Does some work as a process of its own, which ends where `death` says, and comes back when it has died or is quiet. Afterwards
 * this process is another one: with empty hands, on the same database and the same carrier.
 *
 * @returns the statements and sends it came to, by name.
 */
export async function liveAndDie(
  carrier: PretendCarrier,
  death: Death | null,
  work: () => Promise<unknown>,
): Promise<string[]> {
  // The timers of a dead process must not go off: another one would be blamed for what they do.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true, shouldClearNativeTimers: true });
  const walked: string[] = [];
  const times = new Map<string, number>();
  let isDead = false;
  const pass = async <T>(name: string, effect: () => Promise<T>): Promise<T> => {
    if (isDead) return forever();
    if (!ASIDE.has(name)) walked.push(name);
    const nth = (times.get(name) ?? 0) + 1;
    times.set(name, nth);
    if (death?.what !== name || death.nth !== nth) {
      const result = await effect();
      return isDead ? forever() : result;
    }
    if (death.when === 'after') await effect();
    if (death.how === 'fails') throw new Error('Connection terminated unexpectedly');
    isDead = true;
    return forever();
  };

  // Whichever month's tables a statement names (lib/db/months.ts), it is the same step of a life.
  const nameOf = ({ name = '' }: QueryConfig) => name.replace(/_\d{4}_\d\d$/, '');
  const real = pool();
  const mortal: Pool = Object.create(real, {
    query: { value: (statement: QueryConfig) => pass(nameOf(statement), async () => real.query(statement)) },
  });
  forget();
  memory.watchwordPool = mortal;
  putProviders((name) => {
    const provider = carrier.provider(name);
    return (
      provider && {
        ...provider,
        send: (connection, message, signal) =>
          pass(`send ${message.channel}`, () => provider.send(connection, message, signal)),
      }
    );
  });

  let isOver = false;
  void work()
    .catch(() => {})
    .finally(() => {
      isOver = true;
    });
  while (!isDead && !(isOver && isQuiet())) await new Promise((resolve) => setImmediate(resolve));

  vi.clearAllTimers();
  vi.useRealTimers();
  forget();
  memory.watchwordPool = real;
  putProviders((name) => carrier.provider(name));
  return walked;
}

function forget(): void {
  delete memory.watchwordIssues;
  delete memory.watchwordDispatch;
  delete memory.watchwordBackground;
}
