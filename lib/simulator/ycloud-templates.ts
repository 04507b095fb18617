import { z } from 'zod';
import type { YCloudAccount } from '@/lib/simulator/accounts';
import { buttonFault, createInput, partsOf, upperCaseTypes } from '@/lib/simulator/meta-template-forms';
import { metaTemplateJson } from '@/lib/simulator/meta-template-json';
import { type MetaTemplate, TEMPLATES_PER_WABA_MAX, verdictOn } from '@/lib/simulator/meta-template-store';
import { asObject, json, type Reply } from '@/lib/simulator/replies';
import type { World } from '@/lib/simulator/world';
import { ycloudError } from '@/lib/simulator/ycloud-errors';
import { reportEvent } from '@/lib/simulator/ycloud-webhooks';

const pageInput = z.coerce.number().int().min(1).max(100_000).catch(1);
const limitInput = z.coerce.number().int().min(1).max(100).catch(10);

/** `POST /v2/whatsapp/templates`: Meta's rules around YCloud's names. */
export function createYCloudTemplate(
  world: World,
  account: YCloudAccount,
  body: Record<string, unknown> | null,
): Reply {
  if (body?.wabaId !== account.waba_id) return invalid('wabaId', 'is not an account of yours');
  const { messageSendTtlSeconds, wabaId: _, ...asAtMeta } = body;
  const ttl = messageSendTtlSeconds === undefined ? {} : { message_send_ttl_seconds: messageSendTtlSeconds };
  const parsed = createInput.safeParse(asObject(upperCaseTypes({ ...asAtMeta, ...ttl })));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return invalid(issue?.path.join('.') ?? 'template', issue?.message ?? 'is invalid');
  }
  const { name, language, components } = parsed.data;
  if (world.templates.find(account.waba_id, name, language)) {
    return ycloudError('ALREADY_EXISTS', `There is already ${language} content for this template.`);
  }
  if (world.templates.of(account.waba_id).length >= TEMPLATES_PER_WABA_MAX) {
    return ycloudError('BAD_REQUEST', 'This account has reached its number of templates.');
  }
  const fault = buttonFault(components);
  if (fault) return invalid('components', fault);
  const template = world.templates.put({
    wabaId: account.waba_id,
    name,
    language,
    status: 'PENDING',
    ttlSeconds: parsed.data.message_send_ttl_seconds ?? null,
    ...partsOf(components),
  });
  review(world, account, template);
  return json(200, { ...templateJson(template), components: body.components });
}

/** Meta thinks for a while, then says yes or no (`verdictOn`), and YCloud tells it. */
function review(world: World, account: YCloudAccount, template: MetaTemplate): void {
  world.time.after(world.settings.template_approval_ms, () => {
    const current = world.templates.byId(template.id);
    if (current?.status !== 'PENDING') return;
    const reviewed = world.templates.put({ ...current, status: verdictOn(current) });
    const { components: _, ...told } = templateJson(reviewed);
    const whatsappTemplate = { ...told, statusUpdateEvent: reviewed.status };
    void reportEvent(world, account, 'whatsapp.template.reviewed', { whatsappTemplate });
  });
}

/** `GET /v2/whatsapp/templates`, by page. */
export function listYCloudTemplates(world: World, account: YCloudAccount, query: URLSearchParams): Reply {
  const page = pageInput.parse(query.get('page') ?? 1);
  const limit = limitInput.parse(query.get('limit') ?? 10);
  const wanted = (key: string, value: string) =>
    query.get(`filter.${key}`) === null || query.get(`filter.${key}`) === value;
  const found = world.templates
    .of(account.waba_id)
    .filter((t) => wanted('wabaId', t.wabaId) && wanted('name', t.name) && wanted('language', t.language));
  const offset = (page - 1) * limit;
  const items = found.slice(offset, offset + limit).map(templateJson);
  const total = query.get('includeTotal') === 'true' ? { total: found.length } : {};
  return json(200, { items, offset, limit, length: items.length, ...total });
}

/** `GET` and `DELETE /v2/whatsapp/templates/{wabaId}/{name}/{language}` */
export function oneYCloudTemplate(
  world: World,
  account: YCloudAccount,
  method: string,
  [wabaId = '', name = '', language = '']: string[],
): Reply {
  const template = wabaId === account.waba_id ? world.templates.find(wabaId, name, language) : null;
  if (!template) return ycloudError('NOT_FOUND', 'The template does not exist.');
  if (method === 'GET') return json(200, templateJson(template));
  if (method !== 'DELETE') return ycloudError('METHOD_NOT_ALLOWED', 'Method not allowed.');
  world.templates.remove(template.id);
  return json(200, {});
}

function templateJson(template: MetaTemplate): Record<string, unknown> {
  const { components } = metaTemplateJson(template);
  const now = new Date().toISOString();
  return {
    officialTemplateId: template.id,
    wabaId: template.wabaId,
    name: template.name,
    language: template.language,
    category: 'AUTHENTICATION',
    ...(template.ttlSeconds === null ? {} : { messageSendTtlSeconds: template.ttlSeconds }),
    components,
    status: template.status,
    qualityRating: 'UNKNOWN',
    reason: template.status === 'REJECTED' ? 'INVALID_FORMAT' : 'NONE',
    createTime: now,
    updateTime: now,
  };
}

function invalid(target: string, message: string): Reply {
  return ycloudError('PARAM_INVALID', `Parameter '${target}' ${message}`, { target });
}
