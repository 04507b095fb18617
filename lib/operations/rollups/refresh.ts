import { transactRollups } from '@/lib/db/client';
import { lockRollups, projectRollups, takeChanged } from '@/lib/db/rollups/project';
import { zonesOfCountries } from '@/lib/operations/rollups/zones';

/** Queue entries of one commit, and changes that they may name before no more are taken. */
const ENTRIES_MAX = 2_000;
export const CHANGES_MAX = 2_000;

/**
 * rollups.refresh: counts what has changed since the last time, in one transaction with taking it off the queue: a crash counts it later,
 * never twice. Answers how many changes it took, at least CHANGES_MAX when more may wait: 0 when nothing has changed, or when another process is at it.
 */
export async function refreshRollups(): Promise<number> {
  return transactRollups(async (tx) => {
    if (!(await lockRollups(tx))) return 0;
    const { ids, changes } = await takeChanged(tx, ENTRIES_MAX, CHANGES_MAX);
    // One entry may name many: those of a bulk write.
    for (let n = 0; n < ids.length; n += CHANGES_MAX)
      await projectRollups(tx, ids.slice(n, n + CHANGES_MAX), zonesOfCountries());
    // Not the verifications: several changes of each would make a full batch look like the last one, and the sweep would rest.
    return changes;
  });
}
