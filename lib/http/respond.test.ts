import { expect, test, vi } from 'vitest';
import { Refusal } from '@/lib/domain/errors';
import { refuse } from '@/lib/http/respond';

test('a limit tells its quota and window as the draft of the header has it, and no policy where it has no quota', () => {
  const policy = (quota?: { requests: number; windowSeconds?: number }) =>
    refuse(new Refusal('too_many_verifications', { retryAfterSeconds: 7, ...(quota && { quota }) }), 'req_1').headers;
  expect(policy({ requests: 5, windowSeconds: 600 })).toMatchObject({
    'retry-after': '7',
    ratelimit: '"default";r=0;t=7',
    'ratelimit-policy': '"default";q=5;w=600',
  });
  expect(policy({ requests: 1 })['ratelimit-policy']).toBe('"default";q=1');
  expect(policy()).not.toHaveProperty('ratelimit-policy');
});

test('who is not authenticated is told how to be, and nobody else', () => {
  const challenge = (code: 'unauthenticated' | 'not_authentic' | 'forbidden') =>
    refuse(new Refusal(code), 'req_1').headers['www-authenticate'];
  expect([challenge('unauthenticated'), challenge('not_authentic'), challenge('forbidden')]).toEqual([
    'Bearer',
    undefined,
    undefined,
  ]);
});

test('an error leads to its explanation by a whole address, once the environment is known', () => {
  const docUrl = () => JSON.parse(refuse(new Refusal('forbidden'), 'req_1').body).error.doc_url;
  vi.stubGlobal('watchwordEnvironment', undefined);
  expect(docUrl()).toBe('/docs/errors#forbidden');
  vi.stubGlobal('watchwordEnvironment', { WATCHWORD_PUBLIC_URL: 'https://codes.example.com' });
  expect(docUrl()).toBe('https://codes.example.com/docs/errors#forbidden');
  vi.unstubAllGlobals();
});
