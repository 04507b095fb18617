import { findOpenAlerts, insertAlert, missAlert } from '@/lib/db/alerts';
import { alertSamples } from '@/lib/db/analytics/alert-flows';
import { insertAudit } from '@/lib/db/audit';
import { type Db, database, transact } from '@/lib/db/client';
import {
  countriesWithTraffic,
  endIncident,
  type Overdue,
  openStorm,
  overdueReceipts,
  resumePausedTimers,
  type StormState,
  stormState,
  tryStormLock,
  usualReceiptDelay,
} from '@/lib/db/incidents';
import { causeSentence } from '@/lib/domain/alerts/sentence';
import { isStorm, STORM, usualDelaySeconds } from '@/lib/domain/alerts/storm';
import { newUuid, uuidFloor } from '@/lib/ids';
import { namesOf } from '@/lib/operations/alerts/names';
import { queueNotice } from '@/lib/operations/alerts/notify';
import { ALERTS_SYSTEM, STORM_FINGERPRINT } from '@/lib/operations/alerts/settle';
import { type Configuration, currentConfiguration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { providerNamed } from '@/lib/providers/registry';
import { log } from '@/lib/telemetry/log';

const RESUME_BATCH = 1_000;
const USUAL_CACHE_MS = 60_000;
const holder = globalThis as { watchwordUsualDelay?: { at: number; p95Ms: Map<string, number> } };

export type StormLook = 'calm' | 'opened' | 'going_on' | 'ended' | 'not_ours';

/**
 * alerts.guard_storms: when receipts stop everywhere while sends succeed, opens an incident for which timers for silence rest, and ends it
 * as soon as a callback comes again. Any number of workers may run it; one looks at a time.
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

async function lookForEnd(tx: Db, state: StormState, open: { id: string; silentSince: Date }): Promise<StormLook> {
  if (!state.lastHeardAt || state.lastHeardAt <= open.silentSince) return 'going_on';
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
  const owing = owingReceipts(configuration);
  if (owing.length === 0) return 'calm';
  const p95Ms = await usualDelays(tx, now);
  const overdue = await overdueReceipts(
    tx,
    { fromId: uuidFloor(since), toId: uuidFloor(until), since },
    owing.map((connectionId) => ({ connectionId, seconds: usualDelaySeconds(p95Ms.get(connectionId) ?? null) })),
  );
  if (overdue.reduce((sum, { n }) => sum + n, 0) < STORM.overdueMin) return 'calm';
  const trafficCountries = await countriesWithTraffic(tx, uuidFloor(new Date(windowStart)), owing);
  if (!isStorm({ overdue, trafficCountries })) return 'calm';
  return open(tx, { now, since, overdue, configuration });
}

async function open(
  tx: Db,
  found: { now: Date; since: Date; overdue: readonly Overdue[]; configuration: Configuration },
): Promise<StormLook> {
  const { now, since, overdue, configuration } = found;
  const n = overdue.reduce((sum, flow) => sum + flow.n, 0);
  const countries = [...new Set(overdue.map(({ country }) => country))].sort();
  const connections = [...new Set(overdue.map(({ connectionId }) => connectionId))];
  const id = await openStorm(tx, newUuid(), { overdue: n, countries, connections, last_heard_at: since.toISOString() });
  if (id === null) return 'going_on';
  log().error({ incidentId: id, overdue: n, countries: countries.length }, 'storm.opened');
  await insertAudit(tx, {
    actor: ALERTS_SYSTEM,
    action: 'incident.open',
    targetId: id,
    detail: { overdue: n, countries },
  });

  const now0 = { value: 0, n, low: null, high: null };
  const scope = { appId: null, connectionId: null, channel: null, countries, template: null };
  const kind = 'webhook_silence' as const;
  const cause = { kind, scope, now: now0, before: null, baseline: null };
  const samples = await alertSamples(tx, uuidFloor(since), { ...scope, kind });
  const affected = countries.map((country) => {
    const here = overdue.filter((flow) => flow.country === country).reduce((sum, flow) => sum + flow.n, 0);
    return { country, now: { value: 0, n: here, low: null, high: null }, before: null };
  });
  const alert = await insertAlert(
    tx,
    {
      id: newUuid(),
      ruleId: null,
      kind,
      fingerprint: STORM_FINGERPRINT,
      scope,
      severity: 'critical',
      cause: causeSentence(cause, STORM.windowSeconds / 60, namesOf(configuration)),
      evidence: {
        unit: 'messages',
        windowMinutes: STORM.windowSeconds / 60,
        now: now0,
        before: null,
        baseline: null,
        affected,
      },
      samples,
    },
    now,
  );
  if (alert) {
    await insertAudit(tx, {
      actor: ALERTS_SYSTEM,
      action: 'alert.open',
      targetId: alert.id,
      detail: { kind, fingerprint: STORM_FINGERPRINT, severity: 'critical', cause: alert.cause },
    });
    await queueNotice(tx, 'alert.opened', alert, [], now);
  }
  return 'opened';
}

/** Connections whose provider tells what became of a message: mail never does. */
function owingReceipts({ connections }: Configuration): string[] {
  return [...connections.values()].flatMap(({ id, provider }) => {
    const known = providerNamed(provider);
    return known && known.isSilent !== true ? [id] : [];
  });
}

/** How long first news usually take, of the six hours up to a minute ago. */
async function usualDelays(tx: Db, now: Date): Promise<Map<string, number>> {
  const held = holder.watchwordUsualDelay;
  if (held && Math.abs(now.getTime() - held.at) < USUAL_CACHE_MS) return held.p95Ms;
  const ago = (seconds: number) => uuidFloor(new Date(now.getTime() - seconds * 1000));
  const rows = await usualReceiptDelay(tx, ago(6 * 3_600), ago(60));
  const p95Ms = new Map(rows.map((row) => [row.connectionId, row.p95Ms]));
  holder.watchwordUsualDelay = { at: now.getTime(), p95Ms };
  return p95Ms;
}
