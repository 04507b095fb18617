import { isDatabaseAway } from '@/lib/db/client';
import { Refusal } from '@/lib/domain/errors';

type Waiting<Row, Result> = {
  row: Row;
  keys: readonly string[];
  /** When it is refused, by the process's monotonic clock. */
  deadlineMs: number;
  /** Answered or refused. */
  isOver: boolean;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
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
  /** Fewer rows than this wait a moment for company right after a batch of several; absent: they never do. */
  gatherRows?: number;
};

/** A row without an answer after this is refused with 503, whether it waits for its turn or for a database that hangs. */
const WAIT_MAX_MS = 2_800;
/** How long a small batch waits for company after the one before has landed: about what a statement costs by itself (docs/decisions/0030). */
const GATHER_MS = 2;
/** So many places of answered rows are kept before they are cut off. */
const FORGOTTEN_MAX = 1_024;
/** A batch that is under way for longer than this is stuck behind something: the next one, however small, leaves beside it. */
const STUCK_MS = 20;

/**
 * Lets concurrent calls share commits. What arrives while a batch is under way leaves together with the next one; an
 * idle coalescer adds no wait beyond the current turn of the event loop. With `gatherRows` a small batch waits up to 2 ms for
 * company right after one of several rows, and leaves beside another only when it is large or the other one is stuck: half of
 * what Postgres did for 16 callers at once was setting up statements (docs/decisions/0030). When a batch fails, each row is
 * tried by itself, so that one bad row never hurts its neighbours.
 */
export class Coalescer<Row, Result> {
  private readonly options: Options<Row, Result>;
  private queue: Waiting<Row, Result>[] = [];
  private flights: Waiting<Row, Result>[][] = [];
  private isScheduled = false;
  private launchedAtMs = Number.NEGATIVE_INFINITY;
  private landedAtMs = Number.NEGATIVE_INFINITY;
  private hadCompany = false;
  private patience: NodeJS.Timeout | null = null;
  /**
   * Every row since the oldest without an answer, in order of their coming. Not a Set: as one grows and shrinks it leaves tables behind that point to
   * the next one, and what the garbage collector once took for old keeps all requests after it alive (docs/decisions/0034).
   */
  private unanswered: (Waiting<Row, Result> | undefined)[] = [];
  private oldest = 0;
  /** One timer for all of them: one for each would be cleared thousands of times a second. */
  private deadline: NodeJS.Timeout | null = null;

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
        deadlineMs: performance.now() + WAIT_MAX_MS,
        isOver: false,
        resolve,
        reject,
      };
      this.unanswered.push(waiting);
      this.deadline ??= setTimeout(() => this.refuseOverdue(), WAIT_MAX_MS);
      this.queue.push(waiting);
      this.schedule();
    });
  }

  private refuseOverdue(): void {
    this.deadline = null;
    const nowMs = performance.now();
    for (const waiting of this.unanswered.slice(this.oldest)) {
      if (!waiting || waiting.isOver) continue;
      // Timers may be early by the part of a millisecond.
      if (waiting.deadlineMs > nowMs + 1) {
        this.deadline = setTimeout(() => this.refuseOverdue(), waiting.deadlineMs - nowMs);
        break;
      }
      waiting.isOver = true;
      waiting.reject(
        new Refusal('unavailable', { detail: 'The database did not answer in time.', retryAfterSeconds: 2 }),
      );
    }
    this.forgetAnswered();
  }

  private forgetAnswered(): void {
    while (this.oldest < this.unanswered.length && this.unanswered[this.oldest]?.isOver !== false) {
      this.unanswered[this.oldest] = undefined;
      this.oldest += 1;
    }
    if (this.oldest < this.unanswered.length && this.oldest < FORGOTTEN_MAX) return;
    this.unanswered.splice(0, this.oldest);
    this.oldest = 0;
  }

  /** One turn of the event loop gathers what arrived in the same burst. */
  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.launch();
    });
  }

  private launch(): void {
    while (this.flights.length < this.options.flightsMax && this.queue.length > 0) {
      const waitMs = this.worthWaitingMs();
      if (waitMs > 0) {
        if (this.patience) clearTimeout(this.patience);
        this.patience = setTimeout(() => {
          this.patience = null;
          this.launch();
        }, waitMs);
        return;
      }
      const batch = this.take();
      if (batch.length === 0) return;
      this.flights.push(batch);
      this.launchedAtMs = performance.now();
      void this.fly(batch).finally(() => {
        this.flights.splice(this.flights.indexOf(batch), 1);
        this.landedAtMs = performance.now();
        this.hadCompany = batch.length > 1;
        if (this.queue.length > 0) this.launch();
      });
    }
  }

  /** How long what is waiting should go on waiting for company; 0: it leaves now. */
  private worthWaitingMs(): number {
    const { gatherRows, batchMax } = this.options;
    if (gatherRows === undefined) return 0;
    const isAloneInTheAir = this.flights.length === 0;
    // Who asks one by one meets nobody by waiting.
    if (isAloneInTheAir && !this.hadCompany) return 0;
    if (this.queue.length >= (isAloneInTheAir ? gatherRows : batchMax / 2)) return 0;
    const untilMs = isAloneInTheAir ? this.landedAtMs + GATHER_MS : this.launchedAtMs + STUCK_MS;
    return Math.max(0, Math.ceil(untilMs - performance.now()));
  }

  private take(): Waiting<Row, Result>[] {
    const batch: Waiting<Row, Result>[] = [];
    const left: Waiting<Row, Result>[] = [];
    const busyKeys = new Set(this.flights.flatMap((flight) => flight.flatMap(({ keys }) => keys)));
    for (const waiting of this.queue) {
      // Its caller has been refused already: what it asked for must not happen behind its back.
      if (waiting.isOver) continue;
      if (batch.length < this.options.batchMax && !waiting.keys.some((key) => busyKeys.has(key))) {
        for (const key of waiting.keys) busyKeys.add(key);
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
      for (let n = 0; n < batch.length; n += 1) {
        this.settle(batch[n] as Waiting<Row, Result>, results[n], TOO_FEW);
      }
    } catch (error: unknown) {
      const isHopeless = batch.length === 1 || !mayRetryAlone(error);
      for (const waiting of batch) {
        if (isHopeless) this.settle(waiting, undefined, error);
        else
          await this.options.run([waiting.row]).then(
            ([result]) => this.settle(waiting, result, error),
            (reason: unknown) => this.settle(waiting, undefined, reason),
          );
      }
    }
  }

  /** Answers one row, or refuses it with `error` where there is no result. One that was refused as overdue stays so. */
  private settle(waiting: Waiting<Row, Result>, result: Result | undefined, error: unknown): void {
    if (result === undefined) waiting.reject(error);
    else waiting.resolve(result);
    waiting.isOver = true;
    this.forgetAnswered();
    if (this.unanswered.length > 0 || this.deadline === null) return;
    clearTimeout(this.deadline);
    this.deadline = null;
  }
}

const TOO_FEW = new Error('the batch answered fewer rows than it was given');

/** A deadlock or a bad row is worth another try alone; a database that is away is not (and its commit may have happened). */
function mayRetryAlone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === '40P01' || code === '40001' || (/^[0-9A-Z]{5}$/.test(code) && !isDatabaseAway(error));
}
