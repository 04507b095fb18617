import { afterEach, describe, expect, test, vi } from 'vitest';
import { isRefusal } from '@/lib/domain/errors';
import { Coalescer } from '@/lib/operations/coalescer';

type Row = { n: number; key: string };
/** Answers when the test lets it; remembers every batch. */
function bench(
  options: {
    batchMax?: number;
    flightsMax?: number;
    queueMax?: number;
    gatherRows?: number;
    fails?: (rows: readonly Row[]) => unknown;
  } = {},
) {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  let isOpen = true;
  const coalescer = new Coalescer<Row, number>({
    run: async (rows) => {
      batches.push(rows.map(({ n }) => n));
      if (!isOpen) await new Promise<void>((resolve) => gates.push(resolve));
      const failure = options.fails?.(rows);
      if (failure) throw failure;
      return rows.map(({ n }) => n * 10);
    },
    keysOf: ({ key }) => [key],
    batchMax: options.batchMax ?? 10,
    flightsMax: options.flightsMax ?? 1,
    queueMax: options.queueMax ?? 100,
    ...(options.gatherRows === undefined ? {} : { gatherRows: options.gatherRows }),
  });
  return {
    batches,
    submit: (n: number, key = `k${n}`) => coalescer.submit({ n, key }),
    close: () => {
      isOpen = false;
    },
    open: () => {
      isOpen = true;
      for (const gate of gates.splice(0)) gate();
    },
  };
}
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const failure = (code: string) => Object.assign(new Error(code), { code });

describe('calls that share a commit', () => {
  test('what arrives in one turn leaves in one batch, and each gets its own answer', async () => {
    const { submit, batches } = bench();
    expect(await Promise.all([1, 2, 3].map((n) => submit(n)))).toEqual([10, 20, 30]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  test('what arrives while one is under way leaves together with the next', async () => {
    const { submit, batches, close, open } = bench();
    close();
    const first = submit(1);
    await turn();
    const others = [submit(2), submit(3)];
    await turn();
    expect(batches).toEqual([[1]]);
    open();
    await Promise.all([first, ...others]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  test('rows with a common key never travel together, nor at the same time', async () => {
    const { submit, batches, close, open } = bench({ flightsMax: 4 });
    close();
    const all = [submit(1, 'a'), submit(2, 'a'), submit(3, 'b')];
    await turn();
    expect(batches).toEqual([[1, 3]]);
    open();
    expect(await Promise.all(all)).toEqual([10, 20, 30]);
    expect(batches).toEqual([[1, 3], [2]]);
  });

  test('no batch is larger than it may be, no more fly than may', async () => {
    const { submit, batches, close, open } = bench({ batchMax: 2, flightsMax: 2 });
    close();
    const all = [1, 2, 3, 4, 5].map((n) => submit(n));
    await turn();
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
    open();
    await Promise.all(all);
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('a bad row fails alone, its neighbours are served', async () => {
    const { submit } = bench({ fails: (rows) => (rows.some(({ n }) => n === 2) ? failure('22P05') : null) });
    const results = await Promise.allSettled([1, 2, 3].map((n) => submit(n)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test.each(['40P01', '40001'])('%s is tried again alone', async (code) => {
    let tries = 0;
    const { submit } = bench({
      fails: () => {
        tries += 1;
        return tries === 1 ? failure(code) : null;
      },
    });
    expect(await Promise.all([submit(1), submit(2)])).toEqual([10, 20]);
  });

  test('a database that is away is not asked again: its commit may have happened', async () => {
    const { submit, batches } = bench({ fails: () => failure('57P01') });
    const results = await Promise.allSettled([submit(1), submit(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(batches).toEqual([[1, 2]]);
  });

  test('after a failure the next row is served', async () => {
    let isBroken = true;
    const { submit } = bench({ fails: () => (isBroken ? failure('57P01') : null) });
    await expect(submit(1, 'a')).rejects.toMatchObject({ code: '57P01' });
    isBroken = false;
    expect(await submit(2, 'a')).toBe(20);
  });

  test('a full queue refuses with 503 and a Retry-After, and keeps what it has', async () => {
    const { submit, close, open } = bench({ queueMax: 2 });
    close();
    const first = submit(1);
    await turn();
    const waiting = [submit(2), submit(3)];
    const refused = await submit(4).catch((error: unknown) => error);
    expect(isRefusal(refused) && [refused.code, refused.retryAfterSeconds]).toEqual(['unavailable', 1]);
    open();
    expect(await Promise.all([first, ...waiting])).toEqual([10, 20, 30]);
  });
});

describe('small batches', () => {
  afterEach(() => vi.useRealTimers());
  const stopClock = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

  test('one that follows a batch of several leaves when it has company, or after 2 ms', async () => {
    stopClock();
    const { submit, batches } = bench({ gatherRows: 3 });
    await Promise.all([submit(1), submit(2)]);
    const gathered = [submit(3)];
    await turn();
    expect(batches).toEqual([[1, 2]]);
    gathered.push(submit(4), submit(5));
    await Promise.all(gathered);
    const alone = submit(6);
    await turn();
    vi.advanceTimersByTime(1);
    expect(batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    vi.advanceTimersByTime(1);
    expect(await alone).toBe(60);
  });

  test('who asks one by one never waits', async () => {
    stopClock();
    const { submit, batches } = bench({ gatherRows: 3 });
    for (const n of [1, 2, 3]) await submit(n);
    expect(batches).toEqual([[1], [2], [3]]);
  });

  test('one leaves beside another only when it is large, or when the other one is stuck', async () => {
    stopClock();
    const { submit, batches, close, open } = bench({ gatherRows: 3, batchMax: 4, flightsMax: 3 });
    close();
    const all = [submit(1)];
    await turn();
    all.push(submit(2));
    await turn();
    expect(batches).toEqual([[1]]);
    all.push(submit(3));
    await turn();
    expect(batches).toEqual([[1], [2, 3]]);
    all.push(submit(4));
    await turn();
    vi.advanceTimersByTime(19);
    expect(batches).toEqual([[1], [2, 3]]);
    vi.advanceTimersByTime(1);
    expect(batches).toEqual([[1], [2, 3], [4]]);
    open();
    expect(await Promise.all(all)).toEqual([10, 20, 30, 40]);
  });

  test('each row is refused 2.8 s after it came, in the air or in the queue, and the answer that comes later changes nothing', async () => {
    stopClock();
    const { submit, batches, close, open } = bench();
    close();
    const refusals: number[] = [];
    const watch = (n: number) =>
      submit(n).catch((error: unknown) => {
        if (isRefusal(error) && error.retryAfterSeconds === 2) refusals.push(n);
      });
    const all = [watch(1)];
    await turn();
    vi.advanceTimersByTime(1_000);
    all.push(watch(2));
    vi.advanceTimersByTime(1_800);
    await turn();
    expect(refusals).toEqual([1]);
    vi.advanceTimersByTime(1_000);
    await Promise.all(all);
    expect(refusals).toEqual([1, 2]);
    open();
    expect(await submit(3)).toBe(30);
    expect(batches).toEqual([[1], [3]]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
