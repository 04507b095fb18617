import { expect, test } from 'vitest';
import type { Breakdown } from '@/lib/contract/analytics';
import { orderedBy } from './ordered-by';

const row = (key: string, share: number, messages: number) =>
  ({
    key,
    label: key,
    share,
    values: { messages: { value: messages } },
    before: null,
  }) as unknown as Breakdown['rows'][number];
const answer = (...rows: Breakdown['rows']) => ({ rows, isTruncated: false }) as unknown as Breakdown;

test('rows are ordered by the figure that is shown first, and the shares are of that figure', () => {
  const { rows } = orderedBy('messages', answer(row('BR', 0.6, 100), row('IN', 0.4, 300)));
  expect(rows.map(({ key, share }) => [key, share])).toEqual([
    ['IN', 0.75],
    ['BR', 0.25],
  ]);
});

test('where there is none of the figure no share is told', () => {
  expect(orderedBy('messages', answer(row('BR', 1, 0))).rows[0]?.share).toBeNull();
});
