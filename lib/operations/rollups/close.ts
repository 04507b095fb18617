import { transactRollups } from '@/lib/db/client';
import { countedNow, lockRollups } from '@/lib/db/rollups/project';
import { closeSteps, sumSteps } from '@/lib/db/rollups/steps';
import { CLOSED_GRAINS, closableUntil } from '@/lib/domain/stats/cuts';

/**
 * rollups.close: adds three hours, days and weeks that are over up out of the smaller steps, in one transaction with saying so: whoever reads sees
 * them whole or not at all. At most a day of three hours, a day and a week at a time. Answers how many kinds of steps it closed some of: 0
 * when none is over, or when another process is counting.
 */
export async function closeRollups(now: Date): Promise<number> {
  return transactRollups(async (tx) => {
    if (!(await lockRollups(tx))) return 0;
    const { closed } = await countedNow(tx);
    const closable = closableUntil(closed, now);
    let n = 0;
    for (const grain of CLOSED_GRAINS) {
      if (closable[grain] <= closed[grain]) continue;
      await sumSteps(tx, grain, closed[grain], closable[grain]);
      await closeSteps(tx, grain, closable[grain]);
      n += 1;
    }
    return n;
  });
}
