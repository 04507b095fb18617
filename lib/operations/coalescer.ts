import { isDatabaseAway } from '@/lib/db/client';
import { Refusal } from '@/lib/domain/errors';

type Waiting<Row, Result> = {
  row: Row;
  keys: readonly string[];
  timer: NodeJS.Timeout;
  isOver: boolean;
  resolve(result: Result): void;
  reject(error: unknown): void;
};

type Options<Row, Result> = {
  /** Runs rows that share no key, in one commit; answers in their order. */
  run(rows: readonly Row[]): Promise<readonly Result[]>;
  /** Rows with a common key never travel together: the later one waits for the next batch. */
  keysOf(row: Row): readonly string[];
  /** Most rows of one batch. */
  batchMax: number;
  /** Batches under way at once. */
  flightsMax: number;
  /** Rows that may wait; one more is refused with 503. */
  queueMax: number;
};

/** A row without an answer after this is refused with 503, whether it waits for its turn or for a database that hangs. */
const WAIT_MAX_MS = 2_800;

/**
 * Lets concurrent calls share commits. What arrives while a batch is under way leaves together with the next one; an
 * idle coalescer adds no wait beyond the current turn of the event loop. When a batch fails, each row is tried by
 * itself, so that one bad row never hurts its neighbours.
 */
export class Coalescer<Row, Result> {
  private readonly options: Options<Row, Result>;
  private queue: Waiting<Row, Result>[] = [];
  private flights = 0;
  private readonly busyKeys = new Set<string>();
  private scheduled = false;

  constructor(options: Options<Row, Result>) {
    this.options = options;
  }

  submit(row: Row): Promise<Result> {
    if (this.queue.length >= this.options.queueMax) {
      return Promise.reject(
        new Refusal('unavailable', { detail: 'Too many requests are waiting.', retryAfterSeconds: 1 }),
      );
    }
    return new Promise<Result>((resolve, reject) => {
      const waiting: Waiting<Row, Result> = {
        row,
        keys: this.options.keysOf(row),
        isOver: false,
        timer: setTimeout(() => {
          waiting.isOver = true;
          reject(new Refusal('unavailable', { detail: 'The database did not answer in time.', retryAfterSeconds: 2 }));
        }, WAIT_MAX_MS),
        resolve: (result) => {
          clearTimeout(waiting.timer);
          resolve(result);
        },
        reject: (error) => {
          clearTimeout(waiting.timer);
          reject(error);
        },
      };
      this.queue.push(waiting);
      this.schedule();
    });
  }

  /** One turn of the event loop gathers what arrived in the same burst. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.launch();
    });
  }

  private launch(): void {
    while (this.flights < this.options.flightsMax && this.queue.length > 0) {
      const batch = this.take();
      if (batch.length === 0) return;
      this.flights += 1;
      void this.fly(batch).finally(() => {
        this.flights -= 1;
        for (const { keys } of batch) for (const key of keys) this.busyKeys.delete(key);
        if (this.queue.length > 0) this.launch();
      });
    }
  }

  private take(): Waiting<Row, Result>[] {
    const batch: Waiting<Row, Result>[] = [];
    const left: Waiting<Row, Result>[] = [];
    for (const waiting of this.queue) {
      // Its caller has been refused already: what it asked for must not happen behind its back.
      if (waiting.isOver) continue;
      if (batch.length < this.options.batchMax && !waiting.keys.some((key) => this.busyKeys.has(key))) {
        for (const key of waiting.keys) this.busyKeys.add(key);
        batch.push(waiting);
      } else {
        left.push(waiting);
      }
    }
    this.queue = left;
    return batch;
  }

  private async fly(batch: readonly Waiting<Row, Result>[]): Promise<void> {
    try {
      const results = await this.options.run(batch.map(({ row }) => row));
      batch.forEach((waiting, n) => {
        const result = results[n];
        if (result === undefined) waiting.reject(new Error('the batch answered fewer rows than it was given'));
        else waiting.resolve(result);
      });
    } catch (error: unknown) {
      if (batch.length === 1 || !mayRetryAlone(error)) {
        for (const waiting of batch) waiting.reject(error);
        return;
      }
      for (const waiting of batch) {
        await this.options
          .run([waiting.row])
          .then(([result]) => (result === undefined ? waiting.reject(error) : waiting.resolve(result)), waiting.reject);
      }
    }
  }
}

/** A deadlock or a bad row is worth another try alone; a database that is away is not (and its commit may have happened). */
function mayRetryAlone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === '40P01' || code === '40001' || (/^[0-9A-Z]{5}$/.test(code) && !isDatabaseAway(error));
}
