import { findAlertRules } from '@/lib/db/alerts';
import { database } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { publicId, uuidFrom } from '@/lib/ids';
import type { RuleView } from '@/lib/operations/alerts/rules/list';

/** alerts.get_rule: one rule. Refuses `not_found`. */
export async function getAlertRule(actor: Actor, ruleId: string): Promise<RuleView> {
  permit(actor, 'alerts:read');
  const id = uuidFrom('alertRule', ruleId);
  const [rule] = id ? await findAlertRules(database(), id) : [];
  if (!rule) throw new Refusal('not_found', { detail: 'No such rule.' });
  return { ...rule, publicId: publicId('alertRule', rule.id) };
}
