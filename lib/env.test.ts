import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseEnvironment } from '@/lib/env';

const key = () => randomBytes(32).toString('base64');
const safe = () => ({
  NODE_ENV: 'production',
  WATCHWORD_KEYS: `1:${key()}`,
  WATCHWORD_INDEX_KEY: key(),
  NEXTAUTH_SECRET: randomBytes(32).toString('base64'),
});

test('production takes random secrets', () => {
  const tokens = { WATCHWORD_SETUP_TOKEN: randomBytes(24).toString('hex'), WATCHWORD_METRICS_TOKEN: key() };
  expect(() => parseEnvironment({ ...safe(), ...tokens })).not.toThrow();
});

const countingUp = Buffer.from(Array.from({ length: 32 }, (_, n) => n)).toString('base64');
const shared = key();
test.each([
  ['a missing key ring', { WATCHWORD_KEYS: undefined }, 'WATCHWORD_KEYS'],
  ['a missing index key', { WATCHWORD_INDEX_KEY: undefined }, 'WATCHWORD_INDEX_KEY'],
  ['a missing session secret', { NEXTAUTH_SECRET: undefined }, 'NEXTAUTH_SECRET'],
  ['a default session secret', { NEXTAUTH_SECRET: 'changeme-0123456789-abcdefghijklmn' }, 'NEXTAUTH_SECRET'],
  ['a session secret of few letters', { NEXTAUTH_SECRET: 'abcabcabcabcabcabcabcabcabcabcabcabc' }, 'NEXTAUTH_SECRET'],
  ['a default setup token', { WATCHWORD_SETUP_TOKEN: 'changemechangeme' }, 'WATCHWORD_SETUP_TOKEN'],
  ['a weak metrics token', { WATCHWORD_METRICS_TOKEN: '1111111111111111' }, 'WATCHWORD_METRICS_TOKEN'],
  ['a key of zeros', { WATCHWORD_KEYS: `1:${Buffer.alloc(32).toString('base64')}` }, 'WATCHWORD_KEYS'],
  ['a key that counts up', { WATCHWORD_INDEX_KEY: countingUp }, 'WATCHWORD_INDEX_KEY'],
  ['one key for everything', { WATCHWORD_KEYS: `1:${shared}`, WATCHWORD_INDEX_KEY: shared }, 'WATCHWORD_INDEX_KEY'],
])('production refuses to start with %s, and never says its value', (_what, change, name) => {
  const variables = { ...safe(), ...change };
  const start = () => parseEnvironment(variables);
  expect(start).toThrow(name);
  for (const value of Object.values(change)) if (value) expect(start).not.toThrow(value);
});
