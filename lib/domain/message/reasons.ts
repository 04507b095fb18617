/**
 * Why a message failed, in our words. A provider's folder maps its own codes to these; nothing outside that
 * folder knows the provider's codes except as text to show.
 *
 * - `group`: what somebody can do about it. `recipient` nothing but another channel; `provider` wait or switch;
 *   `ours` repair our configuration: it raises an alert and is never held against the number.
 * - `isOffChannel`: proof that this number does not use this channel, worth remembering for a while.
 * - `retriesOnce`: one quick second try may help (at most 2 s later), before the next channel.
 */
export const FAILURE_REASONS = {
  not_on_channel: {
    group: 'recipient',
    isOffChannel: true,
    retriesOnce: false,
    title: 'Number does not use this channel',
  },
  unreachable: { group: 'recipient', isOffChannel: false, retriesOnce: false, title: 'Phone could not be reached' },
  blocked_by_recipient: {
    group: 'recipient',
    isOffChannel: false,
    retriesOnce: false,
    title: 'Recipient blocked the sender',
  },
  invalid_number: {
    group: 'recipient',
    isOffChannel: false,
    retriesOnce: false,
    title: 'Provider says the number is invalid',
  },
  pair_rate_limited: {
    group: 'recipient',
    isOffChannel: false,
    retriesOnce: false,
    title: 'Too many messages to this number',
  },
  country_not_allowed: {
    group: 'ours',
    isOffChannel: false,
    retriesOnce: false,
    title: 'Account may not send to this country',
  },
  carrier_filtered: {
    group: 'provider',
    isOffChannel: false,
    retriesOnce: false,
    title: 'Carrier filtered the message',
  },
  throttled: { group: 'provider', isOffChannel: false, retriesOnce: true, title: 'Provider rate limit reached' },
  provider_down: { group: 'provider', isOffChannel: false, retriesOnce: true, title: 'Provider is failing' },
  provider_refused: {
    group: 'provider',
    isOffChannel: false,
    retriesOnce: false,
    title: 'Provider chose not to deliver',
  },
  template_unavailable: {
    group: 'ours',
    isOffChannel: false,
    retriesOnce: false,
    title: 'Template missing, paused or rejected',
  },
  credentials_rejected: {
    group: 'ours',
    isOffChannel: false,
    retriesOnce: false,
    title: 'Provider rejected our credentials',
  },
  account_restricted: {
    group: 'ours',
    isOffChannel: false,
    retriesOnce: false,
    title: 'Provider account restricted or unpaid',
  },
  request_rejected: { group: 'ours', isOffChannel: false, retriesOnce: false, title: 'Provider rejected our request' },
  expired_in_transit: {
    group: 'provider',
    isOffChannel: false,
    retriesOnce: false,
    title: 'Message expired before delivery',
  },
  unrecognised: {
    group: 'provider',
    isOffChannel: false,
    retriesOnce: false,
    title: 'Failure the provider did not explain',
  },
} as const satisfies Record<
  string,
  { group: 'recipient' | 'provider' | 'ours'; isOffChannel: boolean; retriesOnce: boolean; title: string }
>;

export type FailureReason = keyof typeof FAILURE_REASONS;
