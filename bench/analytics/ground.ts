import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '@/lib/db/migrate';
import { eraseEmbeddedPostgres, startEmbeddedPostgres } from '@/lib/embedded/postgres';
import { ourEnvironment } from '../contestants';
import { postgresSettings } from '../postgres';
import type { Loaded } from './load';

/** What one database holds and how long it took; kept beside the data, so that a later run can go on from there. */
export type Held = {
  name: string;
  verifications: number;
  now: string;
  panelAppId: string;
  tables: Loaded;
  loadSeconds: { rows: number; indexes: number; vacuum: number };
  rebuild: Rebuilt | null;
};
/** `note`: what was otherwise than the bench does it by itself. */
export type Rebuilt = { seconds: number; note?: string; tables: { name: string; rows: number; bytes: number }[] };

type Notes = { environment: Record<string, string>; held: Held[] };

/** A Postgres of this bench's own, in a folder that is deleted at the end unless it is to be kept. */
export type Ground = {
  folder: string;
  settings: Record<string, string>;
  notes: Notes;
  /** Writes the notes down. */
  save(): void;
  urlOf(database: string): string;
  stop(): Promise<void>;
};

/** Starts it, or goes on with the folder of an earlier run. The keys of the installation stay with the folder: what they sealed is in the data. */
export async function startGround(options: { folder: string | null; keeps: boolean }): Promise<Ground> {
  const folder = options.folder ?? (await mkdtemp(path.join(os.tmpdir(), 'watchword-analytics-')));
  await mkdir(folder, { recursive: true });
  // Postgres runs as another user when we are root, and has to get in.
  await chmod(folder, 0o755);
  const dataDir = path.join(folder, 'postgres');
  const file = path.join(folder, 'notes.json');
  const embedded = await startEmbeddedPostgres({ dataDir });
  const notes: Notes = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { environment: ourEnvironment(embedded.url, 'http://127.0.0.1:9'), held: [] };
  const save = () => writeFileSync(file, `${JSON.stringify(notes, null, 2)}\n`, { mode: 0o600 });
  save();
  const client = new pg.Client({ connectionString: embedded.url });
  await client.connect();
  const settings = await postgresSettings(client);
  await client.end();
  return {
    folder,
    settings,
    notes,
    save,
    urlOf(database) {
      const url = new URL(embedded.url);
      url.pathname = `/${database}`;
      return url.href;
    },
    async stop() {
      await embedded.stop();
      if (options.keeps) return;
      await eraseEmbeddedPostgres({ dataDir });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes an empty database under this name and brings it up to date; one that is there is only brought up to date. */
export async function prepareDatabase(ground: Ground, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: ground.urlOf('postgres') });
  await client.connect();
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  if (!rowCount) await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  await migrate(ground.urlOf(name));
  return ground.urlOf(name);
}
