import { randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { API } from '@/lib/contract/api';
import { Refusal } from '@/lib/domain/errors';
import { sentenceOf } from '@/lib/http/issue-words';
import { refuse } from '@/lib/http/respond';

beforeAll(() => {
  Object.assign(process.env, {
    WATCHWORD_KEYS: `1:${randomBytes(32).toString('base64')}`,
    WATCHWORD_INDEX_KEY: randomBytes(32).toString('base64'),
    NEXTAUTH_SECRET: randomBytes(32).toString('base64'),
  });
});

const to = '+5511987654321';
const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };

function said(
  schema: { safeParse: (value: unknown) => { error?: { issues: Parameters<typeof sentenceOf>[0][] } } },
  value: unknown,
) {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  return issue ? sentenceOf(issue, value) : null;
}

test.each<[unknown, string]>([
  [{}, 'to is required.'],
  [{ to: 5 }, 'to must be a string, not a number.'],
  [{ to: null }, 'to must be a string, not null.'],
  [{ to, channel: 'pigeon' }, 'channel must be one of whatsapp, sms, email, voice.'],
  [{ to, use_case: 'BAD CASE' }, 'use_case must be a name of small letters, digits and underscores, like login.'],
  [{ to, locale: 'x' }, 'locale must be a language, optionally with a region, like pt or pt_BR.'],
  [{ to, metadata: { a: 5 } }, 'metadata.a must be a string, not a number.'],
  [{ to, metadata: [] }, 'metadata must be an object, not a list.'],
  [{ to, client: { ip: 'x' } }, 'client.ip must be an IPv4 or IPv6 address.'],
  [{ to, transaction: { amount: -1, currency: 'usd', payee: '' } }, 'transaction.amount must be at least 0.'],
  [{ to, transaction: { amount: '12' } }, 'transaction.amount must be a number, not a string.'],
  [{ to, reference: 'x'.repeat(999) }, 'reference must have at most 200 characters.'],
])('a code asked for with %j hears: %s', (body, sentence) => {
  expect(said(API['verifications.issue'].body, body)).toBe(sentence);
});

test.each<[Record<string, unknown>, string]>([
  [{}, 'from is required.'],
  [range, 'metrics is required.'],
  [{ ...range, from: 'yesterday', metrics: 'created' }, 'from must be a time like 2026-11-22T12:00:00Z.'],
  [{ ...range, from: ['a', 'b'], metrics: 'created' }, 'from must be a string, not a list.'],
  [{ ...range, metrics: 'created', timezone: 'x' }, 'timezone must be an IANA time zone.'],
])('a figure asked for with %j hears: %s', (query, sentence) => {
  expect(said(API['analytics.summary'].query, query)).toBe(sentence);
});

test('a word of a long list is refused with some of the list, and how long it is', () => {
  expect(said(API['analytics.summary'].query, { ...range, metrics: 'zz' })).toMatch(
    /^metrics\.0 must be one of (\w+, ){10}… \(\d+ in all\)\.$/,
  );
});

test.each([
  ['5000', 'limit must be at most 500.'],
  ['1.5', 'limit must be a whole number.'],
  ['x', 'limit must be a number.'],
])('limit=%s hears: %s', (limit, sentence) => {
  const query = { ...range, metrics: 'created', dimension: 'country', limit };
  expect(said(API['analytics.breakdown'].query, query)).toBe(sentence);
});

test('a refusal for a limit tells its quota and its window, and where it is documented', () => {
  const limited = refuse(
    new Refusal('too_many_verifications', { retryAfterSeconds: 60, limit: { quota: 5, windowSeconds: 600 } }),
    'req',
  );
  expect(limited.headers).toMatchObject({
    'retry-after': '60',
    ratelimit: '"default";r=0;t=60',
    'ratelimit-policy': '"default";q=5;w=600',
  });
  expect(JSON.parse(limited.body).error.doc_url).toMatch(/^http:\/\/[^/]+\/docs\/errors#too_many_verifications$/);
});

test('a limit without a known quota names no policy: one without a quota is none', () => {
  const { headers } = refuse(new Refusal('too_many_requests', { retryAfterSeconds: 30 }), 'req');
  expect(headers.ratelimit).toBe('"default";r=0;t=30');
  expect(headers).not.toHaveProperty('ratelimit-policy');
});
