import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { YCloudAccount } from '@/lib/simulator/accounts';
import { META_CODE, metaErrorFacts } from '@/lib/simulator/meta-errors';
import { makeWamid } from '@/lib/simulator/meta-messages';
import { e164 } from '@/lib/simulator/phones';
import type { Plan, PlannedReceipt } from '@/lib/simulator/plan';
import { answerAs, json, parseObject, type Reply, readBody, send } from '@/lib/simulator/replies';
import { smsPriceUsd } from '@/lib/simulator/sms-prices';
import { segmentsOf } from '@/lib/simulator/sms-segments';
import type { WebhookFate } from '@/lib/simulator/webhooks-out';
import { carry, planFor, type World } from '@/lib/simulator/world';
import { whatsappApiError, ycloudError, ycloudPassedOn } from '@/lib/simulator/ycloud-errors';
import {
  type AcceptedYCloudSend,
  judgeYCloudSms,
  judgeYCloudWhatsApp,
  type RefusedYCloudSend,
} from '@/lib/simulator/ycloud-judge';
import type { YCloudMessage } from '@/lib/simulator/ycloud-message-store';
import { newEventId, reportEvent } from '@/lib/simulator/ycloud-webhooks';

/** Chosen by us: one authentication message, wherever it goes. */
const WHATSAPP_PRICE_USD = 0.025;

/** `POST /v2/whatsapp/messages/sendDirectly` and `POST /v2/sms`. The account is null when the key is wrong. */
export async function sendYCloudMessage(
  world: World,
  req: IncomingMessage,
  res: ServerResponse,
  account: YCloudAccount | null,
  channel: 'whatsapp' | 'sms',
): Promise<void> {
  const body = parseObject(await readBody(req));
  const judged = judge(world, account, channel, body);
  if ('refused' in judged || account === null) {
    const { refused, code } = 'refused' in judged ? judged : UNAUTHORIZED();
    logSend(world, channel, body, null, `refused:${code}`, 'request');
    return send(res, refused);
  }
  const { to, country, ttlSeconds } = judged;
  const plan = planFor(world, { provider: 'ycloud', channel, to, country, ttlSeconds });
  const errorCode = plan.errorCode ?? (channel === 'whatsapp' ? META_CODE[plan.fault] : null);
  const message = makeMessage(account, judged, body ?? {});
  // The answer shows the message as it was taken, even when a webhook has overtaken it.
  const resource = { ...message.asked, ...messageJson(message) };
  logSend(world, channel, body, plan.takes ? message.id : null, outcomeOf(plan, errorCode), plan.because);
  if (plan.takes) await carryOn(world, account, message, judged, plan, errorCode);
  await answerAs(plan.answer, res, world.time, plan.answerMs, {
    ok: () => json(200, resource),
    refused: () =>
      channel === 'whatsapp' && errorCode !== null
        ? ycloudPassedOn(errorCode)
        : ycloudError('BAD_REQUEST', 'The message was refused.'),
    error500: () => ycloudError('INTERNAL_SERVER_ERROR', 'Something went wrong.'),
  });
}

const UNAUTHORIZED = (): RefusedYCloudSend => ({ refused: unauthorized(), code: 'UNAUTHORIZED' });

/** 401: the key is missing or unknown. */
export function unauthorized(): Reply {
  return ycloudError('UNAUTHORIZED', 'The API key is invalid.');
}

function judge(
  world: World,
  account: YCloudAccount | null,
  channel: 'whatsapp' | 'sms',
  body: Record<string, unknown> | null,
): AcceptedYCloudSend | RefusedYCloudSend {
  if (account === null) return UNAUTHORIZED();
  return channel === 'sms' ? judgeYCloudSms(world, body) : judgeYCloudWhatsApp(world, account, body);
}

/** `GET /v2/whatsapp/messages/{id}` */
export function fetchYCloudMessage(world: World, account: YCloudAccount, id: string): Reply {
  const message = world.ycloudMessages.find(account.api_key, 'whatsapp', id);
  return message
    ? json(200, { ...message.asked, ...messageJson(message) })
    : ycloudError('NOT_FOUND', 'The message does not exist.');
}

/** `GET /v2/sms?filter.id=…`: a list of one or none. */
export function listYCloudSms(world: World, account: YCloudAccount, query: URLSearchParams): Reply {
  const message = world.ycloudMessages.find(account.api_key, 'sms', query.get('filter.id') ?? '');
  const items = message ? [{ ...message.asked, ...messageJson(message) }] : [];
  return json(200, { items, offset: 0, limit: Number(query.get('limit') ?? 10) || 10, length: items.length });
}

/** For a receipt-first plan the first receipt is taken before this resolves. */
async function carryOn(
  world: World,
  account: YCloudAccount,
  message: YCloudMessage,
  sent: AcceptedYCloudSend,
  plan: Plan,
  errorCode: number | null,
): Promise<void> {
  world.ycloudMessages.add(message);
  const carrier = {
    arrive: () => arrive(world, account, message, sent),
    report: (planned: PlannedReceipt, at: Date) => void report(world, account, message, planned, at, errorCode),
  };
  const [first, ...rest] = plan.receipts;
  if (!plan.receiptFirst || !first || first.isLost) return carry(world, plan, carrier);
  carrier.arrive();
  await report(world, account, message, first, new Date(), errorCode);
  carry(world, { ...plan, arrivesMs: null }, carrier, rest);
}

const RANKS: Record<string, number> = { accepted: 0, sent: 1, failed: 2, undelivered: 2, delivered: 3, read: 4 };

/** Webhooks may tell old news; the resource keeps the furthest state. Of an SMS only the end is told. */
function report(
  world: World,
  account: YCloudAccount,
  message: YCloudMessage,
  planned: PlannedReceipt,
  at: Date,
  errorCode: number | null,
): Promise<WebhookFate> {
  const isSms = message.channel === 'sms';
  const status = planned.status === 'failed' && isSms ? 'undelivered' : planned.status;
  if (planned.status === 'failed') message.errorCode = errorCode;
  message.happened[planned.status] ??= at;
  if ((RANKS[status] ?? 0) > (RANKS[message.status] ?? 0)) Object.assign(message, { status, updatedAt: at });
  if (planned.isLost || (isSms && planned.status === 'sent')) return Promise.resolve('given_up');
  const told = { ...withoutTemplate(message.asked), ...messageJson({ ...message, status, updatedAt: at }) };
  message.eventIds[status] ??= newEventId();
  const eventId = message.eventIds[status];
  return isSms
    ? reportEvent(world, account, 'sms.message.updated', { sms: told }, eventId)
    : reportEvent(world, account, 'whatsapp.message.updated', { whatsappMessage: told }, eventId);
}

function withoutTemplate({ template: _, ...asked }: Record<string, unknown>): Record<string, unknown> {
  return asked;
}

/** The message object of the API and of its webhooks; a time stands in it once it has happened in the status that is told. */
function messageJson(message: YCloudMessage): Record<string, unknown> {
  const { channel, status, happened, errorCode } = message;
  const hasFailed = status === 'failed' || status === 'undelivered';
  const rank = RANKS[status] ?? 0;
  const timeOf = (name: string, at: Date | undefined, since: number) =>
    at && !hasFailed && rank >= since ? { [name]: at.toISOString() } : {};
  const common = {
    id: message.id,
    status,
    regionCode: message.country ?? 'ZZ',
    totalPrice: hasFailed ? 0 : message.priceUsd,
    currency: 'USD',
    createTime: message.createdAt.toISOString(),
    ...(status === 'accepted' ? {} : { updateTime: message.updatedAt.toISOString() }),
    bizType: channel,
  };
  if (channel === 'sms') {
    const error = hasFailed && errorCode !== null ? { errorCode: String(errorCode) } : {};
    return { ...common, totalSegments: message.segments, ...error };
  }
  const failure =
    hasFailed && errorCode !== null
      ? {
          errorCode: String(errorCode),
          errorMessage: metaErrorFacts(errorCode).title,
          whatsappApiError: whatsappApiError(errorCode),
        }
      : {};
  return {
    ...common,
    wabaId: message.wabaId,
    ...(status === 'accepted' ? {} : { wamid: message.wamid }),
    pricingCategory: 'authentication',
    pricingModel: 'PMP',
    pricingType: 'regular',
    ...timeOf('sendTime', happened.sent, 1),
    ...timeOf('deliverTime', happened.delivered, 3),
    ...timeOf('readTime', happened.read, 4),
    ...failure,
  };
}

function makeMessage(account: YCloudAccount, sent: AcceptedYCloudSend, body: Record<string, unknown>): YCloudMessage {
  const isSms = sent.channel === 'sms';
  const echoed = isSms ? ['to', 'text', 'senderId', 'externalId'] : ['from', 'to', 'type', 'template', 'externalId'];
  const segments = isSms ? segmentsOf(sent.text) : 1;
  const now = new Date();
  return {
    id: randomBytes(12).toString('hex'),
    apiKey: account.api_key,
    channel: sent.channel,
    asked: Object.fromEntries(echoed.filter((name) => name in body).map((name) => [name, body[name]])),
    wabaId: isSms ? null : account.waba_id,
    wamid: isSms ? null : makeWamid(sent.to),
    country: sent.country,
    segments,
    priceUsd: isSms ? Number((smsPriceUsd(sent.country) * segments).toFixed(5)) : WHATSAPP_PRICE_USD,
    status: 'accepted',
    errorCode: null,
    createdAt: now,
    updatedAt: now,
    eventIds: {},
    happened: {},
  };
}

function arrive(world: World, account: YCloudAccount, message: YCloudMessage, sent: AcceptedYCloudSend): void {
  const { senderId } = message.asked;
  world.phones.receive({
    channel: sent.channel,
    provider: 'ycloud',
    provider_message_id: message.id,
    to: sent.to,
    from: sent.channel === 'whatsapp' ? account.whatsapp_from : typeof senderId === 'string' ? senderId : 'YCloud',
    text: sent.text,
    code: sent.code,
  });
}

function outcomeOf(plan: Plan, code: number | null): string {
  if (plan.answer === 'ok') return 'accepted';
  return plan.answer === 'refuse' ? `refused:${code ?? 'BAD_REQUEST'}` : plan.answer;
}

function logSend(
  world: World,
  channel: 'whatsapp' | 'sms',
  body: Record<string, unknown> | null,
  id: string | null,
  outcome: string,
  because: string,
): void {
  const { to, externalId } = body ?? {};
  world.sends.add({
    provider: 'ycloud',
    channel,
    to: typeof to === 'string' ? e164(to) : null,
    opaque_id: typeof externalId === 'string' ? externalId : null,
    provider_message_id: id,
    outcome,
    because,
  });
}
