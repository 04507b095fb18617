import { findAlertRules } from '@/lib/db/alerts';
import { database } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import type { AlertRule } from '@/lib/domain/alerts/rules';
import { permit } from '@/lib/domain/permissions';
import { publicId } from '@/lib/ids';

export type RuleView = AlertRule & { publicId: string };

/** alerts.list_rules: what is watched. */
export async function listAlertRules(actor: Actor): Promise<RuleView[]> {
  permit(actor, 'alerts:read');
  return (await findAlertRules(database(), null)).map((rule) => ({
    ...rule,
    publicId: publicId('alertRule', rule.id),
  }));
}
