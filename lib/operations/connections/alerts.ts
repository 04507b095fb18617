import { database } from '@/lib/db/client';
import { type ConnectionAlert, findConnectionAlerts } from '@/lib/db/connections';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';

/** connections.alerts: what the people who run this must repair: rejected credentials, missing templates, unpaid accounts. */
export async function listConnectionAlerts(actor: Actor): Promise<ConnectionAlert[]> {
  permit(actor, 'verifications:read');
  return findConnectionAlerts(database());
}
