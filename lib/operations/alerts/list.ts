import { type AlertRow, countOpenAlertRows, findAlert, findOpenAlerts, findResolvedAlerts } from '@/lib/db/alerts';
import { database } from '@/lib/db/client';
import { findRunningOverrides, type OverrideRow } from '@/lib/db/overrides';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { publicId, uuidFrom } from '@/lib/ids';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

/** An alert as people read it. */
export type AlertView = Omit<AlertRow, 'samples'> & {
  publicId: string;
  /** Public ids of verifications. */
  samples: string[];
  connectionName: string | null;
  connectionPublicId: string | null;
  appName: string | null;
};

const RESOLVED_SHOWN = 50;

/** alerts.list: what is open, the worst first, and the newest that are over; with the overrides that run. */
export async function listAlerts(
  actor: Actor,
): Promise<{ open: AlertView[]; resolved: AlertView[]; overrides: OverrideRow[] }> {
  permit(actor, 'alerts:read');
  const [open, resolved, overrides] = await Promise.all([
    findOpenAlerts(database()),
    findResolvedAlerts(database(), RESOLVED_SHOWN),
    findRunningOverrides(database()),
  ]);
  return { open: await viewsOf(open), resolved: await viewsOf(resolved), overrides };
}

/** alerts.get: one alert. Refuses `not_found`. */
export async function getAlert(actor: Actor, alertId: string): Promise<AlertView> {
  permit(actor, 'alerts:read');
  const id = uuidFrom('alert', alertId);
  const row = id && (await findAlert(database(), id));
  const [view] = row ? await viewsOf([row]) : [];
  if (!view) throw new Refusal('not_found', { detail: 'No such alert.' });
  return view;
}

/** alerts.count: how many are open, for the sidebar. */
export async function countOpenAlerts(actor: Actor): Promise<{ n: number; critical: number }> {
  permit(actor, 'alerts:read');
  return countOpenAlertRows(database());
}

async function viewsOf(rows: readonly AlertRow[]): Promise<AlertView[]> {
  const { connections, apps } = await currentConfiguration();
  return rows.map((row) => {
    const { connectionId, appId } = row.scope;
    return {
      ...row,
      publicId: publicId('alert', row.id),
      samples: row.samples.map((uuid) => publicId('verification', uuid)),
      connectionName: connectionId === null ? null : (connections.get(connectionId)?.name ?? 'a removed connection'),
      connectionPublicId: connectionId === null ? null : publicId('connection', connectionId),
      appName: appId === null ? null : (apps.get(appId)?.name ?? null),
    };
  });
}
