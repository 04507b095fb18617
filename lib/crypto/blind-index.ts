import { createHmac } from 'node:crypto';
import { env } from '@/lib/env';

/** What is being indexed: the same text under two kinds gives unrelated hashes. */
export type BlindKind = 'number' | 'prefix' | 'ip' | 'email' | 'second_factor' | 'recovery_code' | 'request';

/** A keyed hash (HMAC-SHA-256, first 16 bytes) that finds equal values and reveals none without the key. */
export function blindIndex(kind: BlindKind, value: string | Buffer): Buffer {
  return createHmac('sha256', env().WATCHWORD_INDEX_KEY)
    .update(kind)
    .update('\0')
    .update(value)
    .digest()
    .subarray(0, 16);
}
