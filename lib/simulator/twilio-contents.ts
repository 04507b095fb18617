import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { json, parseObject, type Reply, readBody, send } from '@/lib/simulator/replies';
import { twilioAccountOf } from '@/lib/simulator/twilio-auth';
import type { TwilioContent } from '@/lib/simulator/twilio-content-store';
import { twilioError } from '@/lib/simulator/twilio-errors';
import { whatsAppText } from '@/lib/simulator/whatsapp-texts';
import type { World } from '@/lib/simulator/world';

const contentBody = z.object({
  friendly_name: z.string().optional(),
  language: z.string().min(2),
  variables: z.record(z.string(), z.string()).optional(),
  types: z.object({
    'whatsapp/authentication': z.object({
      add_security_recommendation: z.boolean().default(true),
      code_expiration_minutes: z.number().int().min(1).max(90).optional(),
      actions: z.tuple([z.object({ type: z.literal('COPY_CODE'), copy_code_text: z.string().max(25).optional() })]),
    }),
  }),
});
const approvalBody = z.object({ name: z.string().regex(/^[a-z0-9_]+$/), category: z.literal('AUTHENTICATION') });

/** The Content API, as far as authentication templates need it. `rest` is the path after `/v1/Content`. */
export async function serveTwilioContents(
  world: World,
  req: IncomingMessage,
  res: ServerResponse,
  rest: string,
): Promise<void> {
  const body = req.method === 'POST' ? parseObject(await readBody(req)) : null;
  const account = twilioAccountOf(world, req.headers.authorization);
  if (!account) return send(res, twilioError(20003));
  const [sid, edge, kind] = rest.split('/').filter((part) => part !== '');
  if (sid === undefined)
    return send(res, req.method === 'POST' ? create(world, account.account_sid, body) : twilioError(20404));
  const content = world.contents.find(account.account_sid, sid);
  if (!content) return send(res, twilioError(20404));
  switch (`${req.method} ${edge ?? ''}${kind ? `/${kind}` : ''}`) {
    case 'GET ':
      return send(res, json(200, contentJson(content)));
    case 'DELETE ':
      world.contents.remove(sid);
      return send(res, { status: 204, body: '' });
    case 'POST ApprovalRequests/whatsapp':
      return send(res, requestApproval(world, content, body));
    case 'GET ApprovalRequests':
      return send(
        res,
        json(200, {
          sid,
          account_sid: content.accountSid,
          whatsapp: { type: 'whatsapp', ...approvalJson(content) },
          url: `${urlOf(content)}/ApprovalRequests`,
        }),
      );
    default:
      return send(res, twilioError(20404));
  }
}

function create(world: World, accountSid: string, body: Record<string, unknown> | null): Reply {
  const parsed = contentBody.safeParse(body);
  if (!parsed.success) return twilioError(20001, parsed.error.issues[0]?.path.join('.'));
  const template = parsed.data.types['whatsapp/authentication'];
  const content = world.contents.put({
    sid: `HX${randomBytes(16).toString('hex')}`,
    accountSid,
    friendlyName: parsed.data.friendly_name ?? '',
    language: parsed.data.language,
    isSecured: template.add_security_recommendation,
    expirationMinutes: template.code_expiration_minutes ?? null,
    copyCodeText: template.actions[0].copy_code_text ?? null,
    approval: null,
    createdAt: new Date(),
  });
  return content ? json(201, contentJson(content)) : twilioError(20429);
}

/** Received, then approved after as long as Meta takes; a name with `reject` in it is refused. */
function requestApproval(world: World, content: TwilioContent, body: Record<string, unknown> | null): Reply {
  const parsed = approvalBody.safeParse(body);
  if (!parsed.success) return twilioError(20001, parsed.error.issues[0]?.path.join('.'));
  content.approval = { name: parsed.data.name, status: 'received' };
  world.time.after(world.settings.template_approval_ms, () => {
    if (content.approval) content.approval.status = parsed.data.name.includes('reject') ? 'rejected' : 'approved';
  });
  return json(201, approvalJson(content));
}

function approvalJson(content: TwilioContent): Record<string, unknown> {
  return {
    name: content.approval?.name ?? '',
    category: 'AUTHENTICATION',
    content_type: 'whatsapp/authentication',
    status: content.approval?.status ?? 'unsubmitted',
    rejection_reason: content.approval?.status === 'rejected' ? 'INVALID_FORMAT' : '',
    allow_category_change: true,
  };
}

const urlOf = (content: TwilioContent): string => `https://content.twilio.com/v1/Content/${content.sid}`;

function contentJson(content: TwilioContent): Record<string, unknown> {
  const text = whatsAppText(content.language);
  const body = text.body.replaceAll('*', '');
  const time = content.createdAt.toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    sid: content.sid,
    account_sid: content.accountSid,
    friendly_name: content.friendlyName,
    language: content.language,
    variables: { 1: '123456' },
    types: {
      'whatsapp/authentication': {
        add_security_recommendation: content.isSecured,
        ...(content.expirationMinutes === null ? {} : { code_expiration_minutes: content.expirationMinutes }),
        body: content.isSecured ? `${body} ${text.security}` : body,
        actions: [{ type: 'COPY_CODE', copy_code_text: content.copyCodeText ?? text.copy }],
      },
    },
    url: urlOf(content),
    date_created: time,
    date_updated: time,
    links: {
      approval_create: `${urlOf(content)}/ApprovalRequests/whatsapp`,
      approval_fetch: `${urlOf(content)}/ApprovalRequests`,
    },
  };
}
