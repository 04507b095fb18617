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
import { type Actor, whoAsks } from '@/lib/domain/actor';
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

/**
 * How long a reader may keep a file waiting. Whoever takes nothing for `waitMsMax` has left. What is taken buys time at `bytesPerSecond`, so
 * that a reader slower than that runs out of it as well, however often it comes: 8 KiB/s is a sixth of a phone's line of the third
 * generation (384 kbit/s), where a file of that size would take days. An hour carries the largest file, of over a gigabyte, at 3 Mbit/s.
 */
export const READER = {
  waitMsMax: 120_000,
  bytesPerSecond: 8 * 1024,
  pieceBytes: 64 * 1024,
  totalMsMax: 3_600_000,
} as const;

/** What a reader's time is measured by. `after` calls once, that many milliseconds later, unless what it returns is called before. */
export type ReaderClock = { now(): number; after(ms: number, then: () => void): () => void };
const CLOCK: ReaderClock = {
  now: () => performance.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

type Holding = { of: string };
const holder = globalThis as { watchwordExports?: Set<Holding> };

/**
 * verifications.export: everything a search finds, newest first, as lines that the database has finished. Numbers are masked. Memory
 * stays at two stretches: one on its way out, one being read. No transaction spans the file, so that nothing holds the database's
 * cleaning back; a row shows what it is when its stretch is read. Noted before the first row leaves, and again when it ends, with the
 * number of rows and why it ended. One person has one at a time; a reader that has left, is too slow or takes too long (`READER`) loses it.
 */
export async function exportVerifications(
  actor: Actor,
  query: SearchQuery & { format: ExportFormat },
  limits: { rowsMax?: number; clock?: ReaderClock } = {},
): Promise<ReadableStream<Uint8Array>> {
  permit(actor, 'verifications:read');
  const search = searchOf(actor, { ...query, createdBefore: query.createdBefore ?? new Date() });
  const { rowsMax = EXPORT_ROWS_MAX, clock = CLOCK } = limits;
  holder.watchwordExports ??= new Set();
  const running = holder.watchwordExports;
  const holding = { of: whoAsks(actor) };
  if ([...running].some(({ of }) => of === holding.of)) {
    throw new Refusal('too_many_requests', {
      detail: 'An export of yours is running already. Try again when it has ended.',
      retryAfterSeconds: 30,
    });
  }
  if (running.size >= EXPORTS_MAX) {
    throw new Refusal('too_many_requests', {
      detail: 'Two exports are running already. Try again when one has ended.',
      retryAfterSeconds: 30,
    });
  }
  running.add(holding);
  const exportId = publicId('event', newUuid());
  const note = (action: string, detail: Record<string, unknown>) =>
    transact((tx) => insertAudit(tx, { actor, action, targetId: exportId, detail }));

  let rows = 0;
  let isOver = false;
  let endWaiting = () => {};
  const finish = async (ended: 'complete' | 'at_limit' | 'reader_left' | 'time_over' | 'failed') => {
    if (isOver) return;
    isOver = true;
    endWaiting();
    running.delete(holding);
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
    running.delete(holding);
    throw error;
  }

  // Whoever asks for a file and hardly reads it would keep its place for ever.
  const began = clock.now();
  let patienceMs: number = READER.waitMsMax;
  let waitingSince = began;
  let hangUp = () => {};
  const awaitReader = (bytes: number) => {
    patienceMs = Math.min(READER.waitMsMax, patienceMs + (bytes / READER.bytesPerSecond) * 1_000);
    waitingSince = clock.now();
    const leftMs = READER.totalMsMax - (waitingSince - began);
    const ended = leftMs < patienceMs ? 'time_over' : 'reader_left';
    endWaiting = clock.after(Math.max(0, Math.min(patienceMs, leftMs)), () => finish(ended).finally(hangUp));
  };
  awaitReader(0);
  const readerIsBack = async () => {
    endWaiting();
    const now = clock.now();
    patienceMs -= now - waitingSince;
    if (now - began > READER.totalMsMax) await finish('time_over');
    if (isOver) throw new Refusal('unavailable', { detail: 'The export took too long.' });
  };

  const encoder = new TextEncoder();
  let coming: Promise<ExportStretch> | null = read(ANYWHERE);
  // Nobody may be waiting yet when it fails; pull() hears of it all the same.
  coming.catch(() => {});
  let out = encoder.encode(query.format === 'csv' ? `${EXPORT_HEADING}\n` : '');
  let ended: 'complete' | 'at_limit' = 'complete';

  /** The lines of the next stretch that has any; none: all of it has been read. */
  const nextLines = async (): Promise<string> => {
    while (coming) {
      const { edge, n, lines } = await coming;
      // A reader that has left while rows were far apart.
      if (isOver) throw new Refusal('unavailable', { detail: 'The reader has left.' });
      rows += n;
      scanMax =
        n === 0 ? STRETCH.max : Math.max(STRETCH.min, Math.min(STRETCH.max, Math.floor((scanMax / n) * STRETCH.min)));
      await walk.advance(edge);
      const isFull = rows >= rowsMax && walk.place !== null;
      coming = !walk.place || isFull ? null : read(walk.place);
      coming?.catch(() => {});
      if (isFull) ended = 'at_limit';
      const text = `${lines ?? ''}${isFull ? lastLine(query.format, rows) : ''}`;
      if (text) return text;
    }
    return '';
  };

  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        hangUp = () => controller.error(new Refusal('unavailable', { detail: 'The export waited too long.' }));
      },
      async pull(controller) {
        try {
          await readerIsBack();
          if (out.length === 0) out = encoder.encode(await nextLines());
          if (out.length === 0) {
            await finish(ended);
            return controller.close();
          }
          // In pieces, so that what a reader takes is seen while it takes it.
          const piece = out.subarray(0, READER.pieceBytes);
          out = out.subarray(piece.length);
          controller.enqueue(piece);
          awaitReader(piece.length);
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
