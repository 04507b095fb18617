import type { Db, Statement } from '@/lib/db/client';

/**
 * Every advisory lock there is, in one place: two that share a number make strangers wait for each other. A number stays what it is for ever,
 * because during an upgrade processes of two versions have to exclude each other.
 */
export const LOCKS = {
  /** Prisma's own number, so that its CLI and `migrate` take turns. */
  migrations: 72_707_369,
  /** One projector of the rollups at a time; shared by whoever counts a single day again. */
  rollups: 7_170_001,
  /** One process at a time sets an installation up. */
  setup: 7_283_640_192,
  /** One publish at a time in the whole installation. */
  publish: 7_283_640_193,
  /** With the hash of a connection's id on top: what `templatesOfConnection` was until 2026-11-29. Goes with the next version. */
  templatesBefore: 7_283_640_194,
  /** One process at a time looks for a storm, or for deaf connections. */
  storm: 7_283_640_201,
  /** "Fallback first" is started and ended by one caller at a time. */
  overrides: 7_283_640_211,
  /** Whoever adds one of these counts what there is first: one at a time, or many at once would all find room for the last. */
  apps: 7_283_640_221,
  invites: 7_283_640_222,
  alertDestinations: 7_283_640_223,
  alertRules: 7_283_640_224,
} as const;

/** Locks of one of many things: a class and a number. Postgres keeps them apart from the ones above, whatever the numbers are. */
export const LOCK_CLASSES = {
  /** One UTC day of the rollups, in days from 1970. */
  rollupsOfDay: 7_170_001,
  /** What is submitted, listed and put in use of one connection's templates, by the hash of its id. */
  templatesOfConnection: 7_170_002,
} as const;

const HOLD: Statement = { name: 'hold_lock', text: 'SELECT pg_advisory_xact_lock($1::bigint)' };
const TRY: Statement = { name: 'try_lock', text: 'SELECT pg_try_advisory_xact_lock($1::bigint) AS held' };

/**
 * Waits for a lock and holds it until the transaction ends. What is to be read under it takes a statement of its own, after this one: a
 * statement does not see what was committed while it waited.
 */
export async function holdLock(tx: Db, lock: keyof typeof LOCKS): Promise<void> {
  await tx.query(HOLD, [LOCKS[lock]]);
}

/** The same without waiting. False: somebody else holds it. */
export async function tryLock(tx: Db, lock: keyof typeof LOCKS): Promise<boolean> {
  return (await tx.query<{ held: boolean }>(TRY, [LOCKS[lock]]))[0]?.held === true;
}
