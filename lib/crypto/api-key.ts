import { hash, randomBytes } from 'node:crypto';

export type NewApiKey = { secret: string; hash: Buffer; lastFour: string };

/** A new key: `ww_live_` or `ww_test_` and 256 random bits. The secret is shown once and never stored. */
export function newApiKey(livemode: boolean): NewApiKey {
  const secret = `ww_${livemode ? 'live' : 'test'}_${randomBytes(32).toString('base64url')}`;
  return { secret, hash: hashApiKey(secret), lastFour: secret.slice(-4) };
}

/** SHA-256: with 256 bits of entropy a plain hash cannot be searched (OWASP ASVS 6.5.2 asks for 112). */
export function hashApiKey(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** The same in hex, as the snapshot of configuration keeps it. */
export function hashApiKeyHex(secret: string): string {
  return hash('sha256', secret, 'hex');
}
