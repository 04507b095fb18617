import { database } from '@/lib/db/client';
import { addRefusedIssues, type RefusedIssues } from '@/lib/db/refused-issues';
import type { ErrorCode } from '@/lib/domain/errors';
import { tellerOf } from '@/lib/operations/usage/teller';

const HALF_HOUR_MS = 30 * 60_000;
/** Every combination is a row; whoever asks for nonsense names no country and no use case that exist. */
const WAITING_MAX = 5_000;

/** Refusals by a limit or a block: somebody who might have had a code got none. */
const BLOCKING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'country_not_served',
  'country_cap_reached',
  'too_many_verifications',
  'too_many_checks',
]);

const teller = tellerOf<RefusedIssues>('refusals', {
  sum: (one, other) => ({ ...one, n: one.n + other.n }),
  write: (counted) => addRefusedIssues(database(), counted),
});

/** Counts one live request that was refused, where a limit or a block did it. */
export function countRefusal(
  refused: { appId: string; country: string; useCase: string; code: ErrorCode },
  now: Date,
): void {
  if (!BLOCKING.has(refused.code)) return;
  const at = new Date(Math.floor(now.getTime() / HALF_HOUR_MS) * HALF_HOUR_MS);
  const key = `${at.getTime()} ${refused.appId} ${refused.country} ${refused.useCase} ${refused.code}`;
  if (teller.size() >= WAITING_MAX && !teller.waiting(key)) return;
  teller.add(key, { ...refused, at, n: 1 });
}

/** Writes what was counted. */
export const tellRefusals = (): Promise<void> => teller.tell();
