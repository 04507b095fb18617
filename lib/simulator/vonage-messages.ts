import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VonageApplication } from '@/lib/simulator/accounts';
import { e164 } from '@/lib/simulator/phones';
import type { Plan, PlannedReceipt } from '@/lib/simulator/plan';
import { answerAs, json, parseObject, readBody, send } from '@/lib/simulator/replies';
import { smsPriceUsd } from '@/lib/simulator/sms-prices';
import { segmentsOf } from '@/lib/simulator/sms-segments';
import { vonageApplicationOf } from '@/lib/simulator/vonage-auth';
import { reportVonageStatus } from '@/lib/simulator/vonage-callbacks';
import { VONAGE_CODE, vonageError, vonageStatusError, vonageUnauthorized } from '@/lib/simulator/vonage-errors';
import { judgeVonageSend, type VonageMessage } from '@/lib/simulator/vonage-judge';
import { carry, planFor, type World } from '@/lib/simulator/world';

/** Vonage's fee and Meta's together, chosen by us. */
const WHATSAPP_PRICE_EUR = 0.03;

/** `POST /v1/messages` */
export async function sendVonageMessage(world: World, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = parseObject(await readBody(req));
  const application = vonageApplicationOf(world, req.headers.authorization);
  if (!application) {
    logSend(world, body, null, 'refused:unauthorized', 'request');
    return send(res, vonageUnauthorized());
  }
  const judged = judgeVonageSend(world, application, body);
  if ('refused' in judged) {
    logSend(world, body, null, `refused:${judged.code}`, 'request');
    return send(res, judged.refused);
  }
  const { channel, to, country, ttlSeconds } = judged;
  const plan = planFor(world, { provider: 'vonage', channel, to, country, ttlSeconds });
  const errorCode = plan.errorCode ?? VONAGE_CODE[channel][plan.fault];
  const uuid = randomUUID();
  logSend(world, body, plan.takes ? uuid : null, outcomeOf(plan, errorCode), plan.because);
  if (plan.takes) await carryOn(world, application, judged, plan, uuid, errorCode);
  await answerAs(plan.answer, res, world.time, plan.answerMs, {
    ok: () => json(202, { message_uuid: uuid }),
    refused: () => vonageError(errorCode),
    error500: () => vonageError(1030),
  });
}

/** Schedules phone and receipts. For a receipt-first plan the first receipt is taken before this resolves. */
async function carryOn(
  world: World,
  application: VonageApplication,
  message: VonageMessage,
  plan: Plan,
  uuid: string,
  errorCode: number,
): Promise<void> {
  const report = (planned: PlannedReceipt, at: Date) => {
    const status = statusOf(application, message, plan, uuid, planned, at, errorCode);
    return planned.isLost ? Promise.resolve() : reportVonageStatus(world, application, message, status);
  };
  const carrier = {
    arrive: () => arrive(world, message, uuid),
    report: (planned: PlannedReceipt, at: Date) => void report(planned, at),
  };
  const [first, ...rest] = plan.receipts;
  if (!plan.receiptFirst || !first || first.isLost) return carry(world, plan, carrier);
  carrier.arrive();
  await report(first, new Date());
  carry(world, { ...plan, arrivesMs: null }, carrier, rest);
}

const WORDS: Record<PlannedReceipt['status'], string> = {
  sent: 'submitted',
  delivered: 'delivered',
  read: 'read',
  failed: 'rejected',
};

/** One status in the shape of webhook version v1. A price stands where it was charged: SMS when handed over, WhatsApp on arrival. */
function statusOf(
  application: VonageApplication,
  message: VonageMessage,
  plan: Plan,
  uuid: string,
  planned: PlannedReceipt,
  at: Date,
  errorCode: number,
): Record<string, unknown> {
  const { channel, to, from, clientRef } = message;
  const isSms = channel === 'sms';
  const segments = isSms ? segmentsOf(message.text) : 1;
  const price = isSms ? smsPriceUsd(message.country) * segments : WHATSAPP_PRICE_EUR;
  const isCharged = planned.status !== 'failed' && (isSms || planned.status !== 'sent');
  // The network could not be reached at all, or it was and said no.
  const status = planned.status === 'failed' && errorCode === 1100 ? 'undeliverable' : WORDS[planned.status];
  return {
    message_uuid: uuid,
    to: to.slice(1),
    from,
    timestamp: at.toISOString(),
    status,
    channel,
    ...(clientRef === null ? {} : { client_ref: clientRef }),
    ...(isCharged ? { usage: { currency: isSms ? 'USD' : 'EUR', price: price.toFixed(4) } } : {}),
    ...(planned.status === 'failed'
      ? { error: vonageStatusError(channel, errorCode, planned.fault ?? plan.fault) }
      : {}),
    ...(isSms
      ? { sms: { num_messages: String(segments) }, destination: { network_code: '00101' } }
      : { whatsapp: { recipient: { wa_id: to.slice(1) }, waba_id: application.waba_id } }),
  };
}

function arrive(world: World, message: VonageMessage, uuid: string): void {
  world.phones.receive({
    channel: message.channel,
    provider: 'vonage',
    provider_message_id: uuid,
    to: message.to,
    from: message.channel === 'whatsapp' ? (e164(message.from) ?? message.from) : message.from,
    text: message.text,
    code: message.code,
  });
}

function outcomeOf(plan: Plan, code: number): string {
  if (plan.answer === 'ok') return 'accepted';
  return plan.answer === 'refuse' ? `refused:${code}` : plan.answer;
}

function logSend(
  world: World,
  body: Record<string, unknown> | null,
  uuid: string | null,
  outcome: string,
  because: string,
): void {
  world.sends.add({
    provider: 'vonage',
    channel: body?.channel === 'whatsapp' ? 'whatsapp' : 'sms',
    to: typeof body?.to === 'string' ? e164(body.to) : null,
    opaque_id: typeof body?.client_ref === 'string' ? body.client_ref : null,
    provider_message_id: uuid,
    outcome,
    because,
  });
}
