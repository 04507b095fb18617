import { exportVerifications } from '@/lib/operations/verifications/export';
import { ANALYST } from './questions';
import type { ExportMeasurement } from './report';

/** Enough to see whether memory grows with the file. */
const ROWS_MAX = 2_000_000;
const MIB = 1024 * 1024;
const LINE_FEED = 10;

/** Everything as CSV, at most two million rows, read as fast as it comes and thrown away. Memory is that of this process. */
export async function measureExport(say: (line: string) => void): Promise<ExportMeasurement> {
  const rssBeforeMiB = process.memoryUsage.rss() / MIB;
  let rssMaxMiB = rssBeforeMiB;
  let lines = 0;
  const began = performance.now();
  const file = await exportVerifications(
    ANALYST,
    { terms: [], createdAfter: null, createdBefore: null, format: 'csv' },
    { rowsMax: ROWS_MAX },
  );
  for await (const chunk of file as unknown as AsyncIterable<Uint8Array>) {
    for (const byte of chunk) if (byte === LINE_FEED) lines += 1;
    rssMaxMiB = Math.max(rssMaxMiB, process.memoryUsage.rss() / MIB);
  }
  // The heading is no row.
  const made = { rows: lines - 1, seconds: (performance.now() - began) / 1_000, rssBeforeMiB, rssMaxMiB };
  say(`export: ${made.rows} rows in ${made.seconds.toFixed(1)} s, at most ${rssMaxMiB.toFixed(0)} MiB resident`);
  return made;
}
