import { countSegments } from '@/lib/domain/message/segments';
import { toMetaLanguage } from '@/lib/providers/meta-cloud/language';
import { judgeExchange, refuse } from '@/lib/providers/outcome';
import type { ConnectionAccess, OutboundMessage, SendResult } from '@/lib/providers/provider';
import { callYCloud, messageResource, receiptStatus } from '@/lib/providers/ycloud/api';
import { readFailure, readRefusal } from '@/lib/providers/ycloud/reasons';

/**
 * Sends one message. WhatsApp goes by `sendDirectly`, which asks Meta within the call, so that Meta's refusal is the answer
 * instead of a later webhook. No idempotency key is documented, so the caller must not repeat an `unknown`; our message id
 * travels as `externalId` and comes back in every webhook. An SMS has no time to live here, and none of the
 * documented fields takes India's DLT ids: they belong to the sender's registration.
 */
export async function sendMessage(
  connection: ConnectionAccess,
  message: OutboundMessage,
  signal: AbortSignal,
): Promise<SendResult> {
  const call = addressed(connection, message);
  if (!call) {
    return refuse(
      'request_rejected',
      'unsupported',
      `The connection cannot send this kind of ${message.channel} message`,
    );
  }
  const secrets = [message.code, message.to, ...Object.values(connection.credentials)];
  const ended = await callYCloud(connection, call, signal);
  return judgeExchange<SendResult>(ended, (answer, status) => {
    return readRefusal(answer, status, secrets) ?? (status < 300 ? readTaken(answer, message, secrets) : null);
  });
}

/** Null when this connection has no sender for the channel, or the content is not the channel's. */
function addressed(connection: ConnectionAccess, { channel, content, to, code, messageId }: OutboundMessage) {
  const { whatsapp_from: from, sms_sender_id: senderId } = connection.settings;
  if (channel === 'sms' && content.kind === 'text') {
    const body = { to, text: content.body, ...(senderId ? { senderId } : {}), externalId: messageId };
    return { path: 'sms', body };
  }
  if (channel !== 'whatsapp' || content.kind !== 'template' || !from) return null;
  // The code goes in twice, as at Meta: into the sentence and into the copy button.
  const parameters = [{ type: 'text', text: code }];
  const template = {
    name: content.name,
    language: { code: toMetaLanguage(content.language), policy: 'deterministic' },
    components: [
      { type: 'body', parameters },
      { type: 'button', sub_type: 'url', index: 0, parameters },
    ],
  };
  return {
    path: 'whatsapp/messages/sendDirectly',
    body: { from, to, type: 'template', template, externalId: messageId },
  };
}

/** A 200 may hold a message that has failed already. */
function readTaken(answer: unknown, message: OutboundMessage, secrets: readonly string[]): SendResult | null {
  const parsed = messageResource.safeParse(answer);
  if (!parsed.success) return null;
  if (receiptStatus(parsed.data.status) === 'failed') {
    const { reason, providerCode, detail } = readFailure(parsed.data, secrets);
    return refuse(reason, providerCode ?? 'failed', detail ?? '');
  }
  return {
    kind: 'accepted',
    providerMessageId: parsed.data.id,
    segments: segmentsOf(message, parsed.data.totalSegments),
  };
}

function segmentsOf({ content }: OutboundMessage, told: number | null | undefined): number | null {
  if (content.kind !== 'text') return null;
  return told ?? countSegments(content.body).segments;
}
