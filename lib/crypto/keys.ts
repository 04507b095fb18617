import { hkdfSync } from 'node:crypto';
import { env } from '@/lib/env';

type Purpose = 'seal' | 'code';

const holder = globalThis as { watchwordDerived?: Map<string, Buffer> };

/** A key for one purpose, derived from a ring key (HKDF-SHA-256), so that no key serves two ends. Undefined: not in the ring. */
export function derivedKey(keyId: number, purpose: Purpose): Buffer | undefined {
  holder.watchwordDerived ??= new Map();
  const name = `${keyId}/${purpose}`;
  const known = holder.watchwordDerived.get(name);
  if (known) return known;
  const root = env().WATCHWORD_KEYS.get(keyId);
  if (!root) return undefined;
  const derived = Buffer.from(hkdfSync('sha256', root, '', `watchword/${purpose}`, 32));
  holder.watchwordDerived.set(name, derived);
  return derived;
}

/** The id of the key that seals and signs now. */
export function currentKeyId(): number {
  const [first] = env().WATCHWORD_KEYS.keys();
  if (first === undefined) throw new Error('the key ring is empty');
  return first;
}

/** Every key id, current first. */
export function keyIds(): number[] {
  return [...env().WATCHWORD_KEYS.keys()];
}
