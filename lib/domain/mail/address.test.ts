import { describe, expect, test } from 'vitest';
import { isMailAddress, maskMailAddress } from '@/lib/domain/mail/address';

describe('a code can be mailed to', () => {
  test.each([
    'a@b.co',
    'person+0008@example.net',
    "o'hara@mail.example.co.uk",
    `${'x'.repeat(64)}@example.com`,
    `a@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(55)}.co`,
    'a@xn--bcher-kva.example',
  ])('%s', (address) => expect(isMailAddress(address)).toBe(true));
});

describe('a code cannot be mailed to', () => {
  test.each([
    '',
    'a',
    '@example.com',
    'a@',
    'a@localhost',
    'a@example.com\r\nBcc: b@example.com',
    'a@example.com\n',
    'a b@example.com',
    '"a b"@example.com',
    'a@[127.0.0.1]',
    '<a@example.com>',
    'Ann <a@example.com>',
    'a@example.com,b@example.com',
    '.a@example.com',
    'a..b@example.com',
    'a@-example.com',
    'a@example..com',
    'ä@example.com',
    `${'x'.repeat(65)}@example.com`,
    `a@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(60)}.co`,
    `a@${'b.'.repeat(100_000)}co`,
  ])('%j', (address) => expect(isMailAddress(address)).toBe(false));
});

test('an address is shown by its first letter and its host', () => {
  expect(maskMailAddress('person@example.com')).toBe('p•••@example.com');
  expect(maskMailAddress('p@example.com')).toBe('p•••@example.com');
});
