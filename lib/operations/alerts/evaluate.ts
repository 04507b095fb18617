import {
  type AlertEvidence,
  type AlertRow,
  endEvaluationTurn,
  findAlertRules,
  findOpenAlerts,
  insertAlert,
  missAlert,
  takeEvaluationTurn,
  touchAlert,
} from '@/lib/db/alerts';
import { alertSamples, lostTemplates } from '@/lib/db/analytics/alert-flows';
import { insertAudit } from '@/lib/db/audit';
import { type Db, database, transact } from '@/lib/db/client';
import { type Cause, causesOf, isPartOf } from '@/lib/domain/alerts/causes';
import type { Flow } from '@/lib/domain/alerts/flows';
import { type Finding, judgeRule } from '@/lib/domain/alerts/judge';
import { type AlertRule, QUIET_EVALUATIONS } from '@/lib/domain/alerts/rules';
import { causeSentence } from '@/lib/domain/alerts/sentence';
import { newUuid, uuidFloor } from '@/lib/ids';
import { usualNow } from '@/lib/operations/alerts/baseline';
import { namesOf } from '@/lib/operations/alerts/names';
import { queueNotice } from '@/lib/operations/alerts/notify';
import { flowOf, spentBetween } from '@/lib/operations/alerts/spend';
import { CLOCKS_MS, flowsOfWindows } from '@/lib/operations/alerts/windows';
import { type Configuration, currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { providerNamed } from '@/lib/providers/registry';
import { log } from '@/lib/telemetry/log';

const DAY_MINUTES = 1_440;
export const ALERTS_SYSTEM = { kind: 'system', what: 'alerts' } as const;
/** The storm guard's alert is opened and ended by the guard alone. */
export const STORM_FINGERPRINT = 'webhook_silence/everywhere';

export type Evaluation = { opened: string[]; resolved: string[]; open: number };

/**
 * alerts.evaluate: judges every rule, opens an alert per new cause, and resolves what has been quiet twice. One process does it at a
 * time, once per period, whatever the number of workers. Null: it was not this one's turn.
 *
 * @param isDue false evaluates without waiting for the period: for tests.
 */
export async function evaluateAlerts(now: Date, isDue = true): Promise<Evaluation | null> {
  const db = database();
  const turn = newUuid();
  if (!(await takeEvaluationTurn(db, turn, isDue))) return null;
  try {
    const rules = (await findAlertRules(db, null)).filter(({ enabled }) => enabled);
    const configuration = await currentConfiguration();
    // No transaction while it asks: it may take seconds, on other connections, and one that idles is ended.
    const { causes, unjudged } = await causesNow(rules, configuration, now, await findOpenAlerts(db));
    return await transact(async (tx) => {
      if (!(await endEvaluationTurn(tx, turn))) return null;
      return settle(tx, { rules, open: await findOpenAlerts(tx), causes, unjudged, configuration, now });
    });
  } finally {
    // Given back with what was settled, or here when it failed.
    await endEvaluationTurn(db, turn);
  }
}

/**
 * Reads what the rules ask for, all their windows together, and makes causes of what they find. A rule whose question fails (a database under
 * load) is named: its alerts are neither kept nor ended by this look, and the other rules are judged all the same.
 */
async function causesNow(
  rules: readonly AlertRule[],
  configuration: Configuration,
  now: Date,
  open: readonly AlertRow[],
): Promise<{ causes: Cause[]; unjudged: ReadonlySet<string> }> {
  const minutes = rules.filter(looksAtFlows).map(({ windowMinutes }) => windowMinutes);
  let windows: Promise<Map<number, Flow[]>> | undefined;
  const flowsOf = async (window: number) => {
    windows ??= flowsOfWindows(now, minutes);
    return (await windows).get(window) ?? [];
  };
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  const owesReceipts = new Set(
    [...configuration.connections.values()].flatMap(({ id, provider }) =>
      providerNamed(provider)?.isSilent ? [] : [id],
    ),
  );
  const isOpen = new Set(open.map(({ fingerprint }) => fingerprint));
  const longest = Math.max(0, ...rules.filter(comparesRates).map(({ windowMinutes }) => windowMinutes));
  const nothing = { hour_of_week: [], day_before: [] };
  const findings: Finding[] = [];
  const unjudged = new Set<string>();
  let widest: Flow[] = [];
  for (const rule of rules) {
    try {
      const asksTemplates = rule.kind === 'template_not_sendable';
      const current = asksTemplates
        ? []
        : rule.kind === 'spend'
          ? [flowOf(rule, await spentBetween(rule, ago(rule.windowMinutes), new Date(now.getTime() + CLOCKS_MS), now))]
          : await flowsOf(rule.windowMinutes);
      if (rule.kind !== 'spend' && current.length >= widest.length) widest = current;
      findings.push(
        ...judgeRule(rule, {
          current,
          baseline: comparesRates(rule) ? await usualNow(now, longest, rule) : nothing,
          spentBefore:
            rule.kind === 'spend' && rule.thresholds.factor !== null
              ? (await spentBetween(rule, ago(DAY_MINUTES + rule.windowMinutes), ago(DAY_MINUTES), now)).micros
              : null,
          templates: asksTemplates ? await lostTemplates(database()) : [],
          owesReceipts,
        }),
      );
    } catch (error: unknown) {
      unjudged.add(rule.id);
      log().error({ ruleId: rule.id, kind: rule.kind, error: String(error) }, 'alert.rule_not_judged');
    }
  }
  return { causes: causesOf(findings, widest, isOpen), unjudged };
}

const looksAtFlows = ({ kind }: AlertRule) => kind !== 'spend' && kind !== 'template_not_sendable';
const comparesRates = ({ kind }: AlertRule) => kind === 'delivery_drop' || kind === 'slow_delivery';
const floorOf = (now: Date, minutes: number) => uuidFloor(new Date(now.getTime() - minutes * 60_000));

type Settlement = {
  rules: readonly AlertRule[];
  open: readonly AlertRow[];
  causes: readonly Cause[];
  unjudged: ReadonlySet<string>;
  configuration: Configuration;
  now: Date;
};

async function settle(tx: Db, { rules, open, causes, unjudged, configuration, now }: Settlement): Promise<Evaluation> {
  const opened: string[] = [];
  const resolved: string[] = [];
  const ruleOf = (id: string | null) => rules.find((rule) => rule.id === id) ?? null;
  const isStorm = open.some(({ fingerprint }) => fingerprint === STORM_FINGERPRINT);
  // While nothing is heard from anywhere, what is heard of one connection tells nothing new.
  const shown = isStorm ? causes.filter(({ kind }) => kind !== 'webhook_silence' && kind !== 'delivery_drop') : causes;

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
      await touchAlert(tx, { ...alert, id: known.id }, cause.kind === 'delivery_drop', now);
      continue;
    }
    const since = floorOf(now, cause.kind === 'template_not_sendable' ? 1_440 : windowMinutes);
    const samples = await alertSamples(tx, since, {
      ...cause.scope,
      kind: cause.kind,
      template: cause.scope.template?.split(' ')[0] ?? null,
      // The p90 is the middle of its bucket: a little below it is still among the slow ones.
      slowSeconds: (cause.now.value / 1000) * 0.8,
    });
    const row = await insertAlert(tx, { ...alert, id: newUuid(), samples }, now);
    if (!row) continue;
    opened.push(row.id);
    await note(tx, 'alert.open', row);
    await queueNotice(tx, 'alert.opened', row, rule, now);
  }

  for (const alert of open) {
    if (alert.fingerprint === STORM_FINGERPRINT || (alert.ruleId && unjudged.has(alert.ruleId))) continue;
    if (shown.some(({ fingerprint }) => fingerprint === alert.fingerprint)) continue;
    const larger = shown.find((cause) => isPartOf(alert, cause));
    // Part of something larger: it has not ended, so nobody is told that it has.
    const row = await missAlert(tx, alert.id, larger ? 1 : QUIET_EVALUATIONS, larger ? 'part_of_larger' : 'quiet');
    if (!row?.resolvedAt) continue;
    resolved.push(row.id);
    await note(tx, 'alert.resolve', row);
    if (!larger) await queueNotice(tx, 'alert.resolved', row, ruleOf(row.ruleId), now);
  }
  return { opened, resolved, open: open.length + opened.length - resolved.length };
}

function evidenceOf(cause: Cause, windowMinutes: number): AlertEvidence {
  const { unit, now, before, baseline, affected } = cause;
  return { unit, windowMinutes, now, before, baseline, affected: affected.slice(0, 50) };
}

async function note(tx: Db, action: 'alert.open' | 'alert.resolve', alert: AlertRow): Promise<void> {
  const { kind, fingerprint, severity, cause, openings, resolvedWhy } = alert;
  await insertAudit(tx, {
    actor: ALERTS_SYSTEM,
    action,
    targetId: alert.id,
    detail: { kind, fingerprint, severity, cause, ...(resolvedWhy ? { why: resolvedWhy } : { openings }) },
  });
  log().warn({ alertId: alert.id, kind, fingerprint, severity }, action);
}
