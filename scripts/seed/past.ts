import pg from 'pg';
import { env } from '@/lib/env';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { seededRandom } from '@/lib/simulator/random';
import type { SeedSize } from '../demo-file';
import { Author } from './author';
import type { Installation } from './installation';
import { writeSamples } from './samples';
import { newBuffers, TABLES, writeBuffers } from './tables';

/** The same seed tells the same story; ids, keys and sealed bytes differ each time. */
const SEED = 20_260_101;

/** Writes the past of an installation in one transaction: all of it or none. */
export async function writePast(
  size: Exclude<SeedSize, 'none'>,
  installation: Installation,
  now: Date,
  onProgress: (line: string) => void,
): Promise<void> {
  const client = new pg.Client({ connectionString: env().DATABASE_URL, application_name: 'watchword-seed' });
  await client.connect();
  try {
    await client.query('BEGIN');
    const random = seededRandom(SEED);
    const buffers = newBuffers();
    const author = new Author(await reloadConfiguration(), buffers, random, now.getTime());
    const count = writeSamples(author, installation.appIds, random, now.getTime());
    onProgress(`${count} verifications, one of every kind (${size})`);
    author.writeLedger();
    await writeBuffers(client, buffers);
    await client.query('COMMIT');
    // A fresh table has no statistics, and a console page planned without them is slow until autovacuum comes by.
    await client.query(`ANALYZE ${TABLES.join(', ')}`);
  } finally {
    await client.end();
  }
}
