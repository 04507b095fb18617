import { type AlertRuleInput, alertRuleInput } from '@/lib/contract/alerts';
import { given } from '@/lib/contract/given';
import { holdDestinations } from '@/lib/db/alert-deliveries';
import { countAlertRules, deleteAlertRule, findAlertRules, putAlertRule } from '@/lib/db/alerts';
import { insertAudit } from '@/lib/db/audit';
import { database, transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { type AlertRule, RULES_MAX } from '@/lib/domain/alerts/rules';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid, publicId, uuidFrom } from '@/lib/ids';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

export type RuleView = AlertRule & { publicId: string };

/** alerts.list_rules: what is watched. */
export async function listAlertRules(actor: Actor): Promise<RuleView[]> {
  permit(actor, 'alerts:read');
  return (await findAlertRules(database(), null)).map((rule) => ({
    ...rule,
    publicId: publicId('alertRule', rule.id),
  }));
}

/** alerts.get_rule: one rule. Refuses `not_found`. */
export async function getAlertRule(actor: Actor, ruleId: string): Promise<RuleView> {
  permit(actor, 'alerts:read');
  const id = uuidFrom('alertRule', ruleId);
  const [rule] = id ? await findAlertRules(database(), id) : [];
  if (!rule) throw new Refusal('not_found', { detail: 'No such rule.' });
  return { ...rule, publicId: publicId('alertRule', rule.id) };
}

/** alerts.put_rule: adds a rule, or changes one; its kind stays. In effect from the next evaluation on. Answers its public id. */
export async function putRule(actor: Actor, input: AlertRuleInput): Promise<string> {
  permit(actor, 'alerts:manage');
  const { id: changed, ...rest } = given(alertRuleInput, input);
  const { apps, connections } = await currentConfiguration();
  if (rest.appId !== null && !apps.has(rest.appId)) {
    throw new Refusal('invalid_request', { param: 'appId', detail: 'No such app.' });
  }
  if (rest.connectionId !== null && !connections.has(rest.connectionId)) {
    throw new Refusal('invalid_request', { param: 'connectionId', detail: 'No such connection.' });
  }
  const id = changed === undefined ? newUuid() : uuidFrom('alertRule', changed);
  await transact(async (tx) => {
    const [before] = id && changed !== undefined ? await findAlertRules(tx, id) : [];
    if (!id || (changed !== undefined && before?.kind !== rest.kind)) {
      throw new Refusal('not_found', { detail: 'No such rule.' });
    }
    if (!before && (await countAlertRules(tx)) >= RULES_MAX) {
      throw new Refusal('invalid_request', { detail: `There are ${RULES_MAX} rules already. Remove one first.` });
    }
    const known = await holdDestinations(tx, rest.destinations);
    if (rest.destinations.some((destination) => !known.has(destination))) {
      throw new Refusal('invalid_request', { param: 'destinations', detail: 'One of the destinations was removed.' });
    }
    await putAlertRule(tx, { ...rest, id });
    await insertAudit(tx, {
      actor,
      action: before ? 'alert_rule.change' : 'alert_rule.add',
      targetId: id,
      detail: { before: before ?? null, after: { ...rest, id } },
    });
  });
  return publicId('alertRule', id ?? '');
}

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
