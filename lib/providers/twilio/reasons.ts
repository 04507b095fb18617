import type { FailureReason } from '@/lib/domain/message/reasons';

/** Twilio's codes in our words (www.twilio.com/docs/api/errors). Twilio adds and changes codes without notice. */
const REASONS: Readonly<Record<number, FailureReason>> = {
  // The person.
  21211: 'invalid_number',
  30005: 'invalid_number', // unknown handset
  21614: 'not_on_channel', // not a mobile number
  30006: 'not_on_channel', // landline
  63003: 'not_on_channel',
  63024: 'not_on_channel', // WhatsApp: invalid recipient, Meta's 131026
  30003: 'unreachable',
  21610: 'blocked_by_recipient', // answered STOP
  30004: 'blocked_by_recipient',
  63014: 'blocked_by_recipient',

  // Twilio, the carrier, or Meta behind Twilio.
  20429: 'throttled',
  30001: 'throttled',
  63018: 'throttled',
  30410: 'provider_down',
  30500: 'provider_down',
  63012: 'provider_down',
  21612: 'provider_refused', // no way from this sender to this number
  63032: 'provider_refused',
  63049: 'provider_refused',
  30007: 'carrier_filtered',
  30008: 'unrecognised', // "unknown error"
  30036: 'expired_in_transit', // stayed in the queue longer than ValidityPeriod

  // Ours to repair.
  20003: 'credentials_rejected',
  21408: 'country_not_allowed',
  30002: 'account_restricted',
  30034: 'account_restricted', // unregistered US sender
  63013: 'account_restricted',
  63020: 'account_restricted',
  21603: 'request_rejected', // no sender given
  21606: 'request_rejected', // sender cannot send there
  63005: 'request_rejected',
  63007: 'request_rejected', // no such WhatsApp sender
  63016: 'request_rejected', // free text outside the window: our template was missing
  63021: 'request_rejected',
  21655: 'template_unavailable', // ContentSid unknown
  21656: 'template_unavailable', // ContentVariables do not fit the content
  63027: 'template_unavailable',
  63028: 'template_unavailable',
  63029: 'template_unavailable',
  63030: 'template_unavailable',
  63054: 'template_unavailable',
};

/** Null for a code we do not know: never guessed. */
export function twilioReason(code: number): FailureReason | null {
  return REASONS[code] ?? null;
}
