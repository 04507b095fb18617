import { closeDatabase } from '@/lib/db/client';
import { type Ground, type Held, prepareDatabase, startGround } from './ground';
import { load } from './load';
import { type AnalyticsOptions, readAnalyticsOptions } from './options';
import { PANEL_APP } from './scenery';

const say = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

/** Names of the two databases: all that was asked for, and a tenth of it to hold growth against. */
const DATABASES = { full: 'watchword', smaller: 'smaller' } as const;

/** Fills the databases, counts the rollups, asks every question of every panel, and leaves the results in bench/results/. */
async function bench(options: AnalyticsOptions): Promise<void> {
  const ground = await startGround({ folder: options.folder, keeps: options.keeps });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= closeDatabase().then(() => ground.stop());
    return stopped;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  try {
    const sizes = [
      [DATABASES.full, options.verifications],
      [DATABASES.smaller, options.smaller],
    ] as const;
    for (const [name, total] of sizes) if (total > 0) await ensureLoaded(ground, name, total, options);
    if (options.until === 'load') return;
  } finally {
    await stop();
    if (options.keeps) say(`everything is kept in ${ground.folder}`);
  }
}

/** Points this process at one database; what it remembers of another is forgotten. Pools must be closed. */
function enter(ground: Ground, name: string): void {
  const holder = globalThis as { watchwordEnvironment?: unknown; watchwordConfiguration?: unknown };
  delete holder.watchwordEnvironment;
  delete holder.watchwordConfiguration;
  Object.assign(process.env, ground.notes.environment, { DATABASE_URL: ground.urlOf(name), LOG_LEVEL: 'warn' });
}

async function ensureLoaded(ground: Ground, name: string, total: number, options: AnalyticsOptions): Promise<Held> {
  const known = ground.notes.held.find((held) => held.name === name);
  if (known) {
    await prepareDatabase(ground, name);
    return known;
  }
  say(`writing ${total} verifications of ${options.days} days into ${name}`);
  enter(ground, name);
  const url = await prepareDatabase(ground, name);
  const now = new Date();
  const { apps, tables, seconds } = await load(
    url,
    { total, days: options.days, receiptsPercent: options.receiptsPercent, now },
    say,
  );
  await closeDatabase();
  const held: Held = {
    name,
    verifications: total,
    now: now.toISOString(),
    panelAppId: apps[PANEL_APP]?.id ?? '',
    tables,
    loadSeconds: seconds,
    rebuild: null,
  };
  ground.notes.held.push(held);
  ground.save();
  say(`${name} is loaded: ${JSON.stringify(tables)}, ${JSON.stringify(seconds)}`);
  return held;
}

bench(readAnalyticsOptions(process.argv.slice(2))).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(
      `The bench failed. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  },
);
