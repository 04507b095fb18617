import type { FailureReason } from '@/lib/domain/message/reasons';

/**
 * Meta's codes in our words. Meta asks integrators to build on `error.code`, not on title, HTTP status or subcode
 * (developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes). The same code can come with the send, by
 * webhook, or both.
 */
const REASONS: Readonly<Record<number, FailureReason>> = {
  // The person: nothing but another channel helps. 131026 is vague on purpose: no account, old client, terms not accepted.
  131026: 'not_on_channel',
  131021: 'invalid_number', // recipient is our own sender
  130403: 'blocked_by_recipient',
  131050: 'blocked_by_recipient',
  131056: 'pair_rate_limited',
  130497: 'country_not_allowed',

  // Meta chose not to deliver.
  130472: 'provider_refused',
  131049: 'provider_refused',

  // Meta is busy or failing: a quick second try may pass.
  4: 'throttled',
  80007: 'throttled',
  130429: 'throttled',
  1: 'provider_down',
  2: 'provider_down',
  131000: 'provider_down',
  131016: 'provider_down',
  131057: 'provider_down',
  133004: 'provider_down',
  2494100: 'provider_down',

  // Ours to repair.
  132001: 'template_unavailable',
  132007: 'template_unavailable',
  132015: 'template_unavailable',
  132016: 'template_unavailable',
  132018: 'template_unavailable',
  132068: 'template_unavailable',
  132069: 'template_unavailable',
  131064: 'template_unavailable',
  0: 'credentials_rejected',
  3: 'credentials_rejected',
  10: 'credentials_rejected',
  190: 'credentials_rejected',
  131005: 'credentials_rejected',
  33: 'account_restricted',
  368: 'account_restricted',
  131031: 'account_restricted',
  131037: 'account_restricted',
  131042: 'account_restricted',
  131045: 'account_restricted',
  131048: 'account_restricted',
  133010: 'account_restricted',
  100: 'request_rejected',
  131008: 'request_rejected',
  131009: 'request_rejected',
  131047: 'request_rejected', // "24 hours have passed" concerns free text: our template was missing
  131051: 'request_rejected',
  131052: 'request_rejected',
  131053: 'request_rejected',
  131063: 'request_rejected',
  132000: 'request_rejected',
  132005: 'request_rejected',
  132012: 'request_rejected',
  135000: 'request_rejected',
};

/** Null for a code we do not know: never guessed. */
export function metaReason(code: number): FailureReason | null {
  if (code >= 200 && code <= 299) return 'credentials_rejected'; // the permission family of the Graph API
  return REASONS[code] ?? null;
}
