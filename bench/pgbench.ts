import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type IssueRow, statementFor, valueFor } from '@/lib/db/issue-verifications';

const run = promisify(execFile);

/** Finds pgbench, or throws with what to do about it. */
export function requirePgbench(): string {
  const versions = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a))
    : [];
  const found = [...versions.map((version) => `/usr/lib/postgresql/${version}/bin/pgbench`), '/usr/bin/pgbench'].find(
    (file) => existsSync(file),
  );
  if (!found)
    throw new Error('The bench needs pgbench. On Debian or Ubuntu: apt-get install postgresql-contrib or postgresql');
  return found;
}

/**
 * The issue statement as the server runs it, for one row whose ids, keys and hashes are new each time. pgbench can only
 * make numbers, so Postgres makes those values with one `format` each; what that costs is measured apart.
 */
export function pgbenchScripts(row: IssueRow): { issue: string; parameter: string; nothing: string } {
  const { text, parameters } = statementFor([row]);
  const values = parameters.map((name) => RANDOM[name] ?? literal(valueFor(name, row)));
  // The `\x3a` keeps pgbench from taking `:MI` of a time format for one of its variables; Postgres reads the same text.
  const statement = text
    .replaceAll(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`, `E'YYYY-MM-DD"T"HH24\\x3aMI\\x3aSS.MS"Z"'`)
    .replace(/\$(\d+)::/g, (_, n: string) => `(ARRAY[${values[Number(n) - 1]}])::`);
  const stray = /:(?![abc] bigint)[A-Za-z_]/.exec(statement.replaceAll('::', ' '));
  if (stray)
    throw new Error(`pgbench would misread the statement near ${statement.slice(stray.index, stray.index + 30)}`);
  const random = ['a', 'b', 'c'].map((name) => `\\set ${name} random(1000000000000000, 9999999999999999)\n`).join('');
  const made = parameters.filter((name) => RANDOM[name]).map((name) => RANDOM[name]);
  return {
    issue: `${random}${statement};\n`,
    parameter: `${random}SELECT ${made.join(', ')};\n`,
    nothing: `${random}SELECT :a::bigint + :b::bigint + :c::bigint;\n`,
  };
}

/** %1: 48 bits of time, as our ids begin, the same wherever a statement names it; the others are sixteen random digits each. */
const formatted = (format: string, type: string) =>
  `format('${format}', lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0'), :a::bigint, :b::bigint, :c::bigint)::${type}`;
const RANDOM: Readonly<Record<string, string>> = {
  id: formatted('%1$s%2$s0000', 'uuid'),
  message_id: formatted('%1$s%3$s0000', 'uuid'),
  lease_token: formatted('%4$s%2$s', 'uuid'),
  to_blind: formatted('\\x%2$s%3$s', 'bytea'),
  number_key: formatted('\\x6e01%2$s%3$s', 'bytea'),
  prefix_blind: formatted('\\x%3$s%4$s', 'bytea'),
  prefix_key: formatted('\\x7001%3$s%4$s', 'bytea'),
};

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = Buffer.isBuffer(value)
    ? `\\x${value.toString('hex')}`
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
  // Colons inside JSON texts are spelled in JSON's own way, for the same reason as above; a blank sets the others apart from words.
  const harmless = text
    .replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => quoted.replaceAll(':', '\\u003a'))
    .replace(/":(?=[a-z])/g, '": ');
  return `'${harmless.replaceAll("'", "''")}'`;
}

export type PgbenchRun = { transactions: number; perSecond: number };

/** Each of its connections is new and has to load catalogues and plan first; ours are long open. This much is left out of the rate. */
const SETTLE_SECONDS = 2;

/**
 * Runs a script with the prepared protocol, planned once per connection, for `seconds` after a start that does not count.
 * Throws when a transaction failed.
 */
export async function runPgbench(options: {
  program: string;
  url: string;
  folder: string;
  script: string;
  clients: number;
  seconds: number;
}): Promise<PgbenchRun> {
  const file = path.join(options.folder, 'pgbench.sql');
  await writeFile(file, options.script);
  const url = new URL(options.url);
  const { stdout, stderr } = await run(
    options.program,
    [
      '--no-vacuum',
      '--protocol=prepared',
      `--client=${options.clients}`,
      '--jobs=2',
      `--time=${options.seconds + SETTLE_SECONDS}`,
      '--progress=1',
      `--file=${file}`,
      `--host=${url.hostname}`,
      `--port=${url.port}`,
      `--username=${url.username}`,
      url.pathname.slice(1),
    ],
    {
      env: {
        NODE_ENV: 'production',
        PATH: process.env.PATH,
        LC_ALL: 'C',
        PGPASSWORD: url.password,
        PGOPTIONS: '-c plan_cache_mode=force_generic_plan',
      },
    },
  );
  const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
  const failed = number(/number of failed transactions: (\d+)/);
  const transactions = number(/number of transactions actually processed: (\d+)/);
  const seconds = [...stderr.matchAll(/progress: [\d.]+ s, ([\d.]+) tps/g)]
    .map(([, rate]) => Number(rate))
    .slice(SETTLE_SECONDS);
  if (failed > 0 || !(transactions > 0) || seconds.length === 0) throw new Error(`pgbench failed:\n${stdout}${stderr}`);
  return { transactions, perSecond: seconds.reduce((sum, rate) => sum + rate, 0) / seconds.length };
}
