import { describe, expect, test } from 'vitest';
import { mayPostTo, webhookProblem } from '@/lib/domain/alerts/address';

describe('a webhook', () => {
  test.each([
    ['https://hooks.example.com/x', true],
    ['https://203.0.113.7/x', true],
    ['https://[2001:db8::1]/x', true],
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
