import { hash, randomBytes } from 'node:crypto';
import { generateSecret, generateURI, verifySync } from 'otplib';
import { blindIndex } from '@/lib/crypto/blind-index';
import { open, seal } from '@/lib/crypto/seal';

// RFC 6238 with what every authenticator app assumes: SHA-1, six digits, thirty seconds.
const PERIOD_SECONDS = 30;
/** One step of clock difference either way, as RFC 6238 section 5.2 advises. */
const TOLERANCE_SECONDS = PERIOD_SECONDS;

export const RECOVERY_CODES = 10;
// Without i, l, o, u, 0, 1: nothing that reads as something else.
const RECOVERY_ALPHABET = 'abcdefghjkmnpqrstvwxyz23456789';
const RECOVERY_LENGTH = 16;

/** A new secret of 160 random bits, in Base32 as authenticator apps take it. */
export function newTotpSecret(): string {
  return generateSecret();
}

/** What the QR code says: where the account is, whose it is, and the secret. */
export function totpUri(secret: string, account: string, issuer: string): string {
  return generateURI({ issuer, label: account, secret });
}

/** The time step whose code this is, within one step of now; null when it is not a code of this secret. The caller spends the step. */
export function totpStepOf(secret: string, code: string, now: Date): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const epoch = Math.floor(now.getTime() / 1000);
  const result = verifySync({ secret, token: code, epoch, epochTolerance: TOLERANCE_SECONDS });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}

/** Ten new recovery codes: 78 random bits each, in groups of four. Shown once; only keyed hashes are kept. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const letters: string[] = [];
    while (letters.length < RECOVERY_LENGTH) {
      // 30 letters: bytes from 240 on are drawn again, or the first letters would come more often.
      for (const byte of randomBytes(RECOVERY_LENGTH)) {
        const letter = RECOVERY_ALPHABET[byte % RECOVERY_ALPHABET.length];
        if (byte < 240 && letter && letters.length < RECOVERY_LENGTH) letters.push(letter);
      }
    }
    return letters.join('').replace(/(.{4})(?!$)/g, '$1-');
  });
}

/** The keyed hash of a recovery code, however it was typed; null when it cannot be one. Bound to its user. */
export function recoveryDigest(userId: string, typed: string): Buffer | null {
  const plain = typed.toLowerCase().replaceAll(/[\s-]/g, '');
  return plain.length === RECOVERY_LENGTH && /^[a-z2-9]+$/.test(plain)
    ? blindIndex('recovery_code', `${userId} ${plain}`)
    : null;
}

const totpPlace = (userId: string) => `console_user/totp/${userId}`;

/** The secret as it is stored: it opens for this user only. */
export function sealTotp(userId: string, secret: string): Buffer {
  return seal(secret, totpPlace(userId));
}

export function openTotp(userId: string, sealed: Uint8Array): string {
  return open(sealed, totpPlace(userId)).toString('utf8');
}

/** What somebody entered as their second factor: a code of a time step, or perhaps a recovery code. Whoever reads it has to spend it. */
export type SecondFactor = { kind: 'step'; step: number } | { kind: 'recovery_code'; digest: Buffer };

export function readSecondFactor(
  account: { id: string; totpSealed: Uint8Array },
  typed: string,
  now: Date,
): SecondFactor | null {
  const plain = typed.replaceAll(/\s/g, '');
  if (/^\d{6}$/.test(plain)) {
    const step = totpStepOf(openTotp(account.id, account.totpSealed), plain, now);
    return step === null ? null : { kind: 'step', step };
  }
  const digest = recoveryDigest(account.id, typed);
  return digest && { kind: 'recovery_code', digest };
}

/** A one-time link's secret part: 256 random bits, so that a plain hash cannot be searched. */
export function newLinkToken(): { token: string; digest: Buffer } {
  const token = randomBytes(32).toString('base64url');
  return { token, digest: linkDigest(token) };
}

export function linkDigest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
