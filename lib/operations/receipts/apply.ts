import { setTimeout as sleep } from 'node:timers/promises';
import { blindIndex } from '@/lib/crypto/blind-index';
import { open } from '@/lib/crypto/seal';
import { database } from '@/lib/db/client';
import { alertConnection } from '@/lib/db/connections';
import {
  applyReceiptRows,
  claimCallbacks,
  closeCallback,
  findOrphanReceipts,
  type KeptCallback,
  ORPHAN_SLICES,
  type ReceiptRow,
} from '@/lib/db/receipts';
import { putSender } from '@/lib/db/senders';
import { setTemplateStatus } from '@/lib/db/templates';
import { cancelVerification, findDenied } from '@/lib/db/verifications';
import { FAILURE_REASONS } from '@/lib/domain/message/reasons';
import { newUuid, uuidFrom } from '@/lib/ids';
import { inBackground } from '@/lib/operations/background';
import { currentConfiguration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { fallBackNow } from '@/lib/operations/messages/fall-back';
import { ownerOf } from '@/lib/operations/receipts/owner';
import { callbackPlace } from '@/lib/operations/verifications/places';
import { MalformedCallback, type ProviderEvent } from '@/lib/providers/provider';
import { providerNamed } from '@/lib/providers/registry';
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
const FACTS_MAX = 500;
/** A statement costs as much by itself as ten facts: a busy process gathers a little between two, one callback alone never waits. */
const GATHER_MS = 8;
const CALLBACKS_ENOUGH = 100;
/** Callbacks that may wait in memory; past it the sweep reads them back from the database. */
const WAITING_MAX = 2_000;

type Holder = { waiting: Heard[]; isRunning: boolean };
const holder = globalThis as { watchwordApplying?: Holder };
const state = (): Holder => {
  holder.watchwordApplying ??= { waiting: [], isRunning: false };
  return holder.watchwordApplying;
};

/** Applies what a kept callback said, right after its 2xx, together with whatever else has come in. */
export function applySoon(heard: Heard): void {
  const held = state();
  if (held.waiting.length >= WAITING_MAX) return;
  held.waiting.push(heard);
  if (held.isRunning) return;
  held.isRunning = true;
  inBackground('apply_receipts', async () => {
    try {
      while (held.waiting.length > 0) {
        // One batch that fails is left to the sweep; those that came in meanwhile are not.
        await applyHeard(takeBatch(held)).catch((error: unknown) => {
          log().error({ error: String(error) }, 'callbacks.not_applied');
        });
        if (!isEnough(held.waiting)) await sleep(GATHER_MS);
      }
    } finally {
      held.isRunning = false;
    }
  });
}

/** Whether what waits fills a statement, by callbacks or by what they say: five POSTs of a hundred statuses each need no company. */
function isEnough(waiting: readonly Heard[]): boolean {
  if (waiting.length >= CALLBACKS_ENOUGH) return true;
  let facts = 0;
  for (const { events } of waiting) facts += events.length;
  return facts >= FACTS_MAX;
}

function takeBatch(held: Holder): Heard[] {
  let facts = 0;
  let count = 0;
  for (const heard of held.waiting) {
    if (count > 0 && facts + heard.events.length > FACTS_MAX) break;
    facts += heard.events.length;
    count += 1;
  }
  return held.waiting.splice(0, count);
}

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

/** Applies callbacks that a dead process left behind. Answers how many were taken. One that cannot be applied holds up no other. */
export async function applyLeftovers(limit = 100): Promise<number> {
  const kept = await claimCallbacks(database(), limit);
  for (const callback of kept) {
    await applyKept(callback).catch((error: unknown) => {
      log().error({ callbackId: callback.id, error: String(error) }, 'callback.not_applied');
    });
  }
  return kept.length;
}

/** Reads a kept callback again and applies it; applying twice changes nothing. */
export async function applyKept(callback: KeptCallback): Promise<'applied' | 'malformed'> {
  // A connection that this process does not know yet is no reason to close what came over it.
  const connection =
    (await currentConfiguration()).connections.get(callback.connectionId) ??
    (await reloadConfiguration()).connections.get(callback.connectionId);
  const provider = connection && providerNamed(connection.provider);
  if (!provider) {
    await closeCallback(database(), callback.id, 'malformed');
    return 'malformed';
  }
  try {
    const events = provider.readEvents({
      url: `http://kept.invalid/${callback.query}`,
      header: (name) => (name.toLowerCase() === 'content-type' ? callback.contentType || null : null),
      raw: open(callback.bodySealed, callbackPlace(callback.id)),
      receivedAt: callback.receivedAt,
    });
    const { connections } = await currentConfiguration();
    await applyHeard([
      {
        callbackId: callback.id,
        connectionId: callback.connectionId,
        receivedAt: callback.receivedAt,
        events,
        ownerOf: (event) => ownerOf(event, connection, provider, connections),
      },
    ]);
    return 'applied';
  } catch (error: unknown) {
    if (!(error instanceof MalformedCallback)) throw error;
    await closeCallback(database(), callback.id, 'malformed');
    return 'malformed';
  }
}

/** Where this process looks next among older ones; each process goes round by itself, in 24 minutes at a look every two seconds. */
let orphanSlice = 0;

/** Applies facts that came before their message was known: those of the last minute, and of older ones a slice a call. Answers how many. */
export async function applyOrphans(limit = 200): Promise<number> {
  const rows = await findOrphanReceipts(database(), limit, orphanSlice);
  // There may be more in this one.
  if (rows.length < limit) orphanSlice = (orphanSlice + 1) % ORPHAN_SLICES;
  if (rows.length > 0) fallBackNow(await applyReceiptRows(database(), rows, []));
  return rows.length;
}
