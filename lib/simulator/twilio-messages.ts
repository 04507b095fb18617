import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { e164 } from '@/lib/simulator/phones';
import type { Plan, PlannedReceipt } from '@/lib/simulator/plan';
import { answerAs, json, type Reply, readBody, send } from '@/lib/simulator/replies';
import { smsPriceUsd } from '@/lib/simulator/sms-prices';
import { segmentsOf } from '@/lib/simulator/sms-segments';
import { twilioAccountOf } from '@/lib/simulator/twilio-auth';
import { reportMessage } from '@/lib/simulator/twilio-callbacks';
import { finalStatusOf, TWILIO_CODE, twilioError } from '@/lib/simulator/twilio-errors';
import { type AcceptedTwilioSend, judgeTwilioSend, type RefusedTwilioSend } from '@/lib/simulator/twilio-judge';
import { type TwilioMessage, twilioMessageJson } from '@/lib/simulator/twilio-message-store';
import { carry, planFor, type World } from '@/lib/simulator/world';

/** Twilio's fee for a WhatsApp message; Meta's own comes on top and is billed apart. */
const WHATSAPP_FEE_USD = 0.005;

/** `POST /2010-04-01/Accounts/{AccountSid}/Messages.json` */
export async function sendTwilioMessage(
  world: World,
  req: IncomingMessage,
  res: ServerResponse,
  sid: string,
): Promise<void> {
  const form = new URLSearchParams(await readBody(req));
  const account = twilioAccountOf(world, req.headers.authorization);
  const judged: AcceptedTwilioSend | RefusedTwilioSend =
    account?.account_sid === sid ? judgeTwilioSend(world, sid, form) : { refused: twilioError(20003), code: 20003 };
  if ('refused' in judged) {
    logSend(world, form, null, `refused:${judged.code}`, 'request');
    return send(res, judged.refused);
  }
  const plan = planOf(world, judged);
  const errorCode = plan.errorCode ?? TWILIO_CODE[judged.channel][plan.fault];
  const refusalCode =
    plan.errorCode ?? (plan.fault === 'not_on_whatsapp' && judged.channel === 'whatsapp' ? 63003 : errorCode);
  const message = makeMessage(sid, form, judged);
  // The answer shows the message as it was taken, even when a callback has overtaken it.
  const resource = twilioMessageJson(message);
  logSend(world, form, plan.takes ? message.sid : null, outcomeOf(plan, refusalCode), plan.because);
  if (plan.takes) await carryOn(world, message, judged, plan, errorCode);
  await answerAs(plan.answer, res, world.time, plan.answerMs, {
    ok: () => json(201, resource),
    refused: () => twilioError(refusalCode),
    error500: () => twilioError(20500),
  });
}

/** `GET /2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json`: for callbacks that got lost. */
export function fetchTwilioMessage(world: World, req: IncomingMessage, accountSid: string, sid: string): Reply {
  const account = twilioAccountOf(world, req.headers.authorization);
  if (account?.account_sid !== accountSid) return twilioError(20003);
  const message = world.twilioMessages.find(accountSid, sid);
  return message ? json(200, twilioMessageJson(message)) : twilioError(20404);
}

/** `GET /2010-04-01/Accounts/{AccountSid}.json`: what a connection test asks. */
export function fetchTwilioAccount(world: World, req: IncomingMessage, accountSid: string): Reply {
  const account = twilioAccountOf(world, req.headers.authorization);
  if (account?.account_sid !== accountSid) return twilioError(20003);
  return json(200, { sid: accountSid, friendly_name: 'Simulated account', status: 'active', type: 'Full' });
}

function planOf(world: World, judged: AcceptedTwilioSend): Plan {
  const facts = {
    provider: 'twilio' as const,
    channel: judged.channel,
    to: judged.to,
    country: judged.country,
    ttlSeconds: judged.ttlSeconds,
  };
  const plan = planFor(world, facts);
  if (!judged.lacksTemplate || !plan.takes) return plan;
  return { ...plan, fault: 'no_template', arrivesMs: null, receipts: [{ status: 'failed', atMs: 500, postMs: 500 }] };
}

async function carryOn(
  world: World,
  message: TwilioMessage,
  sent: AcceptedTwilioSend,
  plan: Plan,
  errorCode: number,
): Promise<void> {
  world.twilioMessages.add(message);
  const carrier = {
    arrive: () => arrive(world, message, sent),
    report: (planned: PlannedReceipt, at: Date) => {
      void report(world, message, sent, planned, at, errorCode);
    },
  };
  const [first, ...rest] = plan.receipts;
  if (!plan.receiptFirst || !first || first.isLost) return carry(world, plan, carrier);
  carrier.arrive();
  await report(world, message, sent, first, new Date(), errorCode);
  carry(world, { ...plan, arrivesMs: null }, carrier, rest);
}

const RANKS: Record<string, number> = {
  queued: 0,
  accepted: 0,
  sent: 1,
  undelivered: 2,
  failed: 2,
  delivered: 3,
  read: 4,
};

/** Callbacks may tell old news; the resource keeps the furthest state. */
function report(
  world: World,
  message: TwilioMessage,
  sent: AcceptedTwilioSend,
  planned: PlannedReceipt,
  at: Date,
  errorCode: number,
) {
  const status = planned.status === 'failed' ? finalStatusOf(errorCode) : planned.status;
  if (planned.status === 'failed') message.errorCode = errorCode;
  if ((RANKS[status] ?? 0) > (RANKS[message.status] ?? 0)) Object.assign(message, { status, updatedAt: at });
  if (message.sentAt === null && planned.status !== 'failed') {
    const usd = sent.channel === 'sms' ? smsPriceUsd(sent.country) * message.segments : WHATSAPP_FEE_USD;
    Object.assign(message, { sentAt: at, price: `-${usd.toFixed(5)}` });
  }
  return planned.isLost ? Promise.resolve('given_up') : reportMessage(world, message, status, at);
}

function arrive(world: World, message: TwilioMessage, sent: AcceptedTwilioSend): void {
  world.phones.receive({
    channel: sent.channel,
    provider: 'twilio',
    provider_message_id: message.sid,
    to: sent.to,
    from: (message.from ?? message.messagingServiceSid ?? '').replace(/^whatsapp:/, ''),
    text: sent.text,
    code: sent.code,
  });
}

function makeMessage(accountSid: string, form: URLSearchParams, sent: AcceptedTwilioSend): TwilioMessage {
  const serviceSid = form.get('MessagingServiceSid');
  const now = new Date();
  return {
    sid: `SM${randomBytes(16).toString('hex')}`,
    accountSid,
    channel: sent.channel,
    to: form.get('To') ?? '',
    from: form.get('From'),
    messagingServiceSid: serviceSid,
    body: sent.text,
    segments: sent.channel === 'sms' ? segmentsOf(sent.text) : 1,
    status: serviceSid === null ? 'queued' : 'accepted',
    errorCode: null,
    price: null,
    callbackUrl: form.get('StatusCallback') || null,
    createdAt: now,
    sentAt: null,
    updatedAt: now,
  };
}

function outcomeOf(plan: Plan, code: number): string {
  if (plan.answer === 'ok') return 'accepted';
  return plan.answer === 'refuse' ? `refused:${code}` : plan.answer;
}

/** Twilio echoes nothing, so the sender's own id is read from the address it wants to be called at (`?message=`). */
function logSend(world: World, form: URLSearchParams, sid: string | null, outcome: string, because: string): void {
  const callback = form.get('StatusCallback') ?? '';
  const to = form.get('To') ?? '';
  world.sends.add({
    provider: 'twilio',
    channel: to.startsWith('whatsapp:') ? 'whatsapp' : 'sms',
    to: e164(to),
    opaque_id: URL.canParse(callback) ? new URL(callback).searchParams.get('message') : null,
    provider_message_id: sid,
    outcome,
    because,
  });
}
