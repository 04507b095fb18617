import { type Db, database, databaseUrl, type Statement } from '@/lib/db/client';
import { NIL_UUID, uuidFloor, uuidMs } from '@/lib/ids';

/*
 * Everything of one verification lies in the partition of the month inside the verification's id (docs/decisions/0029). Statements on the way of a
 * code name that partition themselves: going through the partitioned table, Postgres sets up every partition each time a statement runs, which
 * doubles the price of a check. They never narrow a partitioned table by bounds instead: where a statement that has to wait for a row
 * prunes both when it begins and while it runs, Postgres 18.4 loses the row (the simulation found it).
 */

type Month = { suffix: string; first: string; end: string };
type Known = { months: readonly Month[]; askedAt: number };
// Next bundles its own copy of modules, hence the global. By address of the database: tests have many.
const holder = globalThis as { watchwordMonths?: Map<string, Known> };

const ASK_AGAIN_MS = 60_000;
/** No verification lives, and so none sends, for this long (LIFETIME_SECONDS, at most an hour, and clocks that differ). */
const SPAN_MS = 3 * 3_600_000;

/**
 * What to add to the names of the monthly tables so that they name the partition of all verifications between two ids, both included: `_2026_11`. Empty, which
 * is the partitioned table itself, while they lie in more than one or that is not known yet.
 */
export function partitionOf(first: string, last: string): string {
  const known = knownMonths();
  const month = known.months.find((each) => each.first <= first && last < each.end);
  if (month) return month.suffix;
  // Right without an answer, only slower: nobody waits for it, and it is asked for again.
  if (Date.now() - known.askedAt > ASK_AGAIN_MS) learnMonths().catch(() => {});
  return '';
}

/** The same for new verifications, and for any that they may end. */
export function partitionOfNew(ids: readonly string[]): string {
  return around(ids);
}

/** The same for the verifications of messages. A null among these ids could be anyone's. */
export function partitionOfMessages(messageIds: readonly (string | null)[]): string {
  return messageIds.includes(null) ? '' : around(messageIds as readonly string[]);
}

/** Of these ids and of everything made shortly before them. */
function around(ids: readonly string[]): string {
  let first = LAST;
  let last = NIL_UUID;
  for (const id of ids) {
    if (id < first) first = id;
    if (id > last) last = id;
  }
  return first > last ? '' : partitionOf(uuidFloor(new Date(uuidMs(first) - SPAN_MS)), last);
}

/** One of something for each partition that is asked for; the newest few are kept. */
export function perPartition<T>(make: (partition: string) => T): (partition: string) => T {
  const made = new Map<string, T>();
  return (partition) => {
    const held = made.get(partition) ?? make(partition);
    if (!made.has(partition) && made.size >= PARTITIONS_AT_ONCE) made.delete(made.keys().next().value ?? '');
    made.set(partition, held);
    return held;
  };
}
const PARTITIONS_AT_ONCE = 4;

const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function knownMonths(): Known {
  holder.watchwordMonths ??= new Map();
  const url = databaseUrl();
  const known = holder.watchwordMonths.get(url) ?? { months: [], askedAt: 0 };
  holder.watchwordMonths.set(url, known);
  return known;
}

// The default partition is left out: its rows move when their month is made.
const LEARN: Statement = {
  name: 'learn_months',
  text: `
SELECT substr(c.relname, length('verification') + 1) AS suffix,
       COALESCE(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'FROM \\(''([0-9a-f-]+)''\\)'), '${NIL_UUID}') AS first,
       substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''([0-9a-f-]+)''\\)') AS end
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = 'verification'::regclass AND c.relname <> 'verification_default'`,
};

/** Reads which months there are, for `partitionOf`. Worth waiting for at a start. */
export async function learnMonths(): Promise<void> {
  const known = knownMonths();
  known.askedAt = Date.now();
  known.months = await database().query<Month>(LEARN, []);
}

const MAKE: Statement = {
  name: 'make_months',
  text: `SELECT make_monthly_partitions(now() - interval '1 day', now() + interval '1 month') AS made`,
};

/** Makes the partitions that this month and the next one lack. Answers how many. Rejects when a lock is not to be had in time: ask again later. */
export async function makeMonths(db: Db): Promise<number> {
  const [row] = await db.query<{ made: number }>(MAKE, []);
  return row?.made ?? 0;
}

const DROP: Statement = {
  name: 'drop_months',
  text: `SELECT drop_monthly_partitions(now() - make_interval(days => $1::int)) AS name`,
};

/** Drops the partitions whose newest verification is older than so many days. Answers their names. Rejects like `makeMonths`. */
export async function dropMonths(db: Db, keepDays: number): Promise<string[]> {
  return (await db.query<{ name: string }>(DROP, [keepDays])).map(({ name }) => name);
}
