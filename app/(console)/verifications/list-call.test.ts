import { expect, test } from 'vitest';
import { listQuery } from '@/lib/contract/verifications';
import type { Term } from '@/lib/domain/search/language';
import { listCall } from './list-call';

const term = (key: Term['key'], value: string, isExcluded = false): Term => ({ key, value, isExcluded });
const createdAfter = new Date('2026-11-21T00:00:00Z');

test('the copied call asks the API for what it can be asked, and names what it cannot; a number is never in it', () => {
  const { path, apps, note } = listCall({
    terms: [
      term('status', 'expired'),
      term('country', 'BR'),
      term('country', 'IN'),
      term('mode', 'live'),
      term('connection', '01999999-aaaa-7bbb-8ccc-dddddddddddd'),
      term('country', 'ID', true),
      term('to', '+5511987654321'),
      term('reference', "o'clock"),
    ],
    createdAfter,
    createdBefore: null,
  });
  const query = new URL(`http://x${path}`).searchParams;
  expect(listQuery.parse(Object.fromEntries(query))).toMatchObject({
    status: ['expired'],
    country: ['BR', 'IN'],
    reference: "o'clock",
    created_after: createdAfter.toISOString(),
  });
  expect(note).toContain('It cannot be asked by connection, -country, to.');
  expect(path).not.toMatch(/5511987654321|'/);
  expect(apps).toBe('all');
});

test('what the API can be asked in full is not called incomplete', () => {
  const { note, apps } = listCall({
    terms: [term('channel', 'sms'), term('app', 'x')],
    createdAfter,
    createdBefore: null,
  });
  expect(note).not.toContain('cannot');
  expect(apps).toBe('chosen');
});
