import type { IncomingMessage, ServerResponse } from 'node:http';
import type { YCloudAccount } from '@/lib/simulator/accounts';
import { json, parseObject, type Reply, readBody, send } from '@/lib/simulator/replies';
import type { World } from '@/lib/simulator/world';
import { ycloudError } from '@/lib/simulator/ycloud-errors';
import { fetchYCloudMessage, listYCloudSms, sendYCloudMessage, unauthorized } from '@/lib/simulator/ycloud-messages';
import { createYCloudTemplate, listYCloudTemplates, oneYCloudTemplate } from '@/lib/simulator/ycloud-templates';

/** Everything under `/v2/`; `path` is what follows. The queued `POST /whatsapp/messages` is left out. */
export async function serveYCloud(
  world: World,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  query: URLSearchParams,
): Promise<void> {
  const key = req.headers['x-api-key'];
  const account = world.accounts.ycloudByKey(typeof key === 'string' ? key : '');
  const call = `${req.method} ${path}`;
  if (call === 'POST whatsapp/messages/sendDirectly') return sendYCloudMessage(world, req, res, account, 'whatsapp');
  if (call === 'POST sms') return sendYCloudMessage(world, req, res, account, 'sms');
  const body = req.method === 'POST' ? parseObject(await readBody(req)) : null;
  send(res, account === null ? unauthorized() : route(world, account, req.method ?? 'GET', path, query, body));
}

function route(
  world: World,
  account: YCloudAccount,
  method: string,
  path: string,
  query: URLSearchParams,
  body: Record<string, unknown> | null,
): Reply {
  switch (`${method} ${path}`) {
    case 'GET balance':
      return json(200, { amount: account.balance, currency: 'USD' });
    case 'GET sms':
      return listYCloudSms(world, account, query);
    case 'GET whatsapp/templates':
      return listYCloudTemplates(world, account, query);
    case 'POST whatsapp/templates':
      return createYCloudTemplate(world, account, body);
    default:
  }
  const [, kind, ...parts] = path.split('/').map(decoded);
  if (kind === 'templates' && parts.length === 3) return oneYCloudTemplate(world, account, method, parts);
  if (kind === 'messages' && parts.length === 1 && method === 'GET') {
    return fetchYCloudMessage(world, account, parts[0] ?? '');
  }
  return ycloudError('NOT_FOUND', 'There is no such resource.');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
