import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellerOf } from '@/lib/operations/usage/teller';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

test('what cannot be written is kept with what comes after it, and told when it can be', async () => {
  const written: number[][] = [];
  let isAway = true;
  const teller = tellerOf<number>('kept', {
    sum: (one, other) => one + other,
    async write(counted) {
      if (isAway) throw new Error('away');
      written.push(counted);
    },
  });
  teller.add('a', 1);
  await teller.tell();
  expect(teller.waiting('a')).toBe(1);
  teller.add('a', 2);
  isAway = false;
  await teller.tell();
  expect(written).toEqual([[3]]);
  expect(teller.size()).toBe(0);
});
