import { z } from 'zod';
import { safeDetail } from '@/lib/providers/detail';
import { ourMessageId } from '@/lib/providers/message-id';
import { toMetaLanguage } from '@/lib/providers/meta-cloud/language';
import { templateStatus } from '@/lib/providers/meta-cloud/template-status';
import { type Callback, MalformedCallback, type ProviderEvent } from '@/lib/providers/provider';
import { clockOf, type MessageResource, messageResource, receiptStatus } from '@/lib/providers/ycloud/api';
import { readFailure } from '@/lib/providers/ycloud/reasons';

/** Many times the size of any event; more is not YCloud's format. */
const CALLBACK_BYTES_MAX = 256 * 1024;

const envelope = z.object({ id: z.string(), type: z.string(), createTime: z.unknown().optional() });
const text = z.string().min(1).max(200).nullish().catch(null);
const template = z.object({
  name: z.string().min(1).max(512),
  language: z.string().min(2).max(32),
  status: text,
  statusUpdateEvent: text,
  reason: text,
  updateTime: z.unknown().optional(),
});
const phoneNumber = z.object({
  phoneNumber: z.string().regex(/^\+\d{5,20}$/),
  qualityRating: text,
  messagingLimit: text,
  verifiedName: text,
  requestedVerifiedName: text,
  nameStatus: text,
  decision: text,
  isOfficialBusinessAccount: z.boolean().nullish().catch(null),
});
const inbound = z.object({
  from: z.string().regex(/^\+\d{5,20}$/),
  sendTime: z.unknown().optional(),
  button: z.object({ payload: z.literal('DID_NOT_REQUEST_CODE') }),
});

/** The one thing an event says. YCloud keeps no order and repeats: `delivered` may come after `failed` and the reverse. */
export function readYCloudEvents(callback: Callback): ProviderEvent[] {
  const body = parse(callback.raw);
  const parsed = envelope.safeParse(body);
  if (!parsed.success) throw new MalformedCallback('The body is not an event');
  const { type, createTime } = parsed.data;
  const payload = body as Record<string, unknown>;
  const at = clockOf(createTime) ?? callback.receivedAt;
  switch (type) {
    case 'whatsapp.message.updated':
      return [readMessage(payload.whatsappMessage, at)];
    case 'sms.message.updated':
      return [readMessage(payload.sms, at)];
    case 'whatsapp.template.reviewed':
      return [readTemplate(payload.whatsappTemplate, at)];
    case 'whatsapp.phone_number.quality_updated':
    case 'whatsapp.phone_number.name_updated':
      return [readSender(type.endsWith('name_updated'), payload.whatsappPhoneNumber, at)];
    case 'whatsapp.inbound_message.received':
      return [readInbound(payload.whatsappInboundMessage, at)];
    default:
      return [ignored(/^[a-z_.]{1,64}$/.test(type) ? `event ${type.replaceAll('.', ' ')}` : 'event unreadable')];
  }
}

function parse(raw: Uint8Array): unknown {
  if (raw.byteLength > CALLBACK_BYTES_MAX) throw new MalformedCallback('The body is too long for an event');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    throw new MalformedCallback('The body is not JSON');
  }
}

function readMessage(item: unknown, eventAt: Date): ProviderEvent {
  const parsed = messageResource.safeParse(item);
  if (!parsed.success) return ignored('malformed message');
  return readReceipt(parsed.data, eventAt, []) ?? ignored('status of no news');
}

/** What a message resource tells of its message; null while it was only accepted, and for a status that is new to us. */
export function readReceipt(message: MessageResource, readAt: Date, secrets: readonly string[]): ProviderEvent | null {
  const status = receiptStatus(message.status);
  if (!status || status === 'accepted') return null;
  const happened = { sent: message.sendTime, delivered: message.deliverTime, read: message.readTime, failed: null };
  const failure =
    status === 'failed' ? readFailure(message, secrets) : { reason: null, providerCode: null, detail: null };
  return {
    kind: 'receipt',
    messageId: ourMessageId(message.externalId),
    providerMessageId: message.id,
    status,
    at: clockOf(happened[status]) ?? clockOf(message.updateTime) ?? readAt,
    ...failure,
    ...readPrice(message, status),
  };
}

/** What YCloud took, in micros. Until delivery it is an estimate, which is no charge. */
function readPrice({ totalPrice, currency }: MessageResource, status: string) {
  const nothing = { chargedMicros: null, currency: null };
  const unit = currency?.toUpperCase() ?? '';
  if (status === 'sent' || totalPrice === null || totalPrice === undefined || !/^[A-Z]{3}$/.test(unit)) return nothing;
  return { chargedMicros: Math.round(totalPrice * 1_000_000), currency: unit };
}

function readTemplate(item: unknown, eventAt: Date): ProviderEvent {
  const parsed = template.safeParse(item);
  if (!parsed.success) return ignored('malformed template');
  const { name, language, reason, updateTime } = parsed.data;
  // FLAGGED tells nothing about whether it can be sent; the status beside it does.
  const status = templateStatus(parsed.data.statusUpdateEvent ?? '') ?? templateStatus(parsed.data.status ?? '');
  if (!status) return ignored('template event');
  return {
    kind: 'template_status',
    name,
    language: toMetaLanguage(language),
    status,
    reason: reason && reason !== 'NONE' ? safeDetail(reason, []) : null,
    at: clockOf(updateTime) ?? eventAt,
  };
}

const QUALITIES: Readonly<Record<string, 'green' | 'yellow' | 'red'>> = {
  GREEN: 'green',
  YELLOW: 'yellow',
  RED: 'red',
};

/** A sender is named by its number, as `whatsapp_from` names it. What an event of one kind repeats about the other is true too. */
function readSender(isAboutName: boolean, item: unknown, at: Date): ProviderEvent {
  const parsed = phoneNumber.safeParse(item);
  if (!parsed.success) return ignored('malformed sender');
  const told = parsed.data;
  const rating = told.qualityRating ?? '';
  const isApproved = told.decision === 'APPROVED';
  return {
    kind: 'sender_status',
    sender: told.phoneNumber,
    quality: Object.hasOwn(QUALITIES, rating) ? (QUALITIES[rating] ?? null) : null,
    messagingLimit: told.messagingLimit ?? null,
    displayName: (isAboutName && isApproved ? told.requestedVerifiedName : null) ?? told.verifiedName ?? null,
    nameStatus: ((isAboutName ? told.decision : null) ?? told.nameStatus)?.toLowerCase() ?? null,
    isVerified: told.isOfficialBusinessAccount ?? null,
    at,
  };
}

/** The pressed message is named by Meta's id here, which is not the one that sending answered: it is left out. */
function readInbound(item: unknown, eventAt: Date): ProviderEvent {
  const parsed = inbound.safeParse(item);
  if (!parsed.success) return ignored('inbound message');
  const { from, sendTime } = parsed.data;
  return { kind: 'code_denied', from, providerMessageId: null, at: clockOf(sendTime) ?? eventAt };
}

function ignored(what: string): ProviderEvent {
  return { kind: 'ignored', what };
}
