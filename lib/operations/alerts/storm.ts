import { findOpenAlerts, insertAlert, missAlert } from '@/lib/db/alerts';
import { alertSamples } from '@/lib/db/analytics/alert-samples';
import { insertAudit } from '@/lib/db/audit';
import type { Db } from '@/lib/db/client';
import { endIncident, type Overdue, openIncident, usualReceiptDelay } from '@/lib/db/incidents';
import { causeSentence } from '@/lib/domain/alerts/sentence';
import { STORM } from '@/lib/domain/alerts/storm';
import { newUuid, uuidFloor } from '@/lib/ids';
import { namesOf } from '@/lib/operations/alerts/names';
import { queueNotice } from '@/lib/operations/alerts/notify';
import { ALERTS_SYSTEM, DEAF_FINGERPRINT, STORM_FINGERPRINT } from '@/lib/operations/alerts/settle';
import type { Configuration } from '@/lib/operations/configuration/snapshot';
import { log } from '@/lib/telemetry/log';

const USUAL_CACHE_MS = 60_000;
const holder = globalThis as { watchwordUsualDelay?: { at: number; p95Ms: Map<string, number> } };

/**
 * Opens an incident of silent receipts, with its alert and its notices. `deaf`: the connections that it is about; none: receipts are silent everywhere.
 * Does nothing while one of its kind is open.
 */
export async function openSilence(
  tx: Db,
  found: {
    now: Date;
    since: Date;
    overdue: readonly Overdue[];
    deaf: readonly string[];
    configuration: Configuration;
  },
): Promise<'opened' | 'going_on'> {
  const { now, since, overdue, deaf, configuration } = found;
  const isStorm = deaf.length === 0;
  const n = overdue.reduce((sum, flow) => sum + flow.n, 0);
  const countries = [...new Set(overdue.map(({ country }) => country))].sort();
  const connections = [...new Set(overdue.map(({ connectionId }) => connectionId))];
  const detail = { overdue: n, countries, connections, last_heard_at: since.toISOString() };
  const id = isStorm
    ? await openIncident(tx, newUuid(), 'receipt_storm', detail)
    : await openIncident(tx, newUuid(), 'deaf_connection', { ...detail, deaf });
  if (id === null) return 'going_on';
  log().error(
    { incidentId: id, overdue: n, countries: countries.length },
    isStorm ? 'storm.opened' : 'connection.deaf',
  );
  await insertAudit(tx, {
    actor: ALERTS_SYSTEM,
    action: 'incident.open',
    targetId: id,
    detail: { overdue: n, countries, ...(isStorm ? {} : { connections: deaf }) },
  });

  const figure = { value: 0, n, low: null, high: null };
  // Of several, the first: the sentence names one, the incident all.
  const scope = { appId: null, connectionId: deaf[0] ?? null, channel: null, countries, template: null };
  const kind = 'webhook_silence' as const;
  const cause = { kind, scope, now: figure, before: null, baseline: null };
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
      fingerprint: isStorm ? STORM_FINGERPRINT : DEAF_FINGERPRINT,
      scope,
      severity: 'critical',
      cause: `${causeSentence(cause, STORM.windowSeconds / 60, namesOf(configuration))}${isStorm ? '' : ' People enter their codes: the fault is likely our webhook.'}`,
      evidence: {
        unit: 'messages',
        windowMinutes: STORM.windowSeconds / 60,
        now: figure,
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
      detail: { kind, fingerprint: alert.fingerprint, severity: 'critical', cause: alert.cause },
    });
    await queueNotice(tx, 'alert.opened', alert, [], now);
  }
  return 'opened';
}

/** Ends an incident, and resolves its alert. False: somebody else did. */
export async function endSilence(tx: Db, id: string, fingerprint: string, now: Date): Promise<boolean> {
  if (!(await endIncident(tx, id))) return false;
  log().warn({ incidentId: id }, 'storm.ended');
  await insertAudit(tx, { actor: ALERTS_SYSTEM, action: 'incident.end', targetId: id, detail: {} });
  for (const alert of await findOpenAlerts(tx)) {
    if (alert.fingerprint !== fingerprint) continue;
    const row = await missAlert(tx, alert.id, 1, 'quiet');
    if (!row?.resolvedAt) continue;
    await insertAudit(tx, {
      actor: ALERTS_SYSTEM,
      action: 'alert.resolve',
      targetId: row.id,
      detail: { kind: row.kind },
    });
    await queueNotice(tx, 'alert.resolved', row, [], now);
  }
  return true;
}

/** How long first news usually take, of the six hours up to a minute ago. */
export async function usualDelays(tx: Db, now: Date): Promise<Map<string, number>> {
  const held = holder.watchwordUsualDelay;
  if (held && Math.abs(now.getTime() - held.at) < USUAL_CACHE_MS) return held.p95Ms;
  const ago = (seconds: number) => uuidFloor(new Date(now.getTime() - seconds * 1000));
  const rows = await usualReceiptDelay(tx, ago(6 * 3_600), ago(60));
  const p95Ms = new Map(rows.map((row) => [row.connectionId, row.p95Ms]));
  holder.watchwordUsualDelay = { at: now.getTime(), p95Ms };
  return p95Ms;
}
