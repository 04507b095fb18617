import { z } from 'zod';
import { countSegments } from '@/lib/domain/message/segments';
import { judgeExchange, refuse } from '@/lib/providers/outcome';
import type { ConnectionAccess, OutboundMessage, SendResult } from '@/lib/providers/provider';
import { callVonage, readRefusal } from '@/lib/providers/vonage/api';

/** Vonage advises at least half an hour for SMS: carriers drop shorter-lived ones that could still arrive. */
const SMS_TTL_SECONDS_MIN = 1_800;

/** The only country whose operators ask for the ids; elsewhere the same fields may mean something else. */
const INDIA = '+91';

const accepted = z.object({ message_uuid: z.string().regex(/^[\w-]{1,64}$/) });

/**
 * Creates one message through the Messages API. Vonage documents no idempotency key, so the caller must not repeat an
 * `unknown`; our message id travels as `client_ref` and comes back in every status. Vonage's own failover is not used: it
 * would send behind our back.
 */
export async function sendMessage(
  connection: ConnectionAccess,
  message: OutboundMessage,
  signal: AbortSignal,
): Promise<SendResult> {
  const addressed = address(connection, message);
  if (!addressed) {
    const detail = `The connection cannot send this kind of ${message.channel} message`;
    return refuse('request_rejected', 'unsupported', detail);
  }
  const { ended, secrets } = await callVonage(
    connection,
    {
      ...addressed,
      to: digits(message.to),
      client_ref: message.messageId,
      ...(message.statusCallbackUrl ? { webhook_url: message.statusCallbackUrl, webhook_version: 'v1' } : {}),
    },
    signal,
  );
  const hidden = [message.code, message.to, ...secrets];
  return judgeExchange<SendResult>(ended, (answer, status) => {
    return (
      readRefusal(answer, status, hidden, message.channel === 'whatsapp') ??
      (status < 300 ? readAcceptance(answer, message) : null)
    );
  });
}

/** Null when this connection has no sender for the channel, or the content is not the channel's. */
function address(connection: ConnectionAccess, { channel, to, content, code, validitySeconds }: OutboundMessage) {
  const { sms_from: smsFrom, whatsapp_from: whatsappFrom, dlt_entity_id: dltEntityId } = connection.settings;
  if (channel === 'sms' && content.kind === 'text' && smsFrom) {
    return {
      message_type: 'text',
      channel,
      from: digits(smsFrom),
      text: content.body,
      ttl: Math.max(SMS_TTL_SECONDS_MIN, Math.floor(validitySeconds)),
      sms: { encoding_type: 'auto', ...(to.startsWith(INDIA) ? dltIds(dltEntityId, content.dltTemplateId) : {}) },
    };
  }
  if (channel === 'whatsapp' && content.kind === 'template' && whatsappFrom) {
    return {
      // Vonage's own type `template` has no slot for the button's parameter; `custom` passes Meta's object through.
      message_type: 'custom',
      channel,
      from: digits(whatsappFrom),
      custom: { type: 'template', template: authenticationTemplate(content, code) },
    };
  }
  return null;
}

/** Who sends, and which text, as registered with India's operators: they drop what they cannot match. */
function dltIds(entityId: string | undefined, templateId: string | undefined) {
  return { ...(entityId ? { entity_id: entityId } : {}), ...(templateId ? { content_id: templateId } : {}) };
}

/** The code goes in twice: into the sentence and into the copy button, which Meta calls a url button. */
function authenticationTemplate(content: { name: string; language: string }, code: string) {
  const parameters = [{ type: 'text', text: code }];
  return {
    name: content.name,
    language: { policy: 'deterministic', code: content.language.replaceAll('-', '_') },
    components: [
      { type: 'body', parameters },
      { type: 'button', sub_type: 'url', index: '0', parameters },
    ],
  };
}

/** Vonage writes numbers without the plus sign; sender names stay as they are. */
function digits(sender: string): string {
  return sender.replace(/^\+/, '');
}

function readAcceptance(answer: unknown, message: OutboundMessage): SendResult | null {
  const parsed = accepted.safeParse(answer);
  if (!parsed.success) return null;
  const segments = message.content.kind === 'text' ? countSegments(message.content.body).segments : null;
  return { kind: 'accepted', providerMessageId: parsed.data.message_uuid, segments };
}
