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
