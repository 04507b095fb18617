import { expect, test } from 'vitest';
import type { z } from 'zod';
import { breakdownQuery, summaryQuery } from '@/lib/contract/analytics';
import { given } from '@/lib/contract/given';
import { issueBody, listQuery } from '@/lib/contract/verifications';
import { isRefusal } from '@/lib/domain/errors';

/** The field that a refusal names; null: nothing was refused. */
function paramOf(schema: z.ZodType, value: unknown): string | null {
  try {
    given(schema, value);
    return null;
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    expect(error.code).toBe('invalid_request');
    return error.param ?? '';
  }
}

const to = '+5511987654321';
const range = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' };

test.each<[string, z.ZodType, unknown, string]>([
  ['an unknown field', issueBody, { to, foo: 1 }, 'foo'],
  ['an unknown field of an object', issueBody, { to, client: { foo: 1 } }, 'client.foo'],
  [
    'an unknown field of another object',
    issueBody,
    { to, transaction: { amount: 1, currency: 'USD', x: 1 } },
    'transaction.x',
  ],
  ['a field of an object', issueBody, { to, client: { ip: 'x' } }, 'client.ip'],
  ['a missing field of an object', issueBody, { to, transaction: { amount: 1 } }, 'transaction.currency'],
  ['one value of a list', listQuery, { status: 'bogus' }, 'status'],
  ['one of several values in one text', listQuery, { status: 'approved,bogus' }, 'status'],
  ['one of several values that were given apart', listQuery, { status: ['approved', 'bogus'] }, 'status.1'],
  ['one metric', summaryQuery, { ...range, metrics: 'bogus' }, 'metrics'],
])('%s is named as the caller wrote it', (_, schema, value, param) => {
  expect(paramOf(schema, value)).toBe(param);
});

test.each(['status', 'channel', 'country', 'use_case'])('a filter %s that names nothing is refused', (name) => {
  for (const nothing of ['', ',', ',,', []]) expect(paramOf(listQuery, { [name]: nothing })).toBe(name);
  expect(paramOf(listQuery, {})).toBeNull();
});

test.each([
  [listQuery, {}],
  [breakdownQuery, { ...range, metrics: 'created', dimension: 'country' }],
] as const)('a limit is plain digits and nothing else: schema %#', (schema, query) => {
  for (const limit of ['0x10', '1e1', ' 5', '5 ', '+5', '-5', '5.0', '', '١', '0', '9'.repeat(400), ['5', '6']]) {
    expect(paramOf(schema, { ...query, limit }), String(limit)).toBe('limit');
  }
  expect(schema.parse({ ...query, limit: '10' }).limit).toBe(10);
});
