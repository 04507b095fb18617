import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startEmbeddedPostgres } from '@/lib/embedded/postgres';
import type { Environment } from '@/lib/env';

/**
 * Puts a DATABASE_URL into the settings where there is none: of the Postgres that comes along, which runs in WATCHWORD_DATA_DIR already or is started
 * there. `stop` ends it only if this call started it. Throws a sentence for the operator when neither is set.
 */
export async function ensureDatabase(
  settings: Pick<Environment, 'DATABASE_URL' | 'WATCHWORD_DATA_DIR'>,
): Promise<{ url: string; stop(): Promise<void> }> {
  if (settings.DATABASE_URL) return { url: settings.DATABASE_URL, stop: async () => {} };
  if (!settings.WATCHWORD_DATA_DIR) {
    throw new Error('Set DATABASE_URL, or WATCHWORD_DATA_DIR to run the Postgres that comes along in that folder.');
  }
  await mkdir(settings.WATCHWORD_DATA_DIR, { recursive: true });
  const { url, stop } = await startEmbeddedPostgres({ dataDir: path.join(settings.WATCHWORD_DATA_DIR, 'postgres') });
  settings.DATABASE_URL = url;
  return { url, stop };
}
