import { REBUILD_LANES, transactRollups } from '@/lib/db/client';
import {
  clearRollups,
  countedNow,
  countedRange,
  countRange,
  forgetChanges,
  hasFigures,
  keepSince,
  lockRollups,
  lockRollupsOfDay,
  projectRange,
  waitingChanges,
} from '@/lib/db/rollups/project';
import { sumSteps } from '@/lib/db/rollups/steps';
import { uuidFloor } from '@/lib/ids';
import { zonesOfCountries } from '@/lib/operations/rollups/zones';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Longer than another rebuild needs for a day of millions. */
const PATIENCE_MS = 30 * 60_000;
/** About so many verifications are counted by one statement: rows of a day are added to once per statement, and none may take long. */
const PIECE_ROWS = 50_000;

/**
 * rollups.rebuild: throws away what is held of whole UTC days and counts them again from the base tables. Meanwhile figures of a day that
 * is under way are missing, never doubled: a day is emptied and filled in one transaction each, two of them side by side while no projector works, and
 * a week added up again after its last day. Whoever breaks it off begins again.
 * Half-hours that an older version threw away are there again, and readers know (keepSince).
 * Answers how many verifications it counted. `null` bounds mean all there is; what waited to be counted when it began then waits no longer.
 * Throws when somebody else holds a day or a week for longer than `patienceMs`.
 */
export async function rebuildRollups(
  range: { from: Date | null; to: Date | null },
  onDay: (day: Date, count: number) => void = () => {},
  patienceMs = PATIENCE_MS,
): Promise<number> {
  const { waiting, all } = await transactRollups(async (tx) => ({
    // Before the range is read: whatever these name lies in it.
    waiting: range.from || range.to ? [] : await waitingChanges(tx),
    all: await countedRange(tx),
  }));
  const from = range.from ?? all?.from;
  const to = range.to ?? all?.to;
  if (!from || !to) return 0;
  let counted = 0;
  const begin = Math.floor(from.getTime() / DAY_MS) * DAY_MS;
  // From here on every day has half-hours of all cuts again, or nothing was ever counted of it.
  let whole = begin;
  for (let day = begin; day <= to.getTime(); ) {
    const week = Math.floor(day / WEEK_MS) * WEEK_MS;
    const days: number[] = [];
    for (; day < week + WEEK_MS && day <= to.getTime(); day += DAY_MS) days.push(day);
    const counts = await inLanes(days, (each) => rebuildDay(each, patienceMs));
    for (const [n, count] of counts.entries()) {
      const at = days[n] ?? 0;
      counted += count;
      if (count === 0 && (await isCounted(at, at + DAY_MS))) whole = at + DAY_MS;
      onDay(new Date(at), count);
    }
    await rebuildWeek(week, patienceMs);
  }
  // What is before the first figure of all is as whole as can be.
  const since = whole === begin && !(await isCounted(0, begin)) ? 0 : whole;
  // Up to now is also from now on: what happens next is counted in all steps and cuts as it happens.
  const until = range.to ? Math.floor(range.to.getTime() / DAY_MS) * DAY_MS + DAY_MS : Date.now() + 2 * DAY_MS;
  await transactRollups((tx) => keepSince(tx, new Date(since), new Date(until)));
  if (waiting.length > 0) await transactRollups((tx) => forgetChanges(tx, waiting));
  return counted;
}

const isCounted = (from: number, to: number): Promise<boolean> =>
  transactRollups((tx) => hasFigures(tx, new Date(from), new Date(to)));

/** The answers in the order of `days`. One that fails ends all once those under way have ended. */
async function inLanes(days: readonly number[], count: (day: number) => Promise<number>): Promise<number[]> {
  const counts: number[] = [];
  let next = 0;
  let failure: unknown = null;
  const lane = async () => {
    for (let n = next++; n < days.length && failure === null; n = next++) {
      try {
        counts[n] = await count(days[n] ?? 0);
      } catch (error: unknown) {
        failure ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: REBUILD_LANES }, lane));
  if (failure !== null) throw failure;
  return counts;
}

async function rebuildDay(day: number, patienceMs: number): Promise<number> {
  return transactRollups(async (tx) => {
    await holdWithin(patienceMs, () => lockRollupsOfDay(tx, day / DAY_MS));
    const rows = await countRange(tx, uuidFloor(new Date(day)), uuidFloor(new Date(day + DAY_MS)));
    // Nothing happened, or what happened is past its time here (lib/db/months.ts): figures outlive it.
    if (rows === 0) return 0;
    await clearRollups(
      tx,
      uuidFloor(new Date(day)),
      uuidFloor(new Date(day + DAY_MS)),
      new Date(day),
      new Date(day + DAY_MS),
    );
    const pieces = Math.max(1, Math.ceil(rows / PIECE_ROWS));
    const pieceMs = Math.ceil(DAY_MS / pieces);
    let count = 0;
    for (let at = day; at < day + DAY_MS; at += pieceMs) {
      const until = new Date(Math.min(at + pieceMs, day + DAY_MS));
      count += await projectRange(tx, uuidFloor(new Date(at)), uuidFloor(until), zonesOfCountries(), {
        isAlone: pieces === 1,
      });
    }
    return count;
  });
}

/** Weeks hold other days as well: of one that is closed all seven are added up again. One that is not will be when it is over. */
async function rebuildWeek(week: number, patienceMs: number): Promise<void> {
  await transactRollups(async (tx) => {
    await holdWithin(patienceMs, () => lockRollups(tx));
    const { closed } = await countedNow(tx);
    if (week < closed[10_080].getTime()) await sumSteps(tx, 10_080, new Date(week), new Date(week + WEEK_MS));
  });
}

/** The sweep holds it for milliseconds, another rebuild for as long as a day takes. Throws when it was not to be had in `patienceMs`. */
async function holdWithin(patienceMs: number, lock: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await lock())) {
    if (performance.now() > deadline) {
      throw new Error(
        'Somebody else holds these figures for too long: another rebuild, or a connection that was left behind (pg_locks names it). Days that were counted are good; begin again once it is over.',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
