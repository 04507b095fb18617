import { closeDatabase } from '@/lib/db/client';
import { ensureDatabase } from '@/lib/embedded/own-database';
import { env } from '@/lib/env';
import { rebuildRollups } from '@/lib/operations/rollups/rebuild';

/**
 * `npm run rollups:rebuild -- [--from 2026-11-01] [--to 2026-11-25]`: throws away the counts of these UTC days and counts them again from
 * verifications and messages. Safe while the service runs: a day is emptied and filled in one transaction. Needs the server's environment.
 */
const args = process.argv.slice(2);
const day = (name: string): Date | null => {
  const at = args.indexOf(name);
  if (at === -1) return null;
  const date = new Date(`${args[at + 1]}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) {
    console.error(`${name} wants a day such as 2026-11-25`);
    process.exit(1);
  }
  return date;
};
const { stop } = await ensureDatabase(env());
if (!process.env.DATABASE_URL)
  console.log('Start no server meanwhile, unless one runs: this may have started its Postgres, and ends it.');
const began = performance.now();
const counted = await rebuildRollups({ from: day('--from'), to: day('--to') }, (at, count) =>
  console.log(`${at.toISOString().slice(0, 10)}  ${count}`),
);
console.log(`${counted} verifications counted in ${((performance.now() - began) / 1000).toFixed(1)} s`);
await closeDatabase();
await stop();
