import { blindIndex } from '@/lib/crypto/blind-index';
import { database } from '@/lib/db/client';
import { alertConnection } from '@/lib/db/connections';
import { applyReceiptRows, closeCallback, type ReceiptRow } from '@/lib/db/receipts';
import { putSender } from '@/lib/db/senders';
import { setTemplateStatus } from '@/lib/db/templates';
import { cancelVerification, findDenied } from '@/lib/db/verifications';
import { FAILURE_REASONS } from '@/lib/domain/message/reasons';
import { newUuid, uuidFrom } from '@/lib/ids';
import { fallBackNow } from '@/lib/operations/messages/fall-back';
import type { ProviderEvent } from '@/lib/providers/provider';
import { log } from '@/lib/telemetry/log';

/** What one kept callback said. */
export type Heard = {
  callbackId: string | null;
  connectionId: string;
  receivedAt: Date;
  events: readonly ProviderEvent[];
  /** The connection an event is about, where it may be another than that of the address. */
  ownerOf?: (event: ProviderEvent) => string;
};

/** Facts of one statement at most; measured best between 100 and 500. */
export const FACTS_MAX = 500;

/**
 * receipts.apply: turns what callbacks said into facts, states and, where a message failed, the next message. A callback
 * counts as applied only when everything it said is done: receipts with their own commit, whatever else after it. What
 * could not be done costs the other callbacks nothing, and is thrown at the end.
 */
export async function applyHeard(batch: readonly Heard[]): Promise<void> {
  const told = batch.map((heard) => ({ heard, others: heard.events.filter(isMoreThanReceipt) }));
  await applyFacts(
    batch.flatMap((heard) => heard.events.flatMap((event) => receiptRow(heard, event))),
    told.flatMap(({ heard, others }) => (heard.callbackId && others.length === 0 ? [heard.callbackId] : [])),
  );
  const failures: unknown[] = [];
  for (const { heard, others } of told) {
    if (others.length === 0) continue;
    try {
      for (const event of others) await applyOther(heard, event);
      if (heard.callbackId) await closeCallback(database(), heard.callbackId, 'applied');
    } catch (error: unknown) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function applyFacts(rows: readonly ReceiptRow[], callbackIds: readonly string[]): Promise<void> {
  if (rows.length === 0 && callbackIds.length === 0) return;
  const chunks = Math.max(1, Math.ceil(rows.length / FACTS_MAX));
  for (let n = 0; n < chunks; n += 1) {
    // The callbacks count as applied only with the last of their facts.
    const looked = await applyReceiptRows(
      database(),
      rows.slice(n * FACTS_MAX, (n + 1) * FACTS_MAX),
      n === chunks - 1 ? callbackIds : [],
    );
    fallBackNow(looked);
  }
}

/** What asks for something beyond the fact itself. */
function isMoreThanReceipt(event: ProviderEvent): boolean {
  return event.kind === 'receipt' ? isOurFault(event) : event.kind !== 'ignored';
}

function isOurFault(event: Extract<ProviderEvent, { kind: 'receipt' }>): boolean {
  return event.reason !== null && FAILURE_REASONS[event.reason].group === 'ours';
}

function receiptRow(heard: Heard, event: ProviderEvent): ReceiptRow[] {
  if (event.kind !== 'receipt') return [];
  return [
    {
      connectionId: connectionOf(heard, event),
      providerMessageId: event.providerMessageId,
      messageId: event.messageId === null ? null : uuidFrom('message', event.messageId),
      status: event.status,
      at: event.at,
      receivedAt: heard.receivedAt,
      reason: event.reason,
      isOffChannel: event.reason !== null && FAILURE_REASONS[event.reason].isOffChannel,
      providerCode: event.providerCode,
      detail: event.detail,
      chargedMicros: event.currency === null || event.currency === 'USD' ? event.chargedMicros : null,
      callbackId: heard.callbackId,
    },
  ];
}

const connectionOf = (heard: Heard, event: ProviderEvent): string => heard.ownerOf?.(event) ?? heard.connectionId;

async function applyOther(heard: Heard, event: ProviderEvent): Promise<void> {
  const connectionId = connectionOf(heard, event);
  if (event.kind === 'receipt' && event.reason !== null && isOurFault(event)) {
    log().error({ connectionId, reason: event.reason, providerCode: event.providerCode }, 'connection.our_fault');
    await alertConnection(database(), connectionId, event.reason);
  }
  if (event.kind === 'template_status') {
    const wasInUse = await setTemplateStatus(database(), { connectionId, ...event });
    // Routing passes it over from now on; somebody has to know why another channel carries its codes.
    if (wasInUse && event.status !== 'approved' && event.status !== 'pending') {
      await alertConnection(database(), connectionId, 'template_unavailable');
    }
    log().info({ connectionId, template: event.name, status: event.status }, 'template.status');
  }
  if (event.kind === 'sender_status') {
    await putSender(database(), { connectionId, ...event });
    log().info({ connectionId, quality: event.quality }, 'sender.status');
  }
  if (event.kind === 'code_denied') {
    const toBlind = blindIndex('number', event.from);
    const { providerMessageId, at } = event;
    for (const id of await findDenied(database(), { connectionId, providerMessageId, toBlind, at })) {
      if (!(await cancelVerification(database(), id, { appId: null, livemode: null }, 'code_denied', newUuid())))
        continue;
      log().warn({ verificationId: id }, 'verification.code_denied');
    }
  }
}
