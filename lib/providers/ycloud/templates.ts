import { z } from 'zod';
import { templateStatus } from '@/lib/providers/meta-cloud/template-status';
import { readTemplateItem, templateBody } from '@/lib/providers/meta-cloud/templates';
import { judgeExchange, type Refused, refuse, type Unknown } from '@/lib/providers/outcome';
import type {
  ConnectionAccess,
  ProviderTemplate,
  TemplateCreated,
  TemplateDraft,
  TemplateList,
} from '@/lib/providers/provider';
import { callYCloud } from '@/lib/providers/ycloud/api';
import { readRefusal } from '@/lib/providers/ycloud/reasons';

const PAGE_SIZE = 100;
/** 20 pages of 100: Meta lets an account hold at most 250 template names, in a few languages each. */
const PAGES_MAX = 20;

const listed = z.object({ items: z.array(z.unknown()).max(PAGE_SIZE) });
const renamed = z.looseObject({
  officialTemplateId: z.string().min(1).max(64).optional().catch(undefined),
  wabaId: z.string(),
  name: z.string().min(1),
  language: z.string().min(2),
  messageSendTtlSeconds: z.unknown().optional(),
  reason: z.unknown().optional(),
});
const created = z.object({ officialTemplateId: z.string().min(1).optional(), name: z.string(), status: z.string() });
const noAccount = () => refuse('request_rejected', 'incomplete_connection', 'The connection has no waba_id');

/** The authentication templates of the connection's account. One deadline for all pages. Sends nothing, changes nothing. */
export async function listTemplates(
  connection: ConnectionAccess,
  signal: AbortSignal,
): Promise<TemplateList | Refused | Unknown> {
  const { waba_id: account } = connection.settings;
  if (!account) return noAccount();
  const templates: ProviderTemplate[] = [];
  for (let page = 1; page <= PAGES_MAX; page++) {
    const read: TemplatePage | Refused | Unknown = await readPage(connection, account, page, signal);
    if (read.kind !== 'page') return read;
    templates.push(...read.templates);
    if (read.isLast) return { kind: 'listed', templates, isComplete: true };
  }
  return { kind: 'listed', templates, isComplete: false };
}

type TemplatePage = { kind: 'page'; templates: ProviderTemplate[]; isLast: boolean };

async function readPage(
  connection: ConnectionAccess,
  account: string,
  page: number,
  signal: AbortSignal,
): Promise<TemplatePage | Refused | Unknown> {
  const query = new URLSearchParams({ page: String(page), limit: String(PAGE_SIZE), 'filter.wabaId': account });
  const ended = await callYCloud(connection, { path: `whatsapp/templates?${query}` }, signal);
  return judgeExchange<TemplatePage | Refused>(ended, (answer, status) => {
    const refusal = readRefusal(answer, status, Object.values(connection.credentials));
    const parsed = listed.safeParse(answer);
    if (refusal || status >= 300 || !parsed.success) return refusal;
    const { items } = parsed.data;
    return {
      kind: 'page',
      templates: items.flatMap((item) => readTemplate(item, account)),
      isLast: items.length < PAGE_SIZE,
    };
  });
}

/** YCloud renames the fields around Meta's components and leaves the components as they are. */
function readTemplate(item: unknown, account: string): ProviderTemplate[] {
  const parsed = renamed.safeParse(item);
  if (!parsed.success || parsed.data.wabaId !== account) return [];
  const { officialTemplateId, name, language, messageSendTtlSeconds, reason, ...rest } = parsed.data;
  return readTemplateItem({
    ...rest,
    name,
    language,
    id: officialTemplateId ?? `${name}/${language}`,
    message_send_ttl_seconds: messageSendTtlSeconds,
    rejected_reason: reason,
  });
}

/** Submits one language of a template for review. `unknown` may have created it: list before trying again. */
export async function createTemplate(
  connection: ConnectionAccess,
  draft: TemplateDraft,
  signal: AbortSignal,
): Promise<TemplateCreated | Refused | Unknown> {
  const { waba_id: wabaId } = connection.settings;
  if (!wabaId) return noAccount();
  const { message_send_ttl_seconds: ttlSeconds, ...asAtMeta } = templateBody(draft);
  const ttl = ttlSeconds === undefined ? {} : { messageSendTtlSeconds: ttlSeconds };
  const call = { path: 'whatsapp/templates', body: { wabaId, ...asAtMeta, ...ttl } };
  const ended = await callYCloud(connection, call, signal);
  return judgeExchange<TemplateCreated | Refused>(ended, (answer, status) => {
    const refusal = readRefusal(answer, status, Object.values(connection.credentials));
    const made = created.safeParse(answer);
    if (refusal || status >= 300 || !made.success) return refusal;
    const { officialTemplateId, name, status: word } = made.data;
    return {
      kind: 'created',
      id: officialTemplateId ?? `${name}/${draft.language}`,
      status: templateStatus(word) ?? 'pending',
    };
  });
}
