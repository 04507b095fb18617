import { transactRollups } from '@/lib/db/client';
import { lockRollups, projectRollups, takeChanged } from '@/lib/db/rollups/project';
import { zonesOfCountries } from '@/lib/operations/rollups/zones';

/** Queue entries of one commit, and verifications that they may name before no more are taken. */
const ENTRIES_MAX = 2_000;
export const IDS_MAX = 2_000;

/**
 * rollups.refresh: counts what has changed since the last time, in one transaction with taking it off the queue: a crash counts it later,
 * never twice. Answers how many verifications it looked at: 0 when none has changed, or when another process is at it.
 */
export async function refreshRollups(): Promise<number> {
  return transactRollups(async (tx) => {
    if (!(await lockRollups(tx))) return 0;
    const ids = await takeChanged(tx, ENTRIES_MAX, IDS_MAX);
    // One entry may name many: those of a bulk write.
    for (let n = 0; n < ids.length; n += IDS_MAX)
      await projectRollups(tx, ids.slice(n, n + IDS_MAX), zonesOfCountries());
    return ids.length;
  });
}
