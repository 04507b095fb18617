import type { Fault } from '@/lib/simulator/plan';
import { json, type Reply } from '@/lib/simulator/replies';

const ERRORS: Record<number, { status: number; message: string }> = {
  20001: { status: 400, message: 'Invalid request' },
  20003: { status: 401, message: 'Authenticate' },
  20404: { status: 404, message: 'The requested resource was not found' },
  20429: { status: 429, message: 'Too Many Requests' },
  20500: { status: 500, message: 'An internal server error has occurred' },
  21211: { status: 400, message: "Invalid 'To' Phone Number" },
  21212: { status: 400, message: "Invalid 'From' Number" },
  21408: { status: 400, message: 'Permission to send an SMS has not been enabled for the region' },
  21602: { status: 400, message: 'Message body is required.' },
  21603: { status: 400, message: "A 'From' phone number or MessagingServiceSid is required." },
  21604: { status: 400, message: "A 'To' phone number is required." },
  21610: { status: 400, message: 'Attempt to send to unsubscribed recipient' },
  21614: { status: 400, message: "'To' number is not a valid mobile number" },
  21617: { status: 400, message: 'The concatenated message body exceeds the 1600 character limit.' },
  21609: { status: 400, message: "Invalid 'StatusCallback' url" },
  21655: { status: 400, message: 'The ContentSid is Invalid' },
  21656: { status: 400, message: 'The ContentVariables parameter is invalid' },
  63003: { status: 400, message: 'Channel could not find To address' },
  63024: { status: 400, message: 'Invalid message recipient' },
};

/** Where a fault ends at Twilio, on WhatsApp and on SMS. */
export const TWILIO_CODE: Record<'whatsapp' | 'sms', Record<Fault, number>> = {
  whatsapp: {
    not_on_whatsapp: 63024,
    unreachable: 63024,
    unknown_handset: 63024,
    filtered: 63032,
    no_template: 63016,
    expired: 63012,
    unknown: 63012,
  },
  sms: {
    not_on_whatsapp: 21614,
    unreachable: 30003,
    unknown_handset: 30005,
    filtered: 30007,
    no_template: 30008,
    expired: 30036,
    unknown: 30008,
  },
};

/** Codes with which Twilio ends a message as `failed`; with all others the carrier took it and it is `undelivered`. */
const NEVER_LEFT = new Set([30001, 30002, 30036, 63012, 63016, 63018]);

export function finalStatusOf(errorCode: number): 'failed' | 'undelivered' {
  return NEVER_LEFT.has(errorCode) ? 'failed' : 'undelivered';
}

/** A refused call. Unknown codes keep their number. */
export function twilioError(code: number, detail?: string): Reply {
  const known = ERRORS[code] ?? { status: 400, message: 'The message could not be sent' };
  return json(known.status, {
    code,
    message: detail ? `${known.message}: ${detail}` : known.message,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status: known.status,
  });
}
