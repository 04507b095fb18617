import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { withdrawInvite as endInvite } from '@/lib/db/invites';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';

/** users.withdraw_invite: the link, of an invitation or of a reset, opens nothing any more. */
export async function withdrawInvite(actor: Actor, input: { inviteId: string }): Promise<void> {
  permit(actor, 'users:manage');
  await transact(async (tx) => {
    const ended = await endInvite(tx, input.inviteId);
    if (!ended) throw new Refusal('not_found', { detail: 'No such link, or it was used meanwhile.' });
    const { email, role, resetsUserId } = ended;
    await insertAudit(
      tx,
      resetsUserId === null
        ? { actor, action: 'user.withdraw_invite', targetId: input.inviteId, detail: { email, role } }
        : { actor, action: 'user.withdraw_reset', targetId: resetsUserId, detail: { email, role } },
    );
  });
}
