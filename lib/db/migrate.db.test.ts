import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '@/lib/db/migrate';
import { readSchema, schemaDifference } from '@/scripts/schema-engine';
import { createTestDatabase, type TestDatabase } from '@/scripts/testing/database';

/**
 * What the migrations hold and the Prisma schema cannot say: partial and expression indexes. Anything else that differs is drift.
 */
const WRITTEN_BY_HAND = [
  'alert_delivery_due',
  'alert_one_open',
  'audit_entry_who',
  'callback_heard',
  'callback_unapplied',
  'console_invite_open',
  'incident_one_open',
  'message_at_provider',
  'message_lease',
  'message_our_fault',
  'message_own_code',
  'message_poll',
  'receipt_unmatched',
  'route_override_one_running',
  'verification_due',
  'saved_view_shared',
  'verification_paused',
  'verification_of_tests',
  'verification_rare_end',
  'verification_reference',
];

let empty: TestDatabase;
let folder: string;
beforeAll(async () => {
  empty = await createTestDatabase({ empty: true });
  folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-migrations-'));
});
afterAll(async () => {
  await empty.drop();
  await rm(folder, { recursive: true, force: true });
});

async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query<Row>(sql);
    return result.rows;
  } finally {
    await client.end();
  }
}

/** Tables, columns, keys and indexes of a database, one line each. */
async function structure(url: string): Promise<string[]> {
  const rows = await ask<{ line: string }>(
    url,
    `SELECT format('column %s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                   CASE WHEN a.attnotnull THEN ' not null' END, ' default ' || pg_get_expr(d.adbin, d.adrelid)) AS line
       FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace AND c.relname <> '_prisma_migrations'
     UNION ALL
     SELECT replace(indexdef, ' ON ONLY ', ' ON ') FROM pg_indexes
      WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' AND NOT (SELECT relispartition FROM pg_class WHERE oid = tablename::regclass)
        AND indexname <> ALL (ARRAY['${WRITTEN_BY_HAND.join("','")}'])
     UNION ALL
     SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f', 'u') AND conparentid = 0 AND conrelid::regclass::text <> '_prisma_migrations'
     UNION ALL
     SELECT format('enum %s %s', t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder))
       FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname
     ORDER BY 1`,
  );
  return rows.map((row) => row.line);
}

test('the migrations build what the Prisma schema describes, and nothing else but what is listed above', async () => {
  const migrated = await createTestDatabase();
  const described = await createTestDatabase({ empty: true });
  await ask(described.url, await schemaDifference(described.url, null, await readSchema()));

  expect(await structure(migrated.url)).toEqual(await structure(described.url));
  const names = await ask<{ indexname: string }>(
    migrated.url,
    `SELECT indexname FROM pg_indexes WHERE schemaname = 'public'`,
  );
  expect(names.map((row) => row.indexname)).toEqual(expect.arrayContaining(WRITTEN_BY_HAND));
});

async function folderWith(name: string, migrations: Record<string, string>): Promise<string> {
  const made = path.join(folder, name);
  for (const [migration, sql] of Object.entries(migrations)) {
    await mkdir(path.join(made, migration), { recursive: true });
    await writeFile(path.join(made, migration, 'migration.sql'), sql);
  }
  return made;
}

test('four processes that migrate at once apply each migration once, in order', async () => {
  const steps = await folderWith('steps', {
    '2_fill': `INSERT INTO note VALUES ('second')`,
    '1_make': `CREATE TABLE note (text text)`,
  });
  const runs = await Promise.all([1, 2, 3, 4].map(() => migrate(empty.url, steps)));
  expect(runs.filter((names) => names.length > 0)).toEqual([['1_make', '2_fill']]);
  expect(await ask(empty.url, 'SELECT text FROM note')).toEqual([{ text: 'second' }]);
  expect(await migrate(empty.url, steps)).toEqual([]);
});

test('a migration that fails leaves nothing behind', async () => {
  const steps = path.join(folder, 'steps');
  const broken = path.join(folder, 'broken');
  await cp(steps, broken, { recursive: true });
  await folderWith('broken', { '3_break': `CREATE TABLE half (n int); SELECT 1 / 0` });
  await expect(migrate(empty.url, broken)).rejects.toThrow('Migration 3_break failed: division by zero');
  expect(await ask(empty.url, `SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
  expect(await migrate(empty.url, steps)).toEqual([]);
});

test('a version runs on a database that a newer one has migrated, and says so', async () => {
  const older = await folderWith('older', { '1_make': `CREATE TABLE note (text text)` });
  const newer: string[] = [];
  expect(await migrate(empty.url, older, (name) => newer.push(name))).toEqual([]);
  expect(newer).toEqual(['2_fill']);
});

test('history that was rewritten, or is of another version than ours or a newer one, is refused', async () => {
  const changed = await folderWith('changed', {
    '1_make': `CREATE TABLE note (text text, more text)`,
    '2_fill': 'SELECT 1',
  });
  await expect(migrate(empty.url, changed)).rejects.toThrow('Migration 1_make was changed after it was applied');
  const other = await folderWith('other', {
    '1_make': `CREATE TABLE note (text text)`,
    '1_make_more': 'SELECT 1',
  });
  await expect(migrate(empty.url, other)).rejects.toThrow('and lacks 1_make_more');
  const later = await folderWith('later', {
    '1_make': `CREATE TABLE note (text text)`,
    '3_later': 'SELECT 1',
  });
  await expect(migrate(empty.url, later)).rejects.toThrow('which this version does not know');
});
