import { type Db, database, transact } from '@/lib/db/client';
import {
  countriesWithTraffic,
  incidentState,
  lastHeard,
  overdueReceipts,
  resumePausedTimers,
  tryStormLock,
} from '@/lib/db/incidents';
import { isStorm, STORM, usualDelaySeconds } from '@/lib/domain/alerts/storm';
import { uuidFloor } from '@/lib/ids';
import { oweReceipts } from '@/lib/operations/alerts/evaluate';
import { STORM_FINGERPRINT } from '@/lib/operations/alerts/settle';
import { endSilence, openSilence, usualDelays } from '@/lib/operations/alerts/storm';
import { type Configuration, currentConfiguration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { log } from '@/lib/telemetry/log';

const RESUME_BATCH = 1_000;
export type StormLook = 'calm' | 'opened' | 'going_on' | 'ended' | 'not_ours';

/**
 * alerts.guard_storms: when receipts stop everywhere while sends succeed, opens an incident for which timers for silence rest, and ends it
 * as soon as a callback comes again. Any number of workers may run it; one looks at a time.
 */
export async function guardStorms(): Promise<StormLook> {
  const look = await transact(async (tx) => {
    if (!(await tryStormLock(tx))) return 'not_ours';
    const { now, open } = await incidentState(tx, 'receipt_storm');
    const configuration = await currentConfiguration();
    const heard = await lastHeard(tx, [...oweReceipts(configuration)]);
    const lastHeardAt = Math.max(0, ...heard.map(({ at }) => at?.getTime() ?? 0));
    if (!open) return lookForStorm(tx, { now, lastHeardAt, configuration });
    if (lastHeardAt <= open.silentSince.getTime()) return 'going_on';
    return (await endSilence(tx, open.id, STORM_FINGERPRINT, now)) ? 'ended' : 'going_on';
  });
  if (look === 'opened' || look === 'ended') await reloadConfiguration();
  if (look !== 'not_ours') await resumeOthers();
  return look;
}

/** Timers that rest for an incident that is over go on: also those that a process left behind that died in between. */
async function resumeOthers(): Promise<void> {
  const open = (await currentConfiguration()).pauses.map(({ incidentId }) => incidentId);
  for (let n = 0; n < 100; n += 1) {
    const resumed = await resumePausedTimers(database(), open, RESUME_BATCH);
    if (resumed > 0) log().info({ resumed }, 'storm.timers_resumed');
    if (resumed < RESUME_BATCH) return;
  }
}

async function lookForStorm(
  tx: Db,
  { now, lastHeardAt, configuration }: { now: Date; lastHeardAt: number; configuration: Configuration },
): Promise<StormLook> {
  const windowStart = now.getTime() - STORM.windowSeconds * 1000;
  const since = new Date(Math.max(windowStart, lastHeardAt));
  const until = new Date(now.getTime() - STORM.usualSeconds.min * 1000);
  // While callbacks come, nothing can be overdue since the last of them: the usual case costs one small statement.
  if (since >= until) return 'calm';
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
  return openSilence(tx, { now, since, overdue, deaf: [], configuration });
}
