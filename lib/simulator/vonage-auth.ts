import { createPublicKey, verify } from 'node:crypto';
import type { VonageApplication } from '@/lib/simulator/accounts';
import { asObject } from '@/lib/simulator/replies';
import type { World } from '@/lib/simulator/world';

/** Tokens seen lately, so that none is taken twice: the newest of them. */
const SEEN_MAX = 20_000;
const LIFETIME_SECONDS_MAX = 24 * 3_600;
const seen = new WeakMap<World, Set<string>>();

/**
 * The application that this call is made for: either a token it signed (`Authorization: Bearer`, RS256, claims
 * `application_id`, `iat`, `jti`, `exp`), or its account's key and secret (`Basic`). Null is a 401.
 */
export function vonageApplicationOf(world: World, authorization: string | undefined): VonageApplication | null {
  const [, scheme, value] = /^(Bearer|Basic) (\S+)$/.exec(authorization ?? '') ?? [];
  if (!value) return null;
  return scheme === 'Bearer' ? byToken(world, value) : byKey(world, value);
}

function byKey(world: World, encoded: string): VonageApplication | null {
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const isTheirs = (known: VonageApplication) =>
    known.api_secret !== '' && pair === `${known.api_key}:${known.api_secret}`;
  return world.accounts.vonage().find(isTheirs) ?? null;
}

function byToken(world: World, token: string): VonageApplication | null {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  const claims = readPart(body);
  const application = world.accounts.vonageById(String(claims?.application_id ?? ''));
  if (more.length > 0 || readPart(head)?.alg !== 'RS256' || !claims || !application) return null;
  if (!isSignedBy(application, `${head}.${body}`, signature)) return null;
  const { iat, exp, jti } = claims;
  const now = Date.now() / 1000;
  if (typeof iat !== 'number' || iat > now + 60 || typeof jti !== 'string' || jti === '') return null;
  const ends = typeof exp === 'number' ? exp : iat + 900;
  if (ends <= now || ends - iat > LIFETIME_SECONDS_MAX) return null;
  return isFirstUse(world, `${application.application_id} ${jti}`) ? application : null;
}

function isSignedBy(application: VonageApplication, signed: string, signature: string): boolean {
  if (application.public_key === '') return false;
  try {
    const key = createPublicKey(application.public_key);
    return verify('RSA-SHA256', Buffer.from(signed), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

function isFirstUse(world: World, jti: string): boolean {
  const known = seen.get(world) ?? new Set<string>();
  seen.set(world, known);
  if (known.has(jti)) return false;
  known.add(jti);
  if (known.size > SEEN_MAX) known.delete(known.values().next().value as string);
  return true;
}

function readPart(part: string): Record<string, unknown> | null {
  try {
    return asObject(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
}
