import { isDatabaseAway } from '@/lib/db/client';
import { ERRORS, isRefusal, type Quota, Refusal } from '@/lib/domain/errors';
import { publicUrl } from '@/lib/env';
import type { HttpResponse } from '@/lib/http/message';
import { newUuid, publicId } from '@/lib/ids';
import { log } from '@/lib/telemetry/log';

/** The caller's own request id when it is a plain token, else a new one. */
export function requestIdOf(given: string | null): string {
  return given !== null && /^[A-Za-z0-9_-]{1,64}$/.test(given) ? given : publicId('request', newUuid());
}

const baseHeaders = (requestId: string): Record<string, string> => ({
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-request-id': requestId,
});

export function respond(
  status: number,
  value: unknown,
  requestId: string,
  headers: Record<string, string> = {},
): HttpResponse {
  return { status, headers: { ...baseHeaders(requestId), ...headers }, body: JSON.stringify(value) };
}

/** Any error in the one error shape. What is not a refusal stays in the log and shows only its request id. */
export function refuse(error: unknown, requestId: string): HttpResponse {
  const refusal = toRefusal(error, requestId);
  const { status, type, title } = ERRORS[refusal.code];
  const headers = baseHeaders(requestId);
  // A callback that is not authentic is no matter of keys.
  if (refusal.code === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  if (refusal.retryAfterSeconds !== undefined) {
    headers['retry-after'] = String(refusal.retryAfterSeconds);
    if (status === 429) {
      headers.ratelimit = `"default";r=0;t=${refusal.retryAfterSeconds}`;
      if (refusal.quota) headers['ratelimit-policy'] = policyOf(refusal.quota);
    }
  }
  return {
    status,
    headers,
    body: JSON.stringify({
      error: {
        type,
        code: refusal.code,
        message: refusal.detail ? `${title}. ${refusal.detail}` : `${title}.`,
        param: refusal.param ?? null,
        doc_url: `${publicUrl()}/docs/errors#${refusal.code}`,
        request_id: requestId,
        ...(refusal.retryAfterSeconds === undefined ? {} : { retry_after: refusal.retryAfterSeconds }),
      },
    }),
  };
}

/** draft-ietf-httpapi-ratelimit-headers, section 3: a policy must have its quota, and may have its window. */
const policyOf = ({ requests, windowSeconds }: Quota) =>
  `"default";q=${requests}${windowSeconds === undefined ? '' : `;w=${windowSeconds}`}`;

function toRefusal(error: unknown, requestId: string): Refusal {
  if (isRefusal(error)) return error;
  if (isDatabaseAway(error)) {
    log().warn({ requestId, error: String(error) }, 'database.away');
    return new Refusal('unavailable', {
      detail: 'The database cannot be reached.',
      retryAfterSeconds: 2,
      cause: error,
    });
  }
  if (isDataException(error))
    return new Refusal('invalid_request', { detail: 'A value cannot be stored.', cause: error });
  log().error({ requestId, error: error instanceof Error ? error.stack : String(error) }, 'request.failed');
  return new Refusal('internal', { retryAfterSeconds: 5, cause: error });
}

/** Postgres class 22: a value no column can hold. Our schemas should have refused it; the caller must not see a 500 for it. */
function isDataException(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^22/.test(String(error.code));
}
