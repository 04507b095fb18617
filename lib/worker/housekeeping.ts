import { Logger, type Runner, run, type TaskList } from 'graphile-worker';
import { database, pool, transact, transactRollups } from '@/lib/db/client';
import { dropMonths, makeMonths } from '@/lib/db/months';
import { forgetOld, retentionRules } from '@/lib/db/retention';
import { analysePartitioned } from '@/lib/db/statistics';
import { env } from '@/lib/env';
import { syncAllTemplates } from '@/lib/operations/templates/sync';
import { log } from '@/lib/telemetry/log';

/** Rows of one delete; small, so that no lock is held long. */
const BATCH = 1_000;
const BATCHES_MAX = 1_000;

/** Its chatter is for debugging; its errors are ours to see. */
const logger = new Logger(() => (level, message) => {
  if (level === 'error') log().error({ message }, 'housekeeping.error');
  else if (level === 'warning') log().warn({ message }, 'housekeeping.warning');
  else log().debug({ message }, 'housekeeping.note');
});

const tasks: TaskList = {
  async forget_old(_, { abortSignal }) {
    for (const rule of retentionRules(env().WATCHWORD_KEEP_DAYS)) {
      let gone = 0;
      for (let n = 0; n < BATCHES_MAX && !abortSignal?.aborted; n += 1) {
        const count = await forgetOld(database(), rule, BATCH);
        gone += count;
        // A batch may be short and not the last: what somebody holds is left out.
        if (count === 0) break;
      }
      if (gone > 0) log().info({ what: rule.name, gone }, 'retention.swept');
    }
  },
  async turn_months() {
    // One transaction of a few short locks. When one is not to be had the job fails and comes again.
    const made = await transact(makeMonths);
    if (made > 0) log().info({ made }, 'months.made');
    const dropped = await transact((tx) => dropMonths(tx, env().WATCHWORD_KEEP_DAYS));
    if (dropped.length > 0) log().info({ dropped }, 'months.dropped');
  },
  async analyse_months() {
    // The rollups' connection has the patience for it.
    await transactRollups(analysePartitioned);
  },
  async sync_templates() {
    await syncAllTemplates();
  },
};

/**
 * What is not urgent runs on graphile-worker, on the same Postgres. Its rows live in their own schema; a killed
 * worker's job is only a late clean-up.
 */
export async function startHousekeeping(): Promise<Runner> {
  return run({
    pgPool: pool(),
    taskList: tasks,
    crontab:
      '*/10 * * * * forget_old ?max=3\n7 * * * * turn_months ?max=3\n23 3 * * * analyse_months ?max=3\n*/15 * * * * sync_templates ?max=3',
    concurrency: 1,
    noHandleSignals: true,
    pollInterval: 10_000,
    logger,
  });
}
