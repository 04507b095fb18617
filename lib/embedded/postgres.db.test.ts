import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { type EmbeddedPostgres, eraseEmbeddedPostgres, startEmbeddedPostgres } from '@/lib/embedded/postgres';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), 'watchword-embedded-'));
  await chmod(made, 0o755);
  cleanups.push(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function start(dataDir: string, onNotice: (notice: string) => void = () => {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, onNotice });
  cleanups.push(() => server.stop());
  return server;
}

async function ask(url: string, sql: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

test('what was committed survives a killed server, whose stale files do not hinder the next start', {
  timeout: 60_000,
}, async () => {
  const dataDir = path.join(await folder(), 'postgres');
  const first = await start(dataDir);
  expect(
    await ask(
      first.url,
      `SELECT name || '=' || setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'listen_addresses', 'unix_socket_directories') ORDER BY 1`,
    ),
  ).toEqual([['fsync=on'], ['listen_addresses=127.0.0.1'], ['synchronous_commit=on'], ['unix_socket_directories=']]);
  await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS n');

  const pid = Number((await readFile(path.join(first.dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  process.kill(pid, 'SIGKILL');
  await first.stop();

  const second = await start(dataDir);
  expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([[42]]);
  expect((await stat(path.join(path.dirname(second.dataDir), 'postgres-password'))).mode & 0o777).toBe(0o600);
});

test('a server that dies comes back at the same address with all that was committed, as often as it dies, until it is stopped', {
  timeout: 60_000,
}, async () => {
  const notices: string[] = [];
  const server = await start(path.join(await folder(), 'postgres'), (notice) => notices.push(notice));
  await ask(server.url, 'CREATE TABLE kept AS SELECT 42 AS n');
  const pid = async () => Number((await readFile(path.join(server.dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  for (let death = 0; death < 2; death += 1) {
    process.kill(await pid(), 'SIGKILL');
    await expect
      .poll(() => ask(server.url, 'SELECT n FROM kept').catch(() => null), { timeout: 20_000 })
      .toEqual([[42]]);
  }
  expect(notices.filter((notice) => notice.includes('started again')).length).toBeGreaterThanOrEqual(2);

  await server.stop();
  await expect(ask(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
});

test('a folder that is already served is joined, and left running by the one who joined', {
  timeout: 60_000,
}, async () => {
  const dataDir = path.join(await folder(), 'postgres');
  const owner = await start(dataDir);
  const guest = await start(dataDir);
  expect(guest).toMatchObject({ url: owner.url, isOwner: false });

  await guest.stop();
  expect(await ask(owner.url, 'SELECT 1')).toEqual([[1]]);
  await expect(eraseEmbeddedPostgres({ dataDir })).rejects.toThrow('Stop it first');
});

test('a first start that is cut short does not spoil the next one', { timeout: 60_000 }, async () => {
  const parent = await folder();
  const dataDir = path.join(parent, 'postgres');
  // In a group of its own, so that initdb ends with it, as when a machine stops.
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', starting(dataDir)], {
    detached: true,
    stdio: 'ignore',
  });
  const isHalfway = async () =>
    (await readdir(parent, { recursive: true })).some((name) => path.basename(name) === 'PG_VERSION');
  await expect.poll(isHalfway, { timeout: 20_000, interval: 5 }).toBe(true);
  const exit = once(child, 'exit');
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await exit;
  expect(await ask((await start(dataDir)).url, 'SELECT 1')).toEqual([[1]]);
});

/** A program that starts Postgres, says where it is, and stays. */
const starting = (dataDir: string) => `
  import { startEmbeddedPostgres } from '@/lib/embedded/postgres';
  console.log((await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} })).url);
  setInterval(() => {}, 1000);
`;

test('Postgres ends soon after the process that started it was killed', { timeout: 60_000 }, async () => {
  const dataDir = path.join(await folder(), 'postgres');
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', starting(dataDir)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = String((await once(child.stdout, 'data'))[0]).trim();
  expect(await ask(url, 'SELECT 1')).toEqual([[1]]);

  child.kill('SIGKILL');
  await expect
    .poll(
      () =>
        ask(url, 'SELECT 1').then(
          () => 'answers',
          () => 'gone',
        ),
      { timeout: 10_000 },
    )
    .toBe('gone');
  // And the next start waits for the last one to leave instead of failing on its lock file.
  expect(await ask((await start(dataDir)).url, 'SELECT 1')).toEqual([[1]]);
});

test.runIf(process.getuid?.() === 0)(
  'a folder that the database user cannot enter is replaced by one it can',
  { timeout: 60_000 },
  async () => {
    const closed = await folder();
    await chmod(closed, 0o700);
    const notices: string[] = [];
    const server = await start(path.join(closed, 'postgres'), (notice) => notices.push(notice));
    cleanups.push(() => rm(path.dirname(server.dataDir), { recursive: true, force: true }));

    expect(server.dataDir.startsWith(closed)).toBe(false);
    expect(notices.join('\n')).toContain(`cannot enter ${closed}`);
    expect(await ask(server.url, 'SELECT 1')).toEqual([[1]]);
    await server.stop();
  },
);
