import { type Db, transact } from '@/lib/db/client';
import { countriesWithTraffic, lastHeard, overdueReceipts, stormState, tryStormLock } from '@/lib/db/incidents';
import { isDeaf, STORM, usualDelaySeconds } from '@/lib/domain/alerts/storm';
import { uuidFloor } from '@/lib/ids';
import { oweReceipts } from '@/lib/operations/alerts/evaluate';
import { openIncident, usualDelays } from '@/lib/operations/alerts/storm';
import { currentConfiguration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';

/**
 * alerts.guard_deaf_connections: when one connection's webhook is not called any more while its messages are taken and their codes entered, and others
 * are heard, opens an incident for which timers of its messages rest; guardStorms ends it. A rotated app secret does this: every callback is refused,
 * every timer fires, and everybody gets a second message. Answers whether it opened one. Any number of workers may run it.
 */
export async function guardDeafConnections(): Promise<boolean> {
  const isOpened = await transact(async (tx) => (await tryStormLock(tx)) && (await look(tx)));
  if (isOpened) await reloadConfiguration();
  return isOpened;
}

async function look(tx: Db): Promise<boolean> {
  const { now, open } = await stormState(tx);
  if (open) return false;
  const configuration = await currentConfiguration();
  const windowStart = now.getTime() - STORM.deafWindowSeconds * 1000;
  const until = now.getTime() - STORM.usualSeconds.min * 1000;
  const heard = await lastHeard(tx, [...oweReceipts(configuration)]);
  const quiet = heard.flatMap(({ connectionId, at }) => {
    const since = Math.max(windowStart, at?.getTime() ?? 0);
    return since < until ? [{ connectionId, since: new Date(since) }] : [];
  });
  // While all of them are called, this costs one small statement.
  if (quiet.length === 0) return false;

  const p95Ms = await usualDelays(tx, now);
  const expected = quiet.map(({ connectionId, since }) => ({
    connectionId,
    since,
    seconds: usualDelaySeconds(p95Ms.get(connectionId) ?? null),
  }));
  const from = new Date(Math.min(...expected.map(({ since }) => since.getTime())));
  const overdue = await overdueReceipts(tx, { fromId: uuidFloor(from), toId: uuidFloor(new Date(until)) }, expected);
  const deaf: string[] = [];
  for (const { connectionId } of quiet) {
    const own = overdue.filter((flow) => flow.connectionId === connectionId);
    // Whether it is one is asked of the database only where it may be.
    if (!isDeaf({ overdue: own, trafficCountries: 0 })) continue;
    const trafficCountries = await countriesWithTraffic(tx, uuidFloor(new Date(windowStart)), [connectionId]);
    if (isDeaf({ overdue: own, trafficCountries })) deaf.push(connectionId);
  }
  if (deaf.length === 0) return false;
  const found = overdue.filter(({ connectionId }) => deaf.includes(connectionId));
  return (await openIncident(tx, { now, since: from, overdue: found, deaf, configuration })) === 'opened';
}
