import { database } from '@/lib/db/client';
import { listApiKeys } from '@/lib/db/keys';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { publicId, uuidFrom } from '@/lib/ids';

/** Working keys are far fewer (KEYS_MAX); behind them the newest that have ended. */
const SHOWN_MAX = 200;

/** keys.list: the keys of an app, those that work first. Never a secret: only its last four characters are known. */
export async function listKeys(actor: Actor, input: { appId: string }) {
  permit(actor, 'apps:read');
  const appId = uuidFrom('app', input.appId);
  if (!appId) throw new Refusal('not_found', { detail: 'No such app.' });
  const keys = await listApiKeys(database(), appId, SHOWN_MAX);
  return keys.map((key) => ({
    ...key,
    id: publicId('apiKey', key.id),
    replacedBy: key.replacedBy === null ? null : publicId('apiKey', key.replacedBy),
  }));
}
