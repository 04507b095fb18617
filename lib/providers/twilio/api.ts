import { z } from 'zod';
import type { ReceiptStatus } from '@/lib/domain/message/states';
import { safeDetail } from '@/lib/providers/detail';
import { type Exchange, exchange } from '@/lib/providers/http';
import { type Refused, reasonOfStatus, refuse } from '@/lib/providers/outcome';
import type { ConnectionAccess } from '@/lib/providers/provider';
import { twilioReason } from '@/lib/providers/twilio/reasons';

/**
 * One call of the account's own resources as this connection: `path` follows the account, each part already encoded. A
 * form makes it a POST.
 */
export function callTwilio(
  connection: ConnectionAccess,
  call: { path: string; form?: URLSearchParams },
  signal: AbortSignal,
): Promise<Exchange> {
  const { account_sid: account } = connection.settings;
  const { auth_token: token } = connection.credentials;
  if (!account || !token) return Promise.resolve({ kind: 'unsendable', code: 'incomplete_connection' });

  const url = `${connection.baseUrl}/2010-04-01/Accounts/${encodeURIComponent(account)}/${call.path}`;
  const authorization = `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`;
  if (!call.form) return exchange({ method: 'GET', url, headers: { authorization } }, signal);
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  return exchange({ method: 'POST', url, headers, body: call.form.toString() }, signal);
}

/** What must not come back out of an answer: the token, also in the form the Authorization header carries it. */
export function secretsOf(connection: ConnectionAccess): string[] {
  const { auth_token: token = '' } = connection.credentials;
  return [token, Buffer.from(`${connection.settings.account_sid}:${token}`).toString('base64')];
}

const text = z.string().nullish().catch(null);

/** A Message resource, as creating and fetching answer it. Twilio writes numbers as strings and money below zero. */
export const messageResource = z.object({
  sid: z.string().regex(/^[A-Z]{2}[0-9a-fA-F]{32}$/),
  status: z.string(),
  num_segments: text,
  error_code: z.int().nullish().catch(null),
  error_message: text,
  date_updated: text,
  price: text,
  price_unit: text,
});
export type MessageResource = z.infer<typeof messageResource>;

const errorAnswer = z.object({ code: z.int(), message: text });

/** The refusal inside a REST answer, or null when the answer holds none. */
export function readRefusal(body: unknown, status: number, secrets: readonly string[]): Refused | null {
  const parsed = errorAnswer.safeParse(body);
  if (!parsed.success) return null;
  const { code, message } = parsed.data;
  return refuse(twilioReason(code) ?? reasonOfStatus(status), String(code), safeDetail(message ?? '', secrets));
}

const STATUSES: Readonly<Record<string, ReceiptStatus>> = {
  accepted: 'accepted',
  scheduled: 'accepted',
  queued: 'accepted',
  sending: 'accepted',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

/** Null for statuses of inbound messages and for words that are new to us. */
export function receiptStatus(word: string): ReceiptStatus | null {
  return Object.hasOwn(STATUSES, word) ? (STATUSES[word] ?? null) : null;
}

/**
 * What Twilio says it took, in micros: "-0.00830" USD is 8300. Null while it does not say, and for an amount in our
 * favour, which is no charge. Reads digits, not floating point.
 */
export function readPrice(price: string | null | undefined, unit: string | null | undefined) {
  const nothing = { chargedMicros: null, currency: null };
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d{1,9})(?:\.(\d{1,12}))?$/.exec(price ?? '') ?? [];
  const currency = unit?.toUpperCase() ?? '';
  if (sign === undefined || !/^[A-Z]{3}$/.test(currency)) return nothing;
  const micros = Number(`${whole}${fraction.padEnd(6, '0').slice(0, 6)}`) + (Number(fraction[6] ?? '0') >= 5 ? 1 : 0);
  if (sign === '' && micros > 0) return nothing;
  return { chargedMicros: micros, currency };
}
