import { createHmac, randomUUID } from 'node:crypto';
import type { HttpResult } from '@/lib/simulator/http-client';
import type { TwilioMessage } from '@/lib/simulator/twilio-message-store';
import type { RetryRule, WebhookFate } from '@/lib/simulator/webhooks-out';
import { isTaken } from '@/lib/simulator/webhooks-out';
import type { World } from '@/lib/simulator/world';

/** `X-Twilio-Signature`: the URL as called, then every parameter's name and value in order of names. */
export function twilioSignature(authToken: string, url: string, params: Record<string, string>): string {
  const sorted = Object.keys(params).sort();
  const text = sorted.reduce((signed, name) => `${signed}${name}${params[name] ?? ''}`, url);
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}

/**
 * Twilio tries once more, and only when no connection came about. A URL fragment overrides it, as in
 * `https://host/path#rc=5&rp=all`; the fragment itself is neither sent nor signed.
 */
function retryRuleOf(fragment: string): RetryRule {
  const overrides = new URLSearchParams(fragment.replace(/^#/, ''));
  const again = Math.min(Math.max(Number(overrides.get('rc') ?? 1) || 0, 0), 5);
  const policies = (overrides.get('rp') ?? 'ct').split(',');
  const retries = (result: HttpResult): boolean => {
    if (isTaken(result)) return false;
    if (policies.includes('all')) return true;
    if (result.kind === 'failed') return policies.includes('ct') || policies.includes('rt');
    return (result.status >= 500 && policies.includes('5xx')) || (result.status < 500 && policies.includes('4xx'));
  };
  return { triesMax: 1 + again, backoffMs: 1000, retries };
}

const EVENT_TYPES: Record<string, string> = { delivered: 'DELIVERED', read: 'READ', undelivered: 'UNDELIVERED' };
let callbacks = 0;

/** Reports the status a message has now to the address its sender gave. */
export function reportMessage(world: World, message: TwilioMessage, status: string, at: Date): Promise<WebhookFate> {
  if (message.callbackUrl === null) return Promise.resolve('given_up');
  const account = world.accounts.twilioBySid(message.accountSid);
  const target = new URL(message.callbackUrl);
  const retry = retryRuleOf(target.hash);
  // The address as it was given, not as URL would rewrite it: the signature covers its exact characters.
  const url = message.callbackUrl.replace(/#.*$/s, '');
  const params = paramsOf(message, status, at);
  return world.webhooks.post({
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'user-agent': 'TwilioProxy/1.1',
      'i-twilio-idempotency-token': randomUUID(),
      'x-twilio-signature': twilioSignature(account?.auth_token ?? '', url, params),
    },
    body: new URLSearchParams(params).toString(),
    retry,
  });
}

function paramsOf(message: TwilioMessage, status: string, at: Date): Record<string, string> {
  callbacks += 1;
  const hasFailed = status === 'failed' || status === 'undelivered';
  const isWhatsApp = message.channel === 'whatsapp';
  const isFinal = status !== 'sent' && status !== 'queued';
  return {
    AccountSid: message.accountSid,
    ApiVersion: '2010-04-01',
    ...(message.from === null ? {} : { From: message.from }),
    To: message.to,
    MessageSid: message.sid,
    SmsSid: message.sid,
    MessageStatus: status,
    SmsStatus: status,
    ...(message.messagingServiceSid === null ? {} : { MessagingServiceSid: message.messagingServiceSid }),
    ...(hasFailed && message.errorCode !== null ? { ErrorCode: String(message.errorCode) } : {}),
    ...(isWhatsApp ? whatsAppParams(status, hasFailed) : isFinal ? { RawDlrDoneDate: compactTime(at) } : {}),
    // Twilio adds properties without notice; whoever signs a fixed list of them fails on these.
    ...(callbacks % 5 === 0 ? { DestinationNetwork: 'Réseau simulé & co' } : {}),
  };
}

function whatsAppParams(status: string, hasFailed: boolean): Record<string, string> {
  const event = EVENT_TYPES[status];
  return {
    ChannelInstallSid: 'XEe0000000000000000000000000000001',
    ChannelPrefix: 'whatsapp',
    ...(event ? { EventType: event } : { StructuredMessage: 'false' }),
    ...(hasFailed ? { ChannelStatusMessage: 'Message undeliverable' } : {}),
  };
}

/** YYMMDDhhmm in UTC. */
function compactTime(at: Date): string {
  return at.toISOString().replace(/\D/g, '').slice(2, 12);
}
