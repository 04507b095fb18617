import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';

/** Drafts belong to people: the uuid of the person who acts. */
export function drafterOf(actor: Actor): string {
  if (actor.kind !== 'user') throw new Refusal('forbidden', { detail: 'Drafts belong to people who sign in.' });
  return actor.userId;
}
