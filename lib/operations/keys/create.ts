import { newApiKey } from '@/lib/crypto/api-key';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { insertApiKey } from '@/lib/db/keys';
import { type Actor, SCOPES, type Scope } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid, publicId, uuidFrom } from '@/lib/ids';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

/** `secret` is shown this once and never again. */
export type CreatedKey = { id: string; secret: string };

/** keys.create: a new key for an app. Works in every process within a second. */
export async function createKey(
  actor: Actor,
  input: { appId: string; name: string; livemode: boolean; scopes?: readonly Scope[] },
): Promise<CreatedKey> {
  permit(actor, 'keys:manage');
  const appId = uuidFrom('app', input.appId);
  if (!appId || !(await currentConfiguration()).apps.has(appId))
    throw new Refusal('not_found', { detail: 'No such app.' });
  const id = newUuid();
  const { secret, hash, lastFour } = newApiKey(input.livemode);
  const scopes = input.scopes ?? SCOPES;
  await transact(async (tx) => {
    await insertApiKey(tx, { id, appId, name: input.name, livemode: input.livemode, scopes, hash, lastFour });
    await insertAudit(tx, {
      actor,
      action: 'key.create',
      targetId: publicId('apiKey', id),
      detail: { app: input.appId, livemode: input.livemode },
    });
  });
  return { id: publicId('apiKey', id), secret };
}
