import { expect, test, vi } from 'vitest';
import { hashPassword, isPassword, isPasswordLineFull, WAITING_MAX } from '@/lib/crypto/password';

const PASSWORD = 'a sentence nobody guesses';

test('of many passwords at once two are looked at and twenty wait; the others are refused without work, and then there is room again', async () => {
  const stored = await hashPassword(PASSWORD);
  let ended = 0;
  const crowd = Array.from({ length: 60 }, () =>
    isPassword(stored, PASSWORD).finally(() => {
      ended += 1;
    }),
  );
  expect(isPasswordLineFull()).toBe(true);
  await expect(hashPassword(PASSWORD)).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
  // Whoever is refused hears it before the first of the others is done.
  expect(ended).toBe(60 - WAITING_MAX - 2);
  const results = await Promise.allSettled(crowd);
  expect(results.filter((result) => result.status === 'fulfilled' && result.value)).toHaveLength(WAITING_MAX + 2);
  expect(isPasswordLineFull()).toBe(false);
  expect(await isPassword(stored, 'another sentence')).toBe(false);
  expect(await isPassword(null, PASSWORD)).toBe(false);
});

test('every copy of the module that a bundler makes stands in the same line', async () => {
  const crowd = Array.from({ length: WAITING_MAX + 2 }, () => hashPassword(PASSWORD));
  vi.resetModules();
  const copy = await import('@/lib/crypto/password');
  expect(copy.hashPassword).not.toBe(hashPassword);
  await expect(copy.hashPassword(PASSWORD)).rejects.toMatchObject({ code: 'unavailable' });
  await Promise.all(crowd);
});
