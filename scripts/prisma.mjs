// `npm run generate`: writes the Prisma client to lib/db/generated, only when the schema has changed.
//
// Prisma's commands want to download a native engine even for work that needs none. Where it cannot be had (no network, a
// closed one), any existing program in its place satisfies the check, and generating never calls it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const schemaFolder = path.join(root, 'prisma/schema');
const generated = path.join(root, 'lib/db/generated');
const stampFile = path.join(generated, '.schema-sha256');
const prismaFolder = path.join(root, 'node_modules/prisma');

const hash = createHash('sha256');
for (const name of readdirSync(schemaFolder).sort())
  hash.update(name).update(readFileSync(path.join(schemaFolder, name)));
hash.update(readFileSync(path.join(prismaFolder, 'package.json')));
const stamp = hash.digest('hex');

if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
  console.log('Prisma client is up to date');
} else {
  const engines = path.join(root, 'node_modules/@prisma/engines');
  const hasEngine = readdirSync(engines).some((name) => name.startsWith('schema-engine-'));
  const result = spawnSync(process.execPath, [path.join(prismaFolder, 'build/index.js'), 'generate'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      ...(hasEngine ? {} : { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath }),
    },
  });
  if (result.status !== 0) {
    process.stdout.write(result.stdout);
    process.exit(result.status ?? 1);
  }
  writeFileSync(stampFile, stamp);
  console.log('Prisma client generated in lib/db/generated');
}
