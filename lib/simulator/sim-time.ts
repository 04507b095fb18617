/**
 * Simulated time: every latency passes through here, so that tests can run a day in minutes.
 * `speed` 20 makes 45 s last 2.25 s. Timers already started keep the pace they started with.
 */
export class SimTime {
  speed: number;
  readonly #pending = new Set<NodeJS.Timeout>();
  readonly #pendingMax: number;
  #isClosed = false;

  constructor(speed = 1, pendingMax = 200_000) {
    this.speed = speed;
    this.#pendingMax = pendingMax;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** True when so much is waiting already that a provider would rather refuse than promise more. */
  get isFull(): boolean {
    return this.#pending.size >= this.#pendingMax;
  }

  /** Runs `work` after `ms` of simulated time, unless the returned function is called first; never once closed. */
  after(ms: number, work: () => void): () => void {
    if (this.#isClosed) return () => undefined;
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      work();
    }, Math.max(0, ms) / this.speed);
    this.#pending.add(timer);
    return () => {
      clearTimeout(timer);
      this.#pending.delete(timer);
    };
  }

  /** Resolves after `ms` of simulated time; never once closed. */
  wait(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
