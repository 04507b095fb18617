import type { Quota } from '@/lib/domain/errors';
import type { SendLimits } from '@/lib/domain/verification/limits';

export type SendLimit = 'number' | 'prefix' | 'ip';

/** What each limit allows, in a sliding window of so many seconds. */
export const windowsOf = (
  limits: SendLimits,
  limit: SendLimit,
): readonly (readonly [sends: number, seconds: number])[] =>
  ({
    number: [
      [limits.numberPer10Minutes, 600],
      [limits.numberPerDay, 86_400],
    ] as const,
    prefix: [[limits.prefixPerHour, 3_600]] as const,
    ip: [[limits.ipPerHour, 3_600]] as const,
  })[limit];

/** Seconds until the oldest send that stands in the way leaves its window, at least one, and what the window allows that stands there longest. `sends` in any order. */
export function sendWait(
  refused: { limit: SendLimit; sends: readonly Date[]; now: Date },
  limits: SendLimits,
): { retryAfterSeconds: number; quota: Quota } {
  const newestFirst = refused.sends.map((at) => at.getTime()).sort((a, b) => b - a);
  const waits = windowsOf(limits, refused.limit).map(([sends, seconds]) => {
    const blocking = newestFirst[sends - 1];
    const wait = blocking === undefined ? 0 : (blocking - refused.now.getTime()) / 1000 + seconds;
    return { wait, quota: { requests: sends, windowSeconds: seconds } };
  });
  const longest = waits.reduce((one, other) => (other.wait > one.wait ? other : one));
  return { retryAfterSeconds: Math.max(1, Math.ceil(longest.wait)), quota: longest.quota };
}
