import { randomInt, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { uuidFrom } from '@/lib/ids';
import { simulatorControl } from '@/lib/simulator/control-client';
import type { Web } from '../stack';
import { call, field, onFreshGround, pause, percentile, phoneNumber } from './ground';
import { countViolations } from './invariants';

/**
 * Is anything lost when processes die? Three servers (web and worker each) are killed with SIGKILL at random moments and
 * started again, while clients issue and check codes through whichever is alive, retrying with the same Idempotency-Key.
 * A ledger of what was acknowledged is compared with the table afterwards.
 *
 * `npm run campaign:kill -- 40`: 40 kills, one server always lives to take over. `-- 40 --all`: all may be dead at once; then
 * the wait for a takeover is shown and not judged, since nobody may be there.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false } },
});
const KILLS = Number(positionals[0] ?? 100);
const MAY_ALL_DIE = values.all;
const LIMIT_MS = 9 * 60_000;
const CLIENTS = 8;
/** Most numbers behave; some fail, hang or stay silent, so that deaths meet fallbacks as well. */
const ENDINGS = ['9999', '9998', '9997', '9996', '9995', '0001', '0002', '0005', '0010', '0003'];

type Entry = { key: string; id: string; to: string; ids: Set<string>; approvals: number };

await onFreshGround({ environment: { LOG_LEVEL: 'error' } }, async (stack) => {
  const key = stack.demo.apps[0]?.live_key ?? '';
  const simulator = simulatorControl(stack.simulatorUrl);
  const database = new pg.Client({ connectionString: stack.databaseUrl });
  await database.connect();
  const servers: (Web | null)[] = [stack.web, await stack.startWeb(), await stack.startWeb()];
  const ports = servers.map((server) => Number(new URL(server?.url ?? 'http://x').port));
  const urls = servers.map((server) => server?.url ?? '');
  const ledger: Entry[] = [];
  const refused: Record<string, number> = {};
  let numbers = 0;
  let kills = 0;
  let broken = 0;
  let blackouts = 0;
  let isOver = false;
  const began = Date.now();
  console.log(
    `killing ${KILLS} times, ${MAY_ALL_DIE ? 'all may be dead at once' : 'one always lives'}; ${CLIENTS} clients; servers ${urls.join(', ')}\n`,
  );

  /** Kills and restarts one server until enough have died. */
  async function reap(slot: number): Promise<void> {
    while (kills < KILLS && Date.now() - began < LIMIT_MS) {
      await pause(randomInt(50, 1_500));
      // Takeover is measured from the death of one, not from the start of the next: somebody has to be there to take over.
      if (!MAY_ALL_DIE && servers.filter((each) => each !== null).length < 2) continue;
      const server = servers[slot];
      if (!server) throw new Error('a server is missing');
      kills += 1;
      process.kill(server.pid, 'SIGKILL');
      servers[slot] = null;
      if (servers.every((each) => each === null)) blackouts += 1;
      await server.exited;
      servers[slot] = await stack.startWeb({ port: ports[slot] ?? 0 });
      if (kills % 10 === 0)
        console.log(`${kills} kills, ${ledger.length} acknowledged, ${((Date.now() - began) / 1000).toFixed(0)} s`);
    }
  }

  /** Asks one server after the other, with the same key, until one answers for good. Null: the campaign ended first. */
  async function insist(path: string, body: unknown, idempotencyKey: string) {
    for (let n = randomInt(urls.length); ; n += 1) {
      if (isOver && n > 60) return null;
      try {
        const answer = await call('POST', `${urls[n % urls.length]}${path}`, key, {
          body,
          headers: { 'idempotency-key': idempotencyKey },
          withinMs: 8_000,
        });
        if (answer.status < 500 && field(answer.body, 'error').includes('idempotency_in_flight') === false)
          return answer;
      } catch {
        broken += 1;
      }
      await pause(40);
    }
  }

  async function live(): Promise<void> {
    while (!isOver) {
      numbers += 1;
      const to = phoneNumber(numbers, ENDINGS[numbers % ENDINGS.length]);
      const idempotencyKey = randomUUID();
      const issued = await insist('/api/v1/verifications', { to }, idempotencyKey);
      if (!issued) return;
      if (issued.status !== 201) {
        const code = `${issued.status} ${/"code":"(\w+)"/.exec(JSON.stringify(issued.body))?.[1] ?? ''}`;
        refused[code] = (refused[code] ?? 0) + 1;
        continue;
      }
      const id = field(issued.body, 'id');
      const entry: Entry = { key: idempotencyKey, id, to, ids: new Set([id]), approvals: 0 };
      ledger.push(entry);
      // What was acknowledged once must be acknowledged the same for ever.
      const again = await insist('/api/v1/verifications', { to }, idempotencyKey);
      if (again?.status === 201) entry.ids.add(field(again.body, 'id'));
      const message = await simulator.waitForMessages(to, 1, 1_500).then(
        ([first]) => first,
        () => undefined,
      );
      if (!message?.code) continue;
      // The right code from two clients at once, each insisting: the deaths of servers must not add an approval.
      const checks = await Promise.all(
        [0, 1].map(() => insist(`/api/v1/verifications/${id}/check`, { code: message.code }, randomUUID())),
      );
      entry.approvals = checks.filter((answer) => field(answer?.body, 'outcome') === 'approved').length;
    }
  }

  const clients = Array.from({ length: CLIENTS }, () => live());
  await Promise.all(servers.map((_, slot) => reap(slot)));
  isOver = true;
  await Promise.all(clients);
  console.log(`\n${kills} kills in ${((Date.now() - began) / 1000).toFixed(0)} s; letting the rest settle for 20 s`);
  await pause(20_000);

  const rows = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await database.query<Row>(sql, values)).rows;
  const kept = new Set((await rows<{ id: string }>('SELECT id FROM verification')).map(({ id }) => id));
  const lost = ledger.filter(({ id }) => !kept.has(uuidFrom('verification', id) ?? ''));
  const split = ledger.filter(({ ids }) => ids.size > 1);
  const twice = ledger.filter(({ approvals }) => approvals > 1);
  const perStep = await rows<{ messages: number; n: number }>(
    'SELECT messages, count(*)::int AS n FROM (SELECT count(*)::int AS messages FROM message GROUP BY verification_id, step) x GROUP BY 1 ORDER BY 1',
  );
  const sends = await simulator.sends();
  const perMessage = new Map<string, number>();
  for (const send of sends)
    if (send.opaque_id) perMessage.set(send.opaque_id, (perMessage.get(send.opaque_id) ?? 0) + 1);
  const repeated = [...perMessage.values()].filter((n) => n > 1).length;

  // Messages whose process died with them in hand: how long until the next message of their verification was handed over?
  const orphans = await rows<{
    id: string;
    step: number;
    state: string;
    tries: number;
    wait: number | null;
    status: string;
    arrived: boolean;
  }>(
    `SELECT v.id, m.step, m.state, (SELECT count(*)::int FROM message o WHERE o.verification_id = v.id AND o.step = m.step) AS tries,
            EXTRACT(epoch FROM (SELECT min(n.submitted_at) FROM message n WHERE n.verification_id = m.verification_id AND n.submitted_at > m.submitted_at) - m.submitted_at)::float8 AS wait,
            v.status, EXISTS (SELECT 1 FROM message a WHERE a.verification_id = v.id AND a.delivered_at IS NOT NULL) AS arrived
       FROM message m JOIN verification v ON v.id = m.verification_id
      WHERE m.detail LIKE 'the sending process ended%' OR (m.state = 'submitted' AND m.lease_until < now())`,
  );
  // What a receipt has moved on was not lost after all: it left, and its silence is waited for as that of any other.
  const isLost = ({ state }: { state: string }) => state === 'unknown' || state === 'submitted';
  const lostOnes = orphans.filter(isLost);
  const waits = lostOnes.flatMap(({ wait }) => (wait === null ? [] : [wait]));
  const alone = lostOnes.filter(({ wait, status, arrived }) => wait === null && status === 'pending' && !arrived);
  // The bound holds even here: a channel gets two messages, and whoever lost the process under both has to ask again.
  const stranded = alone.filter(({ tries }) => tries < 2);
  const violations = await countViolations(database);
  await database.end();

  const longest = waits.length > 0 ? Math.max(...waits) : 0;
  console.log(`
kills                                         ${kills}
requests that broke off or met a dead server  ${broken}
acknowledged verifications                    ${ledger.length}   refused ${JSON.stringify(refused)}
lost                                          ${lost.length}   (allowed 0)
one key, two verifications                    ${split.length}   (allowed 0)
approved twice                                ${twice.length}   (allowed 0)
messages per verification and step            ${perStep.map(({ messages, n }) => `${messages}: ${n}`).join(', ')}   (allowed 2)
messages handed to a provider more than once  ${repeated} of ${perMessage.size} the simulator remembers (a 5xx is tried twice on purpose)
messages that died with their process         ${orphans.length}
  next message after                          p50 ${percentile(waits, 0.5)?.toFixed(1) ?? '—'} s, p99 ${percentile(waits, 0.99)?.toFixed(1) ?? '—'} s, longest ${longest.toFixed(1)} s   (${MAY_ALL_DIE ? `not judged: nobody was alive ${blackouts} times` : 'allowed 15 s'})
  left without one                            ${stranded.length}   (allowed 0) ${JSON.stringify(stranded)}
  lost twice on the last channel              ${alone.length - stranded.length}   (no third try, on purpose)
invariants`);
  for (const { name, n } of violations) console.log(`  ${String(n).padStart(3)}  ${name}`);
  const isBounded = perStep.every(({ messages }) => messages <= 2) && (MAY_ALL_DIE || longest <= 15);
  return (
    lost.length + split.length + twice.length + stranded.length === 0 &&
    isBounded &&
    violations.every(({ n }) => n === 0) &&
    kills >= KILLS
  );
});
