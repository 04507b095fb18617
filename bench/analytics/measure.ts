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
  /** Look-ups by primary key through the same pool, in the same moments. */
  lookupMs: number[];
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
      lookupMs: [],
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
  for (let run = -WARM; run < runs; run += 1) {
    const began = performance.now();
    // Forwards and backwards in turn.
    const order = run % 2 === 0 ? cases.map((_, n) => n) : cases.map((_, n) => cases.length - 1 - n);
    for (const n of order) {
      const [one, into] = [cases[n], measured[n]];
      if (!one || !into) continue;
      const before = await lookUp();
      const asked = performance.now();
      const { sent } = await statementsOf(one.ask);
      const took = performance.now() - asked;
      const after = await lookUp();
      if (run < 0) continue;
      into.ms.push(took);
      into.sqlMs.push(busyMs(sent));
      into.statements = sent.length;
      into.lookupMs.push(before, after);
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
