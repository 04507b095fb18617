import { z } from 'zod';
import { metaCodeIn, vonageReason } from '@/lib/providers/vonage/reasons';

const text = z.string().optional().catch(undefined);

/** RFC 7807, as an answer and inside a callback. Whoever has neither type nor title is not Vonage. */
export const vonageProblem = z
  .object({ type: text, title: text, detail: text })
  .refine(({ type, title }) => type !== undefined || title !== undefined);
export type VonageProblem = z.infer<typeof vonageProblem>;

/**
 * Which failure a problem names: the fragment of its type (`…/messages#1260`), else a title that is a code. On WhatsApp a
 * code of Meta's in the words says more than Vonage's own. `code` null: it names none.
 */
export function readProblem({ type = '', title = '', detail = '' }: VonageProblem, isWhatsApp: boolean) {
  const [, fragment] = /#([\w-]{1,40})$/.exec(type) ?? [];
  const code = fragment ?? /^\d{1,9}$/.exec(title)?.[0] ?? null;
  const meta = isWhatsApp ? metaCodeIn(`${title} ${detail}`) : null;
  const words = detail || title;
  if (meta) return { code: meta.code, reason: meta.reason, words };
  return { code, reason: code === null ? null : vonageReason(code), words };
}
