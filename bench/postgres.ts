import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { eraseEmbeddedPostgres, startEmbeddedPostgres } from '@/lib/embedded/postgres';
import { parentOf } from './processor-time';

/** The Postgres that all contestants share, each in a database of its own. */
export type BenchPostgres = {
  folder: string;
  postmaster: number;
  settings: Record<string, string>;
  urlOf(database: string): string;
  stop(): Promise<void>;
};

export const DATABASES = { ours: 'watchword', peer: 'better_auth', pgbench: 'pgbench' } as const;

/** Settings that the results have to name. */
const NAMED = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
  'max_wal_size',
  'jit',
];

/** The settings that results name, as they are. */
export async function postgresSettings(client: pg.Client): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const name of NAMED) {
    const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name]);
    settings[name] = rows[0]?.value ?? '';
  }
  return settings;
}

/** Starts a new one in a temporary folder. Rejects when a commit would not be durable. */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-bench-'));
  // Postgres runs as another user when we are root, and has to get in.
  await chmod(folder, 0o755);
  const dataDir = path.join(folder, 'postgres');
  await mkdir(path.join(folder, 'requests'));
  const embedded = await startEmbeddedPostgres({ dataDir });
  const stop = async () => {
    await embedded.stop();
    await eraseEmbeddedPostgres({ dataDir });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const client = new pg.Client({ connectionString: embedded.url });
    await client.connect();
    for (const name of [DATABASES.peer, DATABASES.pgbench]) await client.query(`CREATE DATABASE ${name}`);
    const backend = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const settings = await postgresSettings(client);
    const postmaster = parentOf(backend.rows[0]?.pid ?? 0);
    await client.end();
    if (settings.fsync !== 'on' || settings.synchronous_commit !== 'on') {
      throw new Error('commits of this Postgres are not durable: nothing would be compared');
    }
    return {
      folder,
      postmaster,
      settings,
      urlOf(database) {
        const url = new URL(embedded.url);
        url.pathname = `/${database}`;
        return url.href;
      },
      stop,
    };
  } catch (error: unknown) {
    await stop();
    throw error;
  }
}
