import { codeIn, e164 } from '@/lib/simulator/phones';
import { parseObject, type Reply } from '@/lib/simulator/replies';
import type { TwilioContent } from '@/lib/simulator/twilio-content-store';
import { twilioError } from '@/lib/simulator/twilio-errors';
import { renderTemplate } from '@/lib/simulator/whatsapp-texts';
import { countryOf, type World } from '@/lib/simulator/world';

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

/** A send that Twilio would take. */
export type AcceptedTwilioSend = {
  channel: 'whatsapp' | 'sms';
  to: string;
  country: string | null;
  text: string;
  code: string | null;
  ttlSeconds: number;
  /** WhatsApp without an approved template is taken, and fails later. */
  lacksTemplate: boolean;
};
export type RefusedTwilioSend = { refused: Reply; code: number };

/** Twilio's checks: who is written to, from whom, is there a text or an approved template. Credentials were checked before. */
export function judgeTwilioSend(
  world: World,
  sid: string,
  form: URLSearchParams,
): AcceptedTwilioSend | RefusedTwilioSend {
  const refuse = (code: number, detail?: string): RefusedTwilioSend => ({ refused: twilioError(code, detail), code });
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
  refuse: (code: number) => RefusedTwilioSend,
): AcceptedTwilioSend | RefusedTwilioSend {
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
  refuse: (code: number) => RefusedTwilioSend,
): AcceptedTwilioSend | RefusedTwilioSend {
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
