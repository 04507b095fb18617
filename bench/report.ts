import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Measurement } from './measure';
import type { BenchOptions } from './options';

export type Machine = {
  processors: string;
  memoryGiB: number;
  system: string;
  node: string;
  commit: string;
  versions: Record<string, string>;
};

export type Report = {
  at: string;
  options: BenchOptions;
  machine: Machine;
  postgres: Record<string, string>;
  parameter: { parameter: number; nothing: number } | null;
  cases: { name: string; what: string }[];
  measurements: Measurement[];
  ratios: Ratio[];
};

/** A comparison with its aim. `values` has one entry per round. */
export type Ratio = { what: string; connections: number; aim: string; isMet: boolean; values: number[] };

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

type Aim = {
  what: string;
  connections: readonly number[];
  of: string;
  by: string | null;
  value(measurement: Measurement): number | null;
  atLeast?: number;
  atMost?: number;
};

const rate = ({ perSecond }: Measurement) => perSecond;
const p99 = ({ p99 }: Measurement) => p99;

/** What the results are held against. */
const AIMS: readonly Aim[] = [
  {
    what: 'issue ÷ better-auth send-otp',
    connections: [16, 64],
    of: 'ours/issue',
    by: 'better-auth/send-otp',
    value: rate,
    atLeast: 7,
  },
  {
    what: 'issue ÷ pgbench of the same statement',
    connections: [16, 64],
    of: 'ours/issue',
    by: 'pgbench/issue',
    value: rate,
    atLeast: 1,
  },
  {
    what: 'check ÷ better-auth verify',
    connections: [16, 64],
    of: 'ours/check',
    by: 'better-auth/verify',
    value: rate,
    atLeast: 15,
  },
  {
    what: 'issue ÷ a trivial Next route',
    connections: [16, 64],
    of: 'ours/issue',
    by: 'next/health',
    value: rate,
    atLeast: 4,
  },
  {
    what: 'check ÷ a trivial Next route',
    connections: [16, 64],
    of: 'ours/check',
    by: 'next/health',
    value: rate,
    atLeast: 4,
  },
  {
    what: 'issue ÷ the same handler behind Next',
    connections: [16, 64],
    of: 'ours/issue',
    by: 'next/issue',
    value: rate,
  },
  {
    what: 'webhook ÷ the same handler behind Next',
    connections: [16, 64],
    of: 'ours/webhook',
    by: 'next/webhook',
    value: rate,
    atLeast: 8,
  },
  {
    what: 'p99 of issue ÷ p99 of better-auth send-otp',
    connections: [16],
    of: 'ours/issue',
    by: 'better-auth/send-otp',
    value: p99,
    atMost: 0.2,
  },
  {
    what: 'statuses per second, 100 in one POST, until applied',
    connections: [16, 64],
    of: 'ours/webhook-100',
    by: null,
    value: rate,
    atLeast: 15_000,
  },
];

/** Every aim that the measured cases can answer, round by round. */
export function ratiosOf(measurements: readonly Measurement[]): Ratio[] {
  const rounds = [...new Set(measurements.map(({ round }) => round))];
  return AIMS.flatMap((aim) =>
    aim.connections.flatMap((connections): Ratio[] => {
      const values = rounds.flatMap((round) => {
        const read = (name: string) => {
          const found = measurements.find((m) => m.case === name && m.round === round && m.connections === connections);
          return found ? aim.value(found) : null;
        };
        const above = read(aim.of);
        const below = aim.by === null ? 1 : read(aim.by);
        return above === null || below === null ? [] : [above / below];
      });
      if (values.length === 0) return [];
      const middle = median(values);
      return [
        {
          what: aim.what,
          connections,
          values,
          aim: aim.atLeast !== undefined ? `≥ ${aim.atLeast}` : aim.atMost !== undefined ? `≤ ${aim.atMost}` : '–',
          isMet:
            (aim.atLeast === undefined || middle >= aim.atLeast) && (aim.atMost === undefined || middle <= aim.atMost),
        },
      ];
    }),
  );
}

/** What ran where. */
export function describeMachine(root: string): Machine {
  const cpus = os.cpus();
  const version = (name: string): string => {
    const manifest: { version: string } = JSON.parse(
      readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8'),
    );
    return manifest.version;
  };
  return {
    processors: `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown'}`,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    commit: commitOf(root),
    versions: Object.fromEntries(
      ['next', 'better-auth', 'pg', 'libphonenumber-js', 'zod'].map((name) => [name, version(name)]),
    ),
  };
}

function commitOf(root: string): string {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    return git('rev-parse', '--short', 'HEAD');
  } catch {
    return 'unknown';
  }
}

/** The page that people read. */
export function renderReport(report: Report): string {
  const { machine, options } = report;
  const spread = (values: readonly number[], digits: number) => {
    const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
      number(value, digits),
    );
    return values.length === 1 ? `${middle}` : `${middle} [${least}–${most}]`;
  };
  const rows = report.cases.flatMap(({ name }) =>
    options.connections.flatMap((connections) => {
      const found = report.measurements.filter((m) => m.case === name && m.connections === connections);
      if (found.length === 0) return [];
      const middleOf = (read: (m: Measurement) => number | null, digits: number) => {
        const values = found.flatMap((m) => read(m) ?? []);
        return values.length === 0 ? '–' : number(median(values), digits);
      };
      return [
        `| ${name} | ${connections} | ${spread(
          found.map(({ perSecond }) => perSecond),
          0,
        )} | ${middleOf((m) => m.p50, 1)} / ${middleOf((m) => m.p99, 1)} | ${middleOf((m) => m.serverMicroseconds, 0)} + ${middleOf((m) => m.postgresMicroseconds, 0)} | ${number(100 * Math.max(...found.map(({ stolen }) => stolen)), 0)} % |`,
      ];
    }),
  );
  const ratios = report.ratios.map(
    ({ what, connections, aim, isMet, values }) =>
      `| ${what} | ${connections} | ${spread(values, Math.max(...values) > 100 ? 0 : 2)} | ${aim} | ${aim === '–' ? '' : isMet ? 'yes' : '**no**'} |`,
  );
  return `# Benchmark

${report.at}, commit ${machine.commit}${options.isQuick ? ' — **a smoke run: these numbers say nothing**' : ''}

- ${machine.processors}, ${machine.memoryGiB} GiB, ${machine.system}; Node ${machine.node}; ${Object.entries(
    machine.versions,
  )
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}
- PostgreSQL ${report.postgres.server_version}: ${Object.entries(report.postgres)
    .filter(([name]) => name !== 'server_version')
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}; the same server for all, a database each
- ${options.rounds} rounds of ${options.seconds} s per case and number of connections after ${options.warmUpSeconds} s of warm-up, cases interleaved and rotated; load by wrk, one thread, on the same processors

## Against the aims

Median of the rounds' own ratios [least–most].

| what | connections | ratio | aim | met |
|---|---|---|---|---|
${ratios.join('\n')}

## Measured

Requests per second: median [least–most]. Times of answers in ms. Processor time in µs per request, server + Postgres, from /proc.
\`webhook-100\` counts statuses, not requests. "Stolen" is the largest share that the hypervisor gave to others.

| case | connections | per second | p50 / p99 | CPU µs | stolen |
|---|---|---|---|---|---|
${rows.join('\n')}

${report.cases.map(({ name, what }) => `- **${name}**: ${what}`).join('\n')}

## How to read it

- Only ratios within one run count; absolute rates move with whoever else uses the machine.
- Every request is made before its clock starts, with a number or code of its own, and sent once; a single answer that is not 2xx fails
  the run. After each measurement the database is asked whether the work was really done: every issue has its accepted message, every
  check approved, every status moved a message. The processor time includes that work where it goes on after the answer,
  and the counting into rollups, which is waited for so that nobody works it off on the time of the next.
- Ours does more per request than the peer: API key, E.164 check, limits per number and per prefix, route and policy, sealed number and code,
  message, timer, record of the send. better-auth stores one row with the code in clear text and has its rate limits off. Neither sends
  anything: both senders accept at once.
- Our server runs web and worker in one process, as \`npm start\` does. Codes live for a day and fall back after ten hours here, so that the worker's
  sweeps of one measurement do not fall into the next one.
- pgbench runs the issue statement word for word for one row per transaction, with a generic plan and without its first two seconds, in which its
  new connections plan. Since it can only make numbers, Postgres makes the parameter by one
  \`format\`${report.parameter ? `: ${number(report.parameter.parameter, 0)} µs of Postgres per transaction, where a statement that does nothing takes ${number(report.parameter.nothing, 0)} µs` : ''}.
  Our server may pass it because it puts issues that arrive together into one commit.
`;
}

function number(value: number, digits: number): string {
  return value
    .toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .replaceAll(',', ' ');
}
