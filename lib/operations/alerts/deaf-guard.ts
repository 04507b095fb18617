import { type Db, transact } from '@/lib/db/client';
import {
  carrying,
  countriesWithTraffic,
  incidentState,
  lastHeard,
  narrowIncident,
  type OpenIncident,
  overdueReceipts,
  tryStormLock,
} from '@/lib/db/incidents';
import { isDeaf, STORM, usualDelaySeconds } from '@/lib/domain/alerts/storm';
import { uuidFloor } from '@/lib/ids';
import { oweReceipts } from '@/lib/operations/alerts/evaluate';
import { DEAF_FINGERPRINT } from '@/lib/operations/alerts/settle';
import { endSilence, openSilence, usualDelays } from '@/lib/operations/alerts/storm';
import {
  type Configuration,
  currentConfiguration,
  type OpenConnection,
  reloadConfiguration,
} from '@/lib/operations/configuration/snapshot';
import { providerNamed } from '@/lib/providers/registry';
import { secretsNamed } from '@/lib/providers/signing';

export type DeafLook = 'calm' | 'opened' | 'going_on' | 'ended' | 'not_ours';

/**
 * alerts.guard_deaf_connections: when one connection's webhook is not called any more while its messages are taken and their codes entered, and others
 * are heard, opens an incident for which timers of its messages rest. A rotated app secret does this: every callback is refused, every timer
 * fires, and everybody gets a second message. A connection leaves the incident when it is heard again, is switched off or carries nothing; with the
 * last one the incident ends, and guardStorms lets its timers go on. Any number of workers may run it; one looks at a time.
 */
export async function guardDeafConnections(): Promise<DeafLook> {
  const look = await transact(async (tx) => ((await tryStormLock(tx)) ? lookAt(tx) : 'not_ours'));
  if (look === 'opened' || look === 'ended') await reloadConfiguration();
  return look;
}

async function lookAt(tx: Db): Promise<DeafLook> {
  const { now, open } = await incidentState(tx, 'deaf_connection');
  const configuration = await currentConfiguration();
  // What carries too little to be missed, or nothing, costs no look at messages.
  const carriers = await carrying(tx);
  const candidates = [...oweReceipts(configuration)].filter(
    (id) => carriers.has(id) && configuration.connections.get(id)?.enabled === true,
  );
  const heardAt = await heardTogether(tx, configuration, candidates);
  return open ? lookForEnd(tx, { now, open, heardAt }) : lookForDeaf(tx, { now, heardAt, configuration });
}

/** When each of them was heard last. Connections that share a secret may share an address (Meta): what calls one has called the others. */
async function heardTogether(
  tx: Db,
  { connections }: Configuration,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const together = new Map(ids.map((id) => [id, sharing(connections, id)]));
  const heard = await lastHeard(tx, [...new Set([...together.values()].flat())]);
  const at = new Map(heard.map((each) => [each.connectionId, each.at?.getTime() ?? 0]));
  return new Map(ids.map((id) => [id, Math.max(0, ...(together.get(id) ?? []).map((other) => at.get(other) ?? 0))]));
}

function sharing(connections: ReadonlyMap<string, OpenConnection>, id: string): string[] {
  const connection = connections.get(id);
  const shared = connection && providerNamed(connection.provider)?.sharedSecret;
  if (!connection || !shared) return [id];
  const secrets = secretsNamed(connection, shared);
  return [...connections.values()].flatMap((other) =>
    other.provider === connection.provider && secretsNamed(other, shared).some((secret) => secrets.includes(secret))
      ? [other.id]
      : [],
  );
}

async function lookForEnd(
  tx: Db,
  { now, open, heardAt }: { now: Date; open: OpenIncident; heardAt: ReadonlyMap<string, number> },
): Promise<DeafLook> {
  const deaf = open.deaf.filter((id) => (heardAt.get(id) ?? Number.POSITIVE_INFINITY) <= open.silentSince.getTime());
  if (deaf.length === 0) return (await endSilence(tx, open.id, DEAF_FINGERPRINT, now)) ? 'ended' : 'going_on';
  if (deaf.length < open.deaf.length) await narrowIncident(tx, open.id, deaf);
  return 'going_on';
}

async function lookForDeaf(
  tx: Db,
  { now, heardAt, configuration }: { now: Date; heardAt: ReadonlyMap<string, number>; configuration: Configuration },
): Promise<DeafLook> {
  const windowStart = now.getTime() - STORM.deafWindowSeconds * 1000;
  const until = now.getTime() - STORM.usualSeconds.min * 1000;
  const quiet = [...heardAt].flatMap(([connectionId, at]) => {
    const since = Math.max(windowStart, at);
    return since < until ? [{ connectionId, since: new Date(since) }] : [];
  });
  if (quiet.length === 0) return 'calm';

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
    // In how many countries it has traffic is asked of the database only where it matters.
    if (!isDeaf({ overdue: own, trafficCountries: 0 })) continue;
    const trafficCountries = await countriesWithTraffic(tx, uuidFloor(new Date(windowStart)), [connectionId]);
    if (isDeaf({ overdue: own, trafficCountries })) deaf.push(connectionId);
  }
  if (deaf.length === 0) return 'calm';
  const found = overdue.filter(({ connectionId }) => deaf.includes(connectionId));
  return openSilence(tx, { now, since: from, overdue: found, deaf, configuration });
}
