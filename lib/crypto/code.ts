import { createHmac, randomInt } from 'node:crypto';
import { currentKeyId, derivedKey, keyIds } from '@/lib/crypto/keys';

const DIGITS = '0123456789';

/** A uniform code of `length` characters, leading zeros kept (a filter on "nice" codes would cost entropy). */
export function generateCode(length: number, characters: string = DIGITS): string {
  if (characters !== DIGITS) {
    return Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
  }
  // randomInt takes ranges below 2^48: ten digits fit.
  return randomInt(0, 10 ** length)
    .toString()
    .padStart(length, '0');
}

/**
 * HMAC-SHA-256 with a pepper from outside the database, bound to the verification: the same code gives another MAC
 * for another verification. A slow hash would add little to 20 bits and cost 10 000 times as much; the pepper is what
 * makes a leaked table useless. `bound`: the transaction that the code approves (canonicalTransaction), part of what is
 * compared; codes have no NUL, so nothing can be shifted from one part into another.
 */
export function codeMac(
  verificationId: string,
  code: string,
  bound: string | null = null,
  keyId: number = currentKeyId(),
): Buffer {
  const pepper = derivedKey(keyId, 'code');
  if (!pepper) throw new Error(`key ${keyId} is not in the key ring`);
  const mac = createHmac('sha256', pepper).update(verificationId).update('\0').update(code);
  return (bound === null ? mac : mac.update('\0').update(bound)).digest();
}

/** The MACs a guess may match: one per key of the ring, so that codes in flight survive a rotation. */
export function candidateMacs(verificationId: string, guess: string, bound: string | null = null): Buffer[] {
  return keyIds().map((keyId) => codeMac(verificationId, guess, bound, keyId));
}
