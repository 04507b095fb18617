import type { DestinationInput } from '@/lib/contract/alerts';
import { seal } from '@/lib/crypto/seal';
import { newWebhookSecret } from '@/lib/crypto/standard-webhook';
import {
  closeDestination,
  type DeliveryRow,
  type DestinationRow,
  deleteDestination,
  findDestinations,
  findLastDeliveries,
  insertDestination,
  queueDeliveries,
  rulesTellingOnly,
  setDestinationEnabled,
} from '@/lib/db/alert-deliveries';
import { findAlertRules } from '@/lib/db/alerts';
import { insertAudit } from '@/lib/db/audit';
import { database, transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { webhookProblem } from '@/lib/domain/alerts/address';
import { DESTINATIONS_MAX } from '@/lib/domain/alerts/rules';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { env } from '@/lib/env';
import { newUuid, publicId } from '@/lib/ids';
import { destinationPlace } from '@/lib/operations/alerts/deliver';
import type { AlertNotice } from '@/lib/operations/alerts/notify';
import { mayUseLoopback } from '@/lib/operations/alerts/post-webhook';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

const SHOWN_PER_DESTINATION = 10;

/** `onlyOneOf`: names of the rules that tell this destination and no other; while there are any it stays. */
export type DestinationView = DestinationRow & { deliveries: DeliveryRow[]; onlyOneOf: string[] };

/** alerts.list_destinations: who is told, and what became of the last events. `hasMail`: there is a connection that mail can leave by. */
export async function listDestinations(actor: Actor): Promise<{ destinations: DestinationView[]; hasMail: boolean }> {
  permit(actor, 'alerts:read');
  const [rows, deliveries, rules, { connections }] = await Promise.all([
    findDestinations(database()),
    findLastDeliveries(database(), SHOWN_PER_DESTINATION),
    findAlertRules(database(), null),
    currentConfiguration(),
  ]);
  const known = new Set(rows.map(({ id }) => id));
  const isOnly = (list: readonly string[], id: string) =>
    list.includes(id) && list.every((each) => each === id || !known.has(each));
  return {
    destinations: rows.map((row) => ({
      ...row,
      onlyOneOf: rules.filter(({ destinations }) => isOnly(destinations, row.id)).map(({ name }) => name),
      deliveries: deliveries.filter(({ destinationId }) => destinationId === row.id),
    })),
    hasMail: [...connections.values()].some(({ provider, enabled }) => provider === 'smtp' && enabled),
  };
}

/** alerts.add_destination: a mailbox, or a webhook whose signing secret is in this one answer and nowhere else. */
export async function addDestination(
  actor: Actor,
  input: DestinationInput,
): Promise<{ id: string; secret: string | null }> {
  permit(actor, 'alerts:manage');
  const { kind, name, address } = input;
  const problem = kind === 'webhook' ? webhookProblem(address, mayUseLoopback()) : null;
  if (problem) throw new Refusal('invalid_request', { param: 'address', detail: problem });
  const id = newUuid();
  const secret = kind === 'webhook' ? newWebhookSecret() : null;
  const secretSealed = secret === null ? null : seal(secret, destinationPlace(id));
  await transact(async (tx) => {
    if (!(await insertDestination(tx, { id, kind, name, address, secretSealed }, DESTINATIONS_MAX))) {
      throw new Refusal('invalid_request', { detail: `There are ${DESTINATIONS_MAX} destinations already.` });
    }
    await insertAudit(tx, {
      actor,
      action: 'alert_destination.add',
      targetId: id,
      detail: { kind, name, address: shownAddress(address) },
    });
  });
  return { id, secret };
}

/** What a webhook's address holds after its host may be a secret of its receiver. */
function shownAddress(address: string): string {
  return URL.canParse(address) && address.includes('://') ? new URL(address).origin : address;
}

/** alerts.switch_destination: on or off. Refuses `not_found`. */
export async function switchDestination(actor: Actor, input: { id: string; enabled: boolean }): Promise<void> {
  permit(actor, 'alerts:manage');
  await transact(async (tx) => {
    const row = await setDestinationEnabled(tx, input.id, input.enabled);
    if (!row) throw new Refusal('not_found', { detail: 'No such destination.' });
    const action = input.enabled ? 'alert_destination.enable' : 'alert_destination.disable';
    await insertAudit(tx, { actor, action, targetId: row.id, detail: { name: row.name } });
  });
}

/**
 * alerts.remove_destination: it goes out of the rules that name it, and what still waits for it is given up. Refuses `not_found`, and
 * `invalid_request` while a rule tells nobody else: without it the rule would fall silent, or tell everybody.
 */
export async function removeDestination(actor: Actor, input: { id: string }): Promise<void> {
  permit(actor, 'alerts:manage');
  await transact(async (tx) => {
    await closeDestination(tx, input.id);
    const rules = await rulesTellingOnly(tx, input.id);
    if (rules.length > 0) {
      const detail = `Only this destination is told by ${rules.join(', ')}. Choose another one there first.`;
      throw new Refusal('invalid_request', { param: 'destination', detail });
    }
    const row = await deleteDestination(tx, input.id);
    if (!row) throw new Refusal('not_found', { detail: 'No such destination.' });
    await insertAudit(tx, { actor, action: 'alert_destination.remove', targetId: row.id, detail: { name: row.name } });
  });
}

/** alerts.test_destination: sends an event that says it is a test. It goes the way of every other one. Refuses `not_found`. */
export async function testDestination(actor: Actor, input: { id: string }): Promise<void> {
  permit(actor, 'alerts:manage');
  const at = new Date().toISOString();
  const body: AlertNotice = {
    type: 'alert.test',
    timestamp: at,
    data: {
      id: publicId('alert', newUuid()),
      kind: 'test',
      severity: 'warning',
      cause: 'A test: nothing is wrong.',
      opened_at: at,
      resolved_at: null,
      openings: 1,
      scope: { connection: null, channel: null, countries: [], app: null, template: null },
      evidence: { unit: 'messages', now: null, before: null, baseline: null, window_minutes: 0 },
      samples: [],
      url: `${env().WATCHWORD_PUBLIC_URL}/alerts`,
    },
  };
  await transact(async (tx) => {
    const rows = [{ id: newUuid(), destinationId: input.id }];
    if ((await queueDeliveries(tx, rows, { alertId: null, event: 'alert.test', body })) === 0) {
      throw new Refusal('not_found', { detail: 'No such destination.' });
    }
    await insertAudit(tx, { actor, action: 'alert_destination.test', targetId: input.id, detail: {} });
  });
}
