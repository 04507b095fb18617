import { randomBytes } from 'node:crypto';
import { generateSync } from 'otplib';
import { beforeAll, describe, expect, test } from 'vitest';
import { newRecoveryCodes, newTotpSecret, recoveryDigest, totpStepOf, totpUri } from '@/lib/crypto/totp';

beforeAll(() => {
  Object.assign(process.env, {
    WATCHWORD_KEYS: `1:${randomBytes(32).toString('base64')}`,
    WATCHWORD_INDEX_KEY: randomBytes(32).toString('base64'),
    NEXTAUTH_SECRET: randomBytes(32).toString('base64'),
  });
});

describe('a time-based code', () => {
  // RFC 6238 appendix B: the secret is the ASCII text 12345678901234567890; its eight digits shortened to six.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %i s it is %s', (seconds, code) => {
    expect(totpStepOf(secret, code, new Date(seconds * 1000))).toBe(Math.floor(seconds / 30));
  });

  test('one step of clock difference is forgiven either way, two are not', () => {
    const now = 1_800_000_000;
    const code = generateSync({ secret, epoch: now });
    for (const [off, isTaken] of [
      [-60, false],
      [-30, true],
      [0, true],
      [30, true],
      [60, false],
    ] as const) {
      expect(totpStepOf(secret, code, new Date((now + off) * 1000)), `${off} s`).toBe(isTaken ? now / 30 : null);
    }
  });

  test.each(['', '12345', '1234567', 'abcdef', '28708２', ' 287082'])('%j is no code', (code) => {
    expect(totpStepOf(secret, code, new Date(59_000))).toBeNull();
  });

  test('its address names the account and the place', () => {
    const made = newTotpSecret();
    expect(made).toMatch(/^[A-Z2-7]{32}$/);
    const uri = new URL(totpUri(made, 'ana@example.com', 'Watchword otp.example.com'));
    expect(decodeURIComponent(uri.pathname)).toContain('ana@example.com');
    expect(uri.searchParams.get('secret')).toBe(made);
    expect(uri.searchParams.get('issuer')).toBe('Watchword otp.example.com');
  });
});

describe('recovery codes', () => {
  test('are ten, all different, and are found however they are typed, by their own user only', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
    const [first = ''] = codes;
    const digest = recoveryDigest('user', first);
    expect(recoveryDigest('user', ` ${first.toUpperCase().replaceAll('-', ' ')} `)).toEqual(digest);
    expect(recoveryDigest('other', first)).not.toEqual(digest);
    expect(recoveryDigest('user', first.slice(1))).toBeNull();
  });
});
