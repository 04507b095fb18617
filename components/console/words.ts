import type { AlertKind } from '@/lib/domain/alerts/rules';
import type { Channel, ProviderName } from '@/lib/domain/channel';
import type { MessageState } from '@/lib/domain/message/states';
import type { SkipReason } from '@/lib/domain/routing/plan';
import type { EndReason, VerificationStatus } from '@/lib/domain/verification/states';

/** What the console calls things. One table per union: a new member without a word does not compile. */

export const STATUS_WORDS: Record<VerificationStatus, string> = {
  pending: 'Pending',
  approved: 'Approved',
  expired: 'Expired',
  locked: 'Locked',
  canceled: 'Canceled',
  undeliverable: 'Undeliverable',
};

export const CHANNEL_WORDS: Record<Channel, string> = {
  whatsapp: 'WhatsApp',
  sms: 'SMS',
  email: 'E-mail',
  voice: 'Voice',
};

export const PROVIDER_WORDS: Record<ProviderName, string> = {
  'meta-cloud': 'Meta Cloud API',
  twilio: 'Twilio',
  vonage: 'Vonage',
  smtp: 'SMTP',
  ycloud: 'YCloud',
};

export const MESSAGE_WORDS: Record<MessageState, string> = {
  queued: 'Queued',
  submitted: 'Handed over',
  unknown: 'No answer',
  accepted: 'Accepted',
  sent: 'Sent',
  failed: 'Failed',
  delivered: 'Delivered',
  read: 'Read',
};

export const SKIP_WORDS: Record<SkipReason | 'remembered_not_on_channel', string> = {
  remembered_not_on_channel: 'this number was not on it the last time',
  channel_disabled: 'switched off on this route',
  not_in_policy: 'not allowed by the policy of this use case',
  not_chosen: 'the user chose another channel',
  no_connection: 'no connection is set for it',
  connection_disabled: 'its connection is switched off',
  breaker_open: 'its provider is failing',
  no_address: 'no e-mail address was given',
  no_approved_template: 'no approved template fits',
};

export const END_WORDS: Record<EndReason, string> = {
  superseded: 'A newer code for the same number took its place',
  by_request: 'The app canceled it',
  code_denied: 'The person said they did not ask for a code',
  checks_spent: 'Every check was used',
  lifetime_over: 'Nobody entered the code in time',
  all_channels_failed: 'Every channel failed',
  chosen_channel_failed: 'The channel that the user chose failed, and no resend was left to take another',
  fallback_off: 'The channel failed, and this route does not fall back',
};

export const ALERT_WORDS: Record<AlertKind, string> = {
  delivery_drop: 'Delivery drop',
  slow_delivery: 'Slow delivery',
  unknown_rate: 'No answer',
  spend: 'Spend',
  template_not_sendable: 'Template not sendable',
  webhook_silence: 'No receipts',
  our_fault: 'Our own fault',
};

/** A word for something that may come from a newer version of the database: the raw name, spaced, when it is not in the table. */
export function wordFor<Name extends string>(words: Record<Name, string>, name: string): string {
  return name in words ? words[name as Name] : spaced(name);
}

/** `password_reset` becomes `Password reset`. */
export function spaced(name: string): string {
  const text = name.replaceAll(/[_:]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
