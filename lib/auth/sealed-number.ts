import { open, seal } from '@/lib/crypto/seal';

const PLACE = 'console/search/number';

/** A number for a console address: a search can be reloaded and shared, and no log, history or referrer holds the number. */
export function sealNumber(e164: string): string {
  return seal(e164, PLACE).toString('base64url');
}

/** The number behind such a parameter, or null when it was made elsewhere or changed. */
export function openNumber(sealed: string): string | null {
  try {
    return open(Buffer.from(sealed, 'base64url'), PLACE).toString('utf8');
  } catch {
    return null;
  }
}
