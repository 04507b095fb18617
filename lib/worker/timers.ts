import { setMaxListeners } from 'node:events';
import { database } from '@/lib/db/client';
import { forgetOwnCodes, sweepLostMessages } from '@/lib/db/messages';
import { databaseNow } from '@/lib/db/now';
import { analyseOutgrown } from '@/lib/db/statistics';
import { expireVerifications } from '@/lib/db/timers';
import { guardDeafConnections } from '@/lib/operations/alerts/deaf-guard';
import { deliverNotices } from '@/lib/operations/alerts/deliver';
import { evaluateAlerts } from '@/lib/operations/alerts/evaluate';
import { guardStorms } from '@/lib/operations/alerts/storm-guard';
import { lookAgain } from '@/lib/operations/connections/breaker';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { applyLeftovers } from '@/lib/operations/receipts/apply-kept';
import { applyOrphans } from '@/lib/operations/receipts/apply-orphans';
import { pollReceipts } from '@/lib/operations/receipts/poll';
import { closeRollups } from '@/lib/operations/rollups/close';
import { CHANGES_MAX, refreshRollups } from '@/lib/operations/rollups/refresh';
import { log } from '@/lib/telemetry/log';

/** One sweep: what it does, how often, and how many it takes at most before it looks again. */
type Sweep = {
  name: string;
  everyMs: number;
  limit: number;
  /** After a full batch it rests as long as that took, at most `everyMs`: nobody waits for it, and codes want the processors. */
  isPatient?: boolean;
  run(limit: number): Promise<number>;
};

/**
 * Everything that waits on a column. Late by at most one period; with the leases of 10 s on a message and 3 s on a timer, a
 * dead process's work is taken over within 11 s, and within 14 s when the next one dies over it as well.
 */
export const SWEEPS: readonly Sweep[] = [
  { name: 'fall_back', everyMs: 250, limit: 50, run: (limit) => fallBack(null, limit) },
  {
    name: 'lost_messages',
    everyMs: 500,
    limit: 100,
    run: async (limit) => (await sweepLostMessages(database(), limit)).length,
  },
  { name: 'leftover_callbacks', everyMs: 1_000, limit: 100, run: applyLeftovers },
  { name: 'orphan_receipts', everyMs: 2_000, limit: 200, run: applyOrphans },
  { name: 'expire', everyMs: 1_000, limit: 500, run: (limit) => expireVerifications(database(), limit) },
  {
    name: 'own_codes',
    everyMs: 1_000,
    limit: 100,
    // Never "there is more": each asks the rollups for another look, and an upgrade finds those of a year.
    run: (limit) => forgetOwnCodes(database(), limit).then(() => 0),
  },
  {
    name: 'outgrown_statistics',
    everyMs: 2_000,
    limit: Number.POSITIVE_INFINITY,
    run: () => analyseOutgrown(database()),
  },
  { name: 'breaker_looks', everyMs: 1_000, limit: 5, run: lookAgain },
  { name: 'rollups', everyMs: 500, limit: CHANGES_MAX, isPatient: true, run: refreshRollups },
  // Nothing waits for it: what is not closed is read in smaller steps.
  { name: 'rollup_steps', everyMs: 10_000, limit: 1, run: () => closeRollups(new Date()) },
  { name: 'poll_receipts', everyMs: 5_000, limit: 20, run: pollReceipts },
  {
    name: 'deaf_guard',
    everyMs: 5_000,
    limit: 2,
    run: async () => ((await guardDeafConnections()) === 'calm' ? 0 : 1),
  },
  { name: 'storm_guard', everyMs: 1_000, limit: 2, run: async () => ((await guardStorms()) === 'calm' ? 0 : 1) },
  // The turn is in the database: asked more often than it comes, so that no worker's death skips one.
  {
    name: 'alerts',
    everyMs: 5_000,
    limit: 2,
    run: async () => ((await evaluateAlerts(await databaseNow(database()))) ? 1 : 0),
  },
  { name: 'alert_deliveries', everyMs: 1_000, limit: 10, run: deliverNotices },
];

/** Runs every sweep until the signal aborts. A sweep never overlaps itself, and one that fails waits a second before the next try. */
export async function runSweeps(signal: AbortSignal, sweeps: readonly Sweep[] = SWEEPS): Promise<void> {
  // Each rests on it; more than ten look like a leak to Node, which says so on the first lines of every log.
  setMaxListeners(sweeps.length, signal);
  await Promise.all(sweeps.map((sweep) => runSweep(sweep, signal)));
}

async function runSweep(sweep: Sweep, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let waitMs = sweep.everyMs;
    const began = performance.now();
    try {
      // A full batch means that more is waiting: go on at once.
      if ((await sweep.run(sweep.limit)) >= sweep.limit)
        waitMs = sweep.isPatient ? Math.min(sweep.everyMs, performance.now() - began) : 0;
    } catch (error: unknown) {
      log().warn({ sweep: sweep.name, error: String(error) }, 'sweep.failed');
      waitMs = Math.max(1_000, sweep.everyMs);
    }
    await pause(waitMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
