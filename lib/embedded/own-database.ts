import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startEmbeddedPostgres } from '@/lib/embedded/postgres';

/**
 * Puts a DATABASE_URL into the settings where there is none: of the Postgres that comes along, which runs in WATCHWORD_DATA_DIR already or is started
 * there. `stop` ends it only if this call started it. `onNotice` hears, among others, where the data really lives. Throws a sentence for the operator
 * when neither is set.
 */
export async function ensureDatabase(
  settings: { DATABASE_URL?: string | undefined; WATCHWORD_DATA_DIR?: string | undefined },
  onNotice: (notice: string) => void = () => {},
): Promise<{ url: string; stop(): Promise<void> }> {
  if (settings.DATABASE_URL) return { url: settings.DATABASE_URL, stop: async () => {} };
  if (!settings.WATCHWORD_DATA_DIR) {
    throw new Error('Set DATABASE_URL, or WATCHWORD_DATA_DIR to run the Postgres that comes along in that folder.');
  }
  await mkdir(settings.WATCHWORD_DATA_DIR, { recursive: true });
  const dataDir = path.join(settings.WATCHWORD_DATA_DIR, 'postgres');
  const { url, stop } = await startEmbeddedPostgres({ dataDir, onNotice });
  settings.DATABASE_URL = url;
  return { url, stop };
}
