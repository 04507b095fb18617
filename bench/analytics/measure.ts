import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { reports } from '@/lib/db/client';
import type { PanelCase } from './questions';
import { busyMs, statementsOf } from './watch';

export type PanelMeasurement = {
  panel: string;
  room: string;
  range: string;
  scope: string;
  timeZone: string;
  /** The whole question: its statements, and what is made of them. */
  ms: number[];
  /** Time with a statement under way. */
  sqlMs: number[];
  statements: number;
  /** Processor time of Postgres, where the kernel tells it. */
  cpuMs: number[];
  /** Look-ups by primary key through the same pool, in the same moments. */
  lookupMs: number[];
  lookupCpuMs: number[];
};

const LOOKUP = {
  name: 'bench_lookup',
  text: 'SELECT id, status, country, created_at, ended_at FROM verification WHERE id = $1',
};

/** Ids all over the table, for look-ups. */
export async function someIds(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM verification TABLESAMPLE SYSTEM (0.2) LIMIT 20000');
  const ids = rows.map(({ id }) => id);
  for (let n = ids.length - 1; n > 0; n -= 1) {
    const m = (n * 7_919) % (n + 1);
    [ids[n], ids[m]] = [ids[m] ?? '', ids[n] ?? ''];
  }
  return ids.slice(0, 2_000);
}

/**
 * Every question `runs` times, in rounds: a round asks each once, and beside each a row is looked up by its primary key through the same
 * pool, so that both meet the same neighbours on the machine. The first two rounds warm the caches and plans and are not kept.
 */
export async function measurePanels(
  raw: Pool,
  cases: readonly PanelCase[],
  ids: readonly string[],
  runs: number,
  say: (line: string) => void,
): Promise<PanelMeasurement[]> {
  const WARM = 2;
  const measured = cases.map(
    ({ panel, range, scope, timeZone }): PanelMeasurement => ({
      panel: panel.name,
      room: panel.room,
      range,
      scope,
      timeZone,
      ms: [],
      sqlMs: [],
      statements: 0,
      cpuMs: [],
      lookupMs: [],
      lookupCpuMs: [],
    }),
  );
  let looked = 0;
  const lookUp = async () => {
    const id = ids[looked % ids.length];
    looked += 1;
    const began = performance.now();
    await reports().query(LOOKUP, [id]);
    return performance.now() - began;
  };
  let backends: number[] = [];
  const cpu = () => backends.reduce((sum, pid) => sum + processorMs(pid), 0);
  for (let run = -WARM; run < runs; run += 1) {
    const began = performance.now();
    backends = await backendsOf(raw);
    // Forwards and backwards in turn.
    const order = run % 2 === 0 ? cases.map((_, n) => n) : cases.map((_, n) => cases.length - 1 - n);
    for (const n of order) {
      const [one, into] = [cases[n], measured[n]];
      if (!one || !into) continue;
      const cpuAtFirst = cpu();
      const before = await lookUp();
      const cpuBefore = cpu();
      const asked = performance.now();
      const { sent } = await statementsOf(one.ask);
      const took = performance.now() - asked;
      const cpuAfter = cpu();
      const after = await lookUp();
      const cpuAtLast = cpu();
      if (run < 0) continue;
      into.ms.push(took);
      into.sqlMs.push(busyMs(sent));
      into.statements = sent.length;
      into.lookupMs.push(before, after);
      // A connection that was opened in between was not there before.
      if (cpuAfter > cpuBefore && cpuBefore > cpuAtFirst && cpuAtLast > cpuAfter) {
        into.cpuMs.push(cpuAfter - cpuBefore);
        into.lookupCpuMs.push(cpuBefore - cpuAtFirst, cpuAtLast - cpuAfter);
      }
    }
    say(`panels, round ${run + 1}: ${Math.round(performance.now() - began)} ms`);
  }
  return measured;
}

/** The value that `share` of them stay within. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** Processes of Postgres that serve this process's pool for figures. */
async function backendsOf(raw: Pool): Promise<number[]> {
  const { rows } = await raw.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'watchword reports%' AND datname = current_database()`,
  );
  return rows.map(({ pid }) => pid);
}

/** Milliseconds that a process has been on a processor; 0 where nobody tells (not Linux). Unlike time on the clock it is no longer for busy neighbours. */
function processorMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return 0;
  }
}
