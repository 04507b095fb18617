import { ANALYTICS_LIMITS, type Question, type Trust } from '@/lib/contract/analytics';
import { REFUSED_KEYS, type RefusedKey, refusedSums } from '@/lib/db/analytics/refused-sums';
import { durationSums, messageSums, type SumsQuestion, verificationSums } from '@/lib/db/analytics/rollup-sums';
import { type Db, reports } from '@/lib/db/client';
import { ALL_APPS, countedNow } from '@/lib/db/rollups/project';
import { READ_CHANNELS } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import {
  type Cut,
  cutFor,
  DURATION_CUTS,
  type KeyDimension,
  MESSAGE_CUTS,
  REFUSED_CUT,
  smallStepsSince,
  spansOf,
  VERIFICATION_CUTS,
  WEEK_CUT,
} from '@/lib/domain/stats/cuts';
import { type Counted, measuresOf, nothingCounted } from '@/lib/domain/stats/figures';
import type { Dimension, Duration, MessageBase, MessageMeasure } from '@/lib/domain/stats/measures';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';
import { type Interval, planReading, type Reading, spansToRead } from '@/lib/domain/stats/time-steps';
import { widenedOf } from '@/lib/domain/stats/widened';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

/** What to count: metrics, split by a dimension and by steps of time where asked for. */
export type Counting = {
  metrics: readonly MetricName[];
  groupBy: Dimension | null;
  series: { interval: Interval; timeZone: string } | null;
  /** The steps of the series in one, over exactly its range. */
  isTogether?: boolean;
  /** How far an earlier part of the same answer had counted: it says so for both. */
  counted?: Counts['counted'];
  /** What an earlier part of the same answer took for now; left out, this very moment. */
  now?: Date;
};

/** By key of the split (one empty key without), then by place in the series (one place without). */
export type Counts = {
  groups: ReadonlyMap<string, readonly Counted[]>;
  trust: Trust;
  reading: Reading;
  counted: Awaited<ReturnType<typeof countedNow>>;
};

const DAY_MS = 86_400_000;

/**
 * Counts what some metrics need out of the rollups: one statement for verifications, one for messages, one per cut of durations, at the same time. Each reads
 * the narrowest cut that has what is asked for; what no cut has is null, never 0. `onlyApp`: whatever the filters say (an API key sees its own app alone).
 */
export async function count(onlyApp: string | null, question: Question, counting: Counting): Promise<Counts> {
  const now = counting.now ?? new Date();
  // First: steps that are closed now stay so, those that close later are there in finer steps as well.
  const counted = counting.counted ?? (await countedOnce());
  const reading = readingOf(question, counting, now, counted);
  const [counts] = await countRanges(onlyApp, question, counting, [reading], { now, counted });
  if (!counts) throw new Error('one range is counted once');
  return counts;
}

/** The same, without a series, of a range and of the one that it is compared with: in the same statements. */
export async function countBoth(
  onlyApp: string | null,
  question: Question,
  before: Question | null,
  given: Pick<Counting, 'metrics' | 'groupBy'>,
): Promise<{ counts: Counts; before: Counts | null }> {
  const now = new Date();
  const counted = await countedOnce();
  const counting = { ...given, series: null };
  const ranges = before ? [question, before] : [question];
  const readings = ranges.map(({ from, to }) => readingOf({ ...question, from, to }, counting, now, counted));
  const [counts, countsBefore] = await countRanges(onlyApp, question, counting, readings, { now, counted });
  if (!counts) throw new Error('one range is counted once');
  return { counts, before: countsBefore ?? null };
}

/** Which cuts have what is asked for of a range that begins at `from`; null: none has. */
function planOf(question: Question, { metrics, groupBy }: Counting, from: Date, { laterSince }: Counts['counted']) {
  const { app: _, ...keyed } = question.filters;
  const filters = Object.entries(keyed).map(([key, filter]) => ({ key: key as KeyDimension, ...filter }));
  const needed: Dimension[] = [...(Object.keys(keyed) as KeyDimension[]), ...(groupBy ? [groupBy] : [])];
  const measures = measuresOf(metrics);
  return {
    filters,
    needed,
    measures,
    beside: basesOf({ bases: measures.bases, needed, filters, groupBy }),
    verifications: cutFor(VERIFICATION_CUTS, needed),
    messages: measures.message.length > 0 ? cutFor(MESSAGE_CUTS, needed) : null,
    durations: measures.durations.map((duration) => {
      const cuts = DURATION_CUTS[duration].filter(({ isLater = false }) => !isLater || from >= laterSince);
      return { duration, cut: cutFor(cuts, needed) };
    }),
  };
}

function refuseNoRange({ from, to }: Question): void {
  if (!(from < to))
    throw new Refusal('invalid_request', { param: 'to', detail: 'The range must end after it begins.' });
  if (to.getTime() - from.getTime() > ANALYTICS_LIMITS.days * DAY_MS)
    throw new Refusal('invalid_request', { param: 'from', detail: `At most ${ANALYTICS_LIMITS.days} days.` });
}

function readingOf(question: Question, counting: Counting, now: Date, counted: Counts['counted']): Reading {
  const { from, to } = question;
  refuseNoRange(question);
  const { needed, verifications, messages, beside, durations } = planOf(question, counting, from, counted);
  // One shape of time for all: where one part has coarser steps, all take them.
  const cuts = [
    verifications,
    messages,
    ...beside.map(({ cut }) => cut),
    ...durations.map(({ cut }) => cut),
    areRefusedCounted(counting, needed) ? REFUSED_CUT : null,
  ].filter((cut) => cut !== null);
  const coarsest = cuts.find(({ isFine }) => !isFine) ?? cuts[0];
  const smallSince = smallStepsSince(counted.keptSince, now);
  const range = counting.series ? { from, to } : sharedRange({ from, to }, smallSince);
  const planned: Reading = coarsest
    ? planReading(coarsest, range, counting.series, now, smallSince)
    : { from, to, edges: null, interval: null };
  return counting.isTogether ? { ...planned, edges: null } : planned;
}

/** Several readings of one question, one `Counts` each; of a series only one. */
async function countRanges(
  onlyApp: string | null,
  question: Question,
  counting: Counting,
  readings: readonly Reading[],
  { now, counted }: { now: Date; counted: Counts['counted'] },
): Promise<Counts[]> {
  const { apps: known } = await currentConfiguration();
  const apps = appsOf(onlyApp, question, [...known.keys()]);
  const earliest = new Date(Math.min(...readings.map(({ from }) => from.getTime())));
  const { filters, needed, measures, verifications, messages, beside, durations } = planOf(
    question,
    counting,
    earliest,
    counted,
  );
  const edges = readings.length === 1 ? (readings[0]?.edges ?? null) : null;

  const db = reports();
  const { untilAt, closed } = counted;
  const asking = (
    cut: Cut,
    more: Pick<SumsQuestion, 'filters' | 'groupBy'> = { filters, groupBy: counting.groupBy },
  ): SumsQuestion => ({
    cut,
    spans: readings.flatMap((reading, place) => spansToRead(cut, reading, closed).map((span) => ({ ...span, place }))),
    edges,
    apps: cut.isWide || counting.groupBy === 'app' ? (apps ?? [...known.keys()]) : (apps ?? [ALL_APPS]),
    filters: more.filters,
    groupBy: more.groupBy,
  });
  const [refusedRows, verificationRows, messageRows, durationRows, baseRows] = await Promise.all([
    Promise.all(readings.map((reading) => countRefused(db, { counting, needed, filters, apps, reading }))),
    verifications
      ? verificationSums(db, asking(verifications), [...new Set([...measures.verification, 'created' as const])])
      : [],
    messages ? messageSums(db, asking(messages), measures.message) : [],
    Promise.all(
      cutsOf(durations).map(({ cut, durations: asked }) => durationSums(db, asking(cut), asked, closed[180])),
    ).then((parts) => parts.flat()),
    Promise.all(
      beside.map(async ({ base, measure, cut, ...more }) => ({
        base,
        measure,
        isOfEvery: counting.groupBy === 'reason' && more.groupBy === null,
        rows: await messageSums(db, asking(cut, more), [measure]),
      })),
    ),
  ]);

  const places = edges?.length ?? 1;
  const groups = readings.map(() => new Map<string, Counted[]>());
  const isRefusedKnown = refusedRows[0] !== null;
  const state = { isWithoutVerifications: verifications === null, isOfFailures: needed.includes('reason') };
  const nothing = () => Array.from({ length: places }, () => empty(durations, isRefusedKnown, state));
  /** A place is one in the series, or that of a reading. */
  const cell = (key: string, place: number, of = edges ? 0 : place): Counted => {
    const into = groups[of];
    const held = into?.get(key) ?? nothing();
    into?.set(key, held);
    return held[edges ? Math.min(Math.max(place, 0), places - 1) : 0] ?? nothingCounted();
  };
  for (const { key, place, isPending, ...sums } of verificationRows)
    cell(key, place).verification[isPending ? 'pending' : 'ended'] = sums;
  for (const { key, place, isPending, ...sums } of messageRows)
    cell(key, place).message[isPending ? 'pending' : 'ended'] = sums;
  for (const { base, measure, isOfEvery, rows } of baseRows)
    for (const { key, place, isPending, ...sums } of rows)
      for (const each of isOfEvery ? [...(groups[edges ? 0 : place]?.keys() ?? [])] : [key])
        cell(each, place).message[isPending ? 'pending' : 'ended'][base] = sums[measure];
  for (const { duration, key, place, buckets } of durationRows) cell(key, place).durations[duration] = buckets;
  for (const [of, rows] of refusedRows.entries())
    for (const { key, place, n } of rows ?? []) cell(key, place, of).refused = n;

  return readings.map((reading, of) => {
    const own = groups[of] ?? new Map<string, Counted[]>();
    if (!counting.groupBy && own.size === 0) own.set('', nothing());
    const all = [...own.values()].flat();
    const pending = all.reduce((sum, { verification }) => sum + (verification.pending.created ?? 0), 0);
    const ended = all.reduce((sum, { verification }) => sum + (verification.ended.created ?? 0), 0);
    const trust = {
      from: reading.from,
      to: reading.to,
      // What is compared with was asked for by nobody: its range is made out of the first.
      widened: of === 0 ? widenedOf(question, reading, counted.keptSince, now) : null,
      countedUntil: untilAt,
      created: verifications ? ended + pending : null,
      pending: verifications ? pending : null,
    };
    return { groups: own, reading, trust, counted };
  });
}

type Beside = Pick<SumsQuestion, 'cut' | 'filters' | 'groupBy'> & { base: MessageBase; measure: MessageMeasure };

/** What messages are compared with, where that is not among the question's own rows: each a question of its own, with its narrowest cut. */
function basesOf({
  bases,
  needed,
  filters,
  groupBy,
}: {
  bases: readonly MessageBase[];
  needed: readonly Dimension[];
  filters: SumsQuestion['filters'];
  groupBy: Dimension | null;
}): Beside[] {
  const isOfReasons = needed.includes('reason');
  return bases.flatMap((base): Beside[] => {
    if (base === 'sent') {
      const others = needed.filter((dimension) => dimension !== 'reason');
      const cut = isOfReasons ? cutFor(MESSAGE_CUTS, others) : null;
      const kept = filters.filter(({ key }) => key !== 'reason');
      const split = groupBy === 'reason' ? null : groupBy;
      return cut ? [{ base, measure: 'messages', cut, filters: kept, groupBy: split }] : [];
    }
    const cut = isOfReasons ? null : cutFor(MESSAGE_CUTS, [...needed, 'channel']);
    const chosen = filters.find(({ key }) => key === 'channel');
    const values = READ_CHANNELS.filter((channel) => !chosen || chosen.values.includes(channel) !== chosen.exclude);
    if (!cut || values.length === 0) return [];
    const kept = filters.filter(({ key }) => key !== 'channel');
    const readable = { key: 'channel' as const, values, exclude: false };
    return [{ base, measure: 'delivered', cut, filters: [...kept, readable], groupBy }];
  });
}

/** How far everything is counted. One panel asks several questions at the same time: those that begin while an answer is under way share it. It was true before any of them counts. */
export function countedOnce(db: Db = reports()): ReturnType<typeof countedNow> {
  underWay ??= countedNow(db).finally(() => {
    underWay = null;
  });
  return underWay;
}
let underWay: ReturnType<typeof countedNow> | null = null;

/** Whether a metric asks for the requests that were refused, and they are kept by what is asked. */
const areRefusedCounted = ({ metrics }: Counting, needed: readonly Dimension[]): boolean =>
  metrics.some((name) => metric(name).subject === 'request') && needed.every((dimension) => isRefusedKey(dimension));

/** Requests that were refused, where a metric asks for them and they are kept by what is asked; null otherwise. */
async function countRefused(
  db: Db,
  {
    counting,
    needed,
    filters,
    apps,
    reading,
  }: {
    counting: Counting;
    needed: readonly Dimension[];
    filters: SumsQuestion['filters'];
    apps: readonly string[] | null;
    reading: Reading;
  },
): Promise<{ key: string; place: number; n: number }[] | null> {
  if (!areRefusedCounted(counting, needed)) return null;
  const kept = filters.flatMap(({ key, ...filter }) => (isRefusedKey(key) ? [{ key, ...filter }] : []));
  const groupBy = counting.groupBy && isRefusedKey(counting.groupBy) ? counting.groupBy : null;
  return refusedSums(db, { from: reading.from, to: reading.to, edges: reading.edges, apps, filters: kept, groupBy });
}

const isRefusedKey = (dimension: Dimension): dimension is RefusedKey =>
  (REFUSED_KEYS as readonly Dimension[]).includes(dimension);

/** Verifications by hour of the recipient's week, of whole UTC days; keys are the hours. Filters by app alone. */
export async function countWeekHours(
  onlyApp: string | null,
  question: Question,
  metrics: readonly MetricName[],
): Promise<Pick<Counts, 'groups' | 'trust'>> {
  refuseNoRange(question);
  const { apps: known } = await currentConfiguration();
  const cut: Cut = { code: WEEK_CUT, keys: [] };
  const from = new Date(Math.floor(question.from.getTime() / DAY_MS) * DAY_MS);
  const to = new Date(Math.ceil(question.to.getTime() / DAY_MS) * DAY_MS);
  const apps = appsOf(onlyApp, question, [...known.keys()]) ?? [ALL_APPS];
  const db = reports();
  const { untilAt, closed } = await countedOnce(db);
  const spans = spansOf(from, to, cut, closed).map((span) => ({ ...span, place: 0 }));
  const rows = await verificationSums(db, { cut, spans, edges: null, apps, filters: [], groupBy: 'week_hour' }, [
    ...new Set([...measuresOf(metrics).verification, 'created' as const]),
  ]);
  // Of the week nothing under a day is kept, however young.
  const widened = widenedOf(question, { from, to }, to, new Date());
  const groups = new Map<string, Counted[]>();
  let created = 0;
  let pending = 0;
  for (const { key, place: _, isPending, ...sums } of rows) {
    const [cell = nothingCounted()] = groups.get(key) ?? [];
    cell.verification[isPending ? 'pending' : 'ended'] = sums;
    groups.set(key, [cell]);
    created += sums.created;
    if (isPending) pending += sums.created;
  }
  return { groups, trust: { from, to, widened, countedUntil: untilAt, created, pending } };
}

const empty = (
  durations: readonly { duration: Duration; cut: Cut | null }[],
  isRefusedKnown: boolean,
  state: Pick<Counted, 'isWithoutVerifications' | 'isOfFailures'>,
): Counted => ({
  ...nothingCounted(),
  ...state,
  refused: isRefusedKnown ? 0 : null,
  durations: Object.fromEntries(durations.map(({ duration, cut }) => [duration, cut ? [] : null])),
});

/** Durations that have the same cut are one question. */
function cutsOf(
  durations: readonly { duration: Duration; cut: Cut | null }[],
): { cut: Cut; durations: readonly Duration[] }[] {
  const byCode = new Map<number, { cut: Cut; durations: Duration[] }>();
  for (const { duration, cut } of durations) {
    if (!cut) continue;
    const held = byCode.get(cut.code) ?? { cut, durations: [] };
    held.durations.push(duration);
    byCode.set(cut.code, held);
  }
  return [...byCode.values()];
}

/**
 * Ends of before `smallSince` on days of UTC, also for cuts that have finer steps of then: all figures of a room, and what they are compared with,
 * are of one range. A series keeps its own steps.
 */
function sharedRange({ from, to }: { from: Date; to: Date }, smallSince: Date): { from: Date; to: Date } {
  const isOld = (at: Date) => at < smallSince;
  const day = (at: Date, whole: (days: number) => number) => new Date(whole(at.getTime() / DAY_MS) * DAY_MS);
  return { from: isOld(from) ? day(from, Math.floor) : from, to: isOld(to) ? day(to, Math.ceil) : to };
}

/** Null: all apps. */
function appsOf(onlyApp: string | null, { filters }: Question, known: readonly string[]): string[] | null {
  if (onlyApp) return [onlyApp];
  const { app } = filters;
  if (!app) return null;
  return app.exclude ? known.filter((id) => !app.values.includes(id)) : app.values.filter((id) => known.includes(id));
}
