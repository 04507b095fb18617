import { z } from 'zod';
import { cleanText, isoTime } from '@/lib/contract/common';

export const AUDIT_PAGE = { default: 50, max: 1_000 } as const;
/** Rows of one export: about 30 MB of text. */
export const AUDIT_EXPORT_MAX = 100_000;

/** `<time in ms>.<uuid>`: the last entry of the page before. */
export const auditCursor = z.string().regex(/^\d{10,15}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** Which entries: by whom, what, to what, when. A part that is left out does not narrow. */
export const auditQuery = z.strictObject({
  /** A person's e-mail address, a key's id, or the name of a part of the system. */
  actor: cleanText(1, 254).optional(),
  action: cleanText(1, 100).optional(),
  target: cleanText(1, 200).optional(),
  after: isoTime.optional(),
  before: isoTime.optional(),
  cursor: auditCursor.optional(),
  limit: z.int().min(1).max(AUDIT_PAGE.max).default(AUDIT_PAGE.default),
});
export type AuditQuery = z.output<typeof auditQuery>;
