import { type AlertRow, endEvaluationTurn, findAlertRules, findOpenAlerts, takeEvaluationTurn } from '@/lib/db/alerts';
import { lostTemplates } from '@/lib/db/analytics/lost-templates';
import { carriedSince, ourFaults } from '@/lib/db/analytics/our-faults';
import { database, transact } from '@/lib/db/client';
import { type Cause, causesOf } from '@/lib/domain/alerts/causes';
import { type Fault, goingOn } from '@/lib/domain/alerts/faults';
import type { Flow } from '@/lib/domain/alerts/flows';
import { type Finding, judgeRule } from '@/lib/domain/alerts/judge';
import type { AlertRule } from '@/lib/domain/alerts/rules';
import { newUuid, uuidFloor } from '@/lib/ids';
import { usualNow } from '@/lib/operations/alerts/baseline';
import { type Evaluation, settleAlerts } from '@/lib/operations/alerts/settle';
import { flowOf, spentBetween } from '@/lib/operations/alerts/spend';
import { CLOCKS_MS, flowsOfWindows } from '@/lib/operations/alerts/windows';
import { type Configuration, currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { providerNamed } from '@/lib/providers/registry';
import { log } from '@/lib/telemetry/log';

const DAY_MINUTES = 1_440;
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
      return settleAlerts(tx, { rules, open: await findOpenAlerts(tx), causes, unjudged, configuration, now });
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
  const owesReceipts = oweReceipts(configuration);
  const isOpen = new Set(open.map(({ fingerprint }) => fingerprint));
  const longest = Math.max(0, ...rules.filter(comparesRates).map(({ windowMinutes }) => windowMinutes));
  const nothing = { hour_of_week: [], day_before: [] };
  const findings: Finding[] = [];
  const unjudged = new Set<string>();
  let widest: Flow[] = [];
  for (const rule of rules) {
    try {
      const asksTemplates = rule.kind === 'template_not_sendable';
      const current = looksAtFlows(rule)
        ? await flowsOf(rule.windowMinutes)
        : rule.kind === 'spend'
          ? [flowOf(rule, await spentBetween(rule, ago(rule.windowMinutes), new Date(now.getTime() + CLOCKS_MS), now))]
          : [];
      if (rule.kind !== 'spend' && current.length >= widest.length) widest = current;
      findings.push(
        ...judgeRule(rule, {
          current,
          baseline: comparesRates(rule) ? await usualNow(now, longest, rule) : nothing,
          spentBefore:
            rule.kind === 'spend' && rule.thresholds.factor !== null
              ? (await spentBetween(rule, ago(DAY_MINUTES + rule.windowMinutes), ago(DAY_MINUTES), now)).micros
              : null,
          faults: rule.kind === 'our_fault' ? await faultsSince(ago(rule.windowMinutes)) : [],
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

/**
 * What fails by our own fault and goes on. Out of what is stored with the messages: whoever dies between a refusal and its news leaves it to the next look.
 * Nothing else is asked where nothing failed so.
 */
async function faultsSince(since: Date): Promise<Fault[]> {
  const faults = await ourFaults(database(), uuidFloor(since));
  if (faults.length === 0) return [];
  const first = new Date(Math.min(...faults.map(({ lastAt }) => lastAt.getTime())) - CLOCKS_MS);
  const ids = [...new Set(faults.map(({ connectionId }) => connectionId))];
  return goingOn(faults, await carriedSince(database(), uuidFloor(first), ids));
}

const looksAtFlows = ({ kind }: AlertRule) =>
  kind !== 'spend' && kind !== 'template_not_sendable' && kind !== 'our_fault';
/** True where a rule compares what is with what was usual. */
export const comparesRates = ({ kind }: AlertRule) => kind === 'delivery_drop' || kind === 'slow_delivery';

/** Connections whose provider reports what became of a message. */
export const oweReceipts = ({ connections }: Configuration): ReadonlySet<string> =>
  new Set([...connections.values()].flatMap(({ id, provider }) => (providerNamed(provider)?.isSilent ? [] : [id])));
