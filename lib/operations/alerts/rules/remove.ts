import { deleteAlertRule, findAlertRules } from '@/lib/db/alerts';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';

/** alerts.remove_rule: what it has opened resolves when it has been quiet twice. Refuses `not_found`. */
export async function removeRule(actor: Actor, ruleId: string): Promise<void> {
  permit(actor, 'alerts:manage');
  const id = uuidFrom('alertRule', ruleId);
  await transact(async (tx) => {
    const [before] = id ? await findAlertRules(tx, id) : [];
    if (!id || !before || !(await deleteAlertRule(tx, id))) throw new Refusal('not_found', { detail: 'No such rule.' });
    await insertAudit(tx, { actor, action: 'alert_rule.remove', targetId: id, detail: { before, after: null } });
  });
}
