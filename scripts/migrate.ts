import { migrate } from '@/lib/db/migrate';
import { ensureDatabase } from '@/lib/embedded/own-database';

/** `npm run db:migrate`: brings the database of this environment up to date. Needs no secrets. */
const { DATABASE_URL, WATCHWORD_DATA_DIR } = process.env;
const { url, stop } = await ensureDatabase({ DATABASE_URL, WATCHWORD_DATA_DIR });
try {
  const names = await migrate(url, undefined, (name) => console.log(`left alone, of a newer version: ${name}`));
  for (const name of names) console.log(`applied ${name}`);
  if (names.length === 0) console.log('nothing to do: the database is up to date');
} finally {
  await stop();
}
