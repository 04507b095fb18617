import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { closeDatabase } from '@/lib/db/client';
import { env } from '@/lib/env';
import type { SeedDemo, SeedSize } from './demo-file';
import { historySpan } from './seed/history';
import { hasApps, install } from './seed/installation';
import { writePast } from './seed/past';

const DAY_MS = 86_400_000;

/** Fills an empty, migrated database. Throws when it already holds an app: nothing that anybody made is ever mixed with invented data. */
export const seedDemo: SeedDemo = async ({ size, simulatorUrl, smtpUrl, publicUrl, onProgress }) => {
  if (await hasApps()) throw new Error('This database already holds apps. Seed an empty one.');
  const now = new Date();
  const since = size === 'demo' ? new Date(historySpan(now.getTime()).from - DAY_MS) : now;
  const installation = await install({ simulatorUrl, smtpUrl: smtpUrl ?? null, publicUrl, since });
  onProgress('apps, keys, accounts, connections, routes, policies and templates are there');
  if (size !== 'none') await writePast(size, { installation, publicUrl, now, onProgress });
  return { demo: installation.seeded, simulator: installation.simulator };
};

/** `npm run seed -- --size demo`: the same on the database at DATABASE_URL, with the keys of the installation in the environment. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: 'demo' },
      'simulator-url': { type: 'string', default: 'http://127.0.0.1:4010' },
      'smtp-url': { type: 'string', default: 'smtp://127.0.0.1:4025' },
    },
  });
  if (!isSize(values.size)) throw new Error('--size is none, e2e or demo');
  if (!env().DATABASE_URL) throw new Error('Set DATABASE_URL to a migrated, empty database.');
  const made = await seedDemo({
    size: values.size,
    simulatorUrl: values['simulator-url'],
    smtpUrl: values['smtp-url'],
    publicUrl: env().WATCHWORD_PUBLIC_URL,
    onProgress: console.log,
  });
  console.log(JSON.stringify(made.demo, null, 2));
}

const isSize = (text: string): text is SeedSize => ['none', 'e2e', 'demo'].includes(text);

if (path.resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error: unknown) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
  await closeDatabase();
}
