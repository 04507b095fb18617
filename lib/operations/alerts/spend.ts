import { type Spent, spendBetween, spendCounted } from '@/lib/db/analytics/alert-flows';
import { database, reports } from '@/lib/db/client';
import { ALL_APPS } from '@/lib/db/rollups/project';
import type { Flow } from '@/lib/domain/alerts/flows';
import type { AlertRule } from '@/lib/domain/alerts/rules';
import { cutFor, MESSAGE_CUTS } from '@/lib/domain/stats/cuts';
import { uuidFloor } from '@/lib/ids';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

const STEP_MS = 30 * 60_000;
/** Fewer messages than this are added up one by one: to the minute, and by their own time. */
const ONE_BY_ONE_MAX = 50_000;

/**
 * What messages that a rule looks at cost in a range: their number, and micros of a US dollar (null: there were none). Where they are many,
 * the full half-hours come from the rollups, which have no limit and count a message when its verification was made; what is left at both ends
 * is added up one by one.
 */
export async function spentBetween(rule: AlertRule, from: Date, to: Date): Promise<Spent> {
  const exactly = (begin: number, end: number) =>
    spendBetween(database(), uuidFloor(new Date(begin)), uuidFloor(new Date(end)), rule);
  const begin = Math.ceil(from.getTime() / STEP_MS) * STEP_MS;
  const end = Math.floor(to.getTime() / STEP_MS) * STEP_MS;
  const inside = begin < end ? await countedSpend(rule, new Date(begin), new Date(end)) : null;
  if (!inside || inside.n <= ONE_BY_ONE_MAX) return exactly(from.getTime(), to.getTime());
  const ends = [await exactly(from.getTime(), begin), await exactly(end, to.getTime())];
  return {
    micros: ends.reduce((sum, { micros }) => sum + (micros ?? 0), inside.micros ?? 0),
    n: ends.reduce((sum, { n }) => sum + n, inside.n),
  };
}

/** The same out of the rollups, of full half-hours of the last two weeks. Null: no cut has what the rule looks at. */
async function countedSpend(rule: AlertRule, from: Date, to: Date): Promise<Spent | null> {
  const keys = [
    ...(rule.country ? (['country'] as const) : []),
    ...(rule.channel ? (['channel'] as const) : []),
    ...(rule.connectionId ? (['connection'] as const) : []),
  ];
  const cut = cutFor(MESSAGE_CUTS, keys);
  if (!cut) return null;
  const { apps } = await currentConfiguration();
  const counted = rule.appId ? [rule.appId] : cut.isWide ? [...apps.keys()] : [ALL_APPS];
  return spendCounted(reports(), { cut: cut.code, apps: counted, from, to }, rule);
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
