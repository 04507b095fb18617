import { createHash, timingSafeEqual } from 'node:crypto';
import type { ConnectionAccess } from '@/lib/providers/provider';

/** The secret under `name` and, while it is being rotated, the one before. Missing or empty secrets match nothing. */
export function secretsNamed(connection: ConnectionAccess, name: string): string[] {
  return [connection.credentials[name], connection.previousCredentials?.[name]].filter((secret): secret is string =>
    Boolean(secret),
  );
}

/** Compares two texts in a time that tells nothing about where they differ. */
export function isSameText(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
