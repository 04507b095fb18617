import type { Db, Statement } from '@/lib/db/client';
import { ADD_HISTOGRAM, HISTOGRAM_OF } from '@/lib/db/rollups/histograms';
import { ALL_APPS, anyOf, numbers, summed } from '@/lib/db/rollups/project';
import {
  CLOSED_GRAINS,
  type ClosedGrain,
  type Cut,
  DURATION_CUTS,
  grainsOf,
  isWrittenAtOnce,
  MESSAGE_CUTS,
  VERIFICATION_CUTS,
  WEEK_CUT,
} from '@/lib/domain/stats/cuts';
import { DURATIONS, type Duration, MESSAGE_MEASURES, VERIFICATION_MEASURES } from '@/lib/domain/stats/measures';

const KEYS = ['use_case', 'country', 'channel', 'connection_id', 'template', 'locale'];
type Table = { name: string; cuts: readonly Cut[]; keys: readonly string[]; measures: readonly string[] };
const TABLES: readonly Table[] = [
  {
    name: 'verification_rollup',
    cuts: [...VERIFICATION_CUTS, { code: WEEK_CUT, keys: [] }],
    keys: [...KEYS, 'week_hour', 'is_pending'],
    measures: Object.keys(VERIFICATION_MEASURES),
  },
  {
    name: 'message_rollup',
    cuts: MESSAGE_CUTS,
    keys: [...KEYS, 'reason', 'is_pending'],
    measures: Object.keys(MESSAGE_MEASURES),
  },
];
const DURATION_KEYS = ['duration', ...KEYS];
const durationTable = (name: string): Table => ({
  name,
  cuts: (Object.keys(DURATION_CUTS) as Duration[]).flatMap((duration) => DURATION_CUTS[duration]),
  keys: DURATION_KEYS,
  measures: [],
});
const OPEN_DURATIONS = durationTable('duration_rollup');
const CLOSED_DURATIONS = durationTable('duration_step');

const FINER = { 180: 30, 1440: 180, 10080: 1440 } as const satisfies Record<ClosedGrain, number>;

/** Which rows of a table are steps of this length. Named, all keys that the primary keys begin with. */
const steps = ({ cuts, keys }: Table, grain: ClosedGrain, of: number) => {
  const codes = cuts
    .filter((cut) => grainsOf(cut).includes(grain) && !isWrittenAtOnce(cut, grain))
    .map(({ code }) => code);
  const durations = Object.keys(DURATIONS).map((_, n) => n);
  return `${keys.includes('duration') ? `r.duration = ANY (ARRAY[${durations.join(', ')}]::smallint[]) AND ` : ''}r.cut = ANY (ARRAY[${[...new Set(codes)].join(', ')}]::smallint[])
   AND r.grain = ${of} AND r.app_id = ANY (ARRAY(SELECT id FROM app UNION ALL SELECT '${ALL_APPS}')) AND r.at >= $1 AND r.at < $2`;
};

const forget = (table: Table, grain: ClosedGrain): Statement => ({
  name: `forget_${table.name}_${grain}`,
  text: `DELETE FROM ${table.name} r WHERE ${steps(table, grain, grain)}`,
});

// In the order of the index: what one panel reads of a step then lies on few pages. Rows that hold nothing (pending, of what has ended) stay behind.
const sum = (table: Table, grain: ClosedGrain): Statement => {
  const { name, keys, measures } = table;
  return {
    name: `sum_${name}_${grain}`,
    text: `
INSERT INTO ${name} (cut, grain, app_id, at, ${keys.join(', ')}, ${measures.join(', ')})
SELECT * FROM (
  SELECT f.cut, ${grain}::smallint, f.app_id, date_bin('${grain} minutes', f.at, 'epoch'::timestamptz) AS at, ${keys.map((key) => `f.${key}`).join(', ')}, ${summed(measures)}
    FROM (SELECT * FROM ${name} r WHERE ${steps(table, grain, FINER[grain])}) f
   GROUP BY ${numbers(1, 4 + keys.length)}) s
 WHERE ${anyOf(measures)}
 ORDER BY cut, app_id, at`,
  };
};

const durationKeys = (table: string) => DURATION_KEYS.map((key) => `${table}.${key}`).join(', ');

/** Half-hours of three hours that are being closed become lists. */
const MOVE_HALF_HOURS: Statement = {
  name: 'move_durations',
  text: `
WITH f AS (DELETE FROM duration_rollup r WHERE ${steps(OPEN_DURATIONS, 180, 30)} RETURNING r.*)
INSERT INTO duration_step AS r (cut, grain, app_id, at, ${DURATION_KEYS.join(', ')}, buckets, counts)
SELECT f.cut, f.grain, f.app_id, f.at, ${durationKeys('f')}, ${HISTOGRAM_OF} FROM f WHERE f.n <> 0
 GROUP BY ${numbers(1, 4 + DURATION_KEYS.length)}
 ORDER BY duration, cut, app_id, at
    ON CONFLICT (cut, grain, app_id, at, ${DURATION_KEYS.join(', ')}) ${ADD_HISTOGRAM}`,
};

const sumDurations = (grain: ClosedGrain): Statement => ({
  name: `sum_duration_step_${grain}`,
  text: `
INSERT INTO duration_step (cut, grain, app_id, at, ${DURATION_KEYS.join(', ')}, buckets, counts)
SELECT f.cut, ${grain}::smallint, f.app_id, f.at, ${durationKeys('f')}, ${HISTOGRAM_OF}
  FROM (SELECT r.cut, r.app_id, date_bin('${grain} minutes', r.at, 'epoch'::timestamptz) AS at, ${durationKeys('r')}, u.bucket, sum(u.n)::int AS n
          FROM duration_step r CROSS JOIN LATERAL unnest(r.buckets, r.counts) AS u(bucket, n)
         WHERE ${steps(CLOSED_DURATIONS, grain, FINER[grain])}
         GROUP BY ${numbers(1, 4 + DURATION_KEYS.length)} HAVING sum(u.n) <> 0) f
 GROUP BY ${numbers(1, 4 + DURATION_KEYS.length)}
 ORDER BY duration, cut, app_id, at`,
});

const SUM = new Map(
  CLOSED_GRAINS.map((grain) => [
    grain,
    [
      ...[...TABLES, CLOSED_DURATIONS].map((table) => forget(table, grain)),
      ...TABLES.map((table) => sum(table, grain)),
      ...(grain === 180 ? [MOVE_HALF_HOURS] : []),
      sumDurations(grain),
    ],
  ]),
);

/** Adds steps between two of their edges up again, out of the next smaller ones, whatever there was. Hold the lock (lockRollups) in the same transaction. */
export async function sumSteps(tx: Db, grain: ClosedGrain, from: Date, to: Date): Promise<void> {
  for (const statement of SUM.get(grain) ?? []) await tx.query(statement, [from, to]);
}

const CLOSE: Statement = {
  name: 'close_rollup_steps',
  text: 'UPDATE rollup_closed SET until = $2 WHERE grain = $1',
};

/** From now on there are rows of these steps up to here: add them up first, in the same transaction. */
export async function closeSteps(tx: Db, grain: ClosedGrain, until: Date): Promise<void> {
  await tx.query(CLOSE, [grain, until]);
}
