import { z } from 'zod';
import type { ProviderEvent } from '@/lib/providers/provider';

const text = z.string().min(1).max(200).optional().catch(undefined);
const quality = z.object({ display_phone_number: z.string().max(40), event: text, current_limit: text });
const name = z.object({
  display_phone_number: z.string().max(40),
  decision: text,
  requested_verified_name: text,
});

/**
 * `phone_number_quality_update` and `phone_number_name_update`: Meta names the sender by its number, without the plus.
 * FLAGGED and UNFLAGGED are the events that tell of quality; UPGRADE and DOWNGRADE move the limit alone
 * (developers.facebook.com/docs/whatsapp, webhooks reference; written from memory, see fixtures/SOURCES.md).
 */
export function readSenderEvent(field: string, value: unknown, at: Date): ProviderEvent {
  const nothing = { quality: null, messagingLimit: null, displayName: null, nameStatus: null, isVerified: null };
  if (field === 'phone_number_quality_update') {
    const parsed = quality.safeParse(value);
    if (!parsed.success) return { kind: 'ignored', what: 'malformed sender quality' };
    const { display_phone_number: sender, event, current_limit: limit } = parsed.data;
    return {
      kind: 'sender_status',
      ...nothing,
      sender: digits(sender),
      quality: event === 'FLAGGED' ? 'red' : event === 'UNFLAGGED' ? 'green' : null,
      messagingLimit: limit ?? null,
      at,
    };
  }
  const parsed = name.safeParse(value);
  if (!parsed.success) return { kind: 'ignored', what: 'malformed sender name' };
  const { display_phone_number: sender, decision, requested_verified_name: asked } = parsed.data;
  return {
    kind: 'sender_status',
    ...nothing,
    sender: digits(sender),
    displayName: decision === 'APPROVED' ? (asked ?? null) : null,
    nameStatus: decision?.toLowerCase() ?? null,
    at,
  };
}

/** Meta writes the number with or without signs. */
const digits = (number: string): string => number.replaceAll(/\D/g, '').slice(0, 20);
