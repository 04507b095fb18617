import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Callback, ConnectionAccess } from '@/lib/providers/provider';
import { secretsNamed } from '@/lib/providers/signing';

/**
 * Our own policy, not YCloud's: a recorded callback is worth nothing five minutes later. A redelivery that still carried
 * its first time would be refused, so receipts that stay away are asked for (poll.ts).
 */
const TOLERANCE_MS = 300_000;

/**
 * `YCloud-Signature: t=<Unix seconds>,s=<lower-case hex>`, where s is an HMAC-SHA256 of `t`, a dot and the raw bytes under
 * the endpoint's secret (docs.ycloud.com "Implement a webhook receiver").
 */
export function isFromYCloud(connection: ConnectionAccess, callback: Callback): boolean {
  const header = callback.header('ycloud-signature') ?? '';
  const [, seconds, hex] = /^t=(\d{1,12}),s=([0-9a-f]{64})$/.exec(header) ?? [];
  if (!seconds || !hex) return false;
  if (Math.abs(callback.receivedAt.getTime() - Number(seconds) * 1_000) > TOLERANCE_MS) return false;
  const given = Buffer.from(hex, 'hex');
  return secretsNamed(connection, 'webhook_secret').some((secret) =>
    timingSafeEqual(createHmac('sha256', secret).update(`${seconds}.`).update(callback.raw).digest(), given),
  );
}
