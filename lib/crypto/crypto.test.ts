import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { hashApiKey, newApiKey } from '@/lib/crypto/api-key';
import { blindIndex } from '@/lib/crypto/blind-index';
import { candidateMacs, codeMac, generateCode } from '@/lib/crypto/code';
import { open, seal } from '@/lib/crypto/seal';
import { ALPHABETS } from '@/lib/domain/policy/alphabet';
import { env } from '@/lib/env';

beforeAll(() => {
  Object.assign(process.env, {
    WATCHWORD_KEYS: `1:${randomBytes(32).toString('base64')}`,
    WATCHWORD_INDEX_KEY: randomBytes(32).toString('base64'),
    NEXTAUTH_SECRET: randomBytes(32).toString('base64'),
  });
});

/** As a process would find them that was started with these keys: what was derived from others is forgotten. */
function startWith(ring: ReadonlyMap<number, Buffer>): void {
  Object.assign(env(), { WATCHWORD_KEYS: ring });
  Reflect.deleteProperty(globalThis, 'watchwordDerived');
}

describe('codes', () => {
  const N = 200_000;
  const codes = () => Array.from({ length: N }, () => generateCode(6));

  test('200 000 of them are uniform at every place, leading zeros kept', () => {
    const drawn = codes();
    expect(drawn.every((code) => /^\d{6}$/.test(code))).toBe(true);
    for (let place = 0; place < 6; place += 1) {
      const counts = Array<number>(10).fill(0);
      for (const code of drawn) counts[Number(code[place])] = (counts[Number(code[place])] ?? 0) + 1;
      const chiSquare = counts.reduce((sum, count) => sum + (count - N / 10) ** 2 / (N / 10), 0);
      // 9 degrees of freedom: 37.3 is p = 0.00002, so a fair generator fails once in thousands of runs.
      expect(chiSquare).toBeLessThan(37.3);
    }
    const leadingZero = drawn.filter((code) => code.startsWith('0')).length / N;
    expect(leadingZero).toBeGreaterThan(0.095);
    expect(leadingZero).toBeLessThan(0.105);
  });

  test.each([4, 5, 6, 7, 8, 9, 10])('of %i digits have as many', (length) => {
    expect(generateCode(length)).toMatch(new RegExp(`^\\d{${length}}$`));
  });

  test('of letters and digits are uniform at every place, and nobody confuses their characters', () => {
    const drawn = Array.from({ length: 62_000 }, () => generateCode(6, ALPHABETS.letters_and_digits));
    expect(drawn.every((code) => /^[2-9A-HJKMNP-Z]{6}$/.test(code))).toBe(true);
    for (let place = 0; place < 6; place += 1) {
      const counts = new Map<string, number>();
      for (const code of drawn) counts.set(code.charAt(place), (counts.get(code.charAt(place)) ?? 0) + 1);
      expect(counts.size).toBe(31);
      const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0);
      // 30 degrees of freedom: 73 is p = 0.00002.
      expect(chiSquare).toBeLessThan(73);
    }
  });

  test('a bound transaction makes another MAC, and code and transaction cannot be shifted into one another', () => {
    const bound = codeMac('a', '123456', '[1,"EUR","Shop"]');
    expect(codeMac('a', '123456', '[1,"EUR","Shop"]').equals(bound)).toBe(true);
    for (const other of [
      codeMac('a', '123456'),
      codeMac('a', '123456', '[2,"EUR","Shop"]'),
      codeMac('a', '12345', '6[1,"EUR","Shop"]'),
    ])
      expect(other.equals(bound)).toBe(false);
  });

  test('the same code has another MAC for another verification, and under another key', () => {
    const ring = env().WATCHWORD_KEYS;
    const one = codeMac('a', '123456');
    expect(codeMac('a', '123456').equals(one)).toBe(true);
    expect(codeMac('b', '123456').equals(one)).toBe(false);
    try {
      startWith(new Map([[9, randomBytes(32)], ...ring]));
      expect(codeMac('a', '123456').equals(one)).toBe(false);
      expect(candidateMacs('a', '123456').filter((mac) => mac.equals(one))).toHaveLength(1);
    } finally {
      startWith(ring);
    }
  });

  test('id and code cannot be shifted into one another', () => {
    expect(codeMac('a1', '23456').equals(codeMac('a', '123456'))).toBe(false);
  });
});

describe('sealing', () => {
  test('opens in its own place and in no other', () => {
    const sealed = seal('+6281234567890', 'verification/to/1');
    expect(open(sealed, 'verification/to/1').toString()).toBe('+6281234567890');
    expect(() => open(sealed, 'verification/to/2')).toThrow();
    expect(() => open(sealed, 'verification/code/1')).toThrow();
  });

  test('notices every flipped bit and every cut', () => {
    const sealed = seal('secret', 'p');
    for (let n = 0; n < sealed.length; n += 1) {
      const changed = Buffer.from(sealed);
      changed[n] = (changed[n] ?? 0) ^ 1;
      expect(() => open(changed, 'p')).toThrow();
    }
    for (let n = 0; n < sealed.length; n += 1) expect(() => open(sealed.subarray(0, n), 'p')).toThrow();
  });

  test('never seals the same text to the same bytes, and shows none of it', () => {
    const [one, two] = [seal('123456', 'p'), seal('123456', 'p')];
    expect(one.equals(two)).toBe(false);
    expect(one.includes('123456')).toBe(false);
  });

  test('survives a rotation, and falls with its key', () => {
    const ring = env().WATCHWORD_KEYS;
    const sealed = seal('x', 'p');
    try {
      startWith(new Map([[8, randomBytes(32)], ...ring]));
      expect(open(sealed, 'p').toString()).toBe('x');
      expect(seal('x', 'p')[1]).toBe(8);
      startWith(new Map([[8, randomBytes(32)]]));
      expect(() => open(sealed, 'p')).toThrow(/key 1/);
    } finally {
      startWith(ring);
    }
  });
});

test('the blind index finds equal values of one kind, and nothing across kinds', () => {
  expect(blindIndex('number', '+62').equals(blindIndex('number', '+62'))).toBe(true);
  expect(blindIndex('number', '+62').equals(blindIndex('prefix', '+62'))).toBe(false);
  expect(blindIndex('number', '+62')).toHaveLength(16);
});

test('an API key says its mode, is never twice the same, and is stored as a hash only', () => {
  const [live, sandbox] = [newApiKey(true), newApiKey(false)];
  expect(live.secret).toMatch(/^ww_live_[\w-]{43}$/);
  expect(sandbox.secret).toMatch(/^ww_test_[\w-]{43}$/);
  expect(live.hash.equals(hashApiKey(live.secret))).toBe(true);
  expect(live.hash.toString('latin1')).not.toContain(live.secret);
  expect(live.lastFour).toBe(live.secret.slice(-4));
});
