import { SEND_LIMITS } from '@/lib/domain/verification/limits';

export type SendLimit = 'number' | 'prefix' | 'ip';

/** What each limit allows, in a sliding window of so many seconds. */
const WINDOWS: Readonly<Record<SendLimit, readonly (readonly [sends: number, seconds: number])[]>> = {
  number: [
    [SEND_LIMITS.numberPer10Minutes, 600],
    [SEND_LIMITS.numberPerDay, 86_400],
  ],
  prefix: [[SEND_LIMITS.prefixPerHour, 3_600]],
  ip: [[SEND_LIMITS.ipPerHour, 3_600]],
};

/** Seconds until the oldest send that stands in the way leaves its window; at least one. `sends` in any order. */
export function sendRetryAfterSeconds(refused: { limit: SendLimit; sends: readonly Date[]; now: Date }): number {
  const newestFirst = refused.sends.map((at) => at.getTime()).sort((a, b) => b - a);
  const waits = WINDOWS[refused.limit].map(([sends, seconds]) => {
    const blocking = newestFirst[sends - 1];
    return blocking === undefined ? 0 : (blocking - refused.now.getTime()) / 1000 + seconds;
  });
  return Math.max(1, Math.ceil(Math.max(...waits)));
}
