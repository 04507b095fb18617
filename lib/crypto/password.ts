import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** Passwords of people. Length is what counts (NIST SP 800-63B): no rules about signs, and the upper bound only caps the work. */
export const PASSWORD_LENGTH = { min: 12, max: 200 } as const;

// The library's default algorithm is argon2id. OWASP's floor for it: 19 MiB, two passes, one lane; measured 25–40 ms on one core of the build machine.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash of no password that anybody has: unknown e-mail addresses are verified against it, so that they take as long as known ones. */
let nobody: Promise<string> | undefined;

/** How many hashes may run at once; the others wait their turn, so that a flood of sign-ins cannot take every thread of the process. */
const PARALLEL_MAX = 2;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  // Whoever is woken inherits the place of the one that ended.
  if (running >= PARALLEL_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** An argon2id hash in PHC format, with its own salt. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, COST));
}

/** True when `password` made `storedHash`. With null it does the same work and answers false. */
export async function isPassword(storedHash: string | null, password: string): Promise<boolean> {
  nobody ??= hashPassword(`nobody ${randomUUID()}`);
  const against = storedHash ?? (await nobody);
  const matches = await inTurn(() => verify(against, password));
  return storedHash !== null && matches;
}
