import { report, type Statement } from '@/lib/db/client';

/** Every column that holds sealed values (lib/crypto/seal.ts: the second byte names the key). */
export const SEALED_COLUMNS = [
  ['number', 'verification', 'to_sealed'],
  ['code', 'verification', 'code_sealed'],
  ['email address', 'verification', 'email_sealed'],
  ['callback', 'callback', 'body_sealed'],
  ['connection', 'connection', 'credentials_sealed'],
  ['connection, before its rotation', 'connection', 'previous_sealed'],
  ['second factor', 'console_user', 'totp_sealed'],
  ['second factor, not confirmed', 'console_user', 'totp_pending_sealed'],
  ['alert webhook', 'alert_destination', 'secret_sealed'],
] as const;

const SEALED: Statement = {
  name: 'sealed_with',
  text: SEALED_COLUMNS.map(
    ([what, table, column]) =>
      `SELECT '${what}' AS what, get_byte(${column}, 1) AS "keyId", count(*)::int AS n FROM ${table} WHERE length(${column}) > 1 GROUP BY 2`,
  ).join('\nUNION ALL\n'),
};

const PATIENCE_MS = 30_000;

/** How many values each key of the ring has sealed. Reads whole tables: for an operator, not for a page. Throws when it takes longer than half a minute. */
export async function sealedWith(): Promise<{ what: string; keyId: number; n: number }[]> {
  const rows = await report<{ what: string; keyId: number; n: number }>(SEALED, [], PATIENCE_MS);
  if (!rows) throw new Error('Counting took longer than half a minute. Ask again when less goes on.');
  return rows;
}
