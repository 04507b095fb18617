import type { Db, Statement } from '@/lib/db/client';
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
  {
    name: 'duration_rollup',
    cuts: (Object.keys(DURATION_CUTS) as Duration[]).flatMap((duration) => DURATION_CUTS[duration]),
    keys: ['duration', ...KEYS, 'bucket'],
    measures: ['n'],
  },
];

const FINER = { 180: 30, 1440: 180, 10080: 1440 } as const satisfies Record<ClosedGrain, number>;

/** Which rows of a table are steps of this length. Named, all keys that the primary keys begin with. */
const steps = ({ name, cuts }: Table, grain: ClosedGrain, of: number) => {
  const codes = cuts
    .filter((cut) => grainsOf(cut).includes(grain) && !isWrittenAtOnce(cut, grain))
    .map(({ code }) => code);
  const durations = Object.keys(DURATIONS).map((_, n) => n);
  return `${name === 'duration_rollup' ? `r.duration = ANY (ARRAY[${durations.join(', ')}]::smallint[]) AND ` : ''}r.cut = ANY (ARRAY[${[...new Set(codes)].join(', ')}]::smallint[])
   AND r.grain = ${of} AND r.app_id = ANY (ARRAY(SELECT id FROM app UNION ALL SELECT '${ALL_APPS}')) AND r.at >= $1 AND r.at < $2`;
};

const FORGET = new Map(
  CLOSED_GRAINS.map((grain) => [
    grain,
    TABLES.map(
      (table): Statement => ({
        name: `forget_${table.name}_${grain}`,
        text: `DELETE FROM ${table.name} r WHERE ${steps(table, grain, grain)}`,
      }),
    ),
  ]),
);

// In the order of the index: what one panel reads of a step then lies on few pages. Rows that hold nothing (pending, of what has ended) stay behind.
const SUM = new Map(
  CLOSED_GRAINS.map((grain) => [
    grain,
    TABLES.map((table): Statement => {
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
 ORDER BY ${name === 'duration_rollup' ? 'duration, ' : ''}cut, app_id, at`,
      };
    }),
  ]),
);

/** Adds steps between two of their edges up again, out of the next smaller ones, whatever there was. Hold the lock (lockRollups) in the same transaction. */
export async function sumSteps(tx: Db, grain: ClosedGrain, from: Date, to: Date): Promise<void> {
  for (const statement of [...(FORGET.get(grain) ?? []), ...(SUM.get(grain) ?? [])])
    await tx.query(statement, [from, to]);
}

const CLOSE: Statement = {
  name: 'close_rollup_steps',
  text: 'UPDATE rollup_closed SET until = $2 WHERE grain = $1',
};

/** From now on there are rows of these steps up to here: add them up first, in the same transaction. */
export async function closeSteps(tx: Db, grain: ClosedGrain, until: Date): Promise<void> {
  await tx.query(CLOSE, [grain, until]);
}
