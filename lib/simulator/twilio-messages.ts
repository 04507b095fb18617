import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { codeIn, e164 } from './phones';
import type { Plan, PlannedReceipt } from './plan';
import { answerAs, json, parseObject, type Reply, readBody, send } from './replies';
import { smsPriceUsd } from './sms-prices';
import { segmentsOf } from './sms-segments';
import { twilioAccountOf } from './twilio-auth';
import { reportMessage } from './twilio-callbacks';
import type { TwilioContent } from './twilio-content-store';
import { finalStatusOf, TWILIO_CODE, twilioError } from './twilio-errors';
import type { TwilioMessage } from './twilio-message-store';
import { renderTemplate } from './whatsapp-texts';
import { carry, countryOf, planFor, type World } from './world';

/** Twilio's test numbers: what happens when one writes to them. */
const MAGIC_TO: Record<string, number> = {
  '+15005550001': 21211,
  '+15005550003': 21408,
  '+15005550004': 21610,
  '+15005550009': 21614,
};
/** …and when one writes from them. */
const MAGIC_FROM: Record<string, number> = { '+15005550001': 21212 };

/** WhatsApp through Twilio has Meta's default time to live; SMS has the `ValidityPeriod` of the request, else ten hours. */
const WHATSAPP_TTL_SECONDS = 600;
const SMS_TTL_SECONDS = 36_000;
const BODY_CHARS_MAX = 1600;
/** Twilio's fee for a WhatsApp message; Meta's own comes on top and is billed apart. */
const WHATSAPP_FEE_USD = 0.005;

type Accepted = {
  channel: 'whatsapp' | 'sms';
  to: string;
  country: string | null;
  text: string;
  code: string | null;
  ttlSeconds: number;
  /** WhatsApp without an approved template is taken, and fails later. */
  lacksTemplate: boolean;
};
type Refused = { refused: Reply; code: number };

/** `POST /2010-04-01/Accounts/{AccountSid}/Messages.json` */
export async function sendTwilioMessage(
  world: World,
  req: IncomingMessage,
  res: ServerResponse,
  sid: string,
): Promise<void> {
  const form = new URLSearchParams(await readBody(req));
  const account = twilioAccountOf(world, req.headers.authorization);
  const judged: Accepted | Refused =
    account?.account_sid === sid ? judge(world, sid, form) : { refused: twilioError(20003), code: 20003 };
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
  const resource = messageJson(message);
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
  return message ? json(200, messageJson(message)) : twilioError(20404);
}

/** `GET /2010-04-01/Accounts/{AccountSid}.json`: what a connection test asks. */
export function fetchTwilioAccount(world: World, req: IncomingMessage, accountSid: string): Reply {
  const account = twilioAccountOf(world, req.headers.authorization);
  if (account?.account_sid !== accountSid) return twilioError(20003);
  return json(200, { sid: accountSid, friendly_name: 'Simulated account', status: 'active', type: 'Full' });
}

function planOf(world: World, judged: Accepted): Plan {
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
  sent: Accepted,
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
  if (!plan.receiptFirst || !first) return carry(world, plan, carrier);
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
  sent: Accepted,
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
  return reportMessage(world, message, status, at);
}

function arrive(world: World, message: TwilioMessage, sent: Accepted): void {
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

function judge(world: World, sid: string, form: URLSearchParams): Accepted | Refused {
  const refuse = (code: number, detail?: string): Refused => ({ refused: twilioError(code, detail), code });
  if (world.time.isFull) return refuse(20429);
  const rawTo = form.get('To') ?? '';
  const from = form.get('From');
  const isWhatsApp = rawTo.startsWith('whatsapp:');
  const written = rawTo.replace(/^whatsapp:/, '');
  if (written === '') return refuse(21604);
  if (!from && !form.get('MessagingServiceSid')) return refuse(21603);
  const to = /^\+?[\d ()-]{5,25}$/.test(written) ? e164(written) : null;
  const magic = MAGIC_TO[to ?? ''] ?? MAGIC_FROM[from ?? ''];
  if (magic !== undefined) return refuse(magic);
  const { country, isPossible } = to === null ? { country: null, isPossible: false } : countryOf(to);
  if (to === null || !isPossible) return refuse(21211, written.slice(0, 30));
  if (!isGoodCallback(form.get('StatusCallback'))) return refuse(21609);
  if (isWhatsApp && from !== null && !from.startsWith('whatsapp:')) return refuse(63003);
  return isWhatsApp ? judgeWhatsApp(world, sid, form, to, country, refuse) : judgeSms(form, to, country, refuse);
}

function judgeSms(
  form: URLSearchParams,
  to: string,
  country: string | null,
  refuse: (code: number) => Refused,
): Accepted | Refused {
  const text = form.get('Body') ?? '';
  if (text === '') return refuse(21602);
  if (text.length > BODY_CHARS_MAX) return refuse(21617);
  const validity = Number(form.get('ValidityPeriod') ?? SMS_TTL_SECONDS);
  if (!Number.isInteger(validity) || validity < 1 || validity > SMS_TTL_SECONDS) return refuse(20001);
  return { channel: 'sms', to, country, text, code: codeIn(text), ttlSeconds: validity, lacksTemplate: false };
}

function judgeWhatsApp(
  world: World,
  sid: string,
  form: URLSearchParams,
  to: string,
  country: string | null,
  refuse: (code: number) => Refused,
): Accepted | Refused {
  const contentSid = form.get('ContentSid');
  const common = { channel: 'whatsapp' as const, to, country, ttlSeconds: WHATSAPP_TTL_SECONDS };
  if (contentSid === null) {
    const text = form.get('Body') ?? '';
    return text === '' ? refuse(21602) : { ...common, text, code: codeIn(text), lacksTemplate: true };
  }
  const content = world.contents.find(sid, contentSid);
  if (!content) return refuse(21655);
  const code = parseObject(form.get('ContentVariables') ?? '')?.['1'];
  if (typeof code !== 'string' || code === '') return refuse(21656);
  return { ...common, text: textOf(content, code), code, lacksTemplate: content.approval?.status !== 'approved' };
}

function textOf(content: TwilioContent, code: string): string {
  return renderTemplate(content.language, code, { isSecured: content.isSecured, minutes: content.expirationMinutes });
}

/** Absent is fine; else a full http(s) URL whose host has no underscore. */
function isGoodCallback(url: string | null): boolean {
  if (url === null || url === '') return true;
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return (protocol === 'http:' || protocol === 'https:') && !hostname.includes('_');
}

function makeMessage(accountSid: string, form: URLSearchParams, sent: Accepted): TwilioMessage {
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

/** Twilio writes times as RFC 2822 and prices as negative texts. */
function messageJson(message: TwilioMessage): Record<string, unknown> {
  const time = (at: Date) => at.toUTCString().replace('GMT', '+0000');
  const uri = `/2010-04-01/Accounts/${message.accountSid}/Messages/${message.sid}`;
  return {
    account_sid: message.accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: time(message.createdAt),
    date_sent: message.sentAt === null ? null : time(message.sentAt),
    date_updated: time(message.updatedAt),
    direction: 'outbound-api',
    error_code: message.errorCode,
    error_message: null,
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: '0',
    num_segments:
      message.messagingServiceSid !== null && message.status === 'accepted' ? '0' : String(message.segments),
    price: message.price,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
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
