import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';

/** Views belong to people: whoever else got this far has none. */
export function ownerOf(actor: Actor): string {
  if (actor.kind !== 'user') throw new Refusal('forbidden', { detail: 'Views belong to people.' });
  return actor.userId;
}
