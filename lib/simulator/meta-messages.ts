import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MetaAccount } from './accounts';
import { META_CODE, metaError, metaStatusError, metaTokenError, metaUnknownObject } from './meta-errors';
import { DEFAULT_TTL_SECONDS, type MetaTemplate } from './meta-template-store';
import { reportStatus } from './meta-webhooks';
import { e164 } from './phones';
import type { Plan, PlannedReceipt } from './plan';
import { answerAs, asObject, json, parseObject, type Reply, readBody, send } from './replies';
import { renderTemplate } from './whatsapp-texts';
import { carry, countryOf, planFor, type World } from './world';

/** A send that Meta would take. */
type Accepted = {
  account: MetaAccount;
  template: MetaTemplate;
  to: string;
  country: string | null;
  code: string;
  opaqueId: string | null;
};
type Refused = { refused: Reply; code: number };

const CODE_CHARS_MAX = 15;
const OPAQUE_CHARS_MAX = 512;

/** `POST /{version}/{phone_number_id}/messages` */
export async function sendMetaMessage(
  world: World,
  req: IncomingMessage,
  res: ServerResponse,
  phoneNumberId: string,
): Promise<void> {
  const body = parseObject(await readBody(req));
  const judged = judge(world, req.headers.authorization, phoneNumberId, body);
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
async function carryOn(world: World, sent: Accepted, plan: Plan, wamid: string, errorCode: number): Promise<void> {
  const carrier = {
    arrive: () => arrive(world, sent, wamid),
    report: (planned: PlannedReceipt, at: Date) => {
      void reportStatus(world, sent.account, statusOf(sent, plan, wamid, planned, at, errorCode));
    },
  };
  const [first, ...rest] = plan.receipts;
  if (!plan.receiptFirst || !first) return carry(world, plan, carrier);
  carrier.arrive();
  await reportStatus(world, sent.account, statusOf(sent, plan, wamid, first, new Date(), errorCode), true);
  carry(world, { ...plan, arrivesMs: null }, carrier, rest);
}

function arrive(world: World, sent: Accepted, wamid: string): void {
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
  sent: Accepted,
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

function ttlOf(template: MetaTemplate): number | null {
  if (template.ttlSeconds === -1) return null;
  return template.ttlSeconds ?? DEFAULT_TTL_SECONDS;
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

/** Meta's checks in Meta's order: who asks, about which number, is the request whole, is the template there, may it go. */
function judge(
  world: World,
  authorization: string | undefined,
  phoneNumberId: string,
  body: Record<string, unknown> | null,
): Accepted | Refused {
  const refuse = (code: number, details?: string): Refused => ({ refused: metaError(code, details), code });
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
  if (!world.accounts.metaTokenIsKnown(token)) return { refused: metaTokenError(), code: 190 };
  const account = world.accounts.metaByPhoneId(phoneNumberId);
  if (!account || account.access_token !== token)
    return { refused: metaUnknownObject(phoneNumberId, 'POST'), code: 33 };
  if (body?.messaging_product !== 'whatsapp') return refuse(100, "Param messaging_product must be 'whatsapp'.");

  const to = typeof body.to === 'string' && /^\+?[\d ()-]{5,25}$/.test(body.to) ? e164(body.to) : null;
  if (to === null) return refuse(131008, 'The parameter to is required.');
  const { country, isPossible } = countryOf(to);
  if (!isPossible) return refuse(131009, 'Parameter value is not valid: to.');
  // Free text needs an open 24 h window, which a pretend user never opens.
  if (body.type !== 'template') return refuse(body.type === 'text' ? 131047 : 100);
  const opaqueId = body.biz_opaque_callback_data;
  if (opaqueId !== undefined && (typeof opaqueId !== 'string' || opaqueId.length > OPAQUE_CHARS_MAX)) {
    return refuse(100, 'Param biz_opaque_callback_data must be a string of at most 512 characters.');
  }

  const asked = asObject(body.template);
  const name = asked?.name;
  const language = asObject(asked?.language)?.code;
  if (typeof name !== 'string') return refuse(100, "Param template['name'] is required.");
  if (typeof language !== 'string') return refuse(100, "Param template['language'] is required.");
  const template = world.templates.find(account.waba_id, name, language);
  if (template?.status === 'PAUSED') return refuse(132015);
  if (template?.status === 'DISABLED') return refuse(132016);
  if (template?.status !== 'APPROVED') return refuse(132001, `template name (${name}) does not exist in ${language}`);

  const code = codeOf(asked?.components);
  if (typeof code !== 'string') return refuse(code.code, code.details);
  const limit = overLimit(world, account, to);
  if (limit !== null) return refuse(limit);
  return { account, template, to, country, code, opaqueId: typeof opaqueId === 'string' ? opaqueId : null };
}

/** The code, when it stands once in the body and the same once in the url button. */
function codeOf(components: unknown): string | { code: number; details: string } {
  const list = Array.isArray(components) ? components.map(asObject) : [];
  const body = list.find((component) => component?.type === 'body');
  const button = list.find((component) => component?.type === 'button');
  const bodyTexts = textsOf(body?.parameters);
  if (bodyTexts.length !== 1) {
    const details = `body: number of localizable_params (${bodyTexts.length}) does not match the expected number of params (1)`;
    return { code: 132000, details };
  }
  if (!button) return { code: 131008, details: 'The parameter button is required.' };
  if (button.sub_type !== 'url' || String(button.index) !== '0') {
    return { code: 132012, details: 'The button of an authentication template is a url button at index 0.' };
  }
  const buttonTexts = textsOf(button.parameters);
  if (buttonTexts.length !== 1) {
    const details = `button: number of params (${buttonTexts.length}) does not match the expected number of params (1)`;
    return { code: 132000, details };
  }
  const [code] = bodyTexts;
  if (typeof code !== 'string' || code === '') return { code: 132012, details: 'body parameter must be a text' };
  if (code.length > CODE_CHARS_MAX) return { code: 131009, details: 'The code is longer than 15 characters.' };
  if (buttonTexts[0] !== code) return { code: 132012, details: 'The code of the button is not the code of the body.' };
  return code;
}

function textsOf(parameters: unknown): unknown[] {
  if (!Array.isArray(parameters)) return [];
  return parameters.map((parameter) => {
    const value = asObject(parameter);
    return value?.type === 'text' ? value.text : null;
  });
}

type Pace = { second: number; sent: number; pairs: Map<string, number[]> };
const paces = new WeakMap<World, Map<string, Pace>>();
const PAIR_WINDOW_MS = 6000;
const PAIRS_MAX = 20_000;

/** 130429 above the sender's throughput, 131056 for a second message to one user within 6 s; null when it may go. */
function overLimit(world: World, account: MetaAccount, to: string): number | null {
  const { throughput_per_second: perSecond, pair_rate_limit: isPairLimited } = world.settings;
  if (world.time.isFull) return 131016;
  if (perSecond === null && !isPairLimited) return null;
  const senders = paces.get(world) ?? new Map<string, Pace>();
  paces.set(world, senders);
  const pace: Pace = senders.get(account.phone_number_id) ?? { second: 0, sent: 0, pairs: new Map() };
  senders.set(account.phone_number_id, pace);
  const now = Date.now();
  const second = Math.floor(now / 1000);
  if (pace.second !== second) Object.assign(pace, { second, sent: 0 });
  if (perSecond !== null && pace.sent >= perSecond) return 130429;
  const recent = (pace.pairs.get(to) ?? []).filter((at: number) => at > now - PAIR_WINDOW_MS / world.time.speed);
  if (isPairLimited && recent.length > 0) return 131056;
  pace.sent += 1;
  if (isPairLimited) {
    if (pace.pairs.size >= PAIRS_MAX) pace.pairs.clear();
    pace.pairs.set(to, [...recent, now]);
  }
  return null;
}
