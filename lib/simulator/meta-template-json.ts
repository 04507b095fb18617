import { metaError } from '@/lib/simulator/meta-errors';
import type { MetaTemplate } from '@/lib/simulator/meta-template-store';
import { json, type Reply } from '@/lib/simulator/replies';
import { expirySentence, TEMPLATE_LANGUAGES, whatsAppText } from '@/lib/simulator/whatsapp-texts';

/** As read back, the OTP button has become a url button that carries the code. */
export function metaTemplateJson(template: MetaTemplate): Record<string, unknown> {
  const text = whatsAppText(template.language);
  const expiry = template.expirationMinutes === null ? '' : `code_expiration_minutes=${template.expirationMinutes}&`;
  const url = `https://www.whatsapp.com/otp/code/?otp_type=${template.otpType}&${expiry}code=otp`;
  return {
    name: template.name,
    language: template.language,
    status: template.status,
    category: 'AUTHENTICATION',
    id: template.id,
    ...(template.ttlSeconds === null ? {} : { message_send_ttl_seconds: template.ttlSeconds }),
    ...(template.status === 'REJECTED' ? { rejected_reason: 'INVALID_FORMAT' } : {}),
    components: [
      {
        type: 'BODY',
        text: template.isSecured ? `${text.body} ${text.security}` : text.body,
        add_security_recommendation: template.isSecured,
        example: { body_text: [['123456']] },
      },
      ...(template.expirationMinutes === null
        ? []
        : [
            {
              type: 'FOOTER',
              text: expirySentence(text, template.expirationMinutes),
              code_expiration_minutes: template.expirationMinutes,
            },
          ]),
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'URL', text: template.buttonText ?? text.copy, url: `${url}{{1}}`, example: [`${url}123456`] },
        ],
      },
    ],
  };
}

/** The localized texts that a template would have, for all languages or those asked for. */
export function templatePreviews(query: URLSearchParams): Reply {
  if ((query.get('category') ?? '').toUpperCase() !== 'AUTHENTICATION')
    return metaError(100, 'Param category is required.');
  const minutes = Number(query.get('code_expiration_minutes') ?? 0);
  const asked = query.get('languages')?.split(',') ?? TEMPLATE_LANGUAGES;
  const isSecured = query.get('add_security_recommendation') === 'true';
  const data = asked
    .filter((language) => TEMPLATE_LANGUAGES.includes(language))
    .map((language) => {
      const text = whatsAppText(language);
      return {
        body: isSecured ? `${text.body} ${text.security}` : text.body,
        buttons: [{ autofill_text: text.autofill, text: text.copy }],
        ...(minutes ? { footer: expirySentence(text, minutes) } : {}),
        language,
      };
    });
  return json(200, { data });
}
