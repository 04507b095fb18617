/**
 * Every refusal the platform can utter. Statuses, OpenAPI, the docs page and tests read this one table.
 * `type` groups codes for callers that branch coarsely; `retry` says whether the same request may work later.
 */
export const ERRORS = {
  invalid_request: {
    status: 400,
    type: 'invalid_request_error',
    title: 'The request does not match the contract',
    retry: 'never',
  },
  malformed_json: {
    status: 400,
    type: 'invalid_request_error',
    title: 'The body is not one well-formed JSON object',
    retry: 'never',
  },
  malformed_callback: {
    status: 400,
    type: 'invalid_request_error',
    title: "The callback is not in the provider's format",
    retry: 'never',
  },
  unauthenticated: { status: 401, type: 'authentication_error', title: 'No valid API key or session', retry: 'never' },
  not_authentic: {
    status: 401,
    type: 'authentication_error',
    title: 'The callback carries no valid signature',
    retry: 'never',
  },
  forbidden: { status: 403, type: 'permission_error', title: 'The key or role lacks this permission', retry: 'never' },
  use_case_not_allowed: {
    status: 403,
    type: 'permission_error',
    title: 'The app may not ask for codes of this use case',
    retry: 'never',
  },
  address_not_allowed: {
    status: 403,
    type: 'permission_error',
    title: "The request comes from outside the app's allowed addresses",
    retry: 'never',
  },
  not_found: { status: 404, type: 'invalid_request_error', title: 'No such resource', retry: 'never' },
  method_not_allowed: {
    status: 405,
    type: 'invalid_request_error',
    title: 'The resource does not take this method',
    retry: 'never',
  },
  request_timeout: {
    status: 408,
    type: 'invalid_request_error',
    title: 'The request took too long to arrive',
    retry: 'later',
  },
  verification_closed: {
    status: 409,
    type: 'invalid_request_error',
    title: 'This verification has already ended',
    retry: 'never',
  },
  idempotency_conflict: {
    status: 409,
    type: 'idempotency_error',
    title: 'The same Idempotency-Key came with another request',
    retry: 'never',
  },
  idempotency_in_flight: {
    status: 409,
    type: 'idempotency_error',
    title: 'A request with this Idempotency-Key is still running',
    retry: 'later',
  },
  country_cap_reached: {
    status: 429,
    type: 'rate_limit_error',
    title: 'The country has reached its cap for the day',
    retry: 'later',
  },
  configuration_conflict: {
    status: 409,
    type: 'invalid_request_error',
    title: 'Somebody else changed the same configuration meanwhile',
    retry: 'never',
  },
  configuration_invalid: {
    status: 422,
    type: 'invalid_request_error',
    title: 'The configuration would not work as it is',
    retry: 'never',
  },
  nothing_to_publish: {
    status: 409,
    type: 'invalid_request_error',
    title: 'The draft changes nothing',
    retry: 'never',
  },
  setup_closed: {
    status: 409,
    type: 'invalid_request_error',
    title: 'This installation already has an owner',
    retry: 'never',
  },
  body_too_large: {
    status: 413,
    type: 'invalid_request_error',
    title: 'The body is larger than this route takes',
    retry: 'never',
  },
  uri_too_long: {
    status: 414,
    type: 'invalid_request_error',
    title: 'The address is longer than 8 KiB',
    retry: 'never',
  },
  unsupported_media_type: {
    status: 415,
    type: 'invalid_request_error',
    title: 'The body must be application/json in UTF-8',
    retry: 'never',
  },
  invalid_number: {
    status: 422,
    type: 'invalid_request_error',
    title: 'Not a phone number that can receive a code',
    retry: 'never',
  },
  number_not_allowed: {
    status: 422,
    type: 'invalid_request_error',
    title: 'Numbers of this kind are not served',
    retry: 'never',
  },
  country_not_served: {
    status: 422,
    type: 'invalid_request_error',
    title: 'No channel is enabled for this country',
    retry: 'never',
  },
  channel_not_available: {
    status: 422,
    type: 'invalid_request_error',
    title: 'The chosen channel is not available for this number',
    retry: 'never',
  },
  unknown_use_case: {
    status: 422,
    type: 'invalid_request_error',
    title: 'No policy exists for this use case',
    retry: 'never',
  },
  transaction_required: {
    status: 422,
    type: 'invalid_request_error',
    title: 'This use case approves a transaction: name its amount, currency and payee',
    retry: 'never',
  },
  resends_spent: {
    status: 422,
    type: 'invalid_request_error',
    title: 'No resend is left for this verification',
    retry: 'never',
  },
  already_pending: {
    status: 429,
    type: 'rate_limit_error',
    title: 'A code for this number was sent a moment ago',
    retry: 'later',
  },
  too_many_verifications: { status: 429, type: 'rate_limit_error', title: 'Too many codes requested', retry: 'later' },
  too_many_checks: {
    status: 429,
    type: 'rate_limit_error',
    title: 'Too many wrong codes for this number',
    retry: 'later',
  },
  too_many_requests: { status: 429, type: 'rate_limit_error', title: 'Too many requests', retry: 'later' },
  too_many_sign_ins: { status: 429, type: 'rate_limit_error', title: 'Too many failed sign-ins', retry: 'later' },
  headers_too_large: {
    status: 431,
    type: 'invalid_request_error',
    title: 'The headers are larger than 16 KiB',
    retry: 'never',
  },
  internal: { status: 500, type: 'api_error', title: 'Something broke on our side', retry: 'later' },
  not_implemented: {
    status: 501,
    type: 'invalid_request_error',
    title: 'The method or transfer coding is not supported',
    retry: 'never',
  },
  unavailable: { status: 503, type: 'api_error', title: 'The service cannot take the request now', retry: 'later' },
} as const satisfies Record<
  string,
  {
    status: number;
    type:
      | 'invalid_request_error'
      | 'authentication_error'
      | 'permission_error'
      | 'rate_limit_error'
      | 'idempotency_error'
      | 'api_error';
    title: string;
    retry: 'never' | 'later';
  }
>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** So many requests, in a window of so many seconds where there is one. */
export type Quota = { requests: number; windowSeconds?: number };

/**
 * A named refusal. `detail` and `param` may be shown to the caller; `cause` never leaves the log.
 * `retryAfterSeconds` becomes the Retry-After header.
 */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly param: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** What the limit that refused allows; undefined where it is no number of requests. */
  readonly quota: Quota | undefined;

  constructor(
    code: ErrorCode,
    options: { detail?: string; param?: string; retryAfterSeconds?: number; quota?: Quota; cause?: unknown } = {},
  ) {
    super(`${code}${options.detail ? `: ${options.detail}` : ''}`, { cause: options.cause });
    this.name = 'Refusal';
    this.code = code;
    this.detail = options.detail;
    this.param = options.param;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.quota = options.quota;
  }
}

/** A refusal as a person reads it: its own detail, or the catalogue's title as a sentence. Its code is for programs. */
export function wordsOf(refusal: Pick<Refusal, 'code' | 'detail'>): string {
  return refusal.detail || `${ERRORS[refusal.code].title}.`;
}

/**
 * True for a Refusal of any copy of this class: Next bundles its own copy of modules, so `instanceof` would say no
 * to a refusal thrown by the other one.
 */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.name === 'Refusal' && 'code' in error && String(error.code) in ERRORS;
}
