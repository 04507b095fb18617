import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second (USER_HZ, fixed for user space). */
const TICK_MICROSECONDS = 10_000;

type Stat = { parent: number; own: number; reaped: number };

/** Processor time of a process and everything below it, in microseconds. Children that ended count through the parent that reaped them. */
export function treeMicroseconds(root: number): number {
  const all = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(Number(name));
    if (stat) all.set(Number(name), stat);
  }
  const isBelow = (pid: number): boolean => {
    let at: number | undefined = pid;
    while (at !== undefined && at > 1) {
      if (at === root) return true;
      at = all.get(at)?.parent;
    }
    return false;
  };
  let ticks = 0;
  for (const [pid, { own, reaped }] of all) if (isBelow(pid)) ticks += own + reaped;
  return ticks * TICK_MICROSECONDS;
}

/** The parent of a process: of a Postgres backend, the postmaster. */
export function parentOf(pid: number): number {
  const stat = readStat(pid);
  if (!stat) throw new Error(`process ${pid} has ended`);
  return stat.parent;
}

function readStat(pid: number): Stat | null {
  try {
    // The name in parentheses may hold spaces; fields count from behind it.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const field = (n: number) => fields[n - 3] ?? 0;
    return { parent: field(4), own: field(14) + field(15), reaped: field(16) + field(17) };
  } catch {
    return null; // ended while we looked
  }
}

export type MachineTime = { all: number; stolen: number };

/** Time of all processors, and the part that the hypervisor gave to somebody else. */
export function machineTime(): MachineTime {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const values = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { all: values.reduce((sum, value) => sum + value, 0), stolen: values[7] ?? 0 };
}

/** Share of stolen time between two looks, 0 to 1. */
export function stolenShare(before: MachineTime, after: MachineTime): number {
  return after.all === before.all ? 0 : (after.stolen - before.stolen) / (after.all - before.all);
}
