import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Callback, ConnectionAccess } from '@/lib/providers/provider';
import { secretsNamed } from '@/lib/providers/signing';

/**
 * YCloud redelivers for two hours, and a redelivery may carry its first time; facts that come again change nothing. Ahead of our clock by no more than clocks are
 * apart.
 */
const PAST_MS = 3 * 3_600_000;
const AHEAD_MS = 300_000;

/**
 * `YCloud-Signature: t=<Unix seconds>,s=<lower-case hex>`, where s is an HMAC-SHA256 of `t`, a dot and the raw bytes under
 * the endpoint's secret (docs.ycloud.com "Implement a webhook receiver").
 */
export function isFromYCloud(connection: ConnectionAccess, callback: Callback): boolean {
  const header = callback.header('ycloud-signature') ?? '';
  const [, seconds, hex] = /^t=(\d{1,12}),s=([0-9a-f]{64})$/.exec(header) ?? [];
  if (!seconds || !hex) return false;
  const ageMs = callback.receivedAt.getTime() - Number(seconds) * 1_000;
  if (ageMs > PAST_MS || ageMs < -AHEAD_MS) return false;
  const given = Buffer.from(hex, 'hex');
  return secretsNamed(connection, 'webhook_secret').some((secret) =>
    timingSafeEqual(createHmac('sha256', secret).update(`${seconds}.`).update(callback.raw).digest(), given),
  );
}
