import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Callback, ConnectionAccess } from '@/lib/providers/provider';
import { isSameText, secretsNamed } from '@/lib/providers/signing';

/**
 * `X-Hub-Signature-256: sha256=<lower-case hex>` is an HMAC-SHA256 of the raw bytes under the app secret
 * (developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads). The body carries \u escapes, so a
 * parsed and re-written body would hash differently.
 */
export function isFromMeta(connection: ConnectionAccess, callback: Callback): boolean {
  const [, hex] = /^sha256=([0-9a-f]{64})$/.exec(callback.header('x-hub-signature-256') ?? '') ?? [];
  if (!hex) return false;
  const given = Buffer.from(hex, 'hex');
  return secretsNamed(connection, 'app_secret').some((secret) =>
    timingSafeEqual(createHmac('sha256', secret).update(callback.raw).digest(), given),
  );
}

/**
 * The subscription handshake: the challenge to echo, or null. Meta sends a number; anything that could be read as markup
 * is not echoed.
 */
export function answerHandshake(connection: ConnectionAccess, query: URLSearchParams): string | null {
  const challenge = query.get('hub.challenge') ?? '';
  const token = query.get('hub.verify_token') ?? '';
  if (query.get('hub.mode') !== 'subscribe' || !/^[\w-]{1,256}$/.test(challenge)) return null;
  return secretsNamed(connection, 'verify_token').some((expected) => isSameText(expected, token)) ? challenge : null;
}
