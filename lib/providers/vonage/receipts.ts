import { z } from 'zod';
import type { ReceiptStatus } from '@/lib/domain/message/states';
import { safeDetail } from '@/lib/providers/detail';
import { ourMessageId } from '@/lib/providers/message-id';
import { type Callback, MalformedCallback, type ProviderEvent } from '@/lib/providers/provider';
import { readProblem, vonageProblem } from '@/lib/providers/vonage/problem';
import { CALLBACK_BYTES_MAX } from '@/lib/providers/vonage/signature';

const envelope = z.object({
  message_uuid: z.string().regex(/^[\w-]{1,64}$/),
  status: z.unknown().optional(),
  channel: z.unknown().optional(),
  timestamp: z.unknown().optional(),
  client_ref: z.unknown().optional(),
  error: z.unknown().optional(),
  usage: z
    .object({ price: z.union([z.string(), z.number()]), currency: z.string() })
    .optional()
    .catch(undefined),
});
type StatusCallback = z.infer<typeof envelope>;

/** `rejected` also tells that the time to live ran out; `undeliverable` that the network could not be reached. */
const STATUSES: Readonly<Record<string, ReceiptStatus>> = {
  submitted: 'sent',
  delivered: 'delivered',
  read: 'read',
  rejected: 'failed',
  undeliverable: 'failed',
};

/**
 * The one thing a status callback says. Keys vary by channel and grow without notice, so only the ones used here are
 * looked at. Vonage repeats callbacks and does not keep their order.
 */
export function readVonageEvents(callback: Callback): ProviderEvent[] {
  const told = readBody(callback.raw);
  const { status: word } = told;
  if (word === undefined) return [{ kind: 'ignored', what: 'inbound message' }];
  const status = typeof word === 'string' && Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
  if (!status) {
    const isPlain = typeof word === 'string' && /^[a-z_]{1,32}$/.test(word);
    return [{ kind: 'ignored', what: isPlain ? `status ${word}` : 'status unreadable' }];
  }
  const query = URL.canParse(callback.url) ? new URL(callback.url).searchParams : new URLSearchParams();
  return [
    {
      kind: 'receipt',
      messageId: ourMessageId(told.client_ref) ?? ourMessageId(query.get('message')),
      providerMessageId: told.message_uuid,
      status,
      at: clockOf(told.timestamp, callback.receivedAt),
      ...(status === 'failed'
        ? readFailure(told.error, told.channel === 'whatsapp')
        : { reason: null, providerCode: null, detail: null }),
      ...readCharge(told.usage),
    },
  ];
}

function readBody(raw: Uint8Array): StatusCallback {
  if (raw.byteLength > CALLBACK_BYTES_MAX) throw new MalformedCallback('The body is too long for a callback');
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    throw new MalformedCallback('The body is not JSON');
  }
  const parsed = envelope.safeParse(body);
  if (!parsed.success) throw new MalformedCallback('The body is not a status callback');
  return parsed.data;
}

function readFailure(error: unknown, isWhatsApp: boolean) {
  const parsed = vonageProblem.safeParse(error);
  if (!parsed.success) return { reason: 'unrecognised' as const, providerCode: null, detail: null };
  const { code, reason, words } = readProblem(parsed.data, isWhatsApp);
  return { reason: reason ?? ('unrecognised' as const), providerCode: code, detail: safeDetail(words, []) || null };
}

/** ISO 8601 with its zone, from this century; else the time of arrival. */
function clockOf(timestamp: unknown, receivedAt: Date): Date {
  if (typeof timestamp !== 'string' || !/^20\d\d-\d\d-\d\dT[\d:.]{5,18}(Z|[+-]\d\d:?\d\d)$/.test(timestamp)) {
    return receivedAt;
  }
  const at = new Date(timestamp);
  return Number.isNaN(at.getTime()) ? receivedAt : at;
}

/** What Vonage says it takes, in micros: "0.0333" EUR is 33300. Null while it does not say. Reads digits, not floating point. */
export function readCharge(usage: StatusCallback['usage']) {
  const [, whole = '', fraction = ''] = /^(\d{1,9})(?:\.(\d{1,12}))?$/.exec(String(usage?.price ?? '')) ?? [];
  const currency = usage?.currency.toUpperCase() ?? '';
  if (whole === '' || !/^[A-Z]{3}$/.test(currency)) return { chargedMicros: null, currency: null };
  const micros = Number(`${whole}${fraction.padEnd(6, '0').slice(0, 6)}`) + (Number(fraction[6] ?? '0') >= 5 ? 1 : 0);
  return { chargedMicros: micros, currency };
}
