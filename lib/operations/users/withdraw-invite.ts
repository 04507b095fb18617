import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { withdrawInvite as endInvite } from '@/lib/db/invites';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';

/** users.withdraw_invite: the link opens nothing any more. */
export async function withdrawInvite(actor: Actor, input: { inviteId: string }): Promise<void> {
  permit(actor, 'users:manage');
  await transact(async (tx) => {
    const ended = await endInvite(tx, input.inviteId);
    if (!ended) throw new Refusal('not_found', { detail: 'No such invitation, or it was accepted meanwhile.' });
    await insertAudit(tx, { actor, action: 'user.withdraw_invite', targetId: input.inviteId, detail: ended });
  });
}
