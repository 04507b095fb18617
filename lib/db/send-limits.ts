import { SEND_LIMITS } from '@/lib/domain/verification/limits';
import type { SendLimit } from '@/lib/domain/verification/send-limits';

/** What each limit allows, and how long its times are worth keeping. */
const RULES: Readonly<
  Record<SendLimit, { allowed: readonly (readonly [sends: number, interval: string])[]; keep: string }>
> = {
  number: {
    allowed: [
      [SEND_LIMITS.numberPer10Minutes, '10 minutes'],
      [SEND_LIMITS.numberPerDay, '1 day'],
    ],
    keep: '1 day',
  },
  prefix: { allowed: [[SEND_LIMITS.prefixPerHour, '1 hour']], keep: '1 hour' },
  ip: { allowed: [[SEND_LIMITS.ipPerHour, '1 hour']], keep: '1 hour' },
};

/**
 * The CTE `name` that counts a send for each key that may have one more, and answers those keys. A sliding window without a
 * window table: the newest times of a key in one row, judged and renewed by one upsert. The keys are locked in their order.
 */
export const countSends = (name: string, key: string, from: string, limit: SendLimit) => {
  const { allowed, keep } = RULES[limit];
  return `
${name} AS (
  INSERT INTO send_limit AS l (key, sends, used_at)
  SELECT ${key}, ARRAY[now()], now() FROM ${from} ORDER BY 1
  ON CONFLICT (key) DO UPDATE
    SET sends = array_append((SELECT array_agg(s) FROM unnest(l.sends) s WHERE s > now() - interval '${keep}'), now()),
        used_at = now()
    WHERE (SELECT ${allowed.map(([sends, interval]) => `count(*) FILTER (WHERE s > now() - interval '${interval}') < ${sends}`).join(' AND ')}
             FROM unnest(l.sends) s)
  RETURNING key
)`;
};
