import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { Refusal } from '@/lib/domain/errors';

/** Passwords of people. Length is what counts (NIST SP 800-63B): no rules about signs, and the upper bound only caps the work. */
export const PASSWORD_LENGTH = { min: 12, max: 200 } as const;

// The library's default algorithm is argon2id. OWASP's floor for it: 19 MiB, two passes, one lane; measured 25–40 ms on one core of the build machine.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** How many hashes may run at once; the others wait their turn, so that a flood of sign-ins cannot take every thread of the process. */
const PARALLEL_MAX = 2;
/** How many may wait: half a second of work. Whoever comes later is refused at once, so that a flood keeps nobody waiting for long. */
export const WAITING_MAX = 20;

/** `nobody`: a hash of no password that anybody has. Unknown e-mail addresses are verified against it, so that they take as long as known ones. */
type Line = { running: number; waiting: (() => void)[]; nobody: Promise<string> };
// One line for the process: Next bundles its own copies of modules.
const holder = globalThis as { watchwordPasswords?: Line };

function line(): Line {
  holder.watchwordPasswords ??= { running: 0, waiting: [], nobody: hash(`nobody ${randomUUID()}`, COST) };
  return holder.watchwordPasswords;
}

/** True while one more password would be refused. */
export function isPasswordLineFull(): boolean {
  return line().waiting.length >= WAITING_MAX;
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (isPasswordLineFull()) {
    const detail = 'Too many passwords are being looked at just now. Try again in a moment.';
    throw new Refusal('unavailable', { detail, retryAfterSeconds: 1 });
  }
  const { waiting } = line();
  // Whoever is woken inherits the place of the one that ended.
  if (line().running >= PARALLEL_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
  else line().running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else line().running -= 1;
  }
}

/** An argon2id hash in PHC format, with its own salt. Refused with `unavailable` while too many wait for theirs. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, COST));
}

/** True when `password` made `storedHash`. With null it does the same work and answers false. Refused with `unavailable` while too many wait. */
export async function isPassword(storedHash: string | null, password: string): Promise<boolean> {
  const against = storedHash ?? (await line().nobody);
  const matches = await inTurn(() => verify(against, password));
  return storedHash !== null && matches;
}
