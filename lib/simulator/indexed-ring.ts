/**
 * The last `max` entries, findable by key. Forgetting an entry forgets it in its key's list as well, so memory
 * stays bounded however many keys pass by.
 */
export class IndexedRing<T> {
  readonly #max: number;
  readonly #keyOf: (entry: T) => string;
  #entries: T[] = [];
  #oldest = 0;
  readonly #byKey = new Map<string, T[]>();

  constructor(max: number, keyOf: (entry: T) => string) {
    this.#max = max;
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#entries.length;
  }

  get keys(): number {
    return this.#byKey.size;
  }

  add(entry: T): void {
    if (this.#entries.length < this.#max) {
      this.#entries.push(entry);
    } else {
      const forgotten = this.#entries[this.#oldest];
      this.#entries[this.#oldest] = entry;
      this.#oldest = (this.#oldest + 1) % this.#max;
      if (forgotten !== undefined) this.#forget(this.#keyOf(forgotten));
    }
    const key = this.#keyOf(entry);
    const list = this.#byKey.get(key);
    if (list) list.push(entry);
    else this.#byKey.set(key, [entry]);
  }

  /** Entries of one key, oldest first. */
  of(key: string): readonly T[] {
    return this.#byKey.get(key) ?? [];
  }

  /** The newest `limit` entries of all keys, oldest of them first. */
  newest(limit: number): T[] {
    const inOrder = [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)];
    return inOrder.slice(-limit);
  }

  clear(): void {
    this.#entries = [];
    this.#oldest = 0;
    this.#byKey.clear();
  }

  /** The oldest entry overall is also the oldest of its key. */
  #forget(key: string): void {
    const list = this.#byKey.get(key);
    list?.shift();
    if (list?.length === 0) this.#byKey.delete(key);
  }
}
