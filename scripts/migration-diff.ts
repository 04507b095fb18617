import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '@/lib/embedded/postgres';
import { readSchema, type SchemaFiles, schemaDifference } from './schema-engine';

/**
 * `npm run db:migration -- <name-in-kebab-case> [--from <git ref>]`: writes prisma/migrations/<time>_<name>/migration.sql with the step from the
 * schema of that commit (HEAD) to the one in the working folder. Read it, and add by hand what the schema cannot say.
 */
const [name, flag, ref = 'HEAD'] = process.argv.slice(2);
if (!name || !/^[a-z][a-z0-9-]*$/.test(name) || (flag && flag !== '--from')) {
  console.error('Usage: npm run db:migration -- <name-in-kebab-case> [--from <git ref>]');
  process.exit(1);
}

const scratch = await mkdtemp(path.join(os.tmpdir(), 'watchword-diff-'));
// For the user that Postgres runs as.
await chmod(scratch, 0o755);
const server = await startEmbeddedPostgres({ dataDir: path.join(scratch, 'postgres') });
try {
  const sql = await schemaDifference(server.url, schemaAt(ref), await readSchema());
  if (/^-- This is an empty migration/.test(sql.trim()) || sql.trim() === '') {
    console.log(`the schema is the same as at ${ref}`);
  } else {
    const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    const folder = path.join('prisma/migrations', `${time}_${name.replaceAll('-', '_')}`);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'migration.sql'), sql);
    console.log(`wrote ${folder}/migration.sql: read it before you commit it`);
  }
} finally {
  await server.stop();
  await rm(scratch, { recursive: true, force: true });
}

function schemaAt(commit: string): SchemaFiles | null {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' });
  const names = git('ls-tree', '--name-only', commit, 'prisma/schema/')
    .split('\n')
    .filter((file) => file.endsWith('.prisma'));
  if (names.length === 0) return null;
  return names.sort().map((file) => [path.basename(file), git('show', `${commit}:${file}`)]);
}
