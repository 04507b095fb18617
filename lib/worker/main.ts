import { startHousekeeping } from '@/lib/worker/housekeeping';
import { runSweeps } from '@/lib/worker/timers';

export type Worker = { stop(): Promise<void> };

/** Starts the sweeps and the housekeeping. Any number of processes may do so at once. `stop` ends when both are quiet. */
export async function startWorker(): Promise<Worker> {
  // First what can fail to start: sweeps that nobody holds would outlive the start that failed.
  const housekeeping = await startHousekeeping();
  const stopping = new AbortController();
  const sweeps = runSweeps(stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await Promise.all([sweeps, housekeeping.stop()]);
    },
  };
}
