import { type DeliveryRow, type DestinationRow, findDestinations, findLastDeliveries } from '@/lib/db/alert-deliveries';
import { findAlertRules } from '@/lib/db/alerts';
import { database } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
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
