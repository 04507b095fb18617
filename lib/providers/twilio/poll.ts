import { safeDetail } from '@/lib/providers/detail';
import { judgeExchange, type Refused } from '@/lib/providers/outcome';
import type { ConnectionAccess, ProviderEvent } from '@/lib/providers/provider';
import {
  callTwilio,
  type MessageResource,
  messageResource,
  readPrice,
  readRefusal,
  receiptStatus,
  secretsOf,
} from '@/lib/providers/twilio/api';
import { twilioReason } from '@/lib/providers/twilio/reasons';

type Found = { kind: 'found'; message: MessageResource };

/**
 * Asks what became of a message: Twilio retries a lost callback once, not for days. Null when Twilio gives no answer or
 * has not got further than accepting it. The message's text, which Twilio repeats, is not read.
 */
export async function fetchReceipt(
  connection: ConnectionAccess,
  providerMessageId: string,
  signal: AbortSignal,
): Promise<ProviderEvent | null> {
  const path = `Messages/${encodeURIComponent(providerMessageId)}.json`;
  const ended = await callTwilio(connection, { path }, signal);
  const secrets = secretsOf(connection);
  const read = judgeExchange<Found | Refused>(ended, (answer, status) => {
    const parsed = messageResource.safeParse(answer);
    if (status >= 300 || !parsed.success) return readRefusal(answer, status, secrets);
    return { kind: 'found', message: parsed.data };
  });
  return read.kind === 'found' && read.message.sid === providerMessageId ? readReceipt(read.message, secrets) : null;
}

function readReceipt(message: MessageResource, secrets: readonly string[]): ProviderEvent | null {
  const status = receiptStatus(message.status);
  if (!status || status === 'accepted') return null;
  const code = status === 'failed' ? (message.error_code ?? null) : null;
  return {
    kind: 'receipt',
    messageId: null,
    providerMessageId: message.sid,
    status,
    at: clockOf(message.date_updated),
    reason: status === 'failed' ? ((code === null ? null : twilioReason(code)) ?? 'unrecognised') : null,
    providerCode: code === null ? null : String(code),
    detail: status === 'failed' && message.error_message ? safeDetail(message.error_message, secrets) : null,
    ...readPrice(message.price, message.price_unit),
  };
}

/** RFC 2822, to the second; now when Twilio does not say. */
function clockOf(date: string | null | undefined): Date {
  const at = new Date(date ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? new Date() : at;
}
