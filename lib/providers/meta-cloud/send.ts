import { z } from 'zod';
import { readRefusal } from '@/lib/providers/meta-cloud/errors';
import { callGraph } from '@/lib/providers/meta-cloud/graph';
import { toMetaLanguage } from '@/lib/providers/meta-cloud/language';
import { judgeExchange, refuse } from '@/lib/providers/outcome';
import type { ConnectionAccess, OutboundMessage, SendResult } from '@/lib/providers/provider';

const accepted = z.object({
  messages: z.array(z.object({ id: z.string().min(1).max(512), message_status: z.string().optional() })).min(1),
});

/**
 * Sends one authentication template.
 *
 * A 200 means accepted, nothing more: a `wa_id` in it does not prove a WhatsApp account. Meta documents no idempotency
 * key, so the caller must not repeat an `unknown`; our message id travels as `biz_opaque_callback_data` and comes back in
 * every receipt.
 */
export async function sendTemplate(
  connection: ConnectionAccess,
  message: OutboundMessage,
  signal: AbortSignal,
): Promise<SendResult> {
  const { phone_number_id: sender } = connection.settings;
  if (message.channel !== 'whatsapp' || message.content.kind !== 'template') {
    return refuse('request_rejected', 'unsupported', 'Meta carries WhatsApp templates only');
  }
  if (!sender) return refuse('request_rejected', 'incomplete_connection', 'The connection has no phone_number_id');

  const path = `${encodeURIComponent(sender)}/messages`;
  const body = templateMessage(message, message.content);
  const secrets = [message.code, message.to, ...Object.values(connection.credentials)];
  const ended = await callGraph(connection, { method: 'POST', path, body }, signal);
  return judgeExchange<SendResult>(ended, (answer, status) => {
    return readRefusal(answer, status, secrets) ?? (status < 300 ? readAcceptance(answer) : null);
  });
}

/** The code goes in twice: into the sentence and into the copy button, which Meta calls a url button. */
function templateMessage(message: OutboundMessage, template: { name: string; language: string }) {
  const parameters = [{ type: 'text', text: message.code }];
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: message.to.replace(/^\+/, ''),
    type: 'template',
    template: {
      name: template.name,
      language: { code: toMetaLanguage(template.language) },
      components: [
        { type: 'body', parameters },
        { type: 'button', sub_type: 'url', index: '0', parameters },
      ],
    },
    biz_opaque_callback_data: message.messageId,
  };
}

/** `paused` is a 200 for a message that will not leave; `held_for_quality_assessment` may still leave. */
function readAcceptance(answer: unknown): SendResult | null {
  const parsed = accepted.safeParse(answer);
  const first = parsed.data?.messages[0];
  if (!first) return null;
  if (first.message_status === 'paused') return refuse('template_unavailable', 'paused', 'The template is paused');
  return { kind: 'accepted', providerMessageId: first.id, segments: null };
}
