import { KEYS_MAX, newKey } from '@/lib/contract/apps';
import { given } from '@/lib/contract/given';
import { newApiKey } from '@/lib/crypto/api-key';
import { lockApp } from '@/lib/db/apps';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { insertApiKey } from '@/lib/db/keys';
import { type Actor, SCOPES, type Scope } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid, publicId, uuidFrom } from '@/lib/ids';

const DAY_SECONDS = 86_400;

/** `secret` is shown this once and never again. */
export type CreatedKey = { id: string; secret: string };

/** keys.create: a new key for an app. Works in every process within a second. */
export async function createKey(
  actor: Actor,
  input: { appId: string; name: string; livemode: boolean; scopes?: readonly Scope[]; lifetimeDays?: number | null },
): Promise<CreatedKey> {
  permit(actor, 'keys:manage');
  const wanted = given(newKey, {
    name: input.name,
    livemode: input.livemode,
    scopes: [...(input.scopes ?? SCOPES)],
    lifetimeDays: input.lifetimeDays ?? null,
  });
  const appId = uuidFrom('app', input.appId);
  const id = newUuid();
  const { secret, hash, lastFour } = newApiKey(wanted.livemode);
  await transact(async (tx) => {
    // Locked, so that keys that are asked for at once are counted one after the other.
    if (!appId || !(await lockApp(tx, appId))) throw new Refusal('not_found', { detail: 'No such app.' });
    const { name, livemode, scopes, lifetimeDays } = wanted;
    const lifetimeSeconds = lifetimeDays === null ? null : lifetimeDays * DAY_SECONDS;
    const row = { id, appId, name, livemode, scopes, hash, lastFour, lifetimeSeconds };
    if (!(await insertApiKey(tx, row, KEYS_MAX))) throw tooManyKeys();
    await insertAudit(tx, {
      actor,
      action: 'key.create',
      targetId: publicId('apiKey', id),
      detail: { app: input.appId, name, livemode, scopes, lifetime_days: lifetimeDays },
    });
  });
  return { id: publicId('apiKey', id), secret };
}

export const tooManyKeys = () =>
  new Refusal('invalid_request', { detail: `An app has at most ${KEYS_MAX} working keys. Revoke one first.` });
