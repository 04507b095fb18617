import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { META_CODE, metaError, metaStatusError } from '@/lib/simulator/meta-errors';
import { type AcceptedMetaSend, judgeMetaSend } from '@/lib/simulator/meta-judge';
import { ttlOf } from '@/lib/simulator/meta-template-store';
import { reportStatus } from '@/lib/simulator/meta-webhooks';
import { e164 } from '@/lib/simulator/phones';
import type { Plan, PlannedReceipt } from '@/lib/simulator/plan';
import { answerAs, json, parseObject, type Reply, readBody, send } from '@/lib/simulator/replies';
import { renderTemplate } from '@/lib/simulator/whatsapp-texts';
import { carry, planFor, type World } from '@/lib/simulator/world';

/** `POST /{version}/{phone_number_id}/messages` */
export async function sendMetaMessage(
  world: World,
  req: IncomingMessage,
  res: ServerResponse,
  phoneNumberId: string,
): Promise<void> {
  const body = parseObject(await readBody(req));
  const judged = judgeMetaSend(world, req.headers.authorization, phoneNumberId, body);
  if ('refused' in judged) {
    logSend(world, body, null, `refused:${judged.code}`, 'request');
    return send(res, judged.refused);
  }
  const plan = planFor(world, {
    provider: 'meta-cloud',
    channel: 'whatsapp',
    to: judged.to,
    country: judged.country,
    ttlSeconds: ttlOf(judged.template),
  });
  const errorCode = plan.errorCode ?? META_CODE[plan.fault];
  const wamid = plan.takes ? makeWamid(judged.to) : null;
  logSend(world, body, wamid, outcomeOf(plan, errorCode), plan.because);
  if (wamid !== null) await carryOn(world, judged, plan, wamid, errorCode);
  await answerAs(plan.answer, res, world.time, plan.answerMs, {
    ok: () => acceptance(judged.to, wamid ?? makeWamid(judged.to)),
    refused: () => metaError(errorCode),
    error500: () => metaError(131000),
  });
}

/** Schedules phone and receipts. For a receipt-first plan the first receipt is taken before this resolves. */
async function carryOn(
  world: World,
  sent: AcceptedMetaSend,
  plan: Plan,
  wamid: string,
  errorCode: number,
): Promise<void> {
  const carrier = {
    arrive: () => arrive(world, sent, wamid),
    report: (planned: PlannedReceipt, at: Date) => {
      if (planned.isLost) return;
      void reportStatus(world, sent.account, statusOf(sent, plan, wamid, planned, at, errorCode));
    },
  };
  const [first, ...rest] = plan.receipts;
  if (!plan.receiptFirst || !first || first.isLost) return carry(world, plan, carrier);
  carrier.arrive();
  await reportStatus(world, sent.account, statusOf(sent, plan, wamid, first, new Date(), errorCode), true);
  carry(world, { ...plan, arrivesMs: null }, carrier, rest);
}

function arrive(world: World, sent: AcceptedMetaSend, wamid: string): void {
  world.phones.receive({
    channel: 'whatsapp',
    provider: 'meta-cloud',
    provider_message_id: wamid,
    to: sent.to,
    from: e164(sent.account.display_phone_number) ?? sent.account.phone_number_id,
    text: renderTemplate(sent.template.language, sent.code, {
      isSecured: sent.template.isSecured,
      minutes: sent.template.expirationMinutes,
    }),
    code: sent.code,
  });
}

/** One status in the shape of v24 and later: no `conversation`, `pricing` with `sent` and with the first arrival. */
function statusOf(
  sent: AcceptedMetaSend,
  plan: Plan,
  wamid: string,
  planned: PlannedReceipt,
  at: Date,
  errorCode: number,
): Record<string, unknown> {
  const isFirstArrival = !plan.receipts.some((other) => other.status === 'delivered');
  const isPriced =
    planned.status === 'sent' || planned.status === 'delivered' || (planned.status === 'read' && isFirstArrival);
  return {
    id: wamid,
    status: planned.status,
    timestamp: String(Math.floor(at.getTime() / 1000)),
    recipient_id: sent.to.slice(1),
    ...(sent.opaqueId === null ? {} : { biz_opaque_callback_data: sent.opaqueId }),
    ...(isPriced
      ? { pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'authentication' } }
      : {}),
    ...(planned.status === 'failed' ? { errors: [metaStatusError(errorCode)] } : {}),
  };
}

function acceptance(to: string, wamid: string): Reply {
  const digits = to.slice(1);
  return json(200, {
    messaging_product: 'whatsapp',
    contacts: [{ input: digits, wa_id: digits }],
    messages: [{ id: wamid, message_status: 'accepted' }],
  });
}

/** `wamid.` and base64 of 1C 18 ‹length› ‹phone› 15 02 00 11 18 ‹length› ‹hex id› 00, as Meta's own examples decode. */
export function makeWamid(to: string): string {
  const phone = Buffer.from(to.slice(1), 'ascii');
  const id = Buffer.from(randomBytes(9).toString('hex').toUpperCase(), 'ascii');
  const bytes = Buffer.concat([
    Buffer.from([0x1c, 0x18, phone.length]),
    phone,
    Buffer.from([0x15, 0x02, 0x00, 0x11, 0x18, id.length]),
    id,
    Buffer.from([0x00]),
  ]);
  return `wamid.${bytes.toString('base64')}`;
}

function outcomeOf(plan: Plan, errorCode: number): string {
  if (plan.answer === 'ok') return 'accepted';
  return plan.answer === 'refuse' ? `refused:${errorCode}` : plan.answer;
}

function logSend(
  world: World,
  body: Record<string, unknown> | null,
  wamid: string | null,
  outcome: string,
  because: string,
): void {
  const opaqueId = body?.biz_opaque_callback_data;
  world.sends.add({
    provider: 'meta-cloud',
    channel: 'whatsapp',
    to: typeof body?.to === 'string' ? e164(body.to) : null,
    opaque_id: typeof opaqueId === 'string' ? opaqueId : null,
    provider_message_id: wamid,
    outcome,
    because,
  });
}
