import { database } from '@/lib/db/client';
import { deleteDraft } from '@/lib/db/configuration-versions';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { drafterOf } from '@/lib/operations/configuration/drafter';

/** configuration.discard_draft: forgets what the person changed and did not publish. */
export async function discardDraft(actor: Actor): Promise<void> {
  permit(actor, 'config:write');
  await deleteDraft(database(), drafterOf(actor), null);
}
