import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { MetaAccount } from '@/lib/simulator/accounts';
import { metaError, metaTemplateError, metaTokenError, metaUnknownObject } from '@/lib/simulator/meta-errors';
import {
  buttonFault,
  createInput,
  editInput,
  partsOf,
  type TemplateComponents,
  upperCaseTypes,
  upsertInput,
} from '@/lib/simulator/meta-template-forms';
import { metaTemplateJson, templatePreviews } from '@/lib/simulator/meta-template-json';
import { type MetaTemplate, TEMPLATES_PER_WABA_MAX, verdictOn } from '@/lib/simulator/meta-template-store';
import { reportTemplate } from '@/lib/simulator/meta-webhooks';
import { json, parseObject, type Reply, readBody, send } from '@/lib/simulator/replies';
import type { World } from '@/lib/simulator/world';

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
      return waba ? templatePreviews(query) : metaUnknownObject(id, method);
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
  return method === 'GET' ? json(200, metaTemplateJson(template)) : edit(world, template, owner, body);
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
  if (isFull(world, account, 1)) return tooMany();
  const fault = buttonFault(parsed.data.components);
  if (fault) return metaTemplateError(2388040, 'Invalid Button', fault);
  const template = submit(world, account, { ...parsed.data, language });
  return json(200, { id: template.id, status: template.status, category: 'AUTHENTICATION' });
}

function upsert(world: World, account: MetaAccount, body: Record<string, unknown> | null): Reply {
  const parsed = upsertInput.safeParse(upperCaseTypes(body));
  if (!parsed.success) return invalid(parsed.error);
  if (isFull(world, account, parsed.data.languages.length)) return tooMany();
  const fault = buttonFault(parsed.data.components);
  if (fault) return metaTemplateError(2388040, 'Invalid Button', fault);
  const data = parsed.data.languages.map((language) => {
    const template = submit(world, account, { ...parsed.data, language });
    return { id: template.id, status: template.status, language };
  });
  return json(200, { data });
}

function isFull(world: World, account: MetaAccount, more: number): boolean {
  return world.templates.of(account.waba_id).length + more > TEMPLATES_PER_WABA_MAX;
}

function tooMany(): Reply {
  return metaTemplateError(
    2388019,
    'Message Template Limit Exceeded',
    'This account has reached its number of templates.',
  );
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
    components: TemplateComponents;
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

/** Meta thinks for a while, then says yes or no (`verdictOn`). */
function review(world: World, account: MetaAccount, template: MetaTemplate): void {
  world.time.after(world.settings.template_approval_ms, () => {
    const current = world.templates.byId(template.id);
    if (current?.status !== 'PENDING') return;
    void reportTemplate(world, account, world.templates.put({ ...current, status: verdictOn(current) }));
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
    data: found.slice(after, end).map(metaTemplateJson),
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

function invalid(error: z.ZodError): Reply {
  const issue = error.issues[0];
  return metaTemplateError(
    2388047,
    'Invalid Template',
    `${issue?.path.join('.') ?? 'template'}: ${issue?.message ?? 'invalid'}`,
  );
}
