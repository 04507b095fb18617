import { expect, test } from 'vitest';
import { PASSWORD_LENGTH } from '@/lib/crypto/password';
import { readablePassword } from './password';

test('a readable password can be read aloud, is long enough, and comes once', () => {
  const made = Array.from({ length: 500 }, readablePassword);
  for (const password of made) {
    expect(password).toMatch(/^([b-df-hj-np-tv-z][aeiou]){2}(-([b-df-hj-np-tv-z][aeiou]){2}){3}-\d{4}$/);
    expect(password.length).toBeGreaterThanOrEqual(PASSWORD_LENGTH.min);
  }
  expect(new Set(made).size).toBe(made.length);
});
