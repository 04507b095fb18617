import { z } from 'zod';
import { safeDetail } from '@/lib/providers/detail';
import { metaReason } from '@/lib/providers/meta-cloud/reasons';
import { type Refused, reasonOfStatus, refuse } from '@/lib/providers/outcome';

const text = z.string().optional().catch(undefined);
const wholeNumber = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
]);

/** One error object: the send's `error` and a status's `errors[]` share it. Everything but the code may be missing. */
export const metaError = z.object({
  code: wholeNumber,
  title: text,
  message: text,
  error_user_msg: text,
  error_data: z.object({ details: text }).optional().catch(undefined),
});
export type MetaError = z.infer<typeof metaError>;

const errorAnswer = z.object({ error: metaError });

/** The refusal inside a Graph API answer, or null when the answer holds none. */
export function readRefusal(body: unknown, status: number, secrets: readonly string[]): Refused | null {
  const parsed = errorAnswer.safeParse(body);
  if (!parsed.success) return null;
  const { error } = parsed.data;
  return refuse(metaReason(error.code) ?? reasonOfStatus(status), String(error.code), explain(error, secrets));
}

/** Meta's most specific words first; "(#131026) " at their head only repeats the code. */
export function explain(error: MetaError, secrets: readonly string[]): string {
  const words = error.error_data?.details || error.error_user_msg || error.message || error.title || '';
  return safeDetail(words.replace(/^\(#\d+\)\s*/, ''), secrets);
}
