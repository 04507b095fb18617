import type { YCloudAccount } from '@/lib/simulator/accounts';
import { codeOf, overLimit } from '@/lib/simulator/meta-judge';
import { ttlOf } from '@/lib/simulator/meta-template-store';
import { codeIn } from '@/lib/simulator/phones';
import { asObject, type Reply } from '@/lib/simulator/replies';
import { renderTemplate } from '@/lib/simulator/whatsapp-texts';
import { countryOf, type World } from '@/lib/simulator/world';
import { ycloudError, ycloudPassedOn } from '@/lib/simulator/ycloud-errors';

/** A send that YCloud would take. */
export type AcceptedYCloudSend = {
  channel: 'whatsapp' | 'sms';
  to: string;
  country: string | null;
  text: string;
  code: string | null;
  ttlSeconds: number | null;
};
export type RefusedYCloudSend = { refused: Reply; code: string };

const EXTERNAL_ID_CHARS_MAX = 256;
const TEXT_CHARS_MAX = 2000;

const invalid = (target: string, message: string): RefusedYCloudSend => ({
  refused: ycloudError('PARAM_INVALID', message, { target }),
  code: 'PARAM_INVALID',
});
const passedOn = (code: number, details?: string): RefusedYCloudSend => ({
  refused: ycloudPassedOn(code, details),
  code: String(code),
});

/** Recipient and our own id: what WhatsApp and SMS have in common. */
function judgeCommon(
  world: World,
  body: Record<string, unknown> | null,
): { to: string; country: string | null } | RefusedYCloudSend {
  if (world.time.isFull)
    return { refused: ycloudError('TOO_MANY_REQUESTS', 'Too many requests.'), code: 'TOO_MANY_REQUESTS' };
  const to = body?.to;
  if (typeof to !== 'string' || !/^\+[1-9]\d{4,19}$/.test(to) || !countryOf(to).isPossible) {
    return invalid('to', "Parameter 'to' should be in E.164 format.");
  }
  const { externalId } = body ?? {};
  if (externalId !== undefined && (typeof externalId !== 'string' || externalId.length > EXTERNAL_ID_CHARS_MAX)) {
    return invalid('externalId', "Parameter 'externalId' is too long.");
  }
  return { to, country: countryOf(to).country };
}

/** YCloud's checks of an SMS. The key was checked before. */
export function judgeYCloudSms(
  world: World,
  body: Record<string, unknown> | null,
): AcceptedYCloudSend | RefusedYCloudSend {
  const common = judgeCommon(world, body);
  if ('refused' in common) return common;
  const text = body?.text;
  if (typeof text !== 'string' || text === '' || text.length > TEXT_CHARS_MAX) {
    return invalid('text', "Parameter 'text' is required.");
  }
  return { ...common, channel: 'sms', text, code: codeIn(text), ttlSeconds: null };
}

/** YCloud's checks of a WhatsApp template, then Meta's, whose errors are handed on. */
export function judgeYCloudWhatsApp(
  world: World,
  account: YCloudAccount,
  body: Record<string, unknown> | null,
): AcceptedYCloudSend | RefusedYCloudSend {
  const common = judgeCommon(world, body);
  if ('refused' in common) return common;
  if (body?.from !== account.whatsapp_from) return invalid('from', "Parameter 'from' is not a number of this account.");
  if (body.type !== 'template')
    return body.type === 'text' ? passedOn(131047) : invalid('type', "Parameter 'type' is invalid.");
  const asked = asObject(body.template);
  const { name } = asked ?? {};
  const language = asObject(asked?.language)?.code;
  if (typeof name !== 'string' || typeof language !== 'string') {
    return invalid('template', "Parameter 'template' needs a name and a language.");
  }
  const template = world.templates.find(account.waba_id, name, language);
  if (template?.status === 'PAUSED') return passedOn(132015);
  if (template?.status === 'DISABLED') return passedOn(132016);
  if (template?.status !== 'APPROVED') return passedOn(132001, `template name (${name}) does not exist in ${language}`);
  const code = codeOf(asked?.components);
  if (typeof code !== 'string') return passedOn(code.code, code.details);
  const limit = overLimit(world, account.whatsapp_from, common.to);
  if (limit !== null) return passedOn(limit);
  const text = renderTemplate(language, code, { isSecured: template.isSecured, minutes: template.expirationMinutes });
  return { ...common, channel: 'whatsapp', text, code, ttlSeconds: ttlOf(template) };
}
