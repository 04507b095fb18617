import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '@/lib/db/migrate';
import { eraseEmbeddedPostgres, hasEmbeddedPostgres, startEmbeddedPostgres } from '@/lib/embedded/postgres';
import type { AccountsInput } from '@/lib/simulator/accounts';
import { buildWhenStale } from './build';
import { type Child, choosePort, startChild, untilReady } from './child';
import type { DemoFile, Seeded, SeedSize } from './demo-file';

export type StackOptions = {
  /** Holds everything the stack makes: data, secrets.env, demo.json, simulator.json, logs. */
  folder: string;
  seed: SeedSize;
  /** Throws away what the folder holds first. */
  fresh?: boolean;
  /** `off` serves every request through Next. */
  fastLane?: 'on' | 'off';
  /** A port that must be had; without it the last one of this folder, 3000 / 4010, or any free one. */
  ports?: { web?: number; simulator?: number };
  /** Codes that the crowd requests per minute; 0 is silence. */
  crowdPerMinute?: number;
  /** `prompt`: ordinary numbers get their code at once, for tests. */
  ordinary?: 'believable' | 'prompt';
  /** Next's development server: nothing is built, changes show at once. */
  isDevelopment?: boolean;
  /** Further variables for the server. */
  environment?: Record<string, string>;
  onProgress?: (line: string) => void;
};

export type Web = { url: string; pid: number; exited: Promise<void>; tail(): string; stop(): Promise<void> };

export type Stack = {
  baseUrl: string;
  simulatorUrl: string;
  databaseUrl: string;
  demo: DemoFile;
  /** The server of `baseUrl` (web and worker) and the simulator. */
  web: Web;
  simulator: Child;
  /** One more server on the same database: another door, another worker. `stop` of the stack ends it too. */
  startWeb(options?: { environment?: Record<string, string>; port?: number }): Promise<Web>;
  /** Ends exactly what was started, servers first, Postgres last. */
  stop(): Promise<void>;
};

const HOST = '127.0.0.1';
const DEFAULT_PORTS = { web: 3000, simulator: 4010, smtp: 4025 };

/**
 * Starts a whole installation on this machine: Postgres, migrations, seed, server with worker, simulator, crowd. Used by the demo, the
 * browser tests and the benchmarks. A second start on the same folder finds its data, keys and ports again. Rejects, with
 * everything ended, when a part does not come up.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const say = options.onProgress ?? (() => {});
  const folder = path.resolve(options.folder);
  const inFolder = (name: string) => path.join(folder, name);
  const dataDir = inFolder('postgres');
  await mkdir(folder, { recursive: true, mode: 0o755 });

  const made = ['secrets.env', 'demo.json'].filter((name) => existsSync(inFolder(name)));
  if (!options.fresh && made.length === 0 && (await hasEmbeddedPostgres({ dataDir }))) {
    throw new Error(`${folder} holds a Postgres that no demo made. Choose another folder, or --fresh to erase it.`);
  }
  // Without its secrets nobody can read the data, so they live and die together.
  if (options.fresh || made.length < 2) {
    await eraseEmbeddedPostgres({ dataDir });
    for (const name of ['demo.json', 'simulator.json', 'secrets.env']) await rm(inFolder(name), { force: true });
  }
  const secrets = await readOrMakeSecrets(inFolder('secrets.env'));
  const previous = await readJson<DemoFile>(inFolder('demo.json'));

  if (!options.isDevelopment) buildWhenStale(say);

  const ends: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, onNotice: say });
    ends.push(() => postgres.stop());
    if (!postgres.isOwner)
      throw new Error(
        `Something already runs in ${folder}${previous ? ` (${previous.base_url})` : ''}. Stop it first.`,
      );
    const applied = await migrate(postgres.url);
    if (applied.length > 0) say(`database migrated (${applied.length})`);

    const port = await portFor('web', options.ports?.web, previous?.base_url);
    const simulatorPort = await portFor('simulator', options.ports?.simulator, previous?.simulator_url);
    const baseUrl = `http://${HOST}:${port}`;
    // Whoever names the simulator's port runs beside others: all would look at the same mail port, and take it a while later.
    const anyPort = options.ports?.simulator !== undefined && !previous?.smtp_url ? 0 : undefined;
    const smtpPort = await portFor('smtp', anyPort, previous?.smtp_url);
    const simulatorUrl = `http://${HOST}:${simulatorPort}`;
    const smtpUrl = `smtp://${HOST}:${smtpPort}`;
    const environment = {
      NODE_ENV: options.isDevelopment ? 'development' : 'production',
      DATABASE_URL: postgres.url,
      WATCHWORD_PUBLIC_URL: baseUrl,
      WATCHWORD_FAST_LANE: options.fastLane ?? 'on',
      HOST,
      ...secrets,
      ...options.environment,
    };

    let seeded: Seeded | null = previous;
    let accounts = await readJson<AccountsInput>(inFolder('simulator.json'));
    if (!seeded || !accounts) {
      const made = await seed({
        size: options.seed,
        simulatorUrl,
        smtpUrl,
        publicUrl: baseUrl,
        environment,
        folder,
        say,
      });
      seeded = made.demo;
      accounts = made.simulator;
    } else if (previous) {
      if (previous.simulator_url !== simulatorUrl)
        await repointConnections(postgres.url, previous.simulator_url, simulatorUrl);
      // A demo from before mail has no such connection.
      if (previous.smtp_url && previous.smtp_url !== smtpUrl)
        await repointConnections(postgres.url, previous.smtp_url, smtpUrl);
    }
    const { apps, accounts: people, connections } = seeded;
    const demo: DemoFile = {
      base_url: baseUrl,
      simulator_url: simulatorUrl,
      smtp_url: smtpUrl,
      database_url: postgres.url,
      apps,
      accounts: people,
      connections,
    };
    await writePrivately(inFolder('demo.json'), demo);
    await writePrivately(inFolder('simulator.json'), withWebhooks(accounts, demo));

    const running: Child[] = [];
    const startWeb: Stack['startWeb'] = async (more = {}) => {
      const webPort = more.port ?? (await choosePort(0));
      const url = `http://${HOST}:${webPort}`;
      const name = webPort === port ? 'server.log' : `server-${webPort}.log`;
      const child = startChild(
        'server.ts',
        [],
        { ...environment, PORT: String(webPort), ...more.environment },
        inFolder(name),
      );
      running.push(child);
      await untilReady(child, `${url}/api/ready`);
      return { url, pid: child.pid, exited: child.exited, tail: child.tail, stop: child.stop };
    };
    ends.push(() => Promise.all(running.map((child) => child.stop())));

    say('starting the server');
    const web = await startWeb({ port });

    const crowd = options.crowdPerMinute ?? 0;
    const key = apps[0]?.live_key;
    const simulator = startChild(
      'scripts/simulator.ts',
      [
        ...[
          '--port',
          String(simulatorPort),
          '--smtp-port',
          String(smtpPort),
          '--config',
          inFolder('simulator.json'),
          '--ordinary',
          options.ordinary ?? 'believable',
        ],
        ...(crowd > 0 && key ? ['--crowd', baseUrl, '--crowd-key', key, '--crowd-rate', String(crowd)] : []),
      ],
      {},
      inFolder('simulator.log'),
    );
    running.push(simulator);
    await untilReady(simulator, `${simulatorUrl}/_control/stats`);

    return { baseUrl, simulatorUrl, databaseUrl: postgres.url, demo, web, simulator, startWeb, stop };
  } catch (error: unknown) {
    await stop();
    throw error;
  }
}

function portFor(
  which: keyof typeof DEFAULT_PORTS,
  wanted: number | undefined,
  previousUrl: string | undefined,
): Promise<number> {
  if (wanted !== undefined) return choosePort(wanted, true);
  return choosePort(previousUrl ? Number(new URL(previousUrl).port) : DEFAULT_PORTS[which]);
}

/** In a process of its own, which ends with its connections: the starter stays small and never holds the keys. */
async function seed(args: {
  size: SeedSize;
  simulatorUrl: string;
  smtpUrl: string;
  publicUrl: string;
  environment: Record<string, string>;
  folder: string;
  say(line: string): void;
}): Promise<{ demo: Seeded; simulator: AccountsInput }> {
  const { environment, folder, say, ...task } = args;
  const result = path.join(folder, 'seeded.json');
  await rm(result, { force: true });
  say(task.size === 'demo' ? 'making 60 days of history' : 'making apps, keys, accounts and routes');
  const child = startChild(
    'scripts/seed-into.ts',
    [JSON.stringify(task), result],
    { ...environment, LOG_LEVEL: 'warn' },
    null,
  );
  await child.exited;
  const made = await readJson<{ demo: Seeded; simulator: AccountsInput }>(result);
  await rm(result, { force: true });
  if (!made) throw new Error('Seeding failed; the reason is above.');
  return made;
}

/** Meta and YCloud are told once where to call; the address changes with our port. */
function withWebhooks(accounts: AccountsInput, demo: DemoFile): AccountsInput {
  const moved = <T extends { webhook_url?: string | null | undefined }>(known: T[] | undefined, provider: string) => {
    const path = demo.connections.find((connection) => connection.provider === provider)?.webhook_path;
    return (known ?? []).map((account) => {
      const kept = account.webhook_url ? new URL(account.webhook_url, demo.base_url).pathname : path;
      return kept ? { ...account, webhook_url: demo.base_url + kept } : account;
    });
  };
  return { ...accounts, meta: moved(accounts.meta, 'meta-cloud'), ycloud: moved(accounts.ycloud, 'ycloud') };
}

async function repointConnections(databaseUrl: string, from: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    'UPDATE connection SET base_url = $2 || substr(base_url, length($1) + 1) WHERE starts_with(base_url, $1)',
    [from, to],
  );
  await client.end();
}

async function readOrMakeSecrets(file: string): Promise<Record<string, string>> {
  if (!existsSync(file)) {
    const lines = [
      '# Made once for this folder. Whoever loses WATCHWORD_KEYS or WATCHWORD_INDEX_KEY loses the numbers and codes in the database.',
      `WATCHWORD_KEYS=1:${randomBytes(32).toString('base64')}`,
      `WATCHWORD_INDEX_KEY=${randomBytes(32).toString('base64')}`,
      `NEXTAUTH_SECRET=${randomBytes(32).toString('hex')}`,
      `WATCHWORD_METRICS_TOKEN=${randomBytes(24).toString('hex')}`,
      `WATCHWORD_SETUP_TOKEN=${randomBytes(24).toString('hex')}`,
    ];
    await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  }
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => /^[A-Z]/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

async function readJson<T>(file: string): Promise<T | null> {
  return readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as T,
    () => null,
  );
}

/** Complete or not there: whoever waits for the file never reads half of it. */
async function writePrivately(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
