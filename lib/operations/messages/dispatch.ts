import { systemClock } from '@/lib/clock';
import { database } from '@/lib/db/client';
import { alertConnection } from '@/lib/db/connections';
import { recordSends, type SendRecord, type SendRecorded } from '@/lib/db/messages';
import { FAILURE_REASONS } from '@/lib/domain/message/reasons';
import { countSegments } from '@/lib/domain/message/segments';
import { minutesLeft } from '@/lib/domain/policy/policy';
import type { PlanStep } from '@/lib/domain/routing/plan';
import { renderText } from '@/lib/domain/template/text';
import { SEND_DEADLINE_MS } from '@/lib/domain/verification/limits';
import type { Transaction } from '@/lib/domain/verification/transaction';
import { env } from '@/lib/env';
import { publicId } from '@/lib/ids';
import { Coalescer } from '@/lib/operations/coalescer';
import { lastConfiguration, type OpenConnection } from '@/lib/operations/configuration/snapshot';
import { noteOutcome } from '@/lib/operations/connections/breaker';
import { askAdapter } from '@/lib/operations/provider-fault';
import { countUsage } from '@/lib/operations/usage/meter';
import type { MessageContent, OutboundMessage, Provider, SendResult } from '@/lib/providers/provider';
import { providerNamed } from '@/lib/providers/registry';
import { log } from '@/lib/telemetry/log';
import { countMessage } from '@/lib/telemetry/metrics';

/** A message that was committed as `submitted` under our lease, with everything its send needs. */
export type Handover = {
  messageId: string;
  leaseToken: string;
  verificationId: string;
  country: string;
  step: PlanStep;
  /** The number, or for e-mail the address. */
  to: string;
  code: string;
  brand: string;
  webDomain: string | null;
  appHash: string | null;
  /** What is being approved; told where the text names it. */
  transaction: Transaction | null;
  /** The whole life of the code. */
  lifetimeSeconds: number;
  /** What is left of it, and what a text tells. */
  secondsLeft: number;
};

/**
 * A throttled or failing provider gets one more try after this; the next channel still leaves within the second. One that wants to be left alone for
 * longer (Retry-After, in whole seconds) is: the code does not wait for it.
 */
const RETRY_AFTER_MS = 300;
/** Less than this before the deadline is no time for a second try. */
const RETRY_NEEDS_MS = 1_500;

type Holder = { records: Coalescer<SendRecord, { recorded: SendRecorded }>; lookup: (name: string) => Provider | null };
const holder = globalThis as { watchwordDispatch?: Holder };
const state = (): Holder => {
  holder.watchwordDispatch ??= {
    lookup: providerNamed,
    records: new Coalescer({
      run: async (rows) => (await recordSends(database(), rows)).map((recorded) => ({ recorded })),
      keysOf: (row) => [row.messageId],
      batchMax: 100,
      flightsMax: 2,
      gatherRows: 16,
      queueMax: 10_000,
    }),
  };
  return holder.watchwordDispatch;
};

/** Lets a composition root put other providers in place: the bench measures without carriers, as its peers do. */
export function putProviders(lookup: (name: string) => Provider | null): void {
  state().lookup = lookup;
}

/**
 * messages.dispatch: hands a committed message to its provider and records the answer. Runs after the commit that
 * made the message; if this process dies on the way, the lease ends and the sweep takes over.
 *
 * @returns true when the message failed and its verification wants a look at once.
 */
export async function dispatchMessage(handover: Handover): Promise<boolean> {
  const content = contentOf(handover);
  countUsage(handover.country, handover.step.priceMicros * segmentsOf(content), systemClock.now());
  const result = await send(handover, content);
  noteOutcome(handover.step.connectionId, result);
  countMessage(handover.step.channel, result.kind);
  const recorded = await record(toRecord(handover, result, canBeAsked(handover)));
  if (result.kind === 'refused' && FAILURE_REASONS[result.reason].group === 'ours') {
    log().error(
      { connectionId: handover.step.connectionId, reason: result.reason, providerCode: result.providerCode },
      'connection.our_fault',
    );
    await alertConnection(database(), handover.step.connectionId, result.reason);
  }
  return recorded?.wantsLook ?? false;
}

/** Tries of one record, a second apart: together with the send deadline they stay near the lease, past which nothing can be written. */
const RECORD_TRIES = 3;

/** The provider's answer must not be lost to a moment without a database. Recording twice is harmless: the lease is gone after the first. */
async function record(row: SendRecord): Promise<SendRecorded> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await state().records.submit(row)).recorded;
    } catch (error: unknown) {
      if (tries >= RECORD_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

async function send(handover: Handover, content: MessageContent): Promise<SendResult> {
  const connection = (await lastConfiguration()).connections.get(handover.step.connectionId);
  const provider = state().lookup(handover.step.provider);
  if (!connection || !provider) {
    return {
      kind: 'refused',
      reason: 'request_rejected',
      providerCode: 'no_connection',
      detail: 'The connection no longer exists.',
    };
  }
  if (connection.isLocked) {
    return {
      kind: 'refused',
      reason: 'credentials_rejected',
      providerCode: 'no_key',
      detail: 'The key that sealed the credentials of this connection is not in WATCHWORD_KEYS.',
    };
  }
  const message = outbound(handover, content);
  // One deadline over both tries: shorter than the lease, so that a live process never loses its own message.
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new DOMException('no answer in time', 'TimeoutError')),
    SEND_DEADLINE_MS,
  );
  try {
    return await sendTwice(provider, connection, message, deadline.signal);
  } finally {
    // AbortSignal.timeout would keep each signal alive for the whole deadline: tens of thousands of them at full load.
    clearTimeout(timer);
  }
}

async function sendTwice(
  provider: Provider,
  connection: OpenConnection,
  message: OutboundMessage,
  signal: AbortSignal,
): Promise<SendResult> {
  const began = performance.now();
  const first = await attempt(provider, () => provider.send(connection, message, signal));
  if (first.kind !== 'refused' || !FAILURE_REASONS[first.reason].retriesOnce) return first;
  if ((first.retryAfterSeconds ?? 0) * 1_000 > RETRY_AFTER_MS) return first;
  // A second try that the deadline cuts off would turn a refusal that is known into an outcome that is not.
  if (performance.now() - began > SEND_DEADLINE_MS - RETRY_AFTER_MS - RETRY_NEEDS_MS) return first;
  await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
  if (signal.aborted) return first;
  return attempt(provider, () => provider.send(connection, message, signal));
}

/** A provider that throws has a bug; we cannot tell whether the message left. */
function attempt(provider: Provider, work: () => Promise<SendResult>): Promise<SendResult> {
  const unknown: SendResult = { kind: 'unknown', detail: 'the provider adapter failed' };
  return askAdapter(provider.name, 'provider.send_threw', unknown, work);
}

function outbound(handover: Handover, content: MessageContent): OutboundMessage {
  const messageId = publicId('message', handover.messageId);
  const { step } = handover;
  const path = `/api/webhooks/${step.provider}/${publicId('connection', step.connectionId)}`;
  return {
    messageId,
    channel: step.channel,
    to: handover.to,
    code: handover.code,
    content,
    validitySeconds: Math.max(1, handover.secondsLeft),
    statusCallbackUrl: `${env().WATCHWORD_PUBLIC_URL}${path}?message=${messageId}`,
  };
}

/** Long texts cost as often as they have segments. */
function segmentsOf(content: MessageContent): number {
  return content.kind === 'text' ? countSegments(content.body).segments : 1;
}

function contentOf(handover: Handover): MessageContent {
  const { step, code, brand, appHash, webDomain } = handover;
  const transaction = handover.transaction && { of: handover.transaction, locale: step.locale };
  if (step.template.text === null) return { kind: 'template', name: step.template.name ?? '', language: step.locale };
  const minutes = minutesLeft(handover.secondsLeft, handover.lifetimeSeconds);
  if (step.channel === 'email') {
    // The lines by which phones find a code belong to SMS.
    const values = { code, brand, minutes, appHash: null, webDomain: null, transaction };
    const subject = renderText(step.template.subject ?? '{brand}', values);
    return { kind: 'mail', subject, body: renderText(step.template.text, values) };
  }
  const { dltTemplateId } = step.template;
  return {
    kind: 'text',
    body: renderText(step.template.text, { code, brand, minutes, appHash, webDomain, transaction }),
    ...(dltTemplateId ? { dltTemplateId } : {}),
  };
}

/** Only a provider that can be asked is polled later; for the others a poll would claim rows and learn nothing. */
function canBeAsked({ step }: Handover): boolean {
  return state().lookup(step.provider)?.fetchReceipt !== undefined;
}

function toRecord({ messageId, leaseToken }: Handover, result: SendResult, polls: boolean): SendRecord {
  const accepted = result.kind === 'accepted' ? result : null;
  const refused = result.kind === 'refused' ? result : null;
  return {
    messageId,
    leaseToken,
    state: accepted ? (accepted.hasLeft ? 'sent' : 'accepted') : refused ? 'failed' : 'unknown',
    providerMessageId: accepted?.providerMessageId ?? null,
    segments: accepted?.segments ?? null,
    reason: refused?.reason ?? null,
    isOffChannel: refused !== null && FAILURE_REASONS[refused.reason].isOffChannel,
    providerCode: refused?.providerCode ?? null,
    detail: result.kind === 'accepted' ? null : result.detail,
    polls: accepted !== null && polls,
  };
}
