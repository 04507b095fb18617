import type { FailureReason } from '@/lib/domain/message/reasons';
import type { Exchange } from '@/lib/providers/http';
import type { SendResult } from '@/lib/providers/provider';

export type Refused = Extract<SendResult, { kind: 'refused' }>;
export type Unknown = Extract<SendResult, { kind: 'unknown' }>;

/**
 * Turns the end of a request into a result.
 *
 * `read` is the provider's own reading of a JSON answer: null means "these are not the provider's words". Then only the
 * status line is left: an error status is an answer and refuses, anything else stays unknown, because a success that we
 * cannot read may still be a message on its way. So may a request whose gateway gave up waiting for an answer.
 */
export function judgeExchange<T>(
  ended: Exchange,
  read: (body: unknown, status: number) => T | null,
): T | Refused | Unknown {
  const judged = judge(ended, read);
  if (ended.kind !== 'answered' || ended.retryAfterSeconds === null || !isRefused(judged)) return judged;
  return { ...judged, retryAfterSeconds: ended.retryAfterSeconds };
}

const isRefused = (judged: unknown): judged is Refused =>
  typeof judged === 'object' && judged !== null && 'kind' in judged && judged.kind === 'refused';

function judge<T>(ended: Exchange, read: (body: unknown, status: number) => T | null): T | Refused | Unknown {
  if (ended.kind === 'unsendable') return refuse('request_rejected', ended.code, 'The connection cannot be called');
  if (ended.kind === 'never_connected') return refuse('provider_down', ended.code, 'No connection; nothing was sent');
  if (ended.kind === 'no_answer')
    return { kind: 'unknown', detail: `No answer after the request was sent (${ended.code})` };

  const parsed = ended.body === null ? undefined : parseJson(ended.body);
  const known = parsed === undefined ? null : read(parsed, ended.status);
  if (known !== null) return known;
  if (GATEWAY_TIMEOUTS.has(ended.status))
    return { kind: 'unknown', detail: `HTTP ${ended.status}: something in between gave up waiting` };
  if (ended.status >= 400) {
    return refuse(reasonOfStatus(ended.status), `http_${ended.status}`, `HTTP ${ended.status} without an explanation`);
  }
  const flaw = ended.body === null ? ended.code : 'not the provider’s format';
  return { kind: 'unknown', detail: `HTTP ${ended.status}, but the answer was unusable (${flaw})` };
}

/** Request timeout and gateway timeout (RFC 9110): the provider behind it may have taken the message. */
const GATEWAY_TIMEOUTS: ReadonlySet<number> = new Set([408, 504]);

/** What an error status means by itself, for answers whose code we do not know. */
export function reasonOfStatus(status: number): FailureReason {
  if (status >= 500) return 'provider_down';
  if (status === 429) return 'throttled';
  if (status === 401) return 'credentials_rejected';
  return 'unrecognised';
}

export function refuse(reason: FailureReason, providerCode: string, detail: string): Refused {
  return { kind: 'refused', reason, providerCode, detail };
}

/** Undefined for text that is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
