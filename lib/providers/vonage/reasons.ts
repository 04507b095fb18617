import type { FailureReason } from '@/lib/domain/message/reasons';

/** Vonage's codes in our words (developer.vonage.com/api-errors/messages-olympus). */
const REASONS: Readonly<Record<string, FailureReason>> = {
  // The person. 1050 bars the number on Vonage's side.
  1050: 'blocked_by_recipient',
  1260: 'unreachable',

  // Vonage or the network behind it.
  1000: 'throttled',
  1030: 'provider_down',
  1100: 'provider_down',
  1040: 'provider_refused',

  // Ours to repair.
  unauthorized: 'credentials_rejected',
  1060: 'account_restricted',
  1070: 'account_restricted',
  1080: 'account_restricted',
  1010: 'request_rejected',
  1020: 'request_rejected',
  1021: 'request_rejected',
  1022: 'request_rejected',
  1090: 'request_rejected',
  1120: 'request_rejected',
  1130: 'request_rejected',
  1150: 'request_rejected',
  1340: 'request_rejected', // outside WhatsApp's window concerns free text: our template was missing
};

/** Codes of Meta's that Vonage passes on in the words of a WhatsApp failure. */
const META_REASONS: Readonly<Record<string, FailureReason>> = {
  131026: 'not_on_channel',
  131021: 'invalid_number',
  130403: 'blocked_by_recipient',
  131050: 'blocked_by_recipient',
  131056: 'pair_rate_limited',
  130497: 'country_not_allowed',
  130472: 'provider_refused',
  131049: 'provider_refused',
  130429: 'throttled',
  131000: 'provider_down',
  131016: 'provider_down',
  132001: 'template_unavailable',
  132007: 'template_unavailable',
  132015: 'template_unavailable',
  132016: 'template_unavailable',
  131031: 'account_restricted',
  131042: 'account_restricted',
  131047: 'request_rejected',
};

/** Null for a code we do not know: never guessed. */
export function vonageReason(code: string): FailureReason | null {
  return Object.hasOwn(REASONS, code) ? (REASONS[code] ?? null) : null;
}

/** The first of Meta's codes inside an explanation, or null. */
export function metaCodeIn(words: string): { code: string; reason: FailureReason } | null {
  for (const [code] of words.matchAll(/(?<!\d)13\d{4}(?!\d)/g)) {
    const reason = META_REASONS[code];
    if (reason) return { code, reason };
  }
  return null;
}

/** What an error status means by itself, where its body names no code of the table. Null: only what every status says. */
export function reasonOfVonageStatus(status: number): FailureReason | null {
  return status === 402 ? 'account_restricted' : null;
}
