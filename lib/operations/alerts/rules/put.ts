import { type AlertRuleInput, alertRuleInput } from '@/lib/contract/alerts';
import { given } from '@/lib/contract/given';
import { holdDestinations } from '@/lib/db/alert-deliveries';
import { countAlertRules, findAlertRules, putAlertRule } from '@/lib/db/alerts';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { RULES_MAX } from '@/lib/domain/alerts/rules';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid, publicId, uuidFrom } from '@/lib/ids';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

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
