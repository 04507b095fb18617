import type { AlertEvidence } from '@/lib/db/alerts';
import { type Cause, causesOf, isPartOf } from '@/lib/domain/alerts/causes';
import type { Flow } from '@/lib/domain/alerts/flows';
import { type Baseline, judgeRule, type LostTemplate } from '@/lib/domain/alerts/judge';
import { type AlertRule, EVALUATE_EVERY_SECONDS, looksAt, QUIET_EVALUATIONS } from '@/lib/domain/alerts/rules';
import { causeSentence } from '@/lib/domain/alerts/sentence';
import { newUuid } from '@/lib/ids';
import { namesOf } from '@/lib/operations/alerts/names';
import { flowOf } from '@/lib/operations/alerts/spend';
import type { Configuration } from '@/lib/operations/configuration/snapshot';
import { providerNamed } from '@/lib/providers/registry';
import { flowsOf, type Journal, type Sent } from './journal';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** How long a baseline is kept (lib/operations/alerts/baseline.ts). */
const BASELINE_KEPT_MS = 5 * MINUTE;
/** Points that an alert keeps (lib/db/alerts.ts). */
const SERIES_MAX = 240;
/** How long after a trouble its last alert may still need to end: the widest window, and some. */
const AFTER_MS = 6 * HOUR;

/** An alert as it stands when it is over. Times are milliseconds since 1970. */
export type PastAlert = {
  id: string;
  ruleId: string | null;
  kind: string;
  fingerprint: string;
  scope: Cause['scope'];
  severity: Cause['severity'];
  cause: string;
  /** As it was said when it opened: what the audit log has. */
  firstCause: string;
  firstSeverity: string;
  evidence: AlertEvidence;
  samples: string[];
  series: [number, number, number][];
  peak: number;
  openedAt: number;
  lastSeenAt: number;
  resolvedAt: number | null;
  resolvedWhy: 'quiet' | 'part_of_larger' | null;
  quietEvaluations: number;
  openings: number;
};

export type Watched = {
  journal: Journal;
  rules: readonly AlertRule[];
  configuration: Configuration;
  /** Templates that could not be sent, and when. */
  lost: readonly { from: number; to: number; template: LostTemplate }[];
};

/**
 * What lib/operations/alerts/evaluate.ts would have found, had it been asked every thirty seconds of these spans: the same rules of
 * lib/domain/alerts over the same sums, from what was known at each moment. Spans must come in order and must not overlap.
 */
export function watch(watched: Watched, spans: readonly { from: number; to: number }[], until: number): PastAlert[] {
  const all: PastAlert[] = [];
  let watchedUntil = 0;
  for (const span of spans) {
    const open = new Map<string, PastAlert>();
    let baseline: { at: number; of: Baseline } | null = null;
    const longest = Math.max(0, ...watched.rules.filter(comparesRates).map(({ windowMinutes }) => windowMinutes));
    const step = EVALUATE_EVERY_SECONDS * 1_000;
    for (
      let now = Math.max(span.from, watchedUntil + step);
      now <= until && (now <= span.to || (open.size > 0 && now <= span.to + AFTER_MS));
      now += step
    ) {
      if (baseline === null || now - baseline.at >= BASELINE_KEPT_MS) {
        baseline = { at: now, of: usualAt(watched.journal, now, longest) };
      }
      settle(watched, all, open, causesAt(watched, now, baseline.of, open), now);
      watchedUntil = now;
    }
  }
  return all;
}

const comparesRates = ({ kind }: AlertRule) => kind === 'delivery_drop' || kind === 'slow_delivery';

/** lib/operations/alerts/baseline.ts */
function usualAt(journal: Journal, now: number, windowMinutes: number): Baseline {
  const weeks = [1, 2, 3, 4].flatMap((n) => journal.sentBetween(now - n * WEEK - HOUR / 2, now - n * WEEK + HOUR / 2));
  const before = now - windowMinutes * MINUTE;
  return {
    hour_of_week: flowsOf(weeks, null),
    day_before: flowsOf(journal.sentBetween(before - DAY, before), null),
  };
}

function causesAt(
  { journal, rules, configuration, lost }: Watched,
  now: number,
  baseline: Baseline,
  open: ReadonlyMap<string, PastAlert>,
): Cause[] {
  const owesReceipts = new Set(
    [...configuration.connections.values()].flatMap(({ id, provider }) =>
      providerNamed(provider)?.isSilent ? [] : [id],
    ),
  );
  const templates = lost.filter(({ from, to }) => now >= from && now < to).map(({ template }) => template);
  const windows = new Map<number, Flow[]>();
  const during = (minutes: number) => {
    const known = windows.get(minutes) ?? flowsOf(journal.sentBetween(now - minutes * MINUTE, now + 1), now);
    windows.set(minutes, known);
    return known;
  };
  let widest: Flow[] = [];
  const findings = rules.flatMap((rule) => {
    const asksTemplates = rule.kind === 'template_not_sendable';
    const isSpend = rule.kind === 'spend';
    const since = now - rule.windowMinutes * MINUTE;
    // Fewer messages than the rule wants of any one of its cells: it finds nothing, and most looks end here.
    if (!asksTemplates && journal.countBetween(since, now + 1) < rule.minimumVolume) return [];
    const current = asksTemplates
      ? []
      : isSpend
        ? [flowOf(rule, spent(rule, journal.sentBetween(since, now + 1), now))]
        : during(rule.windowMinutes);
    if (!isSpend && current.length >= widest.length) widest = current;
    const dayAgo = now - DAY;
    return judgeRule(rule, {
      current,
      baseline,
      spentBefore: isSpend
        ? spent(rule, journal.sentBetween(dayAgo - rule.windowMinutes * MINUTE, dayAgo), now).micros
        : null,
      templates: asksTemplates ? templates : [],
      owesReceipts,
    });
  });
  return causesOf(findings, widest, new Set(open.keys()));
}

function spent(rule: AlertRule, sent: readonly Sent[], now: number): { micros: number | null; n: number } {
  const own = sent.filter((one) => looksAt(rule, one));
  const micros = own.reduce(
    (sum, { costMicros, costAt }) => sum + (costAt !== null && costAt <= now ? costMicros : 0),
    0,
  );
  return { micros: own.length === 0 ? null : micros, n: own.length };
}

/** lib/operations/alerts/evaluate.ts, with the writes of lib/db/alerts.ts on plain objects. */
function settle(
  { journal, rules, configuration }: Watched,
  all: PastAlert[],
  open: Map<string, PastAlert>,
  causes: readonly Cause[],
  now: number,
): void {
  for (const cause of causes) {
    const windowMinutes = rules.find(({ id }) => id === cause.ruleId)?.windowMinutes ?? 15;
    const { kind, fingerprint, ruleId, scope, severity, unit, before, baseline, affected } = cause;
    const said = causeSentence(cause, windowMinutes, namesOf(configuration));
    const evidence = { unit, windowMinutes, now: cause.now, before, baseline, affected: affected.slice(0, 50) };
    const point: [number, number, number] = [now, cause.now.value, cause.now.n];
    const known = open.get(fingerprint);
    if (known) {
      const worse = kind === 'delivery_drop' ? Math.min : Math.max;
      Object.assign(known, {
        scope,
        evidence,
        cause: said,
        severity: known.severity === 'critical' ? 'critical' : severity,
        lastSeenAt: now,
        quietEvaluations: 0,
        peak: worse(known.peak, cause.now.value),
        series: [...known.series, point].slice(-SERIES_MAX),
      });
      continue;
    }
    const made: PastAlert = {
      ...{ id: newUuid(now), ruleId, kind, fingerprint, scope, severity, cause: said, evidence },
      firstCause: said,
      firstSeverity: severity,
      samples: samplesOf(journal, cause, windowMinutes, now),
      series: [point],
      peak: cause.now.value,
      openedAt: now,
      lastSeenAt: now,
      resolvedAt: null,
      resolvedWhy: null,
      quietEvaluations: 0,
      openings: 1 + all.filter((each) => each.fingerprint === fingerprint && each.openedAt > now - DAY).length,
    };
    all.push(made);
    open.set(fingerprint, made);
  }
  for (const [fingerprint, alert] of open) {
    if (causes.some((cause) => cause.fingerprint === fingerprint)) continue;
    const larger = causes.find((cause) => isPartOf(alert, cause));
    alert.quietEvaluations += 1;
    if (alert.quietEvaluations < (larger ? 1 : QUIET_EVALUATIONS)) continue;
    Object.assign(alert, { resolvedAt: now, resolvedWhy: larger ? 'part_of_larger' : 'quiet' });
    open.delete(fingerprint);
  }
}

const SAMPLES_MAX = 5;
const SETTLED_MS = MINUTE;

/** Up to five verifications that show the cause, newest first (lib/db/analytics/alert-flows.ts). */
function samplesOf(journal: Journal, cause: Cause, windowMinutes: number, now: number): string[] {
  const { scope, kind } = cause;
  const since = now - (kind === 'template_not_sendable' ? DAY : windowMinutes * MINUTE);
  const template = scope.template?.split(' ')[0] ?? null;
  const slowMs = cause.now.value * 0.8;
  const known = (at: number | null): at is number => at !== null && at <= now;
  const shows = (one: Sent): boolean => {
    const hasArrived = known(one.arrivalToldAt);
    switch (kind) {
      case 'delivery_drop':
        return !hasArrived && (known(one.failedAt) || (known(one.takenAt) && one.at < now - SETTLED_MS));
      case 'slow_delivery':
        return hasArrived && one.arrivedAt !== null && one.arrivedAt - one.at > slowMs;
      case 'unknown_rate':
        return one.isUnanswered && known(one.answeredAt);
      case 'webhook_silence':
        return known(one.takenAt) && !known(one.heardAt);
      case 'template_not_sendable':
        return one.template === template;
      default:
        return true;
    }
  };
  const found = journal
    .sentBetween(since, now + 1)
    .reverse()
    .filter(
      (one) =>
        (scope.connectionId === null || one.connectionId === scope.connectionId) &&
        (scope.channel === null || one.channel === scope.channel) &&
        (scope.countries.length === 0 || scope.countries.includes(one.country)) &&
        (scope.appId === null || one.appId === scope.appId) &&
        shows(one),
    );
  return [...new Set(found.slice(0, 25).map(({ verificationId }) => verificationId))].slice(0, SAMPLES_MAX);
}
