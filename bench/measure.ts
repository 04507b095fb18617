import { machineTime, stolenShare, treeMicroseconds } from './processor-time';

/** One case under one number of connections, once. Times in milliseconds, processor time in microseconds per unit. */
export type Measurement = {
  case: string;
  connections: number;
  round: number;
  requests: number;
  /** Requests, or statuses where one request carries many, per second. */
  perSecond: number;
  p50: number | null;
  p99: number | null;
  serverMicroseconds: number | null;
  postgresMicroseconds: number;
  /** Share of all processor time that the hypervisor gave to others meanwhile. */
  stolen: number;
  /** The prepared requests ran out before the time did; the rate is over the time that they lasted. */
  isExhausted: boolean;
};

export type Taken = Omit<
  Measurement,
  'case' | 'round' | 'connections' | 'serverMicroseconds' | 'postgresMicroseconds' | 'stolen'
>;

/**
 * Runs `work` and charges the processor time of server and Postgres to its units. `work` ends only when everything that
 * the requests set going has come to rest, so that nothing is done on credit.
 */
export async function charged(
  processes: { server: number | null; postmaster: number },
  unitsPerRequest: number,
  work: () => Promise<Taken>,
): Promise<Omit<Measurement, 'case' | 'round' | 'connections'>> {
  const machine = machineTime();
  const server = processes.server === null ? 0 : treeMicroseconds(processes.server);
  const postgres = treeMicroseconds(processes.postmaster);
  const taken = await work();
  const units = taken.requests * unitsPerRequest;
  return {
    ...taken,
    serverMicroseconds: processes.server === null ? null : (treeMicroseconds(processes.server) - server) / units,
    postgresMicroseconds: (treeMicroseconds(processes.postmaster) - postgres) / units,
    stolen: stolenShare(machine, machineTime()),
  };
}
