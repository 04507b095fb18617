import { findOpenAlerts, missAlert } from '@/lib/db/alerts';
import { insertAudit } from '@/lib/db/audit';
import { type Db, database, transact } from '@/lib/db/client';
import {
  countriesWithTraffic,
  endIncident,
  lastHeard,
  overdueReceipts,
  resumePausedTimers,
  type StormState,
  stormState,
  tryStormLock,
} from '@/lib/db/incidents';
import { isStorm, STORM, usualDelaySeconds } from '@/lib/domain/alerts/storm';
import { uuidFloor } from '@/lib/ids';
import { oweReceipts } from '@/lib/operations/alerts/evaluate';
import { queueNotice } from '@/lib/operations/alerts/notify';
import { ALERTS_SYSTEM, STORM_FINGERPRINT } from '@/lib/operations/alerts/settle';
import { openIncident, usualDelays } from '@/lib/operations/alerts/storm';
import { currentConfiguration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { log } from '@/lib/telemetry/log';

const RESUME_BATCH = 1_000;
export type StormLook = 'calm' | 'opened' | 'going_on' | 'ended' | 'not_ours';

/**
 * alerts.guard_storms: when receipts stop everywhere while sends succeed, opens an incident for which timers for silence rest, and ends it
 * as soon as a callback comes again (of a deaf connection, where guardDeafConnections opened it). Any number of workers may run it; one looks at a time.
 */
export async function guardStorms(): Promise<StormLook> {
  const look = await transact(async (tx) => {
    if (!(await tryStormLock(tx))) return 'not_ours';
    const state = await stormState(tx);
    return state.open ? lookForEnd(tx, state, state.open) : lookForStorm(tx, state);
  });
  if (look === 'opened' || look === 'ended') await reloadConfiguration();
  if (look !== 'not_ours') await resumeOthers();
  return look;
}

/** Timers that rest for an incident that is over go on: also those that a process left behind that died in between. */
async function resumeOthers(): Promise<void> {
  const storm = (await currentConfiguration()).storm?.incidentId ?? null;
  for (let n = 0; n < 100; n += 1) {
    const resumed = await resumePausedTimers(database(), storm, RESUME_BATCH);
    if (resumed > 0) log().info({ resumed }, 'storm.timers_resumed');
    if (resumed < RESUME_BATCH) return;
  }
}

async function lookForEnd(tx: Db, state: StormState, open: NonNullable<StormState['open']>): Promise<StormLook> {
  const heard = open.deaf ? (await lastHeard(tx, open.deaf)).map(({ at }) => at) : [state.lastHeardAt];
  if (!heard.some((at) => at !== null && at > open.silentSince)) return 'going_on';
  if (!(await endIncident(tx, open.id))) return 'going_on';
  log().warn({ incidentId: open.id }, 'storm.ended');
  await insertAudit(tx, { actor: ALERTS_SYSTEM, action: 'incident.end', targetId: open.id, detail: {} });
  for (const alert of await findOpenAlerts(tx)) {
    if (alert.fingerprint !== STORM_FINGERPRINT) continue;
    const row = await missAlert(tx, alert.id, 1, 'quiet');
    if (!row?.resolvedAt) continue;
    await insertAudit(tx, {
      actor: ALERTS_SYSTEM,
      action: 'alert.resolve',
      targetId: row.id,
      detail: { kind: row.kind },
    });
    await queueNotice(tx, 'alert.resolved', row, [], state.now);
  }
  return 'ended';
}

async function lookForStorm(tx: Db, { now, lastHeardAt }: StormState): Promise<StormLook> {
  const windowStart = now.getTime() - STORM.windowSeconds * 1000;
  const since = new Date(Math.max(windowStart, lastHeardAt?.getTime() ?? 0));
  const until = new Date(now.getTime() - STORM.usualSeconds.min * 1000);
  // While callbacks come, nothing can be overdue since the last of them: the usual case costs one small statement.
  if (since >= until) return 'calm';
  const configuration = await currentConfiguration();
  const owing = [...oweReceipts(configuration)];
  if (owing.length === 0) return 'calm';
  const p95Ms = await usualDelays(tx, now);
  const overdue = await overdueReceipts(
    tx,
    { fromId: uuidFloor(since), toId: uuidFloor(until) },
    owing.map((connectionId) => ({ connectionId, since, seconds: usualDelaySeconds(p95Ms.get(connectionId) ?? null) })),
  );
  if (overdue.reduce((sum, { n }) => sum + n, 0) < STORM.overdueMin) return 'calm';
  const trafficCountries = await countriesWithTraffic(tx, uuidFloor(new Date(windowStart)), owing);
  if (!isStorm({ overdue, trafficCountries })) return 'calm';
  return openIncident(tx, { now, since, overdue, deaf: null, configuration });
}
