import { z } from 'zod';
import { readRefusal } from '@/lib/providers/meta-cloud/errors';
import { callGraph } from '@/lib/providers/meta-cloud/graph';
import { toMetaLanguage } from '@/lib/providers/meta-cloud/language';
import { templateStatus } from '@/lib/providers/meta-cloud/template-status';
import { judgeExchange, type Refused, refuse, type Unknown } from '@/lib/providers/outcome';
import type {
  ConnectionAccess,
  ProviderTemplate,
  TemplateCreated,
  TemplateDraft,
  TemplateList,
} from '@/lib/providers/provider';

const PAGE_SIZE = 100;
/** 20 pages of 100: an account holds at most 250 template names, in a few languages each. */
const PAGES_MAX = 20;
const FIELDS = 'id,name,language,status,category,components,rejected_reason,message_send_ttl_seconds';

const listed = z.object({
  data: z.array(z.unknown()),
  paging: z
    .object({ cursors: z.object({ after: z.string().min(1) }).optional(), next: z.string().optional() })
    .optional()
    .catch(undefined),
});
/** What Meta writes -1 for: a message waits for its phone this long (reference: authentication templates, time-to-live). */
const LONGEST_TTL_SECONDS = 30 * 86_400;
const template = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  language: z.string().min(2),
  status: z.string(),
  category: z.string(),
  message_send_ttl_seconds: z
    .union([z.literal(-1).transform(() => LONGEST_TTL_SECONDS), z.int().positive()])
    .nullish()
    .catch(null),
  rejected_reason: z.string().max(200).nullish().catch(null),
  components: z.array(z.unknown()).max(20).catch([]),
});
const footer = z.object({ type: z.literal('FOOTER'), code_expiration_minutes: z.int().positive() });
const buttons = z.object({
  type: z.literal('BUTTONS'),
  buttons: z.array(z.object({ otp_type: z.string().optional(), url: z.string().optional() })).min(1),
});

/** The authentication templates of the connection's account. One deadline for all pages. Sends nothing, changes nothing. */
export async function listTemplates(
  connection: ConnectionAccess,
  signal: AbortSignal,
): Promise<TemplateList | Refused | Unknown> {
  const { waba_id: account } = connection.settings;
  if (!account) return refuse('request_rejected', 'incomplete_connection', 'The connection has no waba_id');

  const templates: ProviderTemplate[] = [];
  let after: string | null = null;
  for (let page = 0; page < PAGES_MAX; page++) {
    const read: TemplatePage | Refused | Unknown = await readPage(connection, account, after, signal);
    if (read.kind !== 'page') return read;
    templates.push(...read.templates);
    if (read.after === null) return { kind: 'listed', templates, isComplete: true };
    after = read.after;
  }
  return { kind: 'listed', templates, isComplete: false };
}

type TemplatePage = { kind: 'page'; templates: ProviderTemplate[]; after: string | null };

/** Follows Meta's cursor, never its `next` address: our token goes to nobody but the connection's own host. */
async function readPage(
  connection: ConnectionAccess,
  account: string,
  after: string | null,
  signal: AbortSignal,
): Promise<TemplatePage | Refused | Unknown> {
  const query = new URLSearchParams({ category: 'AUTHENTICATION', fields: FIELDS, limit: String(PAGE_SIZE) });
  if (after !== null) query.set('after', after);
  const path = `${encodeURIComponent(account)}/message_templates?${query}`;

  const ended = await callGraph(connection, { method: 'GET', path }, signal);
  return judgeExchange<TemplatePage | Refused>(ended, (answer, status) => {
    const refusal = readRefusal(answer, status, Object.values(connection.credentials));
    const page = listed.safeParse(answer);
    if (refusal || status >= 300 || !page.success) return refusal;
    const { data, paging } = page.data;
    return {
      kind: 'page',
      templates: data.flatMap(readTemplateItem),
      after: (paging?.next && paging.cursors?.after) || null,
    };
  });
}

/** Nothing for a template of another category or without a name. An unknown status is not sendable, so it is `disabled`. */
export function readTemplateItem(item: unknown): ProviderTemplate[] {
  const parsed = template.safeParse(item);
  if (!parsed.success || parsed.data.category.toUpperCase() !== 'AUTHENTICATION') return [];
  const { id, name, language, status, components, message_send_ttl_seconds: ttlSeconds } = parsed.data;
  const { rejected_reason: reason } = parsed.data;
  return [
    {
      id,
      name,
      language: toMetaLanguage(language),
      status: templateStatus(status) ?? 'disabled',
      reason: reason && reason !== 'NONE' ? reason : null,
      ttlSeconds: ttlSeconds ?? null,
      codeExpirationMinutes: firstOf(components, footer)?.code_expiration_minutes ?? null,
      button: buttonKind(firstOf(components, buttons)?.buttons[0]),
    },
  ];
}

function firstOf<T>(components: readonly unknown[], schema: z.ZodType<T>): T | null {
  for (const component of components) {
    const parsed = schema.safeParse(component);
    if (parsed.success) return parsed.data;
  }
  return null;
}

/** Read back, the OTP button is a URL button whose address tells its kind. */
function buttonKind(button: { otp_type?: string | undefined; url?: string | undefined } | undefined) {
  const said = button?.otp_type ?? /[?&]otp_type=([A-Z_]+)/.exec(button?.url ?? '')?.[1];
  const known = { COPY_CODE: 'copy_code', ONE_TAP: 'one_tap', ZERO_TAP: 'zero_tap' } as const;
  return (said && Object.hasOwn(known, said) ? known[said as keyof typeof known] : null) ?? null;
}

const created = z.object({ id: z.string().min(1), status: z.string() });

/** Submits one language of a template for review. `unknown` may have created it: list before trying again. */
export async function createTemplate(
  connection: ConnectionAccess,
  draft: TemplateDraft,
  signal: AbortSignal,
): Promise<TemplateCreated | Refused | Unknown> {
  const { waba_id: account } = connection.settings;
  if (!account) return refuse('request_rejected', 'incomplete_connection', 'The connection has no waba_id');

  const path = `${encodeURIComponent(account)}/message_templates`;
  const ended = await callGraph(connection, { method: 'POST', path, body: templateBody(draft) }, signal);
  return judgeExchange<TemplateCreated | Refused>(ended, (answer, status) => {
    const refusal = readRefusal(answer, status, Object.values(connection.credentials));
    const made = created.safeParse(answer);
    if (refusal || status >= 300 || !made.success) return refusal;
    return { kind: 'created', id: made.data.id, status: templateStatus(made.data.status) ?? 'pending' };
  });
}

/** What creating asks for, in Meta's words; YCloud wraps the same. */
export function templateBody(draft: TemplateDraft) {
  const { codeExpirationMinutes: minutes, ttlSeconds } = draft;
  return {
    name: draft.name,
    language: toMetaLanguage(draft.language),
    category: 'AUTHENTICATION',
    ...(ttlSeconds === null ? {} : { message_send_ttl_seconds: ttlSeconds }),
    components: [
      { type: 'BODY', add_security_recommendation: draft.addSecurityRecommendation },
      ...(minutes === null ? [] : [{ type: 'FOOTER', code_expiration_minutes: minutes }]),
      { type: 'BUTTONS', buttons: [templateButton(draft.button)] },
    ],
  };
}

function templateButton(button: TemplateDraft['button']) {
  const text = button.text === undefined ? {} : { text: button.text };
  if (button.kind === 'copy_code') return { type: 'OTP', otp_type: 'COPY_CODE', ...text };
  return {
    type: 'OTP',
    otp_type: button.kind === 'one_tap' ? 'ONE_TAP' : 'ZERO_TAP',
    ...text,
    ...(button.autofillText === undefined ? {} : { autofill_text: button.autofillText }),
    ...(button.kind === 'zero_tap' ? { zero_tap_terms_accepted: button.termsAccepted } : {}),
    supported_apps: button.apps.map((app) => ({ package_name: app.packageName, signature_hash: app.signatureHash })),
  };
}
