import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { safeDetail } from '@/lib/providers/detail';
import { type Exchange, exchange, isTimeout } from '@/lib/providers/http';
import { type Refused, reasonOfStatus, refuse } from '@/lib/providers/outcome';
import type { ConnectionAccess } from '@/lib/providers/provider';
import { readProblem, vonageProblem } from '@/lib/providers/vonage/problem';
import { reasonOfVonageStatus } from '@/lib/providers/vonage/reasons';

/** What the SDK asks for; one request needs a fraction of it. */
const TOKEN_SECONDS = 900;

/** Signs in libuv's pool: an RSA signature would hold up everybody else for a millisecond. */
const signAside = promisify(sign);

/** Parsed keys by their text: parsing costs as much as signing. Bounded; few applications exist. */
const keys = new Map<string, KeyObject>();
const KEYS_MAX = 100;

/** One call and what must not come back out of its answer. */
export type Call = { ended: Exchange; secrets: string[] };

/** Posts to the Messages API as this connection's application. */
export async function callVonage(connection: ConnectionAccess, body: unknown, signal: AbortSignal): Promise<Call> {
  signal.throwIfAborted();
  const secrets = Object.values(connection.credentials);
  const token = await tokenFor(connection);
  if (token === null) return { ended: { kind: 'unsendable', code: 'incomplete_connection' }, secrets };

  if (signal.aborted && isTimeout(signal.reason))
    return { ended: { kind: 'never_connected', code: 'timeout' }, secrets };

  const request = {
    method: 'POST' as const,
    url: `${connection.baseUrl}/v1/messages`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return { ended: await exchange(request, signal), secrets: [...secrets, token] };
}

/**
 * A JWT of the application (RS256; developer.vonage.com/concepts/guides/authentication#json-web-tokens-jwt), fresh for
 * every request: its `jti` must not repeat. Null without an application or a usable key.
 */
async function tokenFor(connection: ConnectionAccess): Promise<string | null> {
  const { application_id: application } = connection.settings;
  const key = keyFrom(connection.credentials.private_key ?? '');
  if (!application || !key) return null;
  const now = Math.floor(Date.now() / 1000);
  const claims = { application_id: application, iat: now, exp: now + TOKEN_SECONDS, jti: randomUUID() };
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  const signature = await signAside('RSA-SHA256', Buffer.from(signed), key);
  return `${signed}.${signature.toString('base64url')}`;
}

function keyFrom(pem: string): KeyObject | null {
  const known = keys.get(pem);
  if (known) return known;
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'rsa') return null;
    if (keys.size >= KEYS_MAX) keys.clear();
    keys.set(pem, key);
    return key;
  } catch {
    return null;
  }
}

function part(claims: unknown): string {
  return Buffer.from(JSON.stringify(claims)).toString('base64url');
}

const invalidTo = z.object({ invalid_parameters: z.array(z.object({ name: z.string() })).min(1) });

/** The refusal inside an answer, or null when it is not one of Vonage's. */
export function readRefusal(
  body: unknown,
  status: number,
  secrets: readonly string[],
  isWhatsApp: boolean,
): Refused | null {
  const parsed = vonageProblem.safeParse(body);
  if (status < 400 || !parsed.success) return null;
  const { code, reason, words } = readProblem(parsed.data, isWhatsApp);
  const fallback = reasonOfVonageStatus(status) ?? reasonOfStatus(status);
  const own = isAboutTheNumber(body) ? 'invalid_number' : (reason ?? fallback);
  return refuse(own, code ?? `http_${status}`, safeDetail(words, secrets));
}

/** A parameter error that concerns nothing but `to` is about the person, not about our request. */
function isAboutTheNumber(body: unknown): boolean {
  const parsed = invalidTo.safeParse(body);
  return parsed.success && parsed.data.invalid_parameters.every(({ name }) => name === 'to');
}
