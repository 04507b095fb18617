import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { uuidFrom } from '@/lib/ids';
import { call, field, onFreshGround, pause, percentile, phoneNumber } from './ground';
import { countViolations } from './invariants';

/**
 * What do callers see while Postgres is away? Under load, Postgres is killed (and comes back by itself) or frozen (and thawed), several
 * times. Every answer meanwhile must be 503 with Retry-After within 3 s; afterwards the server recovers by itself, and
 * nothing acknowledged is missing.
 */
const ROUNDS = Number(process.argv[2] ?? 6);
const CLIENTS = 12;
const AWAY_MS = 6_000;
const ANSWER_MS_MAX = 3_000;
const RECOVERY_MS_MAX = 5_000;

type Seen = { at: number; ms: number; status: number; hasRetryAfter: boolean; code: string };

await onFreshGround({ environment: { LOG_LEVEL: 'silent' } }, async (stack) => {
  const key = stack.demo.apps[0]?.test_key ?? '';
  const ask = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: stack.databaseUrl });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  };
  const [where] = await ask<{ data_directory: string }>('SHOW data_directory');
  const dataDir = where?.data_directory ?? '';
  const postmaster = () => Number(readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);

  const acknowledged: string[] = [];
  const seen: Seen[] = [];
  let isOver = false;
  let numbers = 0;
  async function live(): Promise<void> {
    while (!isOver) {
      numbers += 1;
      const began = performance.now();
      try {
        const answer = await call('POST', `${stack.baseUrl}/api/v1/verifications`, key, {
          body: { to: phoneNumber(numbers) },
          headers: { 'idempotency-key': randomUUID() },
          withinMs: 20_000,
        });
        if (answer.status === 201) acknowledged.push(field(answer.body, 'id'));
        const code = /"code":"(\w+)"/.exec(JSON.stringify(answer.body))?.[1] ?? '';
        seen.push({
          at: Date.now(),
          ms: answer.ms,
          status: answer.status,
          hasRetryAfter: 'retry-after' in answer.headers,
          code,
        });
      } catch {
        seen.push({
          at: Date.now(),
          ms: performance.now() - began,
          status: 0,
          hasRetryAfter: false,
          code: 'no answer',
        });
      }
      await pause(20);
    }
  }
  const clients = Array.from({ length: CLIENTS }, () => live());
  await pause(2_000);

  const outages: { kind: string; from: number; until: number; back: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const kind = round % 3 === 2 ? 'frozen' : 'killed';
    const from = Date.now();
    if (kind === 'frozen') {
      const stopped = await family(postmaster());
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      await pause(AWAY_MS);
      for (const pid of [...stopped].reverse()) process.kill(pid, 'SIGCONT');
    } else {
      // SIGQUIT ends Postgres at once and without a checkpoint, like a crash that leaves no children behind.
      const pid = postmaster();
      process.kill(pid, 'SIGQUIT');
      while (await isAlive(pid)) await pause(10);
    }
    const until = Date.now();
    // One that began before is answered by what was there before.
    const first = await firstSuccess(() => seen.find(({ at, ms, status }) => at - ms >= until && status === 201)?.at);
    outages.push({ kind, from, until, back: first - until });
    console.log(
      `round ${round + 1}: ${kind} for ${((until - from) / 1000).toFixed(1)} s, first 201 after ${first - until} ms`,
    );
    await pause(2_000);
  }
  isOver = true;
  await Promise.all(clients);

  const during = seen.filter(({ at, ms }) => outages.some(({ from, until }) => at - ms < until && at > from));
  const refusals = during.filter(({ status }) => status !== 201);
  const wrong = seen.filter(({ status, hasRetryAfter }) => status !== 201 && !(status === 503 && hasRetryAfter));
  const slow = refusals.filter(({ ms }) => ms > ANSWER_MS_MAX);
  const kept = new Set((await ask<{ id: string }>('SELECT id FROM verification')).map(({ id }) => id));
  const lost = acknowledged.filter((id) => !kept.has(uuidFrom('verification', id) ?? ''));
  const reader = new pg.Client({ connectionString: stack.databaseUrl });
  await reader.connect();
  const violations = await countViolations(reader);
  await reader.end();
  const times = refusals.map(({ ms }) => ms);
  const counts: Record<string, number> = {};
  for (const { status, code } of during)
    counts[`${status} ${code}`.trim()] = (counts[`${status} ${code}`.trim()] ?? 0) + 1;

  console.log(`
outages                          ${outages.length} (${outages.map(({ kind }) => kind).join(', ')})
answers during them              ${JSON.stringify(counts)}
  refusals took                  p50 ${percentile(times, 0.5)?.toFixed(0)} ms, p99 ${percentile(times, 0.99)?.toFixed(0)} ms, longest ${Math.max(0, ...times).toFixed(0)} ms   (allowed ${ANSWER_MS_MAX} ms)
  slower than allowed            ${slow.length}
not 201 and not 503 + Retry-After  ${wrong.length}   (allowed 0) ${JSON.stringify(wrong.slice(0, 3))}
first success after the return   longest ${Math.max(...outages.map(({ back }) => back))} ms   (allowed ${RECOVERY_MS_MAX} ms, a killed one's own return included)
acknowledged                     ${acknowledged.length}
lost                             ${lost.length}   (allowed 0)
server still the same process    ${await isAlive(stack.web.pid)}
invariants`);
  for (const { name, n } of violations) console.log(`  ${String(n).padStart(3)}  ${name}`);
  const hasHeld =
    lost.length + wrong.length + slow.length === 0 &&
    outages.every(({ back }) => back <= RECOVERY_MS_MAX) &&
    violations.every(({ n }) => n === 0) &&
    (await isAlive(stack.web.pid));
  return hasHeld;
});

async function isAlive(pid: number): Promise<boolean> {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The postmaster and every process it has made. */
async function family(pid: number): Promise<number[]> {
  const { execFileSync } = await import('node:child_process');
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return [pid, ...children.split('\n').filter(Boolean).map(Number)];
}

async function firstSuccess(find: () => number | undefined): Promise<number> {
  for (;;) {
    const at = find();
    if (at !== undefined) return at;
    await pause(10);
  }
}
