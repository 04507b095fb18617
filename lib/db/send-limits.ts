import { SEND_LIMITS, type SendLimits } from '@/lib/domain/verification/limits';
import { type SendLimit, windowsOf } from '@/lib/domain/verification/send-limits';

/**
 * The CTE `name` that counts a send for each key that may have one more, and answers those keys. A sliding window without a
 * window table: the newest times of a key in one row, judged and renewed by one upsert. The keys are locked in their order.
 */
export const countSends = (name: string, key: string, from: string, limit: SendLimit, limits: SendLimits) => {
  const windows = windowsOf(limits, limit);
  const keepSeconds = Math.max(...windows.map(([, seconds]) => seconds));
  return `
${name} AS (
  INSERT INTO send_limit AS l (key, sends, used_at)
  SELECT ${key}, ARRAY[now()], now() FROM ${from} ORDER BY 1
  ON CONFLICT (key) DO UPDATE
    SET sends = array_append((SELECT array_agg(s) FROM unnest(l.sends) s WHERE s > now() - interval '${keepSeconds} seconds'), now()),
        used_at = now()
    WHERE (SELECT ${windows.map(([sends, seconds]) => `count(*) FILTER (WHERE s > now() - interval '${seconds} seconds') < ${sends}`).join(' AND ')}
             FROM unnest(l.sends) s)
  RETURNING key
)`;
};

const textOf = (limits: SendLimits): string =>
  [limits.numberPer10Minutes, limits.numberPerDay, limits.prefixPerHour, limits.ipPerHour].map(Math.trunc).join('_');

/** What a statement's name carries for limits other than those an installation starts with: a name is unique to its text. */
export const limitsName = (limits: SendLimits): string =>
  textOf(limits) === textOf(SEND_LIMITS) ? '' : `_${textOf(limits)}`;

/** Texts of this many different limits are kept; more are made again when they are needed. */
const KEPT_MAX = 16;

/**
 * Statements whose text holds the limits, made once for each that ever held. As parameters the limits would cost every
 * issue; changed a few times a year they cost nothing.
 */
export function perLimits<Made>(make: (limits: SendLimits) => Made): (limits: SendLimits) => Made {
  const made = new Map<string, Made>();
  return (limits) => {
    const key = textOf(limits);
    const found = made.get(key);
    if (found) return found;
    const next = make(limits);
    if (made.size >= KEPT_MAX) made.clear();
    made.set(key, next);
    return next;
  };
}
