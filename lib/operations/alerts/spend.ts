import { type SpendSteps, type Spent, spendBetween, spendCounted } from '@/lib/db/analytics/alert-spend';
import type { FlowScope } from '@/lib/db/analytics/alert-usual';
import { database, reports } from '@/lib/db/client';
import { ALL_APPS, countedUntil } from '@/lib/db/rollups/project';
import type { Flow } from '@/lib/domain/alerts/flows';
import type { AlertRule } from '@/lib/domain/alerts/rules';
import { cutFor, MESSAGE_CUTS } from '@/lib/domain/stats/cuts';
import { uuidFloor } from '@/lib/ids';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

/** Where no more messages than `oneByOneMax` were sent they are added up one by one: to the minute, and by their own time. `endMax`: the same of a step at one of the ends. */
const LIMITS = { oneByOneMax: 10_000, endMax: 20_000 };
/** Rollups that are further behind than this say nothing about what was spent up to now. */
const BEHIND_MAX_MS = 30_000;

/**
 * What messages that a rule looks at cost in a range: their number, and micros of a US dollar (null: there were none). Where many were sent, by whomever,
 * the steps of the rollups are added up, which have no limit and count a message when its verification was made. The steps at both ends are
 * added up one by one, to the minute; where such a step holds many, its part of the range is its share of the step's time. Throws while the rollups
 * are needed and do not know the range yet: a figure that misses something is none.
 */
export async function spentBetween(
  rule: FlowScope,
  from: Date,
  to: Date,
  now: Date,
  { oneByOneMax, endMax } = LIMITS,
): Promise<Spent> {
  const steps = await stepsOf(rule, from, to);
  const everything: FlowScope = { appId: null, country: null, channel: null, connectionId: null };
  const isEverything = Object.keys(everything).every((key) => rule[key as keyof FlowScope] === null);
  const counted = await countedUntil(reports());
  const own = await spendCounted(reports(), steps, rule);
  // One look reads what everybody sent: whether that is much is not a matter of the rule.
  const all = isEverything
    ? own
    : await spendCounted(reports(), await stepsOf(everything, from, to, steps), everything);

  const exactly = (begin: number, end: number) =>
    spendBetween(database(), uuidFloor(new Date(begin)), uuidFloor(new Date(end)), rule);
  if (all.first.n + all.inside.n + all.last.n <= oneByOneMax) {
    const spent = await exactly(from.getTime(), to.getTime());
    if (spent) return spent;
  }
  const until = Math.min(to.getTime(), now.getTime());
  if (counted.getTime() < until - BEHIND_MAX_MS)
    throw new Error(`the rollups have counted up to ${counted.toISOString()} only`);

  const partOf = async (part: 'first' | 'last', begin: number): Promise<Spent> => {
    const end = begin + steps.grain * 60_000;
    const lower = Math.max(begin, from.getTime());
    const upper = Math.min(end, to.getTime());
    if (lower >= upper) return { micros: null, n: 0 };
    const spent = all[part].n <= endMax ? await exactly(lower, upper) : null;
    if (spent) return spent;
    // Nothing of the step lies ahead of now.
    const share = Math.min(
      1,
      Math.max(0, (Math.min(upper, until) - lower) / Math.max(1, Math.min(end, now.getTime()) - begin)),
    );
    const { micros, n } = own[part];
    return { micros: micros === null ? null : Math.round(micros * share), n: Math.round(n * share) };
  };
  const parts = [
    steps.from < steps.begin ? await partOf('first', steps.from.getTime()) : null,
    own.inside,
    steps.begin <= steps.end && steps.end < steps.to ? await partOf('last', steps.end.getTime()) : null,
  ].filter((part) => part !== null);
  const n = parts.reduce((sum, part) => sum + part.n, 0);
  return { n, micros: n === 0 ? null : parts.reduce((sum, { micros }) => sum + (micros ?? 0), 0) };
}

/** The steps of the rollups that a range lies in: of five minutes where there are any of what the rule looks at, or of `like`. */
async function stepsOf(rule: FlowScope, from: Date, to: Date, like?: SpendSteps): Promise<SpendSteps> {
  const keys = [
    ...(rule.country ? (['country'] as const) : []),
    ...(rule.channel ? (['channel'] as const) : []),
    ...(rule.connectionId ? (['connection'] as const) : []),
  ];
  const cut = cutFor(MESSAGE_CUTS, keys);
  if (!cut) throw new Error('the wide cut has every key');
  const { apps } = await currentConfiguration();
  const grain = like?.grain ?? (cut.isFine ? 5 : 30);
  const step = grain * 60_000;
  return {
    cut,
    grain,
    apps: rule.appId ? [rule.appId] : cut.isWide ? [...apps.keys()] : [ALL_APPS],
    from: new Date(Math.floor(from.getTime() / step) * step),
    begin: new Date(Math.ceil(from.getTime() / step) * step),
    end: new Date(Math.floor(to.getTime() / step) * step),
    to: new Date(Math.ceil(to.getTime() / step) * step),
  };
}

/** What was spent as the flow that the rule judges: it looks at all of it, and at nothing else of a flow. */
export function flowOf(rule: AlertRule, { micros, n }: Spent): Flow {
  return {
    appId: rule.appId ?? ALL_APPS,
    country: rule.country ?? '',
    channel: rule.channel ?? 'whatsapp',
    connectionId: rule.connectionId ?? ALL_APPS,
    submitted: n,
    costMicros: micros ?? 0,
    unknown: 0,
    answered: 0,
    delivered: 0,
    accepted: 0,
    heard: 0,
    delays: [],
  };
}
