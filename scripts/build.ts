import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const SOURCES = [
  'app',
  'components',
  'lib',
  'public',
  'prisma/schema',
  'next.config.ts',
  'postcss.config.mjs',
  'proxy.ts',
  'package-lock.json',
];

/** Generates the Prisma client when the schema has changed. */
export function generate(): void {
  run(process.execPath, ['scripts/prisma.mjs'], 'generating the Prisma client');
}

/** Builds the Next application when there is no build or a source is newer. Says so, since it takes about half a minute. */
export function buildWhenStale(onProgress: (line: string) => void): void {
  const marker = path.join(root, '.next/BUILD_ID');
  if (existsSync(marker) && newest(SOURCES.map((name) => path.join(root, name))) <= statSync(marker).mtimeMs) return;
  onProgress('building (about half a minute, once)');
  run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], 'building');
}

function run(program: string, args: string[], what: string): void {
  const result = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
  });
  if (result.status !== 0) throw new Error(`${what} failed:\n${result.stdout}${result.stderr}`);
}

function newest(files: string[]): number {
  return files.reduce((latest, file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    if (!found || /\.test\.tsx?$/.test(file)) return latest;
    // A folder's own time moves when a file is added or removed; the generated client is made from the schema, which is listed.
    const inside =
      found.isDirectory() && !file.endsWith('lib/db/generated')
        ? newest(readdirSync(file).map((name) => path.join(file, name)))
        : 0;
    return Math.max(latest, file.endsWith('lib/db/generated') ? 0 : found.mtimeMs, inside);
  }, 0);
}
