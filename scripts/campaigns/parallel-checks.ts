import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { simulatorControl } from '@/lib/simulator/control-client';
import { startStack } from '../stack';
import { call, eachOf, issueUntilAnswered, ordinaryNumber } from './caller';

// Guesses in parallel through two server processes: never more than five compared, never more than one approval.

const RUNS = Number(process.argv[2] ?? 100);
const GUESSES = 200;

const folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-checks-'));
const stack = await startStack({ folder, seed: 'none', ordinary: 'prompt', ports: { web: 0, simulator: 0 } });
const db = new pg.Client({ connectionString: stack.databaseUrl });
try {
  const second = await stack.startWeb();
  const servers = [stack.baseUrl, second.url];
  const key = stack.demo.apps[0]?.live_key ?? '';
  const simulator = simulatorControl(stack.simulatorUrl);
  await db.connect();

  let comparedMax = 0;
  let approvedMax = 0;
  let approvedRuns = 0;
  const statuses = new Map<string, number>();
  const began = Date.now();
  for (let run = 0; run < RUNS; run += 1) {
    const to = ordinaryNumber();
    const issued = await issueUntilAnswered(() => servers, key, to, 10_000);
    if (!issued) throw new Error('no server answered');
    const code = (await simulator.waitForMessages(to, 1))[0]?.code ?? '';
    const right = randomInt(GUESSES);
    const guesses = Array.from({ length: GUESSES }, (_, n) =>
      n === right ? code : String((Number(code) + 1 + n) % 1_000_000).padStart(6, '0'),
    );
    await eachOf(guesses, GUESSES, async (guess, n) => {
      const answer = await call(servers[n % 2] ?? stack.baseUrl, key, `/verifications/${issued.id}/check`, { code: guess });
      const outcome = String(answer.body.outcome ?? answer.status);
      statuses.set(outcome, (statuses.get(outcome) ?? 0) + 1);
    });
    const { rows } = await db.query<{ compared: number; approved: number }>(
      `SELECT count(*)::int AS compared, (count(*) FILTER (WHERE outcome = 'approved'))::int AS approved
         FROM check_attempt WHERE verification_id = substr($1, 5)::uuid`,
      [issued.id],
    );
    comparedMax = Math.max(comparedMax, rows[0]?.compared ?? 0);
    approvedMax = Math.max(approvedMax, rows[0]?.approved ?? 0);
    approvedRuns += rows[0]?.approved ?? 0;
  }
  process.stdout.write(
    `${RUNS} runs × ${GUESSES} parallel checks through 2 processes in ${Math.round((Date.now() - began) / 1000)} s\n` +
      `most compared in one run: ${comparedMax}; most approvals in one run: ${approvedMax}; runs approved by luck of order: ${approvedRuns}\n` +
      `answers: ${JSON.stringify(Object.fromEntries(statuses))}\n`,
  );
  process.exitCode = comparedMax <= 5 && approvedMax <= 1 ? 0 : 1;
} finally {
  await db.end();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}
