import { countSegments } from '@/lib/domain/message/segments';
import { safeDetail } from '@/lib/providers/detail';
import { judgeExchange, refuse } from '@/lib/providers/outcome';
import type { ConnectionAccess, OutboundMessage, SendResult } from '@/lib/providers/provider';
import { callTwilio, messageResource, readRefusal, receiptStatus, secretsOf } from '@/lib/providers/twilio/api';
import { twilioReason } from '@/lib/providers/twilio/reasons';

/** Seconds that Twilio accepts as ValidityPeriod (www.twilio.com/docs/api/errors/90007). */
const VALIDITY_SECONDS = { min: 1, max: 36_000 };

/**
 * Creates one message. Twilio documents no idempotency key for it, so the caller must not repeat an `unknown`. Receipts
 * find the message by the address they are posted to, which carries our message id. The Messages API has no field for
 * India's DLT ids: Twilio takes entity and texts once, with the registration of the sender.
 */
export async function sendMessage(
  connection: ConnectionAccess,
  message: OutboundMessage,
  signal: AbortSignal,
): Promise<SendResult> {
  const addressed = address(connection, message);
  if (!addressed) {
    return refuse(
      'request_rejected',
      'unsupported',
      `The connection cannot send this kind of ${message.channel} message`,
    );
  }
  const form = new URLSearchParams(addressed);
  if (message.statusCallbackUrl) form.set('StatusCallback', message.statusCallbackUrl);
  form.set('ValidityPeriod', String(validity(message.validitySeconds)));

  const secrets = [message.code, message.to, ...secretsOf(connection)];
  const ended = await callTwilio(connection, { path: 'Messages.json', form }, signal);
  return judgeExchange<SendResult>(ended, (answer, status) => {
    return readRefusal(answer, status, secrets) ?? (status < 300 ? readCreated(answer, message, secrets) : null);
  });
}

/** Null when this connection has no sender for the channel, or the content is not the channel's. */
function address(connection: ConnectionAccess, { channel, content, to, code }: OutboundMessage) {
  const { sms_from: from, messaging_service_sid: service, whatsapp_from: whatsappFrom } = connection.settings;
  if (channel === 'sms' && content.kind === 'text') {
    if (service) return { To: to, MessagingServiceSid: service, Body: content.body };
    return from ? { To: to, From: from, Body: content.body } : null;
  }
  // WhatsApp templates given as Body text fail since 2025-04-01 (63016); one variable fills sentence and button.
  if (channel === 'whatsapp' && content.kind === 'template' && whatsappFrom) {
    return {
      To: `whatsapp:${to}`,
      From: `whatsapp:${whatsappFrom}`,
      ContentSid: content.name,
      ContentVariables: JSON.stringify({ 1: code }),
    };
  }
  return null;
}

function validity(seconds: number): number {
  return Math.min(VALIDITY_SECONDS.max, Math.max(VALIDITY_SECONDS.min, Math.floor(seconds)));
}

/** No callback repeats the status of this answer, so a failure told here is the only word about it. */
function readCreated(answer: unknown, message: OutboundMessage, secrets: readonly string[]): SendResult | null {
  const parsed = messageResource.safeParse(answer);
  if (!parsed.success) return null;
  const { sid, status, error_code: code, error_message: words, num_segments: told } = parsed.data;
  if (receiptStatus(status) === 'failed') {
    const reason = (code ? twilioReason(code) : null) ?? 'unrecognised';
    return refuse(reason, code ? String(code) : status, safeDetail(words ?? '', secrets));
  }
  return { kind: 'accepted', providerMessageId: sid, segments: segmentsOf(message, told) };
}

/** With a Messaging Service Twilio answers "0" at first: then we count. */
function segmentsOf(message: OutboundMessage, told: string | null | undefined): number | null {
  if (message.content.kind !== 'text') return null;
  if (told && /^[1-9]\d?$/.test(told)) return Number(told);
  return countSegments(message.content.body).segments;
}
