import { migrate } from '@/lib/db/migrate';

/** `npm run db:migrate`: brings the database at DATABASE_URL up to date. */
const url = process.env.DATABASE_URL;
if (!url) {
  console.error('Set DATABASE_URL to the database that should be migrated.');
  process.exit(1);
}
const names = await migrate(url);
for (const name of names) console.log(`applied ${name}`);
if (names.length === 0) console.log('nothing to do: the database is up to date');
