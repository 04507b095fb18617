import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { simulatorControl } from '@/lib/simulator/control-client';
import { startStack, type Web } from '../stack';
import { call, eachOf, issueUntilAnswered, ordinaryNumber } from './caller';

// Three processes, each web and worker, killed with SIGKILL over and over while codes are issued and checked.
// What was acknowledged must exist, reach its phone, and be approved once at most.

const KILLS = Number(process.argv[2] ?? 100);
const PER_SECOND = 12;
const SETTLE_MS = 45_000;

type Acknowledged = { id: string; to: string; at: number; approvals: number; checks: number };
const folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-kill-'));
const stack = await startStack({ folder, seed: 'none', ordinary: 'prompt', ports: { web: 0, simulator: 0 } });
const db = new pg.Client({ connectionString: stack.databaseUrl });
try {
  await db.connect();
  const key = stack.demo.apps[0]?.live_key ?? '';
  const simulator = simulatorControl(stack.simulatorUrl);
  // The first one keeps its port: the carriers call back there.
  const slots: { web: Web | null; port: number }[] = [{ web: stack.web, port: Number(new URL(stack.baseUrl).port) }];
  for (let n = 0; n < 2; n += 1) {
    const web = await stack.startWeb();
    slots.push({ web, port: Number(new URL(web.url).port) });
  }
  const servers = () => slots.flatMap(({ web }) => (web ? [web.url] : []));

  const ledger: Acknowledged[] = [];
  const unanswered: string[] = [];
  let isRunning = true;
  const began = Date.now();
  const issuing = (async () => {
    const pending = new Set<Promise<void>>();
    while (isRunning) {
      const to = ordinaryNumber();
      const one = (async () => {
        const issued = await issueUntilAnswered(servers, key, to, 20_000);
        if (!issued) unanswered.push(to);
        else ledger.push({ ...issued, to, approvals: 0, checks: 0 });
      })().finally(() => pending.delete(one));
      pending.add(one);
      await pause(1000 / PER_SECOND);
    }
    await Promise.all(pending);
  })();
  // Half of the codes are entered while the killing goes on, each twice at once at two servers.
  const checking = (async () => {
    let next = 0;
    while (isRunning || next < ledger.length) {
      const entry = ledger[next];
      if (!entry) {
        await pause(50);
        continue;
      }
      next += 1;
      if (next % 2 === 0) continue;
      const [message] = await simulator.messages(entry.to);
      if (!message) continue;
      await Promise.all([enter(entry, message.code ?? ''), enter(entry, message.code ?? '')]);
    }
  })();
  async function enter(entry: Acknowledged, code: string): Promise<void> {
    const among = servers();
    const server = among[randomInt(Math.max(1, among.length))];
    if (!server) return;
    entry.checks += 1;
    const answer = await call(server, key, `/verifications/${entry.id}/check`, { code }).catch(() => null);
    if (answer?.body.outcome === 'approved') entry.approvals += 1;
  }

  let kills = 0;
  while (kills < KILLS) {
    const ready = slots.filter(({ web }) => web !== null);
    if (ready.length < 2) {
      await pause(100);
      continue;
    }
    await pause(randomInt(150, 900));
    const slot = ready[randomInt(ready.length)];
    const victim = slot?.web;
    if (!slot || !victim) continue;
    slot.web = null;
    process.kill(victim.pid, 'SIGKILL');
    kills += 1;
    void victim.exited.then(async () => {
      slot.web = await stack.startWeb({ port: slot.port });
    });
    if (kills % 10 === 0) process.stdout.write(`${kills} kills, ${ledger.length} acknowledged\n`);
  }
  isRunning = false;
  await Promise.all([issuing, checking]);
  while (slots.some(({ web }) => web === null)) await pause(200);
  const lasted = (Date.now() - began) / 1000;
  await pause(SETTLE_MS);

  const { rows: known } = await db.query<{ id: string; status: string; approvals: number; messages: number; lost: number }>(
    `SELECT v.id::text, v.status,
            (SELECT count(*)::int FROM check_attempt a WHERE a.verification_id = v.id AND a.outcome = 'approved') AS approvals,
            (SELECT count(*)::int FROM message m WHERE m.verification_id = v.id) AS messages,
            (SELECT count(*)::int FROM verification_event e WHERE e.verification_id = v.id AND e.detail->>'cause' = 'lost') AS lost
       FROM verification v WHERE v.livemode`,
  );
  const byId = new Map(known.map((row) => [`vrf_${row.id.replaceAll('-', '')}`, row]));
  const waits: number[] = [];
  const recovered: number[] = [];
  let silent = 0;
  let doubled = 0;
  await eachOf(ledger, 16, async (entry) => {
    const received = await simulator.messages(entry.to);
    const first = received[0];
    if (!first) {
      // Approved or not, the person never saw a code.
      silent += 1;
      return;
    }
    const wait = Math.max(0, Date.parse(first.received_at) - entry.at);
    waits.push(wait);
    if ((byId.get(entry.id)?.lost ?? 0) > 0) recovered.push(wait);
    if (received.length > 1) doubled += 1;
  });
  waits.sort((a, b) => a - b);
  const lost = ledger.filter(({ id }) => !byId.has(id)).length;
  const twice = known.filter(({ approvals }) => approvals > 1).length + ledger.filter(({ approvals }) => approvals > 1).length;
  const { rows: stuck } = await db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM message WHERE livemode AND lease_until < now() - interval '15 seconds'`,
  );
  const lines = [
    `${kills} kills over ${Math.round(lasted)} s on 3 processes`,
    `acknowledged verifications: ${ledger.length}; lost: ${lost}; requests no server answered within 20 s: ${unanswered.length}`,
    `approved twice: ${twice}; approved once: ${known.filter(({ approvals }) => approvals === 1).length}`,
    `phones without any message: ${silent}; phones with more than one: ${doubled}`,
    `messages whose process died in the send: ${recovered.length}; they reached the phone after at most ${(Math.max(0, ...recovered) / 1000).toFixed(1)} s`,
    `acknowledged to phone: p50 ${at(waits, 0.5)} s, p99 ${at(waits, 0.99)} s, max ${at(waits, 1)} s; messages still leased: ${stuck[0]?.n}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = lost === 0 && twice === 0 && silent === 0 ? 0 : 1;
} finally {
  await db.end();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}

function at(sorted: readonly number[], share: number): string {
  return ((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1000).toFixed(2);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
