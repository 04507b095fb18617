import { randomBytes } from 'node:crypto';
import { codeMac, generateCode } from '@/lib/crypto/code';
import { seal } from '@/lib/crypto/seal';
import { planRow } from '@/lib/db/plans';
import { MESSAGE_RANK } from '@/lib/domain/message/states';
import { ALPHABETS } from '@/lib/domain/policy/alphabet';
import { testCode } from '@/lib/domain/policy/policy';
import { newUuid, publicId } from '@/lib/ids';
import { codePlace, numberPlace } from '@/lib/operations/verifications/places';
import { makeWamid } from '@/lib/simulator/meta-messages';
import { bytes, json, NULL, text, time, truth } from './copy';
import type { Life, LifeEvent, MessageLife } from './life';
import type { Buffers } from './tables';

/** Who is verified. The hashes are made once per person. */
export type Phone = { to: string; country: string; masked: string; toBlind: Buffer; prefixBlind: Buffer };

/** What the app said when it asked for a code. */
export type Request = {
  appId: string;
  livemode: boolean;
  useCase: string;
  reference: string | null;
  metadata: Record<string, string> | null;
  transaction: { amount: number; currency: string; payee: string } | null;
  client: Record<string, string> | null;
};

/** Numbers are forgotten after 30 days (lib/db/retention.ts); history is written as retention has left it. */
const NUMBER_KEPT_MS = 30 * 86_400_000;

/** Adds the rows of one life to the buffers. Answers the verification's uuid. */
export function addRows(buffers: Buffers, life: Life, phone: Phone, request: Request, now: number): string {
  const id = newUuid(life.at);
  addVerification(buffers, id, life, phone, request, now);
  const messageIds = life.messages.map((message) => addMessage(buffers, id, message, phone, request));
  for (const attempt of life.attempts) {
    const number = attempt.number === null ? NULL : String(attempt.number);
    buffers.check_attempt.add([newUuid(attempt.at), id, time(attempt.at), attempt.outcome, number]);
  }
  for (const event of life.events) addEvent(buffers, id, event, messageIds);
  return id;
}

function addVerification(buffers: Buffers, id: string, life: Life, phone: Phone, request: Request, now: number): void {
  const { plan } = life;
  const kept = planRow(plan);
  buffers.plans.set(kept.id, kept);
  const code =
    life.isCheckable && request.livemode
      ? generateCode(plan.policy.codeLength, ALPHABETS[plan.policy.alphabet])
      : testCode(plan.policy);
  const mac = life.isCheckable ? codeMac(id, code).toString('hex') : null;
  const keepsCode = life.isCheckable && life.status === 'pending' && request.livemode;
  const isForgotten = life.at < now - NUMBER_KEPT_MS && !life.isCheckable;
  buffers.verification.add([
    id,
    request.appId,
    truth(request.livemode),
    request.useCase,
    phone.country,
    bytes(phone.toBlind),
    bytes(phone.prefixBlind),
    bytes(isForgotten ? Buffer.alloc(0) : seal(phone.to, numberPlace(id))),
    phone.masked,
    life.status,
    text(life.endReason),
    text(life.channel),
    plan.steps[0]?.locale ?? 'en',
    mac === null ? '{}' : `{"\\\\\\\\x${mac}"}`,
    truth(life.isCheckable),
    keepsCode ? bytes(seal(code, codePlace(id))) : NULL,
    String(life.checksUsed),
    String(plan.policy.checksMax),
    String(life.resendsUsed),
    kept.id,
    truth(plan.fallbackOnFailed),
    String(life.step),
    time(life.at),
    time(life.expiresAt),
    time(life.resendAfter),
    time(life.nextFallbackAt),
    text(life.fallbackCause),
    time(life.endedAt),
    time(life.approvedAt),
    text(request.reference),
    json(request.metadata),
    json(request.transaction),
    json(request.client),
    publicId('request', newUuid(life.at)),
  ]);
}

function addMessage(
  buffers: Buffers,
  verificationId: string,
  message: MessageLife,
  phone: Phone,
  request: Request,
): string {
  const id = newUuid(message.submittedAt);
  const { via } = message;
  const providerMessageId = message.isKnownToProvider ? newProviderMessageId(via.provider, phone.to) : null;
  buffers.message.add([
    id,
    verificationId,
    request.appId,
    truth(request.livemode),
    phone.country,
    String(message.step),
    message.cause,
    via.channel,
    via.provider,
    via.connectionId,
    via.template.name ?? via.template.id,
    via.locale,
    message.state,
    String(MESSAGE_RANK[message.state]),
    text(message.reason),
    text(message.providerCode),
    text(message.detail),
    text(providerMessageId),
    time(message.submittedAt),
    time(message.answeredAt),
    time(message.sentAt),
    time(message.deliveredAt),
    time(message.readAt),
    time(message.failedAt),
    String(message.segments),
    String(via.priceMicros),
    via.priceRule,
    String(message.costMicros),
    time(message.nextPollAt),
    String(message.pollTries),
  ]);
  for (const receipt of message.receipts) {
    buffers.receipt.add([
      via.connectionId,
      text(providerMessageId),
      receipt.status,
      id,
      time(receipt.at),
      time(receipt.receivedAt),
      receipt.decision,
      text(receipt.reason),
      text(receipt.providerCode),
      text(receipt.detail),
      // Only an answer to a question names the price.
      receipt.isPolled ? String(via.priceMicros * message.segments) : NULL,
      receipt.isPolled ? NULL : newUuid(receipt.receivedAt),
    ]);
  }
  return id;
}

function addEvent(buffers: Buffers, verificationId: string, event: LifeEvent, messageIds: readonly string[]): void {
  const detail = {
    ...event.detail,
    ...(event.messageOf === null ? {} : { message_id: messageIds[event.messageOf] }),
    ...(event.failedOf === undefined ? {} : { failed_message_id: messageIds[event.failedOf] }),
  };
  buffers.verification_event.add([newUuid(event.at), verificationId, time(event.at), event.kind, json(detail)]);
}

function newProviderMessageId(provider: string, to: string): string {
  return provider === 'meta-cloud' ? makeWamid(to) : `SM${randomBytes(16).toString('hex')}`;
}
