import type { Db, Statement } from '@/lib/db/client';

/** Keys that refusals are kept by. */
export const REFUSED_KEYS = ['app', 'country', 'use_case'] as const;
export type RefusedKey = (typeof REFUSED_KEYS)[number];

const COLUMNS: Record<RefusedKey, string> = { app: 'app_id::text', country: 'country', use_case: 'use_case' };

export type RefusedQuestion = {
  from: Date;
  to: Date;
  edges: readonly Date[] | null;
  /** Null: all. */
  apps: readonly string[] | null;
  filters: readonly { key: RefusedKey; values: readonly string[]; exclude: boolean }[];
  groupBy: RefusedKey | null;
};

const statement = (groupBy: RefusedKey | null): Statement => ({
  name: `refused_sums_${groupBy ?? 'all'}`,
  text: `
SELECT ${groupBy ? COLUMNS[groupBy] : `''`} AS key, CASE WHEN $3::timestamptz[] IS NULL THEN 0 ELSE width_bucket(at, $3::timestamptz[]) - 1 END AS place, sum(n)::float8 AS n
  FROM refused_issue
 WHERE at >= $1 AND at < $2 AND ($4::uuid[] IS NULL OR app_id = ANY ($4))
   AND ($5::text[] IS NULL OR country = ANY ($5) <> $6::boolean) AND ($7::text[] IS NULL OR use_case = ANY ($7) <> $8::boolean)
 GROUP BY 1, 2`,
});

/** Requests that were refused in a range, by half-hours: by one key, and by the steps of a series. Few rows: only what is refused has any. */
export async function refusedSums(
  db: Db,
  { from, to, edges, apps, filters, groupBy }: RefusedQuestion,
): Promise<{ key: string; place: number; n: number }[]> {
  const filter = (key: RefusedKey) => {
    const found = filters.find((each) => each.key === key);
    return [found?.values ?? null, found?.exclude ?? false];
  };
  return db.query(statement(groupBy), [from, to, edges, apps, ...filter('country'), ...filter('use_case')]);
}
