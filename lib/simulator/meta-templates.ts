import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { MetaAccount } from './accounts';
import { metaError, metaTemplateError, metaTokenError, metaUnknownObject } from './meta-errors';
import { type MetaTemplate, TEMPLATES_PER_WABA_MAX } from './meta-template-store';
import { reportTemplate } from './meta-webhooks';
import { asObject, json, parseObject, type Reply, readBody, send } from './replies';
import { expirySentence, TEMPLATE_LANGUAGES, whatsAppText } from './whatsapp-texts';
import type { World } from './world';

/** Meta's rules for the one button of an authentication template. */
const buttonInput = z.object({
  type: z.literal('OTP'),
  otp_type: z.enum(['COPY_CODE', 'ONE_TAP', 'ZERO_TAP']),
  text: z.string().max(25).optional(),
  autofill_text: z.string().max(25).optional(),
  zero_tap_terms_accepted: z.boolean().optional(),
  supported_apps: z
    .array(
      z.object({
        package_name: z
          .string()
          .regex(/^[\w]+(\.[\w]+)+$/)
          .max(224),
        signature_hash: z.string().regex(/^[A-Za-z0-9+/=]{11}$/),
      }),
    )
    .max(5)
    .default([]),
});
const bodyInput = z.strictObject({ type: z.literal('BODY'), add_security_recommendation: z.boolean().optional() });
const footerInput = z.strictObject({
  type: z.literal('FOOTER'),
  code_expiration_minutes: z.number().int().min(1).max(90),
});
const buttonsInput = z.strictObject({ type: z.literal('BUTTONS'), buttons: z.tuple([buttonInput]) });
const componentsInput = z
  .array(z.discriminatedUnion('type', [bodyInput, footerInput, buttonsInput]))
  .refine(
    (list) => list.some((part) => part.type === 'BODY') && list.some((part) => part.type === 'BUTTONS'),
    'BODY and BUTTONS are required',
  );
const nameInput = z.string().regex(/^[a-z0-9_]{1,512}$/);
const ttlInput = z.union([z.literal(-1), z.number().int().min(30).max(900)]);
const languageInput = z
  .string()
  .refine((language) => TEMPLATE_LANGUAGES.includes(language), 'language is not supported');
const categoryInput = z
  .string()
  .refine((category) => category.toUpperCase() === 'AUTHENTICATION', 'category must be AUTHENTICATION');

const createInput = z.object({
  name: nameInput,
  language: languageInput,
  category: categoryInput,
  message_send_ttl_seconds: ttlInput.optional(),
  components: componentsInput,
});
const upsertInput = z.object({
  name: nameInput,
  languages: z.array(languageInput).min(1).max(TEMPLATE_LANGUAGES.length),
  category: categoryInput,
  message_send_ttl_seconds: ttlInput.optional(),
  components: componentsInput,
});
const editInput = z.object({ message_send_ttl_seconds: ttlInput.optional(), components: componentsInput.optional() });

/**
 * Everything of the Graph API that is not a message: templates of a WABA, one template, previews, the phone number.
 * Answers true when the path was one of them.
 */
export async function serveMetaTemplates(
  world: World,
  req: IncomingMessage,
  res: ServerResponse,
  id: string,
  edge: string | null,
  query: URLSearchParams,
): Promise<boolean> {
  const method = req.method ?? 'GET';
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
  const isKnown = world.accounts.metaTokenIsKnown(token);
  const body = method === 'POST' ? parseObject(await readBody(req)) : null;
  const reply = isKnown ? route(world, method, token, id, edge, query, body) : metaTokenError();
  if (reply === null) return false;
  send(res, reply);
  return true;
}

function route(
  world: World,
  method: string,
  token: string,
  id: string,
  edge: string | null,
  query: URLSearchParams,
  body: Record<string, unknown> | null,
): Reply | null {
  const waba = world.accounts.meta().find((account) => account.waba_id === id && account.access_token === token);
  switch (`${method} ${edge ?? ''}`) {
    case 'POST message_templates':
      return waba ? create(world, waba, body) : metaUnknownObject(id, method);
    case 'POST upsert_message_templates':
      return waba ? upsert(world, waba, body) : metaUnknownObject(id, method);
    case 'GET message_templates':
      return waba ? list(world, waba, query) : metaUnknownObject(id, method);
    case 'DELETE message_templates':
      return waba ? remove(world, waba, query) : metaUnknownObject(id, method);
    case 'GET message_template_previews':
      return waba ? previews(query) : metaUnknownObject(id, method);
    case 'GET phone_numbers':
      return waba ? json(200, { data: phoneNumbersOf(world, waba) }) : metaUnknownObject(id, method);
    case 'GET ':
    case 'POST ':
      return one(world, method, token, id, body);
    default:
      return null;
  }
}

function one(world: World, method: string, token: string, id: string, body: Record<string, unknown> | null): Reply {
  const phone = world.accounts.metaByPhoneId(id);
  if (phone && phone.access_token === token && method === 'GET') return json(200, phoneNumber(phone));
  const template = world.templates.byId(id);
  const owner = template ? world.accounts.metaByWaba(template.wabaId) : null;
  if (!template || owner?.access_token !== token) return metaUnknownObject(id, method);
  return method === 'GET' ? json(200, templateJson(template)) : edit(world, template, owner, body);
}

function create(world: World, account: MetaAccount, body: Record<string, unknown> | null): Reply {
  const parsed = createInput.safeParse(upperCaseTypes(body));
  if (!parsed.success) return invalid(parsed.error);
  const { name, language } = parsed.data;
  if (world.templates.find(account.waba_id, name, language)) {
    return metaTemplateError(
      2388024,
      'Content in This Language Already Exists',
      `There is already ${language} content for this template. You can create a new template and try again.`,
    );
  }
  if (world.templates.of(account.waba_id).length >= TEMPLATES_PER_WABA_MAX) {
    return metaTemplateError(
      2388019,
      'Message Template Limit Exceeded',
      'This account has reached its number of templates.',
    );
  }
  const fault = buttonFault(parsed.data.components);
  if (fault) return metaTemplateError(2388040, 'Invalid Button', fault);
  const template = submit(world, account, { ...parsed.data, language });
  return json(200, { id: template.id, status: template.status, category: 'AUTHENTICATION' });
}

function upsert(world: World, account: MetaAccount, body: Record<string, unknown> | null): Reply {
  const parsed = upsertInput.safeParse(upperCaseTypes(body));
  if (!parsed.success) return invalid(parsed.error);
  const fault = buttonFault(parsed.data.components);
  if (fault) return metaTemplateError(2388040, 'Invalid Button', fault);
  const data = parsed.data.languages.map((language) => {
    const template = submit(world, account, { ...parsed.data, language });
    return { id: template.id, status: template.status, language };
  });
  return json(200, { data });
}

function edit(world: World, template: MetaTemplate, account: MetaAccount, body: Record<string, unknown> | null): Reply {
  const parsed = editInput.safeParse(upperCaseTypes(body));
  if (!parsed.success) return invalid(parsed.error);
  const components = parsed.data.components;
  const changed = components ? { ...template, ...partsOf(components) } : template;
  const stored = world.templates.put({
    ...changed,
    ttlSeconds: parsed.data.message_send_ttl_seconds ?? changed.ttlSeconds,
    status: 'PENDING',
  });
  review(world, account, stored);
  return json(200, { success: true });
}

function submit(
  world: World,
  account: MetaAccount,
  input: {
    name: string;
    language: string;
    message_send_ttl_seconds?: number | undefined;
    components: z.output<typeof componentsInput>;
  },
): MetaTemplate {
  const template = world.templates.put({
    wabaId: account.waba_id,
    name: input.name,
    language: input.language,
    status: 'PENDING',
    ttlSeconds: input.message_send_ttl_seconds ?? null,
    ...partsOf(input.components),
  });
  review(world, account, template);
  return template;
}

/** Meta thinks for a while, then says yes; a name with `reject` in it is refused, so that both ends can be tried. */
function review(world: World, account: MetaAccount, template: MetaTemplate): void {
  world.time.after(world.settings.template_approval_ms, () => {
    const current = world.templates.byId(template.id);
    if (current?.status !== 'PENDING') return;
    const status = current.name.includes('reject') ? 'REJECTED' : 'APPROVED';
    void reportTemplate(world, account, world.templates.put({ ...current, status }));
  });
}

function list(world: World, account: MetaAccount, query: URLSearchParams): Reply {
  const limit = Math.min(Math.max(Number(query.get('limit') ?? 25) || 25, 1), 1000);
  const after = Number(Buffer.from(query.get('after') ?? '', 'base64').toString('utf8')) || 0;
  const wanted = (key: string, value: string) => query.get(key) === null || query.get(key) === value;
  const found = world.templates
    .of(account.waba_id)
    .filter((t) => wanted('name', t.name) && wanted('language', t.language) && wanted('status', t.status));
  const cursor = (at: number) => Buffer.from(String(at)).toString('base64');
  const end = after + limit;
  const next = new URLSearchParams(query);
  next.set('after', cursor(end));
  return json(200, {
    data: found.slice(after, end).map(templateJson),
    paging: {
      cursors: { before: cursor(after), after: cursor(Math.min(end, found.length)) },
      ...(end < found.length ? { next: `/${account.waba_id}/message_templates?${next}` } : {}),
    },
  });
}

function remove(world: World, account: MetaAccount, query: URLSearchParams): Reply {
  const id = query.get('hsm_id');
  const doomed = world.templates
    .of(account.waba_id)
    .filter((template) => (id === null ? template.name === query.get('name') : template.id === id));
  if (doomed.length === 0) return metaError(100, 'No template with this name or id.');
  for (const template of doomed) world.templates.remove(template.id);
  return json(200, { success: true });
}

function previews(query: URLSearchParams): Reply {
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

function partsOf(
  components: z.output<typeof componentsInput>,
): Omit<MetaTemplate, 'id' | 'wabaId' | 'name' | 'language' | 'status' | 'ttlSeconds'> {
  const body = components.find((part) => part.type === 'BODY');
  const footer = components.find((part) => part.type === 'FOOTER');
  const button = components.find((part) => part.type === 'BUTTONS')?.buttons[0];
  return {
    isSecured: body?.add_security_recommendation ?? false,
    expirationMinutes: footer?.code_expiration_minutes ?? null,
    otpType: button?.otp_type ?? 'COPY_CODE',
    buttonText: button?.text ?? null,
    autofillText: button?.autofill_text ?? null,
    supportedApps: button?.supported_apps ?? [],
  };
}

function buttonFault(components: z.output<typeof componentsInput>): string | null {
  const button = components.find((part) => part.type === 'BUTTONS')?.buttons[0];
  if (!button || button.otp_type === 'COPY_CODE') return null;
  if (button.supported_apps.length === 0) return 'supported_apps is required for one-tap and zero-tap buttons.';
  if (button.otp_type === 'ZERO_TAP' && !button.zero_tap_terms_accepted) return 'zero_tap_terms_accepted must be true.';
  return null;
}

/** Meta takes component types in either case. */
function upperCaseTypes(body: Record<string, unknown> | null): unknown {
  const upper = (value: unknown): unknown => {
    const part = asObject(value);
    if (!part || typeof part.type !== 'string') return value;
    const buttons = Array.isArray(part.buttons) ? { buttons: part.buttons.map(upper) } : {};
    return {
      ...part,
      ...buttons,
      type: part.type.toUpperCase(),
      ...(typeof part.otp_type === 'string' ? { otp_type: part.otp_type.toUpperCase() } : {}),
    };
  };
  return body && Array.isArray(body.components) ? { ...body, components: body.components.map(upper) } : body;
}

function invalid(error: z.ZodError): Reply {
  const issue = error.issues[0];
  return metaTemplateError(
    2388047,
    'Invalid Template',
    `${issue?.path.join('.') ?? 'template'}: ${issue?.message ?? 'invalid'}`,
  );
}

/** As read back, the OTP button has become a url button that carries the code. */
function templateJson(template: MetaTemplate): Record<string, unknown> {
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

function phoneNumbersOf(world: World, waba: MetaAccount): Record<string, unknown>[] {
  return world.accounts
    .meta()
    .filter((account) => account.waba_id === waba.waba_id)
    .map(phoneNumber);
}

function phoneNumber(account: MetaAccount): Record<string, unknown> {
  return {
    id: account.phone_number_id,
    display_phone_number: account.display_phone_number,
    verified_name: account.verified_name,
    quality_rating: 'GREEN',
    platform_type: 'CLOUD_API',
    throughput: { level: 'STANDARD' },
  };
}
