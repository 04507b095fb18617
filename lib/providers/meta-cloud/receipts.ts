import { z } from 'zod';
import type { ReceiptStatus } from '@/lib/domain/message/states';
import { ourMessageId } from '@/lib/providers/message-id';
import { explain, type MetaError, metaError } from '@/lib/providers/meta-cloud/errors';
import { metaReason } from '@/lib/providers/meta-cloud/reasons';
import { readSenderEvent } from '@/lib/providers/meta-cloud/sender-status';
import { readTemplateEvent } from '@/lib/providers/meta-cloud/template-status';
import { type Callback, MalformedCallback, type ProviderEvent } from '@/lib/providers/provider';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const envelope = z.object({ entry: z.array(z.unknown()) });
const graphId = z
  .string()
  .regex(/^\d{1,32}$/)
  .optional()
  .catch(undefined);
const entry = z.object({ id: graphId, time: z.unknown().optional(), changes: z.array(z.unknown()) });
const metadata = z.object({ phone_number_id: graphId });
const change = z.object({ field: z.string(), value: z.record(z.string(), z.unknown()) });

const status = z.object({
  id: z.string().min(1).max(512),
  status: z.string(),
  timestamp: z.unknown().optional(),
  biz_opaque_callback_data: z.unknown().optional(),
  errors: z.array(z.unknown()).optional().catch(undefined),
});

const denial = z.object({
  from: z.string().regex(/^\d{5,20}$/),
  timestamp: z.unknown().optional(),
  context: z
    .object({ id: z.string().min(1).max(512) })
    .optional()
    .catch(undefined),
  button: z.object({ payload: z.literal('DID_NOT_REQUEST_CODE') }),
});

const STATUSES: Readonly<Record<string, ReceiptStatus>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
};

/**
 * Everything one webhook of Meta says, v21 to v26: every entry, change and status, in its own order. Fields that came and
 * went between versions (`conversation`, `pricing`) are not required; `pricing.billable` tells no amount, so no charge is
 * read. One odd item becomes `ignored` instead of costing the others; only a body that is not Meta's at all throws. Meta says
 * that it batches at most 1,000 updates, and more are read all the same: a refused batch would be sent again for days and then
 * be lost. The body's limit bounds them, and they are applied in slices.
 */
export function readMetaEvents(callback: Callback): ProviderEvent[] {
  return readEntries(callback.raw).flatMap((item) => {
    const parsed = entry.safeParse(item);
    if (!parsed.success) return [ignored('malformed entry')];
    const { id, time, changes } = parsed.data;
    return changes.flatMap((one) => readChange(one, id, clockOf(time, callback.receivedAt), callback.receivedAt));
  });
}

function readEntries(raw: Uint8Array): unknown[] {
  let body: unknown;
  try {
    body = JSON.parse(utf8.decode(raw));
  } catch {
    throw new MalformedCallback('The body is not JSON');
  }
  const parsed = envelope.safeParse(body);
  if (!parsed.success) throw new MalformedCallback('The body is not a Graph webhook');
  return parsed.data.entry;
}

function readChange(item: unknown, wabaId: string | undefined, entryAt: Date, receivedAt: Date): ProviderEvent[] {
  const parsed = change.safeParse(item);
  if (!parsed.success) return [ignored('malformed change')];
  const { field, value } = parsed.data;
  if (field === 'message_template_status_update') return [about(readTemplateEvent(value, entryAt), 'waba_id', wabaId)];
  if (field === 'phone_number_quality_update' || field === 'phone_number_name_update') {
    return [about(readSenderEvent(field, value, entryAt), 'waba_id', wabaId)];
  }
  if (field !== 'messages') return [ignored(`field ${word(field)}`)];
  const sender = metadata.safeParse(value.metadata).data?.phone_number_id;
  return [
    ...listOf(value.statuses).map((one) => about(readStatus(one, receivedAt), 'phone_number_id', sender)),
    ...listOf(value.messages).map((one) => about(readInbound(one, receivedAt), 'phone_number_id', sender)),
    ...listOf(value.errors).map((one) =>
      ignored(`account error ${metaError.safeParse(one).data?.code ?? 'unreadable'}`),
    ),
  ];
}

function readStatus(item: unknown, receivedAt: Date): ProviderEvent {
  const parsed = status.safeParse(item);
  if (!parsed.success) return ignored('malformed status');
  const known = Object.hasOwn(STATUSES, parsed.data.status) ? STATUSES[parsed.data.status] : undefined;
  if (!known) return ignored(`status ${word(parsed.data.status)}`);

  const error = known === 'failed' ? firstKnown(parsed.data.errors ?? []) : null;
  return {
    kind: 'receipt',
    messageId: ourMessageId(parsed.data.biz_opaque_callback_data),
    providerMessageId: parsed.data.id,
    status: known,
    at: clockOf(parsed.data.timestamp, receivedAt),
    reason: known === 'failed' ? ((error && metaReason(error.code)) ?? 'unrecognised') : null,
    providerCode: error ? String(error.code) : null,
    detail: error ? explain(error, []) : null,
    chargedMicros: null,
    currency: null,
  };
}

/** Several errors may explain one failure: the first whose code we know, else the first. */
function firstKnown(items: unknown[]): MetaError | null {
  const errors = items.slice(0, 10).flatMap((item) => metaError.safeParse(item).data ?? []);
  return errors.find((error) => metaReason(error.code) !== null) ?? errors[0] ?? null;
}

function readInbound(item: unknown, receivedAt: Date): ProviderEvent {
  const parsed = denial.safeParse(item);
  if (!parsed.success) return ignored('inbound message');
  const { from, context, timestamp } = parsed.data;
  return {
    kind: 'code_denied',
    from: `+${from}`,
    providerMessageId: context?.id ?? null,
    at: clockOf(timestamp, receivedAt),
  };
}

/**
 * Unix seconds, as text or number, from this century; else the time of arrival. Meta cuts off the fraction, so the
 * event lies somewhere within that second: we take its end, or the arrival if that came first. Taking its beginning
 * would date receipts before their own send and make every delivery look half a second faster than it was.
 */
function clockOf(seconds: unknown, receivedAt: Date): Date {
  const value = typeof seconds === 'string' && /^\d{1,12}$/.test(seconds) ? Number(seconds) : seconds;
  if (typeof value !== 'number' || !(value > 946_684_800 && value < 4_102_444_800)) return receivedAt;
  const begin = Math.floor(value) * 1_000;
  return new Date(Math.min(begin + 999, Math.max(begin, receivedAt.getTime())));
}

/** The event with the setting of the connection that it is about: Meta posts all numbers of an app to one address. */
function about(event: ProviderEvent, setting: string, id: string | undefined): ProviderEvent {
  return id === undefined || event.kind === 'ignored' ? event : { ...event, about: { [setting]: id } };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A provider's word inside our own sentence: plain letters, or not at all. */
function word(text: string): string {
  return /^[A-Za-z_]{1,64}$/.test(text) ? text : 'unreadable';
}

function ignored(what: string): ProviderEvent {
  return { kind: 'ignored', what };
}
