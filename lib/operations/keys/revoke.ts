import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { revokeApiKey } from '@/lib/db/keys';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';

/** keys.revoke: ends a key; every process refuses it within a second. */
export async function revokeKey(actor: Actor, input: { keyId: string }): Promise<void> {
  permit(actor, 'keys:manage');
  const id = uuidFrom('apiKey', input.keyId);
  await transact(async (tx) => {
    if (!id || !(await revokeApiKey(tx, id)))
      throw new Refusal('not_found', { detail: 'No such key, or it had ended.' });
    await insertAudit(tx, { actor, action: 'key.revoke', targetId: input.keyId, detail: {} });
  });
}
