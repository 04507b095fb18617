import { insertAudit } from '@/lib/db/audit';
import { report, transact } from '@/lib/db/client';
import {
  ANYWHERE,
  EXPORT_HEADING,
  type ExportFormat,
  type ExportStretch,
  exportQuery,
  type Place,
} from '@/lib/db/explore-verifications';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { printSearch } from '@/lib/domain/search/language';
import { newUuid, publicId } from '@/lib/ids';
import { type SearchQuery, searchOf } from '@/lib/operations/verifications/search';
import { startWalk } from '@/lib/operations/verifications/walk';
import { log } from '@/lib/telemetry/log';

/** Rows of one file. What is cut off is said in its last line. */
export const EXPORT_ROWS_MAX = 5_000_000;
/** Of one process at a time: each holds a connection of the searches' four while a stretch runs. */
const EXPORTS_MAX = 2;
/** Rows walked past per statement: few enough that a file flows, more where little matches. */
const STRETCH = { min: 5_000, max: 50_000, msMax: 20_000 } as const;

/** A reader that takes nothing for this long has left. */
const READER_MS_MAX = 120_000;

const holder = globalThis as { watchwordExports?: number };

/**
 * verifications.export: everything a search finds, newest first, as lines that the database has finished. Numbers are masked. Memory
 * stays at two stretches: one on its way out, one being read. No transaction spans the file, so that nothing holds the database's
 * cleaning back; a row shows what it is when its stretch is read. Noted before the first row leaves, and again when it ends, with the
 * number of rows and why it ended.
 */
export async function exportVerifications(
  actor: Actor,
  query: SearchQuery & { format: ExportFormat },
  limits: { rowsMax: number } = { rowsMax: EXPORT_ROWS_MAX },
): Promise<ReadableStream<Uint8Array>> {
  permit(actor, 'verifications:read');
  const search = searchOf(actor, { ...query, createdBefore: query.createdBefore ?? new Date() });
  const { rowsMax } = limits;
  if ((holder.watchwordExports ?? 0) >= EXPORTS_MAX) {
    throw new Refusal('too_many_requests', {
      detail: 'Two exports are running already. Try again when one has ended.',
      retryAfterSeconds: 30,
    });
  }
  holder.watchwordExports = (holder.watchwordExports ?? 0) + 1;
  const exportId = publicId('event', newUuid());
  const note = (action: string, detail: Record<string, unknown>) =>
    transact((tx) => insertAudit(tx, { actor, action, targetId: exportId, detail }));

  let rows = 0;
  let isOver = false;
  let watchdog: NodeJS.Timeout | undefined;
  const finish = async (ended: 'complete' | 'at_limit' | 'reader_left' | 'failed') => {
    if (isOver) return;
    isOver = true;
    clearTimeout(watchdog);
    holder.watchwordExports = Math.max(0, (holder.watchwordExports ?? 1) - 1);
    await note('verifications.export_end', { rows, ended }).catch((error: unknown) =>
      log().error({ error: String(error) }, 'export.note_failed'),
    );
  };

  let scanMax: number = STRETCH.min;
  const walk = startWalk(search, null);
  const read = async (place: Place): Promise<ExportStretch> => {
    // A stretch walks past as many rows and holds the one behind them as well; the file takes no more than its limit.
    const left = rowsMax - rows;
    const walked = Math.min(scanMax, left);
    const limit = Math.min(walked + 1, left);
    const stretch = { limit, scanMax: walked, isByIndex: walk.isByIndex };
    const { statement, values } = exportQuery(search, place, stretch, query.format);
    const found = (await report<ExportStretch>(statement, values, STRETCH.msMax))?.[0];
    if (!found) throw new Refusal('unavailable', { detail: 'Reading took too long.' });
    // An index of its own has no walk to end: there is more when the stretch is full.
    return walk.isByIndex && found.n === limit ? { ...found, edge: found.last } : found;
  };

  try {
    await note('verifications.export', { format: query.format, ...describeQuery(query) });
  } catch (error: unknown) {
    holder.watchwordExports -= 1;
    throw error;
  }

  // Whoever asks for a file and never reads it would keep its place for ever.
  const expectReader = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => finish('reader_left'), READER_MS_MAX);
    watchdog.unref();
  };
  expectReader();
  const mustGoOn = () => {
    if (isOver) throw new Refusal('unavailable', { detail: 'The export waited too long for its reader.' });
    expectReader();
  };

  const encoder = new TextEncoder();
  let coming: Promise<ExportStretch> | null = read(ANYWHERE);
  // Nobody may be waiting yet when it fails; pull() hears of it all the same.
  coming.catch(() => {});
  let isFirst = true;

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          mustGoOn();
          if (isFirst) {
            isFirst = false;
            if (query.format === 'csv') controller.enqueue(encoder.encode(`${EXPORT_HEADING}\n`));
          }
          while (coming) {
            const { edge, n, lines } = await coming;
            // The reader waits as long as this does, and rows may be far apart.
            mustGoOn();
            rows += n;
            scanMax =
              n === 0
                ? STRETCH.max
                : Math.max(STRETCH.min, Math.min(STRETCH.max, Math.floor((scanMax / n) * STRETCH.min)));
            await walk.advance(edge);
            const isFull = rows >= rowsMax && walk.place !== null;
            coming = !walk.place || isFull ? null : read(walk.place);
            coming?.catch(() => {});
            if (lines) controller.enqueue(encoder.encode(lines));
            if (isFull) {
              controller.enqueue(encoder.encode(lastLine(query.format, rows)));
              await finish('at_limit');
            }
            if (lines && coming) return;
          }
          await finish('complete');
          controller.close();
        } catch (error: unknown) {
          await finish('failed');
          controller.error(error);
        }
      },
      cancel: () => finish('reader_left'),
    },
    { highWaterMark: 0 },
  );
}

function lastLine(format: ExportFormat, rows: number): string {
  const said = `Cut off after ${rows} rows: narrow the range and export again.`;
  return format === 'csv' ? `"${said}"\n` : `${JSON.stringify({ object: 'cut_off', rows, message: said })}\n`;
}

/** A search for the audit log: no number in clear, in a log that is kept for ever. */
function describeQuery({ terms, createdAfter, createdBefore }: SearchQuery): Record<string, unknown> {
  return {
    search: printSearch(
      terms.map((term) => (term.key === 'to' ? { ...term, value: `…${term.value.slice(-2)}` } : term)),
    ),
    after: createdAfter,
    before: createdBefore,
  };
}
