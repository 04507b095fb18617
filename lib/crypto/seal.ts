import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { currentKeyId, derivedKey } from '@/lib/crypto/keys';

const VERSION = 1;
const HEADER = 2;
const NONCE = 12;
const TAG = 16;

/** Random bytes are drawn for many nonces at once: one by one they were 5 % of an issue. Each is used once. */
const nonces = Buffer.alloc(NONCE * 256);
let noncesUsed = nonces.length;

function nextNonce(): Buffer {
  if (noncesUsed >= nonces.length) {
    randomFillSync(nonces);
    noncesUsed = 0;
  }
  const nonce = nonces.subarray(noncesUsed, noncesUsed + NONCE);
  noncesUsed += NONCE;
  return nonce;
}

/**
 * AES-256-GCM. The place (`table/column/row id`) is bound in as associated data: a ciphertext moved to another row
 * does not open. Layout: version ‖ key id ‖ nonce (12) ‖ tag (16) ‖ ciphertext.
 */
export function seal(plain: string | Uint8Array, place: string): Buffer {
  const keyId = currentKeyId();
  const key = derivedKey(keyId, 'seal');
  if (!key) throw new Error(`key ${keyId} is not in the key ring`);
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION, keyId]), nonce, cipher.getAuthTag(), body]);
}

class KeyGone extends Error {
  override name = 'KeyGone';
}

/** What it was sealed with has been taken off the key ring. By name: Next bundles a copy of the class. */
export const isKeyGone = (error: unknown): boolean => error instanceof Error && error.name === 'KeyGone';

/** Opens what `seal` made for the same place. Throws `KeyGone` when the key is, and else when the place differs or a bit was changed. */
export function open(sealed: Uint8Array, place: string): Buffer {
  const blob = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const keyId = blob[1] ?? 0;
  if (blob.length < HEADER + NONCE + TAG || blob[0] !== VERSION) throw new Error(`${place}: not a sealed value`);
  const key = derivedKey(keyId, 'seal');
  if (!key) throw new KeyGone(`${place}: sealed with key ${keyId}, which is not in the key ring`);
  const nonce = blob.subarray(HEADER, HEADER + NONCE);
  const tag = blob.subarray(HEADER + NONCE, HEADER + NONCE + TAG);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place)).setAuthTag(tag);
  return Buffer.concat([decipher.update(blob.subarray(HEADER + NONCE + TAG)), decipher.final()]);
}
