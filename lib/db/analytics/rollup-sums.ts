import { createHash } from 'node:crypto';
import type { Db, Statement } from '@/lib/db/client';
import { newParameters } from '@/lib/db/parameters';
import { durationCode, durationOf } from '@/lib/db/rollups/project';
import type { Cut, KeyDimension, Span } from '@/lib/domain/stats/cuts';
import { type Bucket, histogramOf } from '@/lib/domain/stats/histogram';
import type { Duration, MessageMeasure, VerificationMeasure } from '@/lib/domain/stats/measures';

/** A range in one step of time, and where its rows go when there is no series. */
export type PlacedSpan = Span & { place: number };

/**
 * What to add up, of whom, when, by what. `edges`: beginnings of a series' steps; without them a row's place is that of its span, and several ranges are one question.
 * `apps`: the nil uuid alone where rows of all apps are wanted.
 */
export type SumsQuestion = {
  cut: Cut;
  spans: readonly PlacedSpan[];
  edges: readonly Date[] | null;
  apps: readonly string[];
  filters: readonly { key: KeyDimension; values: readonly string[]; exclude: boolean }[];
  groupBy: KeyDimension | 'app' | 'week_hour' | null;
};

/** One group, one place, ended or pending. */
export type SumsRow<Measure extends string> = {
  key: string;
  place: number;
  isPending: boolean;
} & Record<Measure, number>;

const columnOf = (key: KeyDimension | 'app' | 'week_hour') =>
  key === 'connection' ? 'connection_id' : key === 'app' ? 'app_id' : key;

/** Statements differ by what they add up and filter by; the name is their content's. */
const named = (text: string): Statement => ({
  name: `sums_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`,
  text,
});

const SECOND_INDEX_KEYS = ['country', 'use_case', 'channel'] as const;

/**
 * The shared half of all questions: `FROM …`, rows are `r`. They are found by the primary key (cut, step, app, time) or, where keys are filtered by, by the
 * second index (cut, step, app, keys, time): keys that the cut has not are empty in all its rows, and saying so lets that index be used.
 * `first`: conditions on what comes before the cut in the key.
 */
function rowsOf(
  table: string,
  { cut, spans, apps, filters, groupBy }: SumsQuestion,
  add: (value: unknown) => string,
  first: readonly string[] = [],
): string {
  const empty = filters.length === 0 ? [] : SECOND_INDEX_KEYS.filter((key) => !cut.keys.includes(key));
  const grains = add(spans.map(({ grain }) => grain));
  const since = add(spans.map((span) => span.from));
  const until = add(spans.map((span) => span.to));
  const places = add(spans.map(({ place }) => place));
  const conditions = [
    ...first,
    `r.cut = ${cut.code}`,
    'r.grain = s.grain',
    `r.app_id = ANY (${add(apps)}::uuid[])`,
    'r.at >= s.since AND r.at < s.until',
    ...empty.map((key) => `r.${key} = ''`),
    ...filters.map(({ key, values: chosen, exclude }) => {
      const list = `${add(chosen)}::${key === 'connection' ? 'uuid' : 'text'}[]`;
      return exclude ? `r.${columnOf(key)} <> ALL (${list})` : `r.${columnOf(key)} = ANY (${list})`;
    }),
    // Cuts by reason hold the reasons of failures; the wide one also those without, which no question about reasons is of.
    ...(cut.isWide && (groupBy === 'reason' || filters.some(({ key }) => key === 'reason')) ? [`r.reason <> ''`] : []),
  ];
  // OFFSET 0 keeps it one look into the index per span: with many apps and five spans the planner would rather join with the whole cut, all of
  // its time, by hash (1.8 s instead of 40 ms over 10 million messages).
  return `
  FROM unnest(${grains}::smallint[], ${since}::timestamptz[], ${until}::timestamptz[], ${places}::int[]) AS s(grain, since, until, place)
 CROSS JOIN LATERAL (
    SELECT * FROM ${table} r
     WHERE ${conditions.join(' AND ')}
    OFFSET 0) r`;
}

const keyColumn = (groupBy: SumsQuestion['groupBy']) => (groupBy === null ? `''` : `r.${columnOf(groupBy)}::text`);

/** Place of a row in the series, from 0, or that of its span. */
const placeOf = ({ edges }: SumsQuestion, add: (value: unknown) => string) =>
  edges ? `width_bucket(r.at, ${add(edges)}::timestamptz[]) - 1` : 's.place';

async function sums<Measure extends string>(
  db: Db,
  table: string,
  question: SumsQuestion,
  measures: readonly Measure[],
): Promise<SumsRow<Measure>[]> {
  const { values, add } = newParameters();
  const text = `SELECT ${keyColumn(question.groupBy)} AS key, ${placeOf(question, add)} AS place, r.is_pending AS "isPending", ${measures
    .map((measure) => `sum(r.${measure})::float8 AS ${measure}`)
    .join(', ')}${rowsOf(table, question, add)}\n GROUP BY 1, 2, 3`;
  return db.query<SumsRow<Measure>>(named(text), values);
}

/** Sums of measures of verifications out of the rollups. Absent: nothing was counted. Money in micros of a US dollar. */
export async function verificationSums(
  db: Db,
  question: SumsQuestion,
  measures: readonly VerificationMeasure[],
): Promise<SumsRow<VerificationMeasure>[]> {
  return sums(db, 'verification_rollup', question, measures);
}

/** The same of messages. */
export async function messageSums(
  db: Db,
  question: SumsQuestion,
  measures: readonly MessageMeasure[],
): Promise<SumsRow<MessageMeasure>[]> {
  return sums(db, 'message_rollup', question, measures);
}

/** A histogram of one group in one place (lib/domain/stats/histogram.ts): buckets ascend, none is empty. */
export type DurationRow = { duration: Duration; key: string; place: number; buckets: Bucket[] };

/**
 * Histograms of durations out of the rollups. All lists of a cell come as one text and are added up here: added up there, by bucket, they are rows again, and cost
 * Postgres four times as much and this process six times. `closedUntil`: until when half-hours were closed; later ones may be either a
 * row per bucket or lists by now, and one statement sees each of them once (lib/db/rollups/histograms.ts).
 */
export async function durationSums(
  db: Db,
  question: SumsQuestion,
  durations: readonly Duration[],
  closedUntil: Date,
): Promise<DurationRow[]> {
  const { values, add } = newParameters();
  const first = [`r.duration = ANY (${add(durations.map(durationCode))}::smallint[])`];
  const cells = `SELECT r.duration, ${keyColumn(question.groupBy)} AS key, ${placeOf(question, add)} AS place`;
  const lists = `${cells}, array_to_string(r.buckets, ',') AS buckets, array_to_string(r.counts, ',') AS counts${rowsOf('duration_step', question, add, [...first, 'cardinality(r.buckets) > 0'])}`;
  const open = question.spans
    .filter(({ grain, to }) => grain === 30 && to > closedUntil)
    .map((span) => ({ ...span, from: span.from > closedUntil ? span.from : closedUntil }));
  const rows = `${cells}, r.bucket::text, r.n::text${rowsOf('duration_rollup', { ...question, spans: open }, add, first)}`;
  const text = `SELECT duration, key, place, string_agg(buckets, ',') AS buckets, string_agg(counts, ',') AS counts FROM (
${lists}\nUNION ALL\n${rows}
) c GROUP BY 1, 2, 3`;
  const found = await db.query<{ duration: number; key: string; place: number; buckets: string; counts: string }>(
    named(text),
    values,
  );
  return found.map(({ duration, buckets, counts, ...cell }) => ({
    ...cell,
    duration: durationOf(duration),
    buckets: histogramOf(JSON.parse(`[${buckets}]`), JSON.parse(`[${counts}]`)),
  }));
}
