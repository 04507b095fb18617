import { describe, expect, test } from 'vitest';
import { isInNetworks, networkText, parseNetwork } from '@/lib/domain/abuse/address-list';

const list = (...texts: string[]) => texts.flatMap((text) => parseNetwork(text) ?? []);

describe('a block of addresses', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7/24', '203.0.113.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.255.255.255/9', '10.128.0.0/9'],
    ['2001:DB8::1/32', '2001:db8::/32'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::/0', '::/0'],
    ['::1', '::1'],
    ['fe80::/10', 'fe80::/10'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is written %s', (given, written) => {
    const network = parseNetwork(given);
    expect(network && networkText(network)).toBe(written);
  });

  test.each([
    '',
    '/',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4/33',
    '1.2.3.4/',
    '1.2.3.4/-1',
    '1.2.3.4/08',
    '1.2.3.4/8/8',
    '2001:db8::/129',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    'g::1',
    '12345::',
    'fe80::1%eth0',
    '::1.2.3',
    ' 1.2.3.4',
    'localhost',
  ])('%j is none', (text) => {
    expect(parseNetwork(text)).toBeNull();
  });
});

describe('an address and a list', () => {
  test.each([
    ['203.0.113.255', true],
    ['203.0.114.0', false],
    ['::ffff:203.0.113.9', true],
    ['2001:db8:ffff::1', true],
    ['2001:db9::1', false],
    ['2001:db8::1%eth0', true],
    ['192.0.2.1', true],
    ['192.0.2.2', false],
    ['unknown', false],
    ['', false],
  ])('%s is in it: %s', (address, isIn) => {
    expect(isInNetworks(address, list('203.0.113.0/24', '2001:db8::/32', '192.0.2.1'))).toBe(isIn);
  });

  test('everything of IPv4 is not everything of IPv6, and the other way round it is', () => {
    expect(isInNetworks('2001:db8::1', list('0.0.0.0/0'))).toBe(false);
    expect(isInNetworks('192.0.2.1', list('::/0'))).toBe(true);
  });
});
