import { database } from '@/lib/db/client';
import { findCallback } from '@/lib/db/receipts';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { applyKept } from '@/lib/operations/receipts/apply-kept';

/** receipts.replay: reads one kept callback again and applies it. Harmless however often: facts are facts. */
export async function replayCallback(actor: Actor, input: { callbackId: string }): Promise<'applied' | 'malformed'> {
  permit(actor, 'callbacks:replay');
  const callback = await findCallback(database(), input.callbackId);
  if (!callback) throw new Refusal('not_found', { detail: 'No such callback.' });
  return applyKept(callback);
}
