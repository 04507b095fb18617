import { findOpenAlerts } from '@/lib/db/alerts';
import type { Db } from '@/lib/db/client';
import { type Cause, causesOf, templateOf } from '@/lib/domain/alerts/causes';
import { type Flow, usualCells } from '@/lib/domain/alerts/flows';
import { type Baseline, judgeRule, type LostTemplate } from '@/lib/domain/alerts/judge';
import { type AlertRule, looksAt } from '@/lib/domain/alerts/rules';
import { usualRanges } from '@/lib/operations/alerts/baseline';
import { comparesRates, oweReceipts } from '@/lib/operations/alerts/evaluate';
import { settleAlerts, slowMsOf } from '@/lib/operations/alerts/settle';
import { flowOf } from '@/lib/operations/alerts/spend';
import type { Configuration } from '@/lib/operations/configuration/snapshot';
import { flowsOf, type Journal, SETTLED_MS, type Sent } from './journal';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A running system looks every thirty seconds; ten times as many looks would cost the seed seconds, and move an alert by five minutes at most. */
const LOOK_EVERY_MS = 5 * MINUTE;
/** What was usual is asked anew after this long: it is of full half-hours. */
const USUAL_KEPT_MS = 30 * MINUTE;
/** How long after a trouble its last alert may still need to end: the widest window, and some. */
const AFTER_MS = 6 * HOUR;

export type Watched = {
  journal: Journal;
  rules: readonly AlertRule[];
  configuration: Configuration;
  /** Templates that could not be sent, and when. */
  lost: readonly { from: number; to: number; template: LostTemplate }[];
};

/**
 * Settles the alerts that lib/operations/alerts/evaluate.ts would have found, had it looked every five minutes at these spans: the same rules over the
 * same sums, of what was known at each moment. Spans must come in order. Answers the number of alerts.
 */
export async function watch(
  tx: Db,
  watched: Watched,
  spans: readonly { from: number; to: number }[],
  until: number,
): Promise<number> {
  const { rules, configuration } = watched;
  let opened = 0;
  let now = 0;
  for (const span of spans) {
    const usual = new Map<string, { at: number; of: Baseline }>();
    let open = await findOpenAlerts(tx);
    now = Math.max(span.from, now + LOOK_EVERY_MS);
    for (; now <= until && (now <= span.to || (open.length > 0 && now <= span.to + AFTER_MS)); now += LOOK_EVERY_MS) {
      const moment = now;
      const causes = causesAt(watched, now, usual, new Set(open.map(({ fingerprint }) => fingerprint)));
      if (open.length === 0 && causes.length === 0) continue;
      const done = await settleAlerts(tx, {
        ...{ rules, open, causes, configuration, unjudged: new Set() },
        now: new Date(now),
        past: { samplesOf: (cause, windowMinutes) => samplesOf(watched.journal, cause, windowMinutes, moment) },
      });
      opened += done.opened.length;
      open = await findOpenAlerts(tx);
    }
  }
  return opened;
}

function causesAt(
  { journal, rules, configuration, lost }: Watched,
  now: number,
  usual: Map<string, { at: number; of: Baseline }>,
  open: ReadonlySet<string>,
): Cause[] {
  const owesReceipts = oweReceipts(configuration);
  const templates = lost.filter(({ from, to }) => now >= from && now < to).map(({ template }) => template);
  const longest = Math.max(0, ...rules.filter(comparesRates).map(({ windowMinutes }) => windowMinutes));
  const usualOf = (rule: AlertRule): Baseline => {
    const known = usual.get(rule.id);
    if (known && now - known.at < USUAL_KEPT_MS) return known.of;
    const of = usualAt(journal, now, longest, rule);
    usual.set(rule.id, { at: now, of });
    return of;
  };
  const windows = new Map<number, Flow[]>();
  const during = (minutes: number) => {
    const known = windows.get(minutes) ?? flowsOf(journal.sentBetween(now - minutes * MINUTE, now + 1), now);
    windows.set(minutes, known);
    return known;
  };
  let widest: Flow[] = [];
  const findings = rules.flatMap((rule) => {
    const { kind, windowMinutes } = rule;
    // The journal keeps no reasons: what a past fault of our own did to delivery has its alert.
    if (kind === 'our_fault') return [];
    const asksTemplates = kind === 'template_not_sendable';
    const begin = now - windowMinutes * MINUTE;
    // Fewer messages than the rule wants of any one of its cells: it finds nothing, and most looks end here.
    if (!asksTemplates && journal.countBetween(begin, now + 1) < rule.minimumVolume) return [];
    const isSpend = kind === 'spend';
    const current = asksTemplates
      ? []
      : isSpend
        ? [flowOf(rule, spent(rule, journal.sentBetween(begin, now + 1), now))]
        : during(windowMinutes);
    if (!isSpend && current.length >= widest.length) widest = current;
    return judgeRule(rule, {
      current,
      baseline: comparesRates(rule) ? usualOf(rule) : { hour_of_week: [], day_before: [] },
      spentBefore: isSpend ? spent(rule, journal.sentBetween(begin - DAY, now - DAY), now).micros : null,
      templates: asksTemplates ? templates : [],
      faults: [],
      owesReceipts,
    });
  });
  return causesOf(findings, widest, open);
}

function usualAt(journal: Journal, now: number, windowMinutes: number, rule: AlertRule): Baseline {
  const moment = new Date(now);
  const { weeks, day } = usualRanges(moment, windowMinutes, moment);
  const cells = (ranges: readonly { from: Date; to: Date }[]) => {
    const sent = ranges.flatMap(({ from, to }) => journal.sentBetween(from.getTime(), to.getTime()));
    return usualCells(
      flowsOf(
        sent.filter((one) => looksAt(rule, one)),
        null,
      ),
    );
  };
  return { hour_of_week: cells(weeks), day_before: cells([day]) };
}

function spent(rule: AlertRule, sent: readonly Sent[], now: number): { micros: number | null; n: number } {
  const own = sent.filter((one) => looksAt(rule, one));
  const paid = own.filter(({ costAt }) => costAt !== null && costAt <= now);
  return { micros: own.length === 0 ? null : paid.reduce((sum, one) => sum + one.costMicros, 0), n: own.length };
}

const SAMPLES_MAX = 5;

/** Up to five verifications that show the cause, newest first: the conditions of lib/db/analytics/alert-flows.ts, as of then. */
function samplesOf(journal: Journal, cause: Cause, windowMinutes: number, now: number): string[] {
  const { scope, kind } = cause;
  const template = templateOf(cause.scope);
  const slowMs = slowMsOf(cause);
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
    .sentBetween(now - windowMinutes * MINUTE, now + 1)
    .reverse()
    .filter(
      (one) =>
        (scope.connectionId === null || one.connectionId === scope.connectionId) &&
        (scope.channel === null || one.channel === scope.channel) &&
        (scope.countries.length === 0 || scope.countries.includes(one.country)) &&
        (scope.appId === null || one.appId === scope.appId) &&
        shows(one),
    );
  return [...new Set(found.map(({ verificationId }) => verificationId))].slice(0, SAMPLES_MAX);
}
