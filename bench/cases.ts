import { createHmac } from 'node:crypto';
import path from 'node:path';
import type { Pool } from 'pg';
import { newUuid, publicId } from '@/lib/ids';
import type { Contestants } from './contestants';
import { charged, type Measurement, type Taken } from './measure';
import { benchNumber } from './numbers';
import { pgbenchScripts, runPgbench } from './pgbench';
import { type BenchPostgres, DATABASES } from './postgres';
import { issueRowFor, metaStatus, metaWebhook, type Prepared, prepareVerifications } from './prepared';
import { type Load, type RawRequest, replay, writeRequests } from './wrk';

export type BenchCase = {
  name: string;
  what: string;
  /** Requests per second to prepare for; learnt from each run. */
  rate: number;
  /** The warm-up may be shorter where requests are dear to prepare and the process is warm from its other cases. */
  warmUpSecondsMax: number;
  run(connections: number, seconds: number): Promise<Omit<Measurement, 'case' | 'round' | 'connections'>>;
};

export type Installation = { appId: string; liveKey: string; metaWebhookPath: string; metaSecret: string };

/** Everything that a case needs. `ours` and `peer` are connections of the bench itself, for preparing and for counting. */
export type Field = {
  postgres: BenchPostgres;
  contestants: Contestants;
  installation: Installation;
  ours: Pool;
  peer: Pool;
  pgbench: Pool;
  pgbenchProgram: string;
};

const STATUSES_PER_POST = 100;
const QUIET_MS_MAX = 60_000;

/** Rows made ahead: each is delivered once and checked once. */
class Stock {
  private readonly fresh: Prepared[] = [];
  private readonly delivered: Prepared[] = [];
  private made = 0;
  private readonly appId: string;

  constructor(appId: string) {
    this.appId = appId;
  }

  private async make(count: number): Promise<void> {
    this.giveBack(await prepareVerifications(this.appId, this.made, count));
    this.made += count;
  }

  async takeFresh(count: number): Promise<Prepared[]> {
    if (this.fresh.length < count) await this.make(count - this.fresh.length);
    return this.fresh.splice(0, count);
  }

  /** To be checked: the delivered ones first, as in life. */
  async takeForCheck(count: number): Promise<Prepared[]> {
    const taken = this.delivered.splice(0, count);
    return taken.length < count ? [...taken, ...(await this.takeFresh(count - taken.length))] : taken;
  }

  giveBack(rows: readonly Prepared[]): void {
    for (const row of rows) this.fresh.push(row);
  }

  keepDelivered(rows: readonly Prepared[]): void {
    for (const row of rows) this.delivered.push(row);
  }
}

type HttpCase<Item> = {
  name: string;
  what: string;
  rate: number;
  warmUpSecondsMax?: number;
  port: number;
  pid: number;
  unitsPerRequest?: number;
  harmless: string;
  /** Makes requests, each to be sent once. */
  make(count: number): Promise<Item[]>;
  write(item: Item): RawRequest;
  /** Resolves when everything the requests set going is done. */
  rest(): Promise<void>;
  /** Looks in the database whether the requests did what they answered; throws when not. `sent` holds those that went out. */
  prove(sent: readonly Item[], answered: number, since: Date): Promise<void>;
  /** Takes back what was not sent. */
  giveBack?(unsent: readonly Item[]): void;
  /** Rate over the time until everything was at rest rather than until the last answer. */
  isEndToEnd?: boolean;
  /** Most requests of one measurement, where each is dear to prepare. */
  requestsMax?: number;
};

function httpCase<Item>(field: Field, made: HttpCase<Item>): BenchCase {
  const file = path.join(field.postgres.folder, 'requests', `${made.name.replaceAll('/', '-')}.txt`);
  const units = made.unitsPerRequest ?? 1;
  const self: BenchCase = {
    name: made.name,
    what: made.what,
    rate: made.rate,
    warmUpSecondsMax: made.warmUpSecondsMax ?? Number.POSITIVE_INFINITY,
    async run(connections, seconds) {
      const wanted = Math.ceil(self.rate * seconds * 1.6) + 10 * connections;
      const items = await made.make(Math.min(wanted, made.requestsMax ?? wanted));
      await writeRequests(
        file,
        { method: 'GET', target: made.harmless, headers: {}, body: '' },
        mapped(items, made.write),
      );
      // What was made just now is counted by our worker, too: not on the time of whoever is measured next.
      await counted(field);
      await field.ours.query('CHECKPOINT');
      const since = new Date();
      const began = performance.now();
      let load: Load | undefined;
      const result = await charged(
        { server: made.pid, postmaster: field.postgres.postmaster },
        units,
        async (): Promise<Taken> => {
          load = await replay({ port: made.port, file, connections, seconds });
          await made.rest();
          const elapsed = made.isEndToEnd ? (performance.now() - began) / 1000 : load.seconds;
          await counted(field);
          return {
            requests: load.requests,
            perSecond: (load.requests * units) / elapsed,
            p50: load.p50,
            p99: load.p99,
            isExhausted: load.isExhausted,
          };
        },
      );
      if (!load) throw new Error('nothing was sent');
      await made.prove(items.slice(0, load.served), load.requests, since);
      made.giveBack?.(items.slice(load.served));
      self.rate = Math.max(self.rate / 2, load.requests / load.seconds);
      return result;
    },
  };
  return self;
}

function* mapped<Item>(items: readonly Item[], write: (item: Item) => RawRequest): Iterable<RawRequest> {
  for (const item of items) yield write(item);
}

/** The requests that were answered last may have been cut off by the end of the run: they count as sent, not as answered. */
function proveCount(what: string, found: number, answered: number): void {
  if (found < answered) throw new Error(`${answered} requests were answered, but only ${found} ${what}`);
}

async function count(pool: Pool, sql: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, values as unknown[]);
  return rows[0]?.n ?? 0;
}

async function untilNone(pool: Pool, sql: string): Promise<void> {
  const deadline = Date.now() + QUIET_MS_MAX;
  while ((await count(pool, sql, [])) > 0) {
    if (Date.now() > deadline) throw new Error(`still at work after a minute: ${sql}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Until our worker has counted all that changed: a part of what a verification costs. */
const counted = (field: Field): Promise<void> => untilNone(field.ours, 'rollup_queue');

/** All cases, in the order of the first round. */
export async function benchCases(field: Field): Promise<BenchCase[]> {
  const { contestants, installation, ours, peer } = field;
  const { fast, next } = contestants;
  const stock = new Stock(installation.appId);
  let issued = 0;
  let peerNumbers = 0;
  const authorised = { authorization: `Bearer ${installation.liveKey}` };
  const json = { ...authorised, 'content-type': 'application/json' };

  const issueCase = (name: string, what: string, { port, child }: typeof fast, rate: number): BenchCase =>
    httpCase<string>(field, {
      name,
      what,
      rate,
      port,
      pid: child.pid,
      harmless: '/api/health',
      async make(wanted) {
        const numbers = Array.from({ length: wanted }, (_, i) => benchNumber('issued', issued + i));
        issued += wanted;
        return numbers;
      },
      write: (to) => ({ method: 'POST', target: '/api/v1/verifications', headers: json, body: JSON.stringify({ to }) }),
      rest: () => untilNone(ours, 'message WHERE lease_until IS NOT NULL'),
      async prove(_sent, answered, since) {
        // Ids begin with the time, so this reads the end of the primary key.
        const from = newUuid(since.getTime());
        const sent = await count(
          ours,
          `message m JOIN verification v ON v.id = m.verification_id WHERE m.id >= $1 AND m.state = 'accepted' AND v.status = 'pending'`,
          [`${from.slice(0, 13)}-7000-8000-000000000000`],
        );
        proveCount('verifications have an accepted message', sent, answered);
      },
    });

  const webhookCase = (
    name: string,
    what: string,
    { port, child }: typeof fast,
    rate: number,
    perPost: number,
  ): BenchCase =>
    httpCase<{ rows: Prepared[] }>(field, {
      name,
      what,
      rate,
      // A hundred thousand statuses take some ten seconds to prepare.
      ...(perPost > 1 ? { warmUpSecondsMax: 4, requestsMax: 1_000 } : {}),
      port,
      pid: child.pid,
      unitsPerRequest: perPost,
      isEndToEnd: perPost > 1,
      harmless: '/api/health',
      async make(wanted) {
        const rows = await stock.takeFresh(wanted * perPost);
        return Array.from({ length: wanted }, (_, i) => ({ rows: rows.slice(i * perPost, (i + 1) * perPost) }));
      },
      write({ rows }) {
        const now = new Date();
        const body = metaWebhook(rows.map((row) => metaStatus(row, 'delivered', now)));
        const signature = createHmac('sha256', installation.metaSecret).update(body).digest('hex');
        return {
          method: 'POST',
          target: installation.metaWebhookPath,
          headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
          body,
        };
      },
      rest: () => untilNone(ours, 'callback WHERE applied_at IS NULL'),
      async prove(sent, answered) {
        const rows = sent.flatMap((post) => post.rows);
        const delivered = await count(ours, `message WHERE id = ANY ($1) AND state = 'delivered'`, [
          rows.map(({ messageId }) => messageId),
        ]);
        proveCount('statuses moved a message', delivered, answered * perPost);
        stock.keepDelivered(rows);
      },
      giveBack: (unsent) => stock.giveBack(unsent.flatMap(({ rows }) => rows)),
    });

  const sample = await stock.takeFresh(5_000);
  const scripts = pgbenchScripts((await issueRowFor(installation.appId, 'counted', 0)).row);

  return [
    issueCase('ours/issue', 'POST /api/v1/verifications, fast lane', fast, 5_000),
    httpCase<Prepared>(field, {
      name: 'ours/check',
      what: 'POST …/check with the right code, each once, fast lane',
      rate: 5_000,
      port: fast.port,
      pid: fast.child.pid,
      harmless: '/api/health',
      make: (wanted) => stock.takeForCheck(wanted),
      write: ({ id, code }) => ({
        method: 'POST',
        target: `/api/v1/verifications/${publicId('verification', id)}/check`,
        headers: json,
        body: JSON.stringify({ code }),
      }),
      rest: async () => {},
      async prove(sent, answered) {
        const ids = sent.map(({ id }) => id);
        proveCount(
          'are approved',
          await count(ours, `verification WHERE id = ANY ($1) AND status = 'approved'`, [ids]),
          answered,
        );
      },
      giveBack: (unsent) => stock.giveBack(unsent),
    }),
    httpCase<Prepared>(field, {
      name: 'ours/get',
      what: 'GET /api/v1/verifications/{id}: the whole life, fast lane',
      rate: 5_000,
      port: fast.port,
      pid: fast.child.pid,
      harmless: '/api/health',
      make: async (wanted) => Array.from({ length: wanted }, (_, i) => sample[i % sample.length] as Prepared),
      write: ({ id }) => ({
        method: 'GET',
        target: `/api/v1/verifications/${publicId('verification', id)}`,
        headers: authorised,
        body: '',
      }),
      rest: async () => {},
      prove: async () => {},
    }),
    webhookCase('ours/webhook', 'signed Meta POST with one status, durable before 200, fast lane', fast, 4_000, 1),
    webhookCase(
      'ours/webhook-100',
      `the same with ${STATUSES_PER_POST} statuses in one POST; statuses per second until all are applied`,
      fast,
      150,
      STATUSES_PER_POST,
    ),
    issueCase('next/issue', 'POST /api/v1/verifications behind Next', next, 800),
    webhookCase('next/webhook', 'signed Meta POST with one status behind Next', next, 1_000, 1),
    httpCase<null>(field, {
      name: 'next/health',
      what: 'GET /api/health: a route of Next that does nothing',
      rate: 2_000,
      port: next.port,
      pid: next.child.pid,
      harmless: '/api/health',
      make: async (wanted) => new Array<null>(wanted).fill(null),
      write: () => ({ method: 'GET', target: '/api/health', headers: {}, body: '' }),
      rest: async () => {},
      prove: async () => {},
    }),
    httpCase<string>(field, {
      name: 'better-auth/send-otp',
      what: 'POST /api/auth/phone-number/send-otp',
      rate: 900,
      port: contestants.peer.port,
      pid: contestants.peer.child.pid,
      harmless: '/api/auth/ok',
      async make(wanted) {
        const numbers = Array.from({ length: wanted }, (_, i) => benchNumber('peer', peerNumbers + i));
        peerNumbers += wanted;
        return numbers;
      },
      write: (to) => ({
        method: 'POST',
        target: '/api/auth/phone-number/send-otp',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ phoneNumber: to }),
      }),
      rest: async () => {},
      async prove(sent, answered) {
        const found = await count(peer, 'verification WHERE identifier = ANY ($1)', [
          sent.map((to) => `phone-number-otp-${to}`),
        ]);
        proveCount('have a code', found, answered);
      },
    }),
    httpCase<{ to: string; code: string }>(field, {
      name: 'better-auth/verify',
      what: 'POST /api/auth/phone-number/verify, right code of a known user, no session',
      rate: 500,
      port: contestants.peer.port,
      pid: contestants.peer.child.pid,
      harmless: '/api/auth/ok',
      async make(wanted) {
        const people = Array.from({ length: wanted }, (_, i) => ({
          to: benchNumber('peer', peerNumbers + i),
          code: String(Math.floor(Math.random() * 1e6)).padStart(6, '0'),
        }));
        peerNumbers += wanted;
        await addPeerUsers(peer, people);
        return people;
      },
      write: ({ to, code }) => ({
        method: 'POST',
        target: '/api/auth/phone-number/verify',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ phoneNumber: to, code, disableSession: true }),
      }),
      rest: async () => {},
      async prove(sent, answered) {
        const left = await count(peer, 'verification WHERE identifier = ANY ($1)', [
          sent.map(({ to }) => `phone-number-otp-${to}`),
        ]);
        proveCount('codes were consumed', sent.length - left, answered);
      },
    }),
    {
      name: 'pgbench/issue',
      what: 'the issue statement for one row, prepared, by pgbench (2 threads)',
      rate: 0,
      warmUpSecondsMax: Number.POSITIVE_INFINITY,
      async run(clients, seconds) {
        await field.ours.query('CHECKPOINT');
        const before = await count(field.pgbench, 'verification', []);
        const result = await charged({ server: null, postmaster: field.postgres.postmaster }, 1, async () => {
          const { transactions, perSecond } = await runPgbench({
            program: field.pgbenchProgram,
            url: field.postgres.urlOf(DATABASES.pgbench),
            folder: field.postgres.folder,
            script: scripts.issue,
            clients,
            seconds,
          });
          return { requests: transactions, perSecond, p50: null, p99: null, isExhausted: false };
        });
        proveCount(
          'verifications were made',
          (await count(field.pgbench, 'verification', [])) - before,
          result.requests,
        );
        return result;
      },
    },
  ];
}

/** Postgres' microseconds per transaction for making pgbench's parameter, and for a statement that does nothing. */
export async function parameterCost(field: Field): Promise<{ parameter: number; nothing: number }> {
  const scripts = pgbenchScripts((await issueRowFor(field.installation.appId, 'counted', 0)).row);
  const cost = async (script: string) => {
    const { postgresMicroseconds } = await charged(
      { server: null, postmaster: field.postgres.postmaster },
      1,
      async () => {
        const { transactions, perSecond } = await runPgbench({
          program: field.pgbenchProgram,
          url: field.postgres.urlOf(DATABASES.pgbench),
          folder: field.postgres.folder,
          script,
          clients: 16,
          seconds: 2,
        });
        return { requests: transactions, perSecond, p50: null, p99: null, isExhausted: false };
      },
    );
    return postgresMicroseconds;
  };
  return { parameter: await cost(scripts.parameter), nothing: await cost(scripts.nothing) };
}

/** Users of better-auth with a verified number, and a code for each as its plugin stores them: in clear text. */
async function addPeerUsers(peer: Pool, people: readonly { to: string; code: string }[]): Promise<void> {
  const numbers = people.map(({ to }) => to);
  await peer.query(
    `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", "phoneNumber", "phoneNumberVerified")
     SELECT replace(gen_random_uuid()::text, '-', ''), n, n || '@peer.example', true, now(), now(), n, true FROM unnest($1::text[]) n`,
    [numbers],
  );
  await peer.query(
    `INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
     SELECT replace(gen_random_uuid()::text, '-', ''), 'phone-number-otp-' || n, c || ':0', now() + interval '1 day', now(), now()
       FROM unnest($1::text[], $2::text[]) AS p(n, c)`,
    [numbers, people.map(({ code }) => code)],
  );
}
