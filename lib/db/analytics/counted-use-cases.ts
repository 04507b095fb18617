import type { Db, Statement } from '@/lib/db/client';
import { ALL_APPS } from '@/lib/db/rollups/project';
import { cutFor, VERIFICATION_CUTS } from '@/lib/domain/stats/cuts';

const BY_USE_CASE = cutFor(VERIFICATION_CUTS, ['use_case']);

const COUNTED: Statement = {
  name: 'counted_use_cases',
  // Half-hours hold what is not closed, days the rest.
  text: `
SELECT u.name FROM unnest($1::text[]) AS u(name)
 WHERE EXISTS (SELECT FROM verification_rollup r
                WHERE r.cut = ${BY_USE_CASE?.code ?? -1} AND r.grain = ANY ('{1440,30}'::smallint[]) AND r.app_id = '${ALL_APPS}' AND r.use_case = u.name)`,
};

/** Of some use cases, those that verifications were ever counted for: one that was removed keeps its figures. Reads some ten thousand rows where there are none. */
export async function countedUseCases(db: Db, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  return new Set((await db.query<{ name: string }>(COUNTED, [names])).map(({ name }) => name));
}
