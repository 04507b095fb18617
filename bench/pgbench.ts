import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ISSUE_STATEMENT, type IssueRow, issueParameters } from '@/lib/db/issue-verifications';

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
 * make numbers, so Postgres puts them into the parameter's text with one `format`; what that costs is measured apart.
 */
export function pgbenchScripts(row: IssueRow): { issue: string; parameter: string; nothing: string } {
  const { expression, plans } = parameterExpressions(row);
  // The `\x3a` keeps pgbench from taking `:MI` of a time format for one of its variables; Postgres reads the same text.
  const statement = ISSUE_STATEMENT.text
    .replaceAll(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`, `E'YYYY-MM-DD"T"HH24\\x3aMI\\x3aSS.MS"Z"'`)
    .replace('$1::json', `(${expression})::json`)
    .replace('$2::jsonb', `${plans}::jsonb`);
  const stray = /:(?![abc] bigint)[A-Za-z_]/.exec(statement.replaceAll('::', ' '));
  if (stray || /\$[12]:/.test(statement))
    throw new Error(`pgbench would misread the statement near ${stray?.[0] ?? '$1'}`);
  const random = ['a', 'b', 'c'].map((name) => `\\set ${name} random(1000000000000000, 9999999999999999)\n`).join('');
  return {
    issue: `${random}${statement};\n`,
    parameter: `${random}SELECT length(${expression});\n`,
    nothing: `${random}SELECT :a::bigint + :b::bigint + :c::bigint;\n`,
  };
}

function parameterExpressions(row: IssueRow): { expression: string; plans: string } {
  // %1$s: 48 bits of time, as our ids begin; %2$s to %4$s: sixteen random digits each.
  const uuid = (tail: string) => `%1$s${tail}0000`;
  const fields: [name: string, text: string][] = [
    ['id', uuid('%2$s')],
    ['message_id', uuid('%3$s')],
    ['lease_token', '%4$s%2$s'],
    ['to_blind', '\\\\x%2$s%3$s'],
    ['number_key', '\\\\x6e01%2$s%3$s'],
    ['prefix_blind', '\\\\x%3$s%4$s'],
    ['prefix_key', '\\\\x7001%3$s%4$s'],
  ];
  // Colons inside texts are spelled in JSON's own way, for the same reason as above; a blank sets the others apart from words.
  const harmless = (json: string) =>
    json
      .replace(/"(?:[^"\\]|\\.)*"/g, (text) => text.replaceAll(':', '\\u003a'))
      .replace(/":(?=[a-z])/g, '": ')
      .replaceAll("'", "''");
  const [rows, plans] = issueParameters([row]);
  let json = harmless(rows).replaceAll('%', '%%');
  for (const [name, text] of fields) {
    const pattern = new RegExp(`"${name}":"[^"]*"`);
    if (!pattern.test(json)) throw new Error(`the parameter has no ${name}`);
    json = json.replace(pattern, () => `"${name}":"${text}"`);
  }
  const expression = `format('${json}', lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0'), :a::bigint, :b::bigint, :c::bigint)`;
  return { expression, plans: `'${harmless(plans)}'` };
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
