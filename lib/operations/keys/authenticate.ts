import { hashApiKeyHex } from '@/lib/crypto/api-key';
import { database } from '@/lib/db/client';
import { touchApiKeys } from '@/lib/db/keys';
import { isInNetworks } from '@/lib/domain/abuse/address-list';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { inBackground } from '@/lib/operations/background';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

/** "Last used" is news for people: a minute is fine, and no request pays for it. */
const TOUCH_EVERY_MS = 60_000;
const holder = globalThis as { watchwordTouches?: { keys: Set<string>; at: number } };

/**
 * Who an `Authorization: Bearer ww_…` header speaks for, or a refusal. A revoked key, and an address that an app's list does
 * not have any more, are refused within a second everywhere. `address` is asked only where the app has a list.
 */
export async function authenticateKey(authorization: string | null, address: () => string): Promise<Actor> {
  // The name of a scheme has no case (RFC 9110, 11.1); the key has.
  const secret = /^[Bb][Ee][Aa][Rr][Ee][Rr] +(ww_(?:live|test)_[A-Za-z0-9_-]{43})$/.exec(authorization ?? '')?.[1];
  if (!secret) throw new Refusal('unauthenticated', { detail: 'Send Authorization: Bearer with a key.' });
  const configuration = await currentConfiguration();
  const key = configuration.keys.get(hashApiKeyHex(secret));
  if (!key || (key.expiresAt !== null && key.expiresAt.getTime() <= Date.now())) throw new Refusal('unauthenticated');
  const networks = configuration.networks.get(key.appId);
  if (networks && !isInNetworks(address(), networks)) throw new Refusal('address_not_allowed');
  touch(key.id);
  return { kind: 'api_key', keyId: key.id, appId: key.appId, livemode: key.livemode, scopes: key.scopes };
}

function touch(keyId: string): void {
  holder.watchwordTouches ??= { keys: new Set(), at: Date.now() };
  const touches = holder.watchwordTouches;
  touches.keys.add(keyId);
  if (Date.now() - touches.at < TOUCH_EVERY_MS) return;
  const ids = [...touches.keys];
  holder.watchwordTouches = { keys: new Set(), at: Date.now() };
  inBackground('touch_keys', () => touchApiKeys(database(), ids));
}
