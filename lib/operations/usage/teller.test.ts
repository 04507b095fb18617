import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tellerOf } from '@/lib/operations/usage/teller';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const counting = (name: string) => {
  const written: number[][] = [];
  const teller = tellerOf<number>(name, {
    sum: (one, other) => one + other,
    async write(counted) {
      written.push(counted);
    },
  });
  return { teller, written };
};

test('what is counted under a key is written as one sum, within a second and once', async () => {
  const { teller, written } = counting('sums');
  teller.add('a', 1);
  teller.add('a', 2);
  teller.add('b', 5);
  expect(written).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(written).toEqual([[3, 5]]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(written).toHaveLength(1);
});

test('what is being written counts until it is known, and whoever tells meanwhile waits for it', async () => {
  let arrive = () => {};
  const written: number[][] = [];
  const teller = tellerOf<number>('slow', {
    sum: (one, other) => one + other,
    async write(counted) {
      await new Promise<void>((resolve) => {
        arrive = resolve;
      });
      written.push(counted);
    },
  });
  teller.add('a', 1);
  const first = teller.tell();
  teller.add('a', 2);
  const second = teller.tell();
  expect(teller.waiting('a')).toBe(3);
  arrive();
  await first;
  expect(written).toEqual([[1]]);
  expect(teller.waiting('a')).toBe(2);
  arrive();
  await second;
  expect(written).toEqual([[1], [2]]);
  expect(teller.waiting('a')).toBeUndefined();
});
