import type { Db, Statement } from '@/lib/db/client';
import { LOCK_CLASSES, LOCKS, tryLock } from '@/lib/db/locks';
import { ADD_HISTOGRAM, HISTOGRAM_OF, isHistogram } from '@/lib/db/rollups/histograms';
import {
  cohortOf,
  messageMeasure,
  NO_CONNECTION,
  TALLY_COLUMNS,
  tallyOf,
  verificationMeasure,
} from '@/lib/db/rollups/tally';
import {
  CLOSED_GRAINS,
  type Closed,
  type Cut,
  DURATION_CUTS,
  GRAINS,
  type Grain,
  KEPT_FINE_DAYS,
  KEPT_SMALL_DAYS,
  MESSAGE_CUTS,
  VERIFICATION_CUTS,
  WEEK_CUT,
} from '@/lib/domain/stats/cuts';
import {
  DURATIONS,
  type Duration,
  MESSAGE_MEASURES,
  type MessageMeasure,
  VERIFICATION_MEASURES,
  type VerificationMeasure,
} from '@/lib/domain/stats/measures';
import { NIL_UUID } from '@/lib/ids';

/** The app of rows that hold all apps. */
export const ALL_APPS = NIL_UUID;

const VERIFICATION_NAMES = Object.keys(VERIFICATION_MEASURES) as VerificationMeasure[];
const MESSAGE_NAMES = Object.keys(MESSAGE_MEASURES) as MessageMeasure[];
export const durationCode = (duration: Duration): number => Object.keys(DURATIONS).indexOf(duration);
export const durationOf = (code: number): Duration => {
  const duration = (Object.keys(DURATIONS) as Duration[])[code];
  if (!duration) throw new Error(`there is no duration ${code}`);
  return duration;
};

/** Key columns of all three tables, in the order of their primary keys. */
const KEYS = ['use_case', 'country', 'channel', 'connection_id', 'template', 'locale'] as const;
const columnOf = (key: string) => (key === 'connection' ? 'connection_id' : key);

/** Cuts as a table: which keys each has. */
const cutsTable = (cuts: readonly (Cut & { duration?: number })[], keys: readonly string[]) =>
  `(VALUES ${cuts
    .map(
      ({ code, keys: has, isWide = false, isFine = false, duration = -1 }) =>
        `(${duration}::smallint, ${code}::smallint, ${isWide}, ${isFine}, ${keys.map((key) => has.some((one) => columnOf(one) === key)).join(', ')})`,
    )
    .join(', ')}) AS c(duration, cut, is_wide, is_fine, ${keys.map((key) => `has_${key}`).join(', ')})`;

const keyOrEmpty = (key: string) =>
  key === 'connection_id'
    ? `CASE WHEN c.has_connection_id THEN f.connection_id ELSE '${NO_CONNECTION}' END AS connection_id`
    : `CASE WHEN c.has_${key} THEN f.${key} ELSE '' END AS ${key}`;

/** Steps of time as a table, with the moment until which each is closed; steps that are written at once have none. */
const stepsTable = (grains: readonly Grain[]) =>
  `SELECT g.grain, c.until FROM (VALUES ${grains.map((grain) => `(${grain}::smallint)`).join(', ')}) AS g(grain) LEFT JOIN rollup_closed c ON c.grain = g.grain`;

/**
 * The rows of every cut that cells of five minutes add to, as three parts of a statement: `<name>_steps` by step of time, `<name>_cuts` by cut for
 * each app, `<name>_rows` with those of all apps (not of wide cuts) beside them. Each reads the part before, which has fewer rows: spread at once, a
 * day of 50 000 verifications would be four million.
 */
const spread = (
  name: string,
  from: string,
  cuts: readonly (Cut & { duration?: number })[],
  keys: readonly string[],
  extra: readonly string[],
  measures: readonly string[],
  { grains, condition = 'true' }: { grains: readonly Grain[]; condition?: string },
) => {
  const rest = extra.join(', ');
  const anyFine = cuts.some(({ isFine }) => isFine);
  const anyWide = cuts.some(({ isWide }) => isWide);
  const sums = (table: string) =>
    measures.map((measure) => `sum(${table}.${measure})::${typeOf(measure)} AS ${measure}`).join(', ');
  // Nothing else holds what is not closed.
  const since = (days: number) =>
    `f.at > LEAST(now() - interval '${days} days', (SELECT until FROM rollup_closed WHERE grain = 1440))`;
  const [recent, small] = [since(KEPT_FINE_DAYS), since(KEPT_SMALL_DAYS)];
  return `
${name}_steps AS MATERIALIZED (
  SELECT g.grain, date_bin(make_interval(mins => g.grain), f.at, 'epoch'::timestamptz) AS at, ${recent} AS is_recent, ${small} AS is_small, f.at < g.until AS is_closed,
         f.app_id, ${keys.map((key) => `f.${key}`).join(', ')}, ${rest}, ${sums('f')}
    FROM ${from} f CROSS JOIN (${stepsTable(grains)}) AS g
   -- Steps that no cut keeps of that time would be the most rows of all.
   WHERE CASE g.grain WHEN 5 THEN ${anyFine} AND ${recent} WHEN 30 THEN ${anyFine} OR ${small}
                      WHEN 180 THEN f.at < g.until AND (${anyFine} OR ${small}) WHEN 1440 THEN f.at < g.until OR ${anyWide} ELSE f.at < g.until END
   GROUP BY ${numbers(1, 6 + keys.length + extra.length)}
),
${name}_cuts AS MATERIALIZED (
  SELECT c.cut, c.is_wide, f.grain, f.app_id, f.at, ${[...keys.map(keyOrEmpty), ...extra.map((column) => `f.${column}`)].join(', ')}, ${sums('f')}
    FROM ${name}_steps f CROSS JOIN ${cutsTable(cuts, keys)}
   WHERE CASE f.grain WHEN 5 THEN c.is_fine AND f.is_recent WHEN 30 THEN c.is_fine OR f.is_small
                      WHEN 180 THEN f.is_closed AND NOT c.is_wide AND (c.is_fine OR f.is_small) WHEN 1440 THEN f.is_closed OR c.is_wide
                      ELSE f.is_closed AND NOT c.is_wide END AND ${condition}
   GROUP BY ${numbers(1, 5 + keys.length + extra.length)}
),
${name}_rows AS (
  SELECT cut, grain, app_id, at, ${keys.join(', ')}, ${rest}, ${measures.join(', ')} FROM ${name}_cuts
  UNION ALL
  SELECT cut, grain, '${ALL_APPS}'::uuid, at, ${keys.join(', ')}, ${rest}, ${sums('f')} FROM ${name}_cuts f WHERE NOT f.is_wide
   GROUP BY ${numbers(1, 4 + keys.length + extra.length)}
)`;
};

export const anyOf = (names: readonly string[]) => names.map((name) => `${name} <> 0`).join(' OR ');
const added = (table: string, names: readonly string[]) =>
  names.map((name) => `${name} = ${table}.${name} + EXCLUDED.${name}`).join(', ');
export const summed = (names: readonly string[]) =>
  names.map((name) => `sum(f.${name})::${typeOf(name)} AS ${name}`).join(', ');
// Postgres makes numeric of sums of bigint, and sums of numeric are slow.
const typeOf = (name: string) => (/_micros$|_sum$/.test(name) ? 'bigint' : 'int');
export const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n).join(', ');

const ALL_DURATION_CUTS = (Object.keys(DURATIONS) as Duration[]).flatMap((duration) =>
  DURATION_CUTS[duration].map((cut) => ({ ...cut, duration: durationCode(duration) })),
);
const MESSAGE_KEYS = [...KEYS, 'reason'];
const MESSAGE_ARRAYS = [
  'message_flags',
  'message_costs',
  'message_billed',
  'message_estimates',
  'deliver_buckets',
  'lag_buckets',
  'message_reasons',
];

/**
 * Brings the rollups from what they hold of some verifications to what is true of them now, in one statement: the tally as it should be,
 * less the tally as it was, added to every row that counts them. `isNew`: nothing is held of them yet (a rebuild); `isAlone`: nor of anything
 * else in their days.
 *
 * Old and new travel in one row per verification: joined lists would be compared pair by pair under this pool's settings.
 */
const projection = (
  bounds: (id: string) => string,
  { isNew, isAlone }: { isNew: boolean; isAlone: boolean },
): string => {
  // What one panel reads then lies on few pages; the handful of rows of a refresh are not worth a sort.
  const inOrder = (columns: string) => (isNew ? ` ORDER BY ${columns}` : '');
  // A rebuild adds its weeks up afterwards: those rows hold other days as well.
  const grains = isNew ? GRAINS.filter((grain) => grain < 10_080) : GRAINS;
  const orAdd = (conflict: string) => (isAlone ? '' : `\n  ON CONFLICT ${conflict}`);
  const was = isNew ? 'false' : 't.verification_id IS NOT NULL';
  const changed = TALLY_COLUMNS.map((column) => `n.${column}`).join(', ');
  const before = TALLY_COLUMNS.map((column) => `t.${column}`).join(', ');
  return `
WITH both_of AS MATERIALIZED (
  SELECT n.*, date_bin('5 minutes', n.cohort, 'epoch'::timestamptz) AS at,
         ((EXTRACT(isodow FROM n.cohort AT TIME ZONE z.zone) - 1) * 24 + EXTRACT(hour FROM n.cohort AT TIME ZONE z.zone))::smallint AS week_hour,
         ${was} AS is_known${isNew ? '' : `, ${TALLY_COLUMNS.map((column) => `t.${column} AS old_${column}`).join(', ')}`}
    FROM (${tallyOf(bounds)}) n
   CROSS JOIN LATERAL (SELECT COALESCE($2::jsonb->>n.country, 'UTC') AS zone) z
   ${
     isNew
       ? ''
       : `LEFT JOIN (SELECT * FROM verification_tally t WHERE ${bounds('t.verification_id')}) t ON t.verification_id = n.verification_id
   WHERE t.verification_id IS NULL OR (${changed}) IS DISTINCT FROM (${before})`
   }
),
states AS (
  SELECT 1 AS sign, b.at, b.week_hour, b.app_id, ${KEYS.map((key) => `b.${key}`).join(', ')}, b.is_pending, b.flags, b.checks, b.wrong_checks, b.respond_bucket, b.verify_bucket,
         b.rescue_bucket, b.cost_micros, b.wasted_micros, b.duplicate_micros, b.all_sms_micros
    FROM both_of b
  ${
    isNew
      ? ''
      : `UNION ALL
  SELECT -1, b.at, b.week_hour, b.app_id, ${KEYS.map((key) => `b.${key}`).join(', ')}, b.old_is_pending, b.old_flags, b.old_checks, b.old_wrong_checks, b.old_respond_bucket,
         b.old_verify_bucket, b.old_rescue_bucket, b.old_cost_micros, b.old_wasted_micros, b.old_duplicate_micros, b.old_all_sms_micros
    FROM both_of b WHERE b.is_known`
  }
),
verification_cells AS MATERIALIZED (
  SELECT * FROM (
    SELECT s.at, s.week_hour, s.app_id, ${KEYS.map((key) => `s.${key}`).join(', ')}, s.is_pending,
           ${VERIFICATION_NAMES.map((name) => `sum(s.sign * (${verificationMeasure(name)}))::${typeOf(name)} AS ${name}`).join(', ')}
      FROM states s GROUP BY ${numbers(1, 4 + KEYS.length)}) cell
   WHERE ${anyOf(VERIFICATION_NAMES)}
),
${spread('verification', 'verification_cells', VERIFICATION_CUTS, KEYS, ['is_pending'], VERIFICATION_NAMES, { grains })},
verifications_added AS (
  INSERT INTO verification_rollup AS r (cut, grain, app_id, at, ${KEYS.join(', ')}, is_pending, ${VERIFICATION_NAMES.join(', ')}, week_hour)
  SELECT * FROM (
    SELECT f.*, (-1)::smallint FROM verification_rows f
    UNION ALL
    SELECT ${WEEK_CUT}::smallint, g.grain, a.app_id, date_bin(make_interval(mins => g.grain), f.at, 'epoch'::timestamptz), '', '', '', '${NO_CONNECTION}'::uuid, '', '', f.is_pending, ${summed(VERIFICATION_NAMES)}, f.week_hour
      FROM verification_cells f CROSS JOIN LATERAL (VALUES (f.app_id), ('${ALL_APPS}'::uuid)) AS a(app_id) CROSS JOIN (${stepsTable(grains.filter((grain) => grain >= 1440))}) AS g
     WHERE g.grain = 1440 OR f.at < g.until
     GROUP BY ${numbers(1, 5 + KEYS.length)}, f.week_hour) cell
   WHERE ${anyOf(VERIFICATION_NAMES)}${inOrder('cut, grain, app_id, at')}${orAdd(`(cut, grain, app_id, at, ${KEYS.join(', ')}, week_hour, is_pending) DO UPDATE SET ${added('r', VERIFICATION_NAMES)}`)}
),
message_states AS MATERIALIZED (
  SELECT 1 AS sign, b.at, b.app_id, b.use_case, b.country, m.channel, m.connection_id, m.template, m.locale, m.reason, b.is_pending, m.flags, m.cost, m.billed, m.estimate, m.deliver, m.lag
    FROM both_of b
   CROSS JOIN unnest(b.channels, b.connections, b.templates, b.locales, ${MESSAGE_ARRAYS.map((name) => `b.${name}`).join(', ')})
         AS m(channel, connection_id, template, locale, flags, cost, billed, estimate, deliver, lag, reason)
  ${
    isNew
      ? ''
      : `UNION ALL
  SELECT -1, b.at, b.app_id, b.use_case, b.country, b.channels[m.n], b.connections[m.n], b.templates[m.n], b.locales[m.n], m.reason, b.old_is_pending, m.flags, m.cost, m.billed, m.estimate, m.deliver, m.lag
    FROM both_of b
   CROSS JOIN LATERAL (SELECT array_position(b.message_ids, u.id) AS n, u.* FROM unnest(b.old_message_ids, ${MESSAGE_ARRAYS.map((name) => `b.old_${name}`).join(', ')})
         AS u(id, flags, cost, billed, estimate, deliver, lag, reason)) m
   WHERE b.is_known`
  }
),
message_cells AS MATERIALIZED (
  SELECT * FROM (
    SELECT s.at, s.app_id, ${MESSAGE_KEYS.map((key) => `s.${key}`).join(', ')}, s.is_pending, ${MESSAGE_NAMES.map((name) => `sum(s.sign * (${messageMeasure(name)}))::${typeOf(name)} AS ${name}`).join(', ')}
      FROM message_states s GROUP BY ${numbers(1, 3 + MESSAGE_KEYS.length)}) cell
   WHERE ${anyOf(MESSAGE_NAMES)}
),
${spread('message', 'message_cells', MESSAGE_CUTS, MESSAGE_KEYS, ['is_pending'], MESSAGE_NAMES, { grains, condition: `(f.reason <> '' OR c.is_wide OR NOT c.has_reason)` })},
messages_added AS (
  INSERT INTO message_rollup AS r (cut, grain, app_id, at, ${MESSAGE_KEYS.join(', ')}, is_pending, ${MESSAGE_NAMES.join(', ')})
  SELECT * FROM message_rows WHERE ${anyOf(MESSAGE_NAMES)}${inOrder('cut, grain, app_id, at')}${orAdd(`(cut, grain, app_id, at, ${MESSAGE_KEYS.join(', ')}, is_pending) DO UPDATE SET ${added('r', MESSAGE_NAMES)}`)}
),
duration_cells AS (
  SELECT d.duration, s.at, s.app_id, ${KEYS.map((key) => `s.${key}`).join(', ')}, d.bucket, sum(s.sign)::int AS n
    FROM states s
   CROSS JOIN LATERAL (VALUES (${durationCode('respond')}::smallint, s.respond_bucket), (${durationCode('verify')}::smallint, s.verify_bucket), (${durationCode('rescue')}::smallint, s.rescue_bucket)) AS d(duration, bucket)
   WHERE d.bucket IS NOT NULL GROUP BY ${numbers(1, 4 + KEYS.length)} HAVING sum(s.sign) <> 0
  UNION ALL
  SELECT d.duration, s.at, s.app_id, ${KEYS.map((key) => `s.${key}`).join(', ')}, d.bucket, sum(s.sign)::int AS n
    FROM message_states s
   CROSS JOIN LATERAL (VALUES (${durationCode('deliver')}::smallint, s.deliver), (${durationCode('webhook_lag')}::smallint, s.lag)) AS d(duration, bucket)
   WHERE d.bucket IS NOT NULL GROUP BY ${numbers(1, 4 + KEYS.length)} HAVING sum(s.sign) <> 0
),
${spread('duration', 'duration_cells', ALL_DURATION_CUTS, KEYS, ['duration', 'bucket'], ['n'], { grains, condition: 'f.duration = c.duration' })},
durations_added AS (
  INSERT INTO duration_rollup AS r (cut, grain, app_id, at, ${KEYS.join(', ')}, duration, bucket, n)
  SELECT * FROM duration_rows f WHERE n <> 0 AND NOT (${isHistogram('f')})${inOrder('duration, cut, grain, app_id, at')}${orAdd(`(duration, cut, grain, app_id, at, ${KEYS.join(', ')}, bucket) DO UPDATE SET n = r.n + EXCLUDED.n`)}
),
histograms_added AS (
  INSERT INTO duration_step AS r (cut, grain, app_id, at, ${KEYS.join(', ')}, duration, buckets, counts)
  SELECT f.cut, f.grain, f.app_id, f.at, ${KEYS.map((key) => `f.${key}`).join(', ')}, f.duration, ${HISTOGRAM_OF} FROM duration_rows f WHERE f.n <> 0 AND ${isHistogram('f')}
   GROUP BY ${numbers(1, 5 + KEYS.length)}${inOrder('duration, cut, grain, app_id, at')}${orAdd(`(duration, cut, grain, app_id, at, ${KEYS.join(', ')}) ${ADD_HISTOGRAM}`)}
),
kept AS (
  INSERT INTO verification_tally (verification_id, ${TALLY_COLUMNS.join(', ')})
  SELECT verification_id, ${TALLY_COLUMNS.join(', ')} FROM both_of
  ON CONFLICT (verification_id) DO UPDATE SET ${TALLY_COLUMNS.map((column) => `${column} = EXCLUDED.${column}`).join(', ')}
)
SELECT count(*)::int AS n FROM both_of`;
};

const PROJECT: Statement = {
  name: 'project_rollups',
  text: projection((id) => `${id} = ANY ($1::uuid[])`, { isNew: false, isAlone: false }),
};

// Of a list, or of a range, the planner expects a handful of rows and would compare sets of thousands pair by pair.
const WHOLE_SETS: Statement = { name: 'plan_whole_sets', text: 'SET LOCAL enable_nestloop = off' };

/** Counts verifications as they are now, exactly once. `zones`: country → time zone. Answers how many had changed. Hold the lock (lockRollups) in the same transaction. */
export async function projectRollups(tx: Db, ids: readonly string[], zones: string): Promise<number> {
  await tx.query(WHOLE_SETS, []);
  return (await tx.query<{ n: number }>(PROJECT, [ids, zones]))[0]?.n ?? 0;
}

const inRange = (id: string) => `${id} >= (($1::uuid[])[1]) AND ${id} < (($1::uuid[])[2])`;
const PROJECT_RANGE: Statement = {
  name: 'project_rollups_range',
  text: projection(inRange, { isNew: true, isAlone: false }),
};
const PROJECT_DAYS: Statement = {
  name: 'project_rollups_days',
  text: projection(inRange, { isNew: true, isAlone: true }),
};

/**
 * The same for all verifications between two ids, of which nothing is held: the second half of a rebuild. `isAlone`: they are all of their UTC days,
 * so that every row is a new one (it throws where one is not). Weeks are left out. For a transaction of its own.
 */
export async function projectRange(
  tx: Db,
  from: string,
  to: string,
  zones: string,
  { isAlone }: { isAlone: boolean } = { isAlone: false },
): Promise<number> {
  await tx.query(WHOLE_SETS, []);
  return (await tx.query<{ n: number }>(isAlone ? PROJECT_DAYS : PROJECT_RANGE, [[from, to], zones]))[0]?.n ?? 0;
}

const COUNT_RANGE: Statement = {
  name: 'count_verifications_range',
  text: 'SELECT count(*)::int AS n FROM verification WHERE id >= $1 AND id < $2',
};

/** How many verifications there are between two ids. */
export async function countRange(tx: Db, from: string, to: string): Promise<number> {
  return (await tx.query<{ n: number }>(COUNT_RANGE, [from, to]))[0]?.n ?? 0;
}

/** One projector at a time: two that saw the same verification would both add its difference. Held until the transaction ends. */
export async function lockRollups(tx: Db): Promise<boolean> {
  return tryLock(tx, 'rollups');
}

const LOCK_DAY: Statement = {
  name: 'lock_rollups_of_day',
  text: `SELECT pg_try_advisory_xact_lock_shared(${LOCKS.rollups}) AND pg_try_advisory_xact_lock(${LOCK_CLASSES.rollupsOfDay}, $1) AS held`,
};

/**
 * One UTC day for whoever counts it again, and no projector: days have no row in common but those of weeks, which are not for its holder.
 * `day` counts from 1970. Held until the transaction ends.
 */
export async function lockRollupsOfDay(tx: Db, day: number): Promise<boolean> {
  return (await tx.query<{ held: boolean }>(LOCK_DAY, [day]))[0]?.held === true;
}

const TAKE: Statement = {
  name: 'take_rollup_queue',
  text: `
WITH oldest AS (SELECT seq, sum(cardinality(verification_ids)) OVER (ORDER BY seq) - cardinality(verification_ids) AS ahead FROM (SELECT * FROM rollup_queue ORDER BY seq LIMIT $1) q),
     taken AS (DELETE FROM rollup_queue WHERE seq IN (SELECT seq FROM oldest WHERE ahead < $2) RETURNING verification_ids)
SELECT ARRAY(SELECT DISTINCT unnest(verification_ids) FROM taken ORDER BY 1) AS ids, (SELECT COALESCE(sum(cardinality(verification_ids)), 0)::int FROM taken) AS changes`,
};

/**
 * Takes changed verifications off the queue: at most so many entries, and no more once they name that many. What changes after this has an entry of its own.
 * `changes`: how many they named, each as often as it was named.
 */
export async function takeChanged(
  tx: Db,
  entries: number,
  ids: number,
): Promise<{ ids: readonly string[]; changes: number }> {
  const [row] = await tx.query<{ ids: string[]; changes: number }>(TAKE, [entries, ids]);
  return row ?? { ids: [], changes: 0 };
}

const WAITING: Statement = {
  name: 'waiting_rollup_entries',
  text: 'SELECT COALESCE(array_agg(seq::text), ARRAY[]::text[]) AS entries FROM rollup_queue',
};

/** The entries of the queue that are there now. Every change that they name can be seen by whatever is read after this. */
export async function waitingChanges(db: Db): Promise<string[]> {
  return (await db.query<{ entries: string[] }>(WAITING, []))[0]?.entries ?? [];
}

const FORGET: Statement = {
  name: 'forget_rollup_entries',
  text: 'DELETE FROM rollup_queue WHERE seq = ANY ($1::bigint[])',
};

/** Takes entries off the queue whose verifications have all been counted since (waitingChanges). */
export async function forgetChanges(tx: Db, entries: readonly string[]): Promise<void> {
  await tx.query(FORGET, [entries]);
}

// Named, all of them: their primary keys begin with these.
const anyCut = `ARRAY[${[...new Set([...VERIFICATION_CUTS, ...MESSAGE_CUTS, ...ALL_DURATION_CUTS].map(({ code }) => code)), WEEK_CUT].join(', ')}]::smallint[]`;
const anyGrain = (grains: readonly Grain[]) => `ARRAY[${grains.join(', ')}]::smallint[]`;
const DAYS_AND_LESS = GRAINS.filter((grain) => grain <= 1440);
const anyDuration = `ARRAY[${Object.keys(DURATIONS)
  .map((_, n) => n)
  .join(', ')}]::smallint[]`;

const CLEAR: Statement = {
  name: 'clear_rollups',
  text: `
WITH apps AS (SELECT array_agg(id) AS ids FROM (SELECT id FROM app UNION ALL SELECT '${ALL_APPS}') a),
     gone AS (DELETE FROM verification_tally WHERE verification_id >= $1::uuid AND verification_id < $2::uuid),
     ${(['verification_rollup', 'message_rollup', 'duration_step'] as const)
       .map(
         (table) =>
           `${table}_gone AS (DELETE FROM ${table} WHERE ${table === 'duration_step' ? `duration = ANY (${anyDuration}) AND ` : ''}cut = ANY (${anyCut}) AND grain = ANY (${anyGrain(DAYS_AND_LESS)}) AND app_id = ANY ((SELECT ids FROM apps)::uuid[]) AND at >= $3 AND at < $4)`,
       )
       .join(',\n     ')}
DELETE FROM duration_rollup
 WHERE duration = ANY (${anyDuration}) AND cut = ANY (${anyCut}) AND grain = 30 AND app_id = ANY ((SELECT ids FROM apps)::uuid[]) AND at >= $3 AND at < $4`,
};

/** Throws away what is held of whole UTC days, given as ids and as moments; weeks still hold them (sumSteps). */
export async function clearRollups(tx: Db, fromId: string, toId: string, from: Date, to: Date): Promise<void> {
  await tx.query(CLEAR, [fromId, toId, from, to]);
}

const RANGE: Statement = {
  name: 'rollups_range',
  text: `
SELECT (SELECT ${cohortOf('id')} FROM verification ORDER BY id LIMIT 1) AS "from", (SELECT ${cohortOf('id')} FROM verification ORDER BY id DESC LIMIT 1) AS "to"`,
};

/** The first and the last verification there is; null when there is none. */
export async function countedRange(db: Db): Promise<{ from: Date; to: Date } | null> {
  const [row] = await db.query<{ from: Date | null; to: Date | null }>(RANGE, []);
  return row?.from && row.to ? { from: row.from, to: row.to } : null;
}

const NOW: Statement = {
  name: 'rollups_now',
  text: `
SELECT COALESCE((SELECT at FROM rollup_queue ORDER BY seq LIMIT 1), now()) AS "untilAt", ${CLOSED_GRAINS.map((grain) => `(SELECT until FROM rollup_closed WHERE grain = ${grain}) AS "${grain}"`).join(', ')},
       (SELECT since FROM rollup_kept WHERE grain = 30) AS "keptSince", (SELECT max(since) FROM duration_kept) AS "laterSince"`,
};

/**
 * Everything committed before `untilAt` is in the rollups. `closed`: until when there are rows of the steps that are added up when they are over.
 * `keptSince`: from which day of UTC on there are half-hours of every cut (not longer than smallStepsSince). `laterSince`: the same of all steps of the
 * cuts that came later (Cut.isLater).
 */
export async function countedNow(
  db: Db,
): Promise<{ untilAt: Date; closed: Closed; keptSince: Date; laterSince: Date }> {
  const [row] = await db.query<{ untilAt: Date; keptSince: Date; laterSince: Date } & Closed>(NOW, []);
  if (!row) throw new Error('a SELECT of values answers one row');
  const { untilAt, keptSince, laterSince, ...closed } = row;
  return { untilAt, closed, keptSince, laterSince };
}

const KEEP: Statement = {
  name: 'keep_rollups_since',
  text: `
WITH cuts AS (UPDATE duration_kept SET since = $1 WHERE since > $1 AND since <= $2)
UPDATE rollup_kept SET since = $1 WHERE grain = 30 AND since > $1 AND since <= $2`,
};

/** Everything is counted between two days of UTC: half-hours of every cut, and cuts that came later, begin earlier from now on where they began inside. */
export async function keepSince(tx: Db, from: Date, to: Date): Promise<void> {
  await tx.query(KEEP, [from, to]);
}

const HAS_FIGURES: Statement = {
  name: 'has_rollups_between',
  text: `
SELECT EXISTS (SELECT FROM verification_rollup r WHERE r.cut = 0 AND r.grain = ANY ('{30,1440}'::smallint[]) AND r.app_id = '${ALL_APPS}' AND r.at >= $1 AND r.at < $2) AS found`,
};

/** Whether anything was ever counted between two moments, whole days of UTC. */
export async function hasFigures(db: Db, from: Date, to: Date): Promise<boolean> {
  return (await db.query<{ found: boolean }>(HAS_FIGURES, [from, to]))[0]?.found === true;
}

/** Everything committed before this moment is in the rollups. */
export async function countedUntil(db: Db): Promise<Date> {
  return (await countedNow(db)).untilAt;
}
