import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { LOCKS } from '@/lib/db/locks';

/** Prisma's own table, so that its CLI and this function read each other's records. */
const HISTORY = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                  VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"            VARCHAR(64) NOT NULL,
    "finished_at"         TIMESTAMPTZ,
    "migration_name"      VARCHAR(255) NOT NULL,
    "logs"                TEXT,
    "rolled_back_at"      TIMESTAMPTZ,
    "started_at"          TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`;

type Migration = { name: string; sql: string; checksum: string };
type Applied = { migration_name: string; checksum: string; finished_at: Date | null };

/**
 * Brings a database up to date and returns the names of the migrations that ran (none when it was).
 *
 * Any number of processes may call it at once: an advisory lock lets one work while the others wait. Each migration and its
 * record commit together, so a crash leaves nothing half done. Throws when a migration that was applied has changed or
 * vanished since, or when another tool left one unfinished: somebody has to look before anything else is changed.
 *
 * Migrations that are newer than every one of ours are of a version to come: it runs beside this one for a while, or was gone back from, and what
 * we read and write it has left as it was. `onNewer` hears of each.
 */
export async function migrate(
  databaseUrl: string,
  folder = path.join(process.cwd(), 'prisma/migrations'),
  onNewer: (name: string) => void = () => {},
): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'watchword-migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCKS.migrations]);
    await client.query(HISTORY);
    const applied = await client.query<Applied>(
      'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY started_at',
    );
    for (const name of newerThanOurs(migrations, applied.rows)) onNewer(name);

    const done = new Set(applied.rows.map((row) => row.migration_name));
    const due = migrations.filter((migration) => !done.has(migration.name));
    for (const migration of due) await apply(client, migration);
    return due.map((migration) => migration.name);
  } finally {
    // Ends the session, and with it the lock.
    await client.end();
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** Which of the applied migrations a newer version brought. Throws where history is not ours plus those. */
function newerThanOurs(migrations: Migration[], applied: Applied[]): string[] {
  const newest = migrations.at(-1)?.name ?? '';
  const done = new Set(applied.map((row) => row.migration_name));
  const newer: string[] = [];
  for (const row of applied) {
    if (!row.finished_at)
      throw new Error(
        `Migration ${row.migration_name} did not finish. Repair it with \`prisma migrate resolve\` first.`,
      );
    const known = migrations.find((migration) => migration.name === row.migration_name);
    if (!known) {
      const missing = migrations.find(({ name }) => !done.has(name));
      if (row.migration_name > newest && !missing) newer.push(row.migration_name);
      else
        throw new Error(
          `The database has migration ${row.migration_name}, which this version does not know${missing ? `, and lacks ${missing.name}` : ''}. Run the version that made it.`,
        );
    } else if (known.checksum !== row.checksum) {
      throw new Error(
        `Migration ${row.migration_name} was changed after it was applied. Restore the file and add a new migration instead.`,
      );
    }
  }
  return newer;
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('COMMIT');
  } catch (cause: unknown) {
    await client.query('ROLLBACK').catch(() => {});
    throw new Error(`Migration ${migration.name} failed: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
