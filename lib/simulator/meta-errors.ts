import type { Fault } from '@/lib/simulator/plan';
import { json, type Reply } from '@/lib/simulator/replies';

/** Titles and HTTP statuses of Meta's error codes page, for the codes that a simulated send can meet. */
const ERRORS: Record<number, { status: number; title: string; details: string }> = {
  100: { status: 400, title: 'Invalid parameter', details: 'Invalid parameter.' },
  130429: { status: 400, title: 'Rate limit hit', details: 'Cloud API message throughput has been reached.' },
  130472: { status: 400, title: "User's number is part of an experiment", details: 'Message not sent: experiment.' },
  130497: {
    status: 403,
    title: 'Business account is restricted from messaging users in this country',
    details: 'Country not allowed.',
  },
  131000: { status: 500, title: 'Something went wrong', details: 'Message failed to send due to an unknown error.' },
  131008: { status: 400, title: 'Required parameter is missing', details: 'A required parameter is missing.' },
  131009: { status: 400, title: 'Parameter value is not valid', details: 'A parameter value is not valid.' },
  131016: { status: 500, title: 'Service unavailable', details: 'Service overloaded.' },
  131026: { status: 400, title: 'Message undeliverable', details: 'Message Undeliverable.' },
  131031: { status: 403, title: 'Business Account locked', details: 'The account was locked.' },
  131042: {
    status: 400,
    title: 'Business eligibility payment issue',
    details: 'There was an error related to your payment method.',
  },
  131047: {
    status: 400,
    title: 'Re-engagement message',
    details:
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  },
  131048: {
    status: 400,
    title: 'Spam rate limit hit',
    details: 'Message failed: too many messages were blocked or flagged as spam.',
  },
  131049: {
    status: 400,
    title: 'Message not delivered',
    details: 'Not delivered to maintain healthy ecosystem engagement.',
  },
  131056: {
    status: 400,
    title: '(Business Account, Consumer Account) pair rate limit hit',
    details: 'Too many messages sent to this user.',
  },
  132000: {
    status: 400,
    title: 'Number of parameters does not match the expected number of params',
    details: 'Parameter count mismatch.',
  },
  132001: {
    status: 404,
    title: 'Template name does not exist in the translation',
    details: 'Template does not exist.',
  },
  132012: {
    status: 400,
    title: 'Parameter format does not match format in the created template',
    details: 'Parameter format mismatch.',
  },
  132015: { status: 400, title: 'Template is paused', details: 'Template is paused due to low quality.' },
  132016: {
    status: 400,
    title: 'Template is disabled',
    details: 'Template was paused too often and is now permanently disabled.',
  },
};

/** Where a fault ends at Meta: 131026 covers everything that is about the person's phone. */
export const META_CODE: Record<Fault, number> = {
  not_on_whatsapp: 131026,
  unreachable: 131026,
  unknown_handset: 131026,
  filtered: 131049,
  no_template: 132001,
  expired: 131026,
  unknown: 131000,
};

const HREF = 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/';

let traces = 0;
const trace = (): string => {
  traces += 1;
  return `Asim${traces.toString(36).padStart(8, '0')}`;
};

/** The envelope of a refused call. Unknown codes keep their number and say so. */
export function metaError(code: number, details?: string): Reply {
  const known = ERRORS[code] ?? { status: 400, title: 'Message failed to send', details: 'Message failed to send.' };
  return json(known.status, {
    error: {
      message: `(#${code}) ${known.title}`,
      type: 'OAuthException',
      code,
      error_data: { messaging_product: 'whatsapp', details: details ?? known.details },
      fbtrace_id: trace(),
    },
  });
}

/** 401: the bearer token is missing, unknown or over. */
export function metaTokenError(): Reply {
  return json(401, {
    error: {
      message: 'Error validating access token: Session has expired on Sunday, 22-Nov-26 10:00:00 PST.',
      type: 'OAuthException',
      code: 190,
      error_subcode: 463,
      fbtrace_id: trace(),
    },
  });
}

/** 400, code 100 subcode 33: no such object for this token. */
export function metaUnknownObject(id: string, method: string): Reply {
  return json(400, {
    error: {
      message:
        `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing ` +
        'permissions, or does not support this operation. Please read the Graph API documentation at ' +
        'https://developers.facebook.com/docs/graph-api',
      type: 'GraphMethodException',
      code: 100,
      error_subcode: 33,
      fbtrace_id: trace(),
    },
  });
}

/** A refused template: code 100, with words for the person at the form. */
export function metaTemplateError(subcode: number, title: string, message: string): Reply {
  return json(400, {
    error: {
      message: 'Invalid parameter',
      type: 'OAuthException',
      code: 100,
      error_subcode: subcode,
      is_transient: false,
      error_user_title: title,
      error_user_msg: message,
      fbtrace_id: trace(),
    },
  });
}

/** Meta's own words for a code, for a provider that hands Meta's errors on. */
export function metaErrorFacts(code: number): { status: number; title: string; details: string } {
  return ERRORS[code] ?? { status: 400, title: 'Message failed to send', details: 'Message failed to send.' };
}

/** One entry of `errors` in a `failed` status. */
export function metaStatusError(code: number): Record<string, unknown> {
  const known = ERRORS[code] ?? { title: 'Message failed to send', details: 'Message failed to send.' };
  return { code, title: known.title, message: known.title, error_data: { details: known.details }, href: HREF };
}
