import { z } from 'zod';
import type { FailureReason } from '@/lib/domain/message/reasons';
import { safeDetail } from '@/lib/providers/detail';
import { explain, metaError } from '@/lib/providers/meta-cloud/errors';
import { metaReason } from '@/lib/providers/meta-cloud/reasons';
import { type Refused, reasonOfStatus, refuse } from '@/lib/providers/outcome';

/** YCloud's own codes in our words (docs.ycloud.com "Handle WhatsApp errors", reference/errors). There is no public list for SMS. */
const REASONS: Readonly<Record<string, FailureReason>> = {
  RECIPIENT_UNSUBSCRIBED: 'blocked_by_recipient',
  RECIPIENT_IN_BLOCK_LIST: 'blocked_by_recipient',
  TOO_MANY_REQUESTS: 'throttled',
  UNAUTHORIZED: 'credentials_rejected',
  // Concern the whole account, its SMS too.
  BALANCE_INSUFFICIENT: 'account_restricted',
  ACCOUNT_LIMITED: 'account_restricted',
  ACCOUNT_UNAVAILABLE: 'account_restricted',
  PARAM_INVALID: 'request_rejected',
  ALREADY_EXISTS: 'request_rejected',
};

/** A code as YCloud tells it: a word of its own, or one of Meta's numbers as text. Null for a code we do not know: never guessed. */
function ycloudReason(code: string): FailureReason | null {
  if (/^\d{1,9}$/.test(code)) return metaReason(Number(code));
  return Object.hasOwn(REASONS, code) ? (REASONS[code] ?? null) : null;
}

const text = z.string().nullish().catch(null);
const errorAnswer = z.object({
  error: z.object({ code: z.string().min(1), message: text, whatsappApiError: z.unknown().optional() }),
});

/**
 * The refusal inside an answer, or null when it holds none. Meta's own code decides where YCloud hands it on: which outer
 * code goes with it is not documented, and 131056 comes with YCloud's TOO_MANY_REQUESTS.
 */
export function readRefusal(body: unknown, status: number, secrets: readonly string[]): Refused | null {
  const parsed = errorAnswer.safeParse(body);
  if (!parsed.success) return null;
  const { code, message, whatsappApiError } = parsed.data.error;
  const passedOn = metaError.safeParse(whatsappApiError).data;
  if (passedOn) {
    const reason = metaReason(passedOn.code) ?? reasonOfStatus(status);
    return refuse(reason, String(passedOn.code), explain(passedOn, secrets));
  }
  // A 403 without a reason of its own bars the whole account.
  const reason = ycloudReason(code) ?? (status === 403 ? 'account_restricted' : reasonOfStatus(status));
  return refuse(reason, plainCode(code), safeDetail(message ?? '', secrets));
}

/** Why a message failed, as its resource tells it. */
export function readFailure(
  message: {
    errorCode?: string | null | undefined;
    errorMessage?: string | null | undefined;
    whatsappApiError?: unknown;
  },
  secrets: readonly string[],
): { reason: FailureReason; providerCode: string | null; detail: string | null } {
  const passedOn = metaError.safeParse(message.whatsappApiError).data;
  const code = passedOn ? String(passedOn.code) : (message.errorCode ?? null);
  const words = passedOn ? explain(passedOn, secrets) : '';
  const detail = words || (message.errorMessage ? safeDetail(message.errorMessage, secrets) : '');
  return {
    reason: (code === null ? null : ycloudReason(code)) ?? 'unrecognised',
    providerCode: code === null ? null : plainCode(code),
    detail: detail === '' ? null : detail,
  };
}

/** A code that is stored and shown: letters, digits and underscores, or not at all. */
function plainCode(code: string): string {
  return /^[A-Za-z0-9_]{1,64}$/.test(code) ? code : 'unreadable';
}
