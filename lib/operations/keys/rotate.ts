import { KEYS_MAX } from '@/lib/contract/apps';
import { newApiKey } from '@/lib/crypto/api-key';
import { lockAppOfKey } from '@/lib/db/apps';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { insertApiKey, retireApiKey } from '@/lib/db/keys';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid, publicId, uuidFrom } from '@/lib/ids';
import { type CreatedKey, tooManyKeys } from '@/lib/operations/keys/create';

/** Long enough to roll an app's deployments, short enough to end. */
export const OVERLAP_SECONDS = { default: 86_400, max: 30 * 86_400 } as const;

/** keys.rotate: a new key with the rights and the length of life of an old one, which keeps working for the overlap. A key is rotated once. */
export async function rotateKey(actor: Actor, input: { keyId: string; overlapSeconds?: number }): Promise<CreatedKey> {
  permit(actor, 'keys:manage');
  const oldId = uuidFrom('apiKey', input.keyId);
  const overlapSeconds = input.overlapSeconds ?? OVERLAP_SECONDS.default;
  if (!oldId) throw new Refusal('not_found', { detail: 'No such key.' });
  if (!Number.isFinite(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > OVERLAP_SECONDS.max) {
    throw new Refusal('invalid_request', {
      param: 'overlap_seconds',
      detail: `Between 0 and ${OVERLAP_SECONDS.max} seconds.`,
    });
  }
  const id = newUuid();
  return transact(async (tx) => {
    // Locked, so that keys that are asked for at once are counted one after the other.
    await lockAppOfKey(tx, oldId);
    const old = await retireApiKey(tx, oldId, id, overlapSeconds);
    if (!old) throw new Refusal('not_found', { detail: 'No such key, or it was rotated or revoked before.' });
    const { secret, hash, lastFour } = newApiKey(old.livemode);
    const { app_id: appId, name, livemode, scopes, lifetime_seconds: lifetimeSeconds } = old;
    // One more than an app may have: the old one is about to go, and a full app must be able to rotate.
    const row = { id, appId, name, livemode, scopes, hash, lastFour, lifetimeSeconds };
    if (!(await insertApiKey(tx, row, KEYS_MAX + 1))) throw tooManyKeys();
    await insertAudit(tx, {
      actor,
      action: 'key.rotate',
      targetId: input.keyId,
      detail: { replaced_by: publicId('apiKey', id), overlap_seconds: overlapSeconds },
    });
    return { id: publicId('apiKey', id), secret };
  });
}
