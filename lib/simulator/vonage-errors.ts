import { randomBytes } from 'node:crypto';
import type { Fault } from '@/lib/simulator/plan';
import { json, type Reply } from '@/lib/simulator/replies';

/** developer.vonage.com/api-errors/messages-olympus; titles shortened. */
const ERRORS: Record<number, { status: number; title: string; detail: string }> = {
  1000: {
    status: 429,
    title: 'Throttled',
    detail: 'You have exceeded the submission capacity allowed on this account.',
  },
  1020: { status: 422, title: 'Invalid params', detail: 'The value of one or more parameters is invalid.' },
  1021: { status: 422, title: 'Invalid tag', detail: 'The tag value is invalid.' },
  1022: { status: 422, title: 'Invalid template', detail: 'The template referenced does not exist or cannot be used.' },
  1030: { status: 500, title: 'Internal error', detail: 'There was an error processing your request in the platform.' },
  1040: { status: 422, title: 'Invalid message', detail: 'The platform was unable to process this message.' },
  1050: { status: 422, title: 'Number barred', detail: 'The number you are trying to submit to is barred.' },
  1090: { status: 422, title: 'Message too long', detail: 'The length of the message exceeds the limit.' },
  1100: { status: 422, title: 'Communication failed', detail: 'There was a communication failure with the network.' },
  1120: { status: 422, title: 'Illegal sender', detail: 'The sender address is not allowed.' },
  1130: { status: 422, title: 'Invalid TTL', detail: 'The time to live is out of range.' },
  1150: { status: 422, title: 'Invalid params', detail: 'The value of one or more parameters is invalid.' },
  1260: { status: 422, title: 'Destination unreachable', detail: 'The destination could not be reached.' },
  1340: { status: 422, title: 'Outside allowed window', detail: 'The message was sent outside the allowed window.' },
};

/** Where a fault ends at Vonage. On WhatsApp the network's own code stands in the explanation. */
export const VONAGE_CODE: Record<'whatsapp' | 'sms', Record<Fault, number>> = {
  whatsapp: {
    not_on_whatsapp: 1260,
    unreachable: 1260,
    unknown_handset: 1260,
    filtered: 1040,
    no_template: 1022,
    expired: 1260,
    unknown: 1030,
  },
  sms: {
    not_on_whatsapp: 1260,
    unreachable: 1260,
    unknown_handset: 1260,
    filtered: 1040,
    no_template: 1022,
    expired: 1260,
    unknown: 1100,
  },
};

const META_CODE: Partial<Record<Fault, number>> = { not_on_whatsapp: 131026, no_template: 132001 };

/** The `error` of a status callback, whose title is the code. */
export function vonageStatusError(channel: 'whatsapp' | 'sms', code: number, fault: Fault): Record<string, string> {
  const meta = channel === 'whatsapp' ? META_CODE[fault] : undefined;
  const words = ERRORS[code]?.detail ?? 'The message could not be delivered.';
  return {
    type: `https://developer.vonage.com/api-errors/messages#${code}`,
    title: String(code),
    detail: meta === undefined ? words : `${words} WhatsApp: ${meta}`,
    instance: randomBytes(16).toString('hex'),
  };
}

/** A refused call. Unknown codes keep their number. `parameter` is the one that is wrong. */
export function vonageError(code: number, parameter?: { name: string; reason: string }): Reply {
  const known = ERRORS[code] ?? { status: 422, title: 'Error', detail: 'The message could not be sent.' };
  return problem(known.status, `messages#${code}`, known.title, known.detail, parameter ? [parameter] : undefined);
}

export function vonageUnauthorized(): Reply {
  return problem(
    401,
    '#unauthorized',
    'You did not provide correct credentials.',
    "Check that you're using the correct credentials, and that your account has this feature enabled",
  );
}

function problem(status: number, fragment: string, title: string, detail: string, invalid?: unknown[]): Reply {
  const type = `https://developer.vonage.com/api-errors/${fragment}`;
  const body = { type, title, detail, instance: randomBytes(16).toString('hex') };
  return json(status, invalid ? { ...body, invalid_parameters: invalid } : body, {
    'content-type': 'application/problem+json',
  });
}
