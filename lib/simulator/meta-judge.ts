import type { MetaAccount } from '@/lib/simulator/accounts';
import { metaError, metaTokenError, metaUnknownObject } from '@/lib/simulator/meta-errors';
import type { MetaTemplate } from '@/lib/simulator/meta-template-store';
import { e164 } from '@/lib/simulator/phones';
import { asObject, type Reply } from '@/lib/simulator/replies';
import { countryOf, type World } from '@/lib/simulator/world';

/** A send that Meta would take. */
export type AcceptedMetaSend = {
  account: MetaAccount;
  template: MetaTemplate;
  to: string;
  country: string | null;
  code: string;
  opaqueId: string | null;
};
export type RefusedMetaSend = { refused: Reply; code: number };

const CODE_CHARS_MAX = 15;
const OPAQUE_CHARS_MAX = 512;

/** Meta's checks in Meta's order: who asks, about which number, is the request whole, is the template there, may it go. */
export function judgeMetaSend(
  world: World,
  authorization: string | undefined,
  phoneNumberId: string,
  body: Record<string, unknown> | null,
): AcceptedMetaSend | RefusedMetaSend {
  const refuse = (code: number, details?: string): RefusedMetaSend => ({ refused: metaError(code, details), code });
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
  const limit = overLimit(world, account.phone_number_id, to);
  if (limit !== null) return refuse(limit);
  return { account, template, to, country, code, opaqueId: typeof opaqueId === 'string' ? opaqueId : null };
}

/** The code, when it stands once in the body and the same once in the url button. */
export function codeOf(components: unknown): string | { code: number; details: string } {
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
export function overLimit(world: World, sender: string, to: string): number | null {
  const { throughput_per_second: perSecond, pair_rate_limit: isPairLimited } = world.settings;
  if (world.time.isFull) return 131016;
  if (perSecond === null && !isPairLimited) return null;
  const senders = paces.get(world) ?? new Map<string, Pace>();
  paces.set(world, senders);
  const pace: Pace = senders.get(sender) ?? { second: 0, sent: 0, pairs: new Map() };
  senders.set(sender, pace);
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
