import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '@/lib/db/migrate';
import { startEmbeddedPostgres } from '@/lib/embedded/postgres';

/**
 * One Postgres for the whole run, with one migrated database that every test file clones. Ends with the run.
 * `WATCHWORD_TEST_DATABASE_URL` names one to use instead, to test another version: an empty database on this machine, and a role that may
 * create more and end their connections.
 */
export default async function setup(project: TestProject) {
  const given = process.env.WATCHWORD_TEST_DATABASE_URL;
  if (given) {
    await migrate(given);
    project.provide('templateDatabaseUrl', given);
    return;
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-test-'));
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres') });
  await migrate(server.url);
  project.provide('templateDatabaseUrl', server.url);

  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
