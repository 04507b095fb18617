import { type AlertEvidence, type AlertRow, insertAlert, missAlert, touchAlert } from '@/lib/db/alerts';
import { alertSamples } from '@/lib/db/analytics/alert-samples';
import { insertAudit } from '@/lib/db/audit';
import type { Db } from '@/lib/db/client';
import { type AlertScope, type Cause, isPartOf, templateOf } from '@/lib/domain/alerts/causes';
import { type AlertRule, QUIET_EVALUATIONS } from '@/lib/domain/alerts/rules';
import { causeSentence } from '@/lib/domain/alerts/sentence';
import { newUuid, uuidFloor } from '@/lib/ids';
import { namesOf } from '@/lib/operations/alerts/names';
import { queueNotice } from '@/lib/operations/alerts/notify';
import type { Configuration } from '@/lib/operations/configuration/snapshot';
import { log } from '@/lib/telemetry/log';

export const ALERTS_SYSTEM = { kind: 'system', what: 'alerts' } as const;
/** The storm guard's alert is opened and ended by the guard alone. */
export const STORM_FINGERPRINT = 'webhook_silence/everywhere';
/** The deaf guard's, the same. */
export const DEAF_FINGERPRINT = 'webhook_silence/deaf';
const isGuards = (fingerprint: string) => fingerprint === STORM_FINGERPRINT || fingerprint === DEAF_FINGERPRINT;
/** What lies behind a template that cannot be sent is the day before. */
const DAY_MINUTES = 1_440;

export type Evaluation = { opened: string[]; resolved: string[]; open: number };

type Settlement = {
  rules: readonly AlertRule[];
  open: readonly AlertRow[];
  causes: readonly Cause[];
  unjudged: ReadonlySet<string>;
  configuration: Configuration;
  now: Date;
  /** Set where `now` is a moment of a past that is written down later: it stands in for the database's clock, and nobody is told. */
  past?: { samplesOf(cause: Cause, windowMinutes: number): string[] };
};

/**
 * Opens an alert per new cause, keeps those whose cause is still there, and resolves what has been quiet often enough, each with its note in the
 * audit log. In the transaction of the caller, who alone settles at that time.
 */
export async function settleAlerts(
  tx: Db,
  { rules, open, causes, unjudged, configuration, now, past }: Settlement,
): Promise<Evaluation> {
  const at = past && now;
  const opened: string[] = [];
  const resolved: string[] = [];
  const ruleOf = (id: string | null) => rules.find((rule) => rule.id === id) ?? null;
  const silences = open.filter(({ fingerprint }) => isGuards(fingerprint));
  // While nothing is heard, what is heard of one connection tells nothing new: neither that it is bad nor that it is well again. Of others than the deaf one it does.
  const isHidden = ({ kind, scope }: { kind: string; scope: AlertScope }) =>
    (kind === 'webhook_silence' || kind === 'delivery_drop') &&
    silences.some((silence) => [null, scope.connectionId].includes(silence.scope.connectionId));
  const shown = causes.filter((cause) => !isHidden(cause));

  for (const cause of shown) {
    const rule = ruleOf(cause.ruleId);
    const windowMinutes = rule?.windowMinutes ?? 15;
    const alert = {
      ruleId: cause.ruleId,
      kind: cause.kind,
      fingerprint: cause.fingerprint,
      scope: cause.scope,
      severity: cause.severity,
      cause: causeSentence(cause, windowMinutes, namesOf(configuration)),
      evidence: evidenceOf(cause, windowMinutes),
    };
    const known = open.find(({ fingerprint }) => fingerprint === cause.fingerprint);
    if (known) {
      await touchAlert(tx, { ...alert, id: known.id }, cause.kind === 'delivery_drop', now, at);
      continue;
    }
    const minutes = cause.kind === 'template_not_sendable' ? DAY_MINUTES : windowMinutes;
    const samples = past ? past.samplesOf(cause, minutes) : await samplesOf(tx, cause, minutes, now);
    const row = await insertAlert(tx, { ...alert, id: newUuid(at?.getTime()), samples }, now, at);
    if (!row) continue;
    opened.push(row.id);
    await note(tx, 'alert.open', row, at);
    if (!past) await queueNotice(tx, 'alert.opened', row, chosenBy(cause.foundBy.map(ruleOf)), now);
  }

  for (const alert of open) {
    if (isGuards(alert.fingerprint) || isHidden(alert) || (alert.ruleId && unjudged.has(alert.ruleId))) continue;
    if (shown.some(({ fingerprint }) => fingerprint === alert.fingerprint)) continue;
    const larger = shown.find((cause) => isPartOf(alert, cause));
    // Part of something larger: it has not ended, so nobody is told that it has.
    const row = await missAlert(tx, alert.id, larger ? 1 : QUIET_EVALUATIONS, larger ? 'part_of_larger' : 'quiet', at);
    if (!row?.resolvedAt) continue;
    resolved.push(row.id);
    await note(tx, 'alert.resolve', row, at);
    if (!larger && !past) await queueNotice(tx, 'alert.resolved', row, [], now);
  }
  return { opened, resolved, open: open.length + opened.length - resolved.length };
}

/** Whom the rules that found a cause tell, together; empty, everybody, where one of them does. */
function chosenBy(rules: readonly (AlertRule | null)[]): string[] {
  const lists = rules.map((rule) => rule?.destinations ?? []);
  return lists.some((list) => list.length === 0) ? [] : [...new Set(lists.flat())];
}

async function samplesOf(tx: Db, cause: Cause, minutes: number, now: Date): Promise<string[]> {
  if (cause.samples) return [...cause.samples];
  return alertSamples(tx, uuidFloor(new Date(now.getTime() - minutes * 60_000)), {
    ...cause.scope,
    kind: cause.kind,
    template: templateOf(cause.scope),
    slowSeconds: slowMsOf(cause) / 1000,
  });
}

/** The p90 is the middle of its bucket: a little below it is still among the slow ones. */
export const slowMsOf = ({ now }: Cause): number => now.value * 0.8;

function evidenceOf(cause: Cause, windowMinutes: number): AlertEvidence {
  const { unit, now, before, baseline, affected } = cause;
  return { unit, windowMinutes, now, before, baseline, affected: affected.slice(0, 50) };
}

async function note(tx: Db, action: 'alert.open' | 'alert.resolve', alert: AlertRow, at?: Date): Promise<void> {
  const { kind, fingerprint, severity, cause, openings, resolvedWhy } = alert;
  await insertAudit(tx, {
    actor: ALERTS_SYSTEM,
    action,
    targetId: alert.id,
    detail: { kind, fingerprint, severity, cause, ...(resolvedWhy ? { why: resolvedWhy } : { openings }) },
    ...(at ? { at } : {}),
  });
  if (at) return;
  log().warn({ alertId: alert.id, kind, fingerprint, severity }, action);
}
