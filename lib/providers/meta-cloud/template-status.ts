import { z } from 'zod';
import { safeDetail } from '@/lib/providers/detail';
import { toMetaLanguage } from '@/lib/providers/meta-cloud/language';
import type { ProviderEvent, TemplateStatus } from '@/lib/providers/provider';

/**
 * Meta's words for a template, from the API's `status` and from the webhook's `event`. Only an approved template can be
 * sent; `disabled` stands for every state that no waiting will end.
 */
const STATUSES: Readonly<Record<string, TemplateStatus>> = {
  APPROVED: 'approved',
  REINSTATED: 'approved',
  UNARCHIVED: 'approved',
  PENDING: 'pending',
  IN_APPEAL: 'pending',
  REJECTED: 'rejected',
  PAUSED: 'paused',
  DISABLED: 'disabled',
  ARCHIVED: 'disabled',
  DELETED: 'disabled',
  PENDING_DELETION: 'disabled',
  LIMIT_EXCEEDED: 'disabled',
};

/** Null for a word that says nothing about whether the template can be sent (FLAGGED, LOCKED) or that is new to us. */
export function templateStatus(word: string): TemplateStatus | null {
  return Object.hasOwn(STATUSES, word) ? (STATUSES[word] ?? null) : null;
}

const text = z.string().optional().catch(undefined);
const update = z.object({
  event: z.string(),
  message_template_name: z.string().min(1).max(512),
  message_template_language: z.string().min(2).max(32),
  reason: text,
  rejection_info: z.object({ reason: text }).optional().catch(undefined),
  other_info: z.object({ title: text, description: text }).optional().catch(undefined),
});

/** A `message_template_status_update`. It has no clock of its own: the entry's time is the event's. */
export function readTemplateEvent(value: unknown, at: Date): ProviderEvent {
  const parsed = update.safeParse(value);
  if (!parsed.success) return { kind: 'ignored', what: 'malformed template status' };
  const status = templateStatus(parsed.data.event);
  if (!status) return { kind: 'ignored', what: 'template event' };
  return {
    kind: 'template_status',
    name: parsed.data.message_template_name,
    language: toMetaLanguage(parsed.data.message_template_language),
    status,
    reason: explain(parsed.data),
    at,
  };
}

function explain(told: z.infer<typeof update>): string | null {
  const code = told.reason && told.reason !== 'NONE' ? told.reason : undefined;
  const words = told.rejection_info?.reason ?? told.other_info?.description ?? told.other_info?.title;
  const said = [code, words].filter(Boolean).join(': ');
  return said === '' ? null : safeDetail(said, []);
}
