import { describe, expect, test } from 'vitest';
import { mayPostTo, webhookProblem } from '@/lib/domain/alerts/address';

describe('a webhook', () => {
  test.each([
    ['https://hooks.example.com/x', true],
    ['https://203.0.113.7/x', true],
    ['https://[2606:4700::1111]/x', true],
    ['http://hooks.example.com/x', false],
    ['ftp://hooks.example.com/x', false],
    ['https://user:secret@hooks.example.com/', false],
    ['https://10.0.0.1/', false],
    ['https://169.254.169.254/latest/meta-data', false],
    ['https://[fe80::1]/', false],
    ['https://[::ffff:10.0.0.1]/', false],
    ['https://127.0.0.1/', false],
    ['https://0x7f000001/', false],
    ['https://2130706433/', false],
    ['https://localhost/', false],
    ['hooks.example.com', false],
    [`https://example.com/${'x'.repeat(600)}`, false],
  ])('%s is taken: %s', (address, isTaken) => {
    expect(webhookProblem(address, false) === null).toBe(isTaken);
  });

  test('on this machine is taken where the whole installation is on it, and still nowhere inside its network', () => {
    expect(webhookProblem('http://127.0.0.1:4000/x', true)).toBeNull();
    expect(webhookProblem('http://localhost:4000/x', true)).toBeNull();
    expect(webhookProblem('https://192.168.1.1/x', true)).not.toBeNull();
    expect(webhookProblem('http://hooks.example.com/x', true)).not.toBeNull();
  });

  test.each([
    '::10.0.0.1',
    '::a9fe:a9fe',
    '64:ff9b::a00:1',
    '64:ff9b:1::a00:1',
    '2002:a00:1::',
    '2001:0:a00:1::',
    '2001:2::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    'fec0::1',
    'fc00::1',
    'ff02::1',
    '::',
    '::1',
    '::ffff:0:10.0.0.1',
    '::ffff:a9fe:a9fe',
  ])('an IPv6 address that stands for something inside is no destination, written or looked up: %s', (address) => {
    expect(mayPostTo(address, false)).toBe(false);
    expect(webhookProblem(`https://[${address}]/`, false)).not.toBeNull();
  });

  test.each([
    ['2a00:1450:4001:800::200e', true],
    ['2001:4860:4860::8888', true],
    ['::ffff:93.184.216.34', true],
    ['93.184.216.34', true],
    ['10.1.2.3', false],
    ['172.31.255.255', false],
    ['172.32.0.1', true],
    ['::ffff:192.168.0.1', false],
    ['fd00::1', false],
    ['2606:4700::1111', true],
    ['nonsense', false],
  ])('a name that leads to %s may be called: %s', (address, may) => {
    expect(mayPostTo(address, false)).toBe(may);
  });
});
