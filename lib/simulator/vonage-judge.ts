import type { VonageApplication } from '@/lib/simulator/accounts';
import { codeIn, e164 } from '@/lib/simulator/phones';
import { asObject, type Reply } from '@/lib/simulator/replies';
import { vonageError } from '@/lib/simulator/vonage-errors';
import { renderTemplate } from '@/lib/simulator/whatsapp-texts';
import { countryOf, type World } from '@/lib/simulator/world';

const TEXT_CHARS_MAX = 1000;
const CLIENT_REF_CHARS_MAX = 100;
/** Seconds: 20 to seven days, three days when the request says nothing. */
const TTL_SECONDS = { min: 20, max: 604_800, default: 259_200 };
const WHATSAPP_TTL_SECONDS = 600;

/** A send that Vonage would take. */
export type VonageMessage = {
  channel: 'whatsapp' | 'sms';
  to: string;
  from: string;
  country: string | null;
  text: string;
  code: string | null;
  ttlSeconds: number;
  clientRef: string | null;
  webhookUrl: string | null;
};
export type RefusedVonageSend = { refused: Reply; code: number };

/** Vonage's checks of `POST /v1/messages`. Credentials were checked before. */
export function judgeVonageSend(
  world: World,
  application: VonageApplication,
  body: Record<string, unknown> | null,
): VonageMessage | RefusedVonageSend {
  const refuse = (code: number, name?: string, reason = 'is invalid'): RefusedVonageSend => ({
    refused: vonageError(code, name === undefined ? undefined : { name, reason }),
    code,
  });
  if (world.time.isFull) return refuse(1000);
  const { channel, message_type: type, to, from, client_ref: clientRef, webhook_url: webhookUrl } = body ?? {};
  if (channel !== 'sms' && channel !== 'whatsapp') return refuse(1150, 'channel', 'is required');
  if (typeof to !== 'string' || !/^\d{7,15}$/.test(to)) {
    return refuse(1150, 'to', 'value must be between 7 and 15 characters long inclusively, without a leading +');
  }
  const { country, isPossible } = countryOf(`+${to}`);
  if (!isPossible) return refuse(1150, 'to', 'is not a number that exists');
  if (typeof from !== 'string' || !isSender(channel, from)) return refuse(1120, 'from');
  if (clientRef !== undefined && (typeof clientRef !== 'string' || clientRef.length > CLIENT_REF_CHARS_MAX)) {
    return refuse(1150, 'client_ref', 'must be a string of at most 100 characters');
  }
  if (webhookUrl !== undefined && !isWebAddress(webhookUrl)) return refuse(1150, 'webhook_url');
  const common: Omit<VonageMessage, 'text' | 'code' | 'ttlSeconds'> = {
    channel,
    to: e164(to) ?? '',
    from,
    country,
    clientRef: typeof clientRef === 'string' ? clientRef : null,
    webhookUrl: typeof webhookUrl === 'string' ? webhookUrl : null,
  };
  if (channel === 'whatsapp') {
    // Free text needs an open 24 h window, which a pretend user never opens.
    if (type === 'text') return refuse(1340);
    if (type !== 'custom') return refuse(1150, 'message_type');
    const rendered = readTemplate(world, application, body?.custom);
    if (typeof rendered === 'number') return refuse(rendered, 'custom');
    return { ...common, ...rendered, ttlSeconds: WHATSAPP_TTL_SECONDS };
  }
  const { text, ttl = TTL_SECONDS.default } = body ?? {};
  if (type !== 'text') return refuse(1150, 'message_type');
  if (typeof text !== 'string' || text === '') return refuse(1150, 'text', 'is required');
  if (text.length > TEXT_CHARS_MAX) return refuse(1090, 'text');
  const isTtl = typeof ttl === 'number' && Number.isInteger(ttl) && ttl >= TTL_SECONDS.min && ttl <= TTL_SECONDS.max;
  if (!isTtl) return refuse(1130, 'ttl');
  return { ...common, text, code: codeIn(text), ttlSeconds: ttl };
}

/** Numbers without a plus sign, or for SMS a name. */
function isSender(channel: 'sms' | 'whatsapp', from: string): boolean {
  return /^\d{3,15}$/.test(from) || (channel === 'sms' && /^[A-Za-z0-9 ]{1,11}$/.test(from));
}

function isWebAddress(url: unknown): boolean {
  return typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

/** Meta's own object inside `custom`: the code once in the body and the same once in the url button. A number is why not. */
function readTemplate(
  world: World,
  application: VonageApplication,
  custom: unknown,
): { text: string; code: string } | number {
  const template = asObject(asObject(custom)?.template);
  const language = asObject(template?.language)?.code;
  const name = template?.name;
  if (asObject(custom)?.type !== 'template' || typeof name !== 'string' || typeof language !== 'string') return 1150;
  const known = world.templates.find(application.waba_id, name, language);
  if (known?.status !== 'APPROVED') return 1022;
  const components = Array.isArray(template?.components) ? template.components.map(asObject) : [];
  const body = components.find((component) => component?.type === 'body');
  const button = components.find((component) => component?.type === 'button' && component.sub_type === 'url');
  const code = textOf(body?.parameters);
  if (code === null || code !== textOf(button?.parameters)) return 1150;
  const facts = { isSecured: known.isSecured, minutes: known.expirationMinutes };
  return { text: renderTemplate(known.language, code, facts), code };
}

function textOf(parameters: unknown): string | null {
  const [only, ...more] = Array.isArray(parameters) ? parameters.map(asObject) : [];
  return more.length === 0 && only?.type === 'text' && typeof only.text === 'string' && only.text !== ''
    ? only.text
    : null;
}
