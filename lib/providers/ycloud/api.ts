import { z } from 'zod';
import type { ReceiptStatus } from '@/lib/domain/message/states';
import { type Exchange, exchange } from '@/lib/providers/http';
import type { ConnectionAccess } from '@/lib/providers/provider';

/** One call of YCloud's API as this connection: `path` follows the version, each part already encoded. A body makes it a POST. */
export function callYCloud(
  connection: ConnectionAccess,
  call: { path: string; body?: unknown },
  signal: AbortSignal,
): Promise<Exchange> {
  const { api_key: key } = connection.credentials;
  if (!key) return Promise.resolve({ kind: 'unsendable', code: 'incomplete_connection' });
  const url = `${connection.baseUrl}/v2/${call.path}`;
  const headers = { 'x-api-key': key };
  if (call.body === undefined) return exchange({ method: 'GET', url, headers }, signal);
  return exchange(
    {
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(call.body),
    },
    signal,
  );
}

const text = z.string().max(5_000).nullish().catch(null);

/**
 * A WhatsApp message or an SMS, as sending and fetching answer it and as webhooks carry it. The number and the text, which
 * YCloud repeats, are not read.
 */
export const messageResource = z.object({
  id: z.string().min(1).max(512),
  status: z.string(),
  externalId: z.unknown().optional(),
  totalSegments: z.int().positive().max(99).nullish().catch(null),
  totalPrice: z.number().min(0).max(10_000).nullish().catch(null),
  currency: text,
  sendTime: text,
  deliverTime: text,
  readTime: text,
  updateTime: text,
  errorCode: z
    .union([z.string(), z.int().transform(String)])
    .nullish()
    .catch(null),
  errorMessage: text,
  whatsappApiError: z.unknown().optional(),
});
export type MessageResource = z.infer<typeof messageResource>;

const STATUSES: Readonly<Record<string, ReceiptStatus>> = {
  accepted: 'accepted',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
  undelivered: 'failed',
};

/** Null for words that are new to us. */
export function receiptStatus(word: string): ReceiptStatus | null {
  return Object.hasOwn(STATUSES, word) ? (STATUSES[word] ?? null) : null;
}

/** RFC 3339, from this century; null where it does not say or says nonsense. */
export function clockOf(time: unknown): Date | null {
  if (typeof time !== 'string' || !/^20\d\d-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:?\d\d)$/.test(time)) return null;
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? null : at;
}
