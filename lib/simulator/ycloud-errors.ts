import { metaErrorFacts } from '@/lib/simulator/meta-errors';
import { json, type Reply } from '@/lib/simulator/replies';

const STATUSES: Record<string, number> = {
  BAD_REQUEST: 400,
  PARAM_INVALID: 400,
  UNAUTHORIZED: 401,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  ALREADY_EXISTS: 409,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
};

let requests = 0;

/** A refused call, in YCloud's own words. */
export function ycloudError(code: string, message: string, more: Record<string, unknown> = {}): Reply {
  requests += 1;
  const status = STATUSES[code] ?? 400;
  const requestId = `req_SIM${requests.toString(36).toUpperCase().padStart(17, '0')}`;
  const error = { status, code, message, docUrl: 'https://docs.ycloud.com/reference/errors', requestId, ...more };
  return json(status, { error }, { 'ycloud-request-id': requestId });
}

/** The codes that YCloud answers with HTTP 429: throughput and pair limit. */
const THROTTLES = new Set([130429, 131056]);

/** A call that Meta refused, handed on. Which outer code goes with which of Meta's is not documented, but for the 429s. */
export function ycloudPassedOn(metaCode: number, details?: string): Reply {
  const { status, title } = metaErrorFacts(metaCode);
  const outer = THROTTLES.has(metaCode) ? 'TOO_MANY_REQUESTS' : status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
  return ycloudError(outer, `(#${metaCode}) ${title}`, {
    target: 'whatsappApiError',
    whatsappApiError: whatsappApiError(metaCode, details),
  });
}

/** Meta's error as it stands in YCloud's answers and webhooks; the code is text. */
export function whatsappApiError(metaCode: number, details?: string): Record<string, unknown> {
  const facts = metaErrorFacts(metaCode);
  return {
    message: `(#${metaCode}) ${facts.title}`,
    code: String(metaCode),
    type: 'OAuthException',
    error_data: { messaging_product: 'whatsapp', details: details ?? facts.details },
  };
}
