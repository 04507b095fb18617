import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Callback, ConnectionAccess } from '@/lib/providers/provider';
import { isSameText, secretsNamed } from '@/lib/providers/signing';

/** Beyond any status callback; a stranger does not get more hashed. */
export const CALLBACK_BYTES_MAX = 64 * 1024;
const TOKEN_LENGTH_MAX = 4_096;

/**
 * Vonage repeats a callback that was not taken for up to a day, and nobody promises that it signs again. Within that day
 * a repeated callback changes nothing: receipts are a set.
 */
const AGE_SECONDS_MAX = 25 * 3_600;
/** How far the sender's clock may be ahead of ours. */
const AHEAD_SECONDS_MAX = 300;

const joseHeader = z.object({ alg: z.literal('HS256') });
const claims = z.object({ iat: z.number(), payload_hash: z.string().regex(/^[0-9a-f]{64}$/i) });

/**
 * `Authorization: Bearer <JWT>`, HS256 under the account's signature secret, whose `payload_hash` is the SHA-256 of the raw
 * bytes (developer.vonage.com/getting-started/concepts/webhooks#signed-webhooks). Only HS256: a token may not choose how it
 * is checked. Unsigned callbacks, which Vonage's documentation admits, are not believed and come again.
 */
export function isFromVonage(connection: ConnectionAccess, callback: Callback): boolean {
  const bearer = callback.header('authorization') ?? '';
  if (bearer.length > TOKEN_LENGTH_MAX || callback.raw.byteLength > CALLBACK_BYTES_MAX) return false;
  const [, head, body, signature] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]{43})$/.exec(bearer) ?? [];
  if (!head || !body || !signature) return false;
  if (!joseHeader.safeParse(readPart(head)).success) return false;

  const given = Buffer.from(signature, 'base64url');
  // 43 characters hold two bits more than 32 bytes: only the canonical spelling passes.
  if (given.toString('base64url') !== signature) return false;
  const isSigned = secretsNamed(connection, 'signature_secret').some((secret) =>
    timingSafeEqual(createHmac('sha256', secret).update(`${head}.${body}`).digest(), given),
  );
  if (!isSigned) return false;

  const told = claims.safeParse(readPart(body));
  if (!told.success) return false;
  const age = callback.receivedAt.getTime() / 1000 - told.data.iat;
  if (age > AGE_SECONDS_MAX || age < -AHEAD_SECONDS_MAX) return false;
  return isSameText(createHash('sha256').update(callback.raw).digest('hex'), told.data.payload_hash.toLowerCase());
}

function readPart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
