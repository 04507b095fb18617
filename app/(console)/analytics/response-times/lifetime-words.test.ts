import { expect, test } from 'vitest';
import { lifetimeFit } from '@/lib/domain/stats/lifetime-fit';
import { lifetimeSentence } from './lifetime-words';

const plain = (text: string) => text.replaceAll(' ', ' ');
const quick = [
  { fromMs: 10_000, toMs: 20_000, n: 90 },
  { fromMs: 20_000, toMs: 40_000, n: 8 },
];

test('all in time: what 95 and 99 of 100 need is told', () => {
  expect(plain(lifetimeSentence(lifetimeFit(quick, 0, 300), 300))).toBe(
    'All 98 who entered a code were in time. 95 of 100 need 40.0 s, 99 of 100 40.0 s.',
  );
});

test('late ones: the share in time with its interval, and a need that is only known to be longer', () => {
  expect(plain(lifetimeSentence(lifetimeFit(quick, 2, 300), 300))).toBe(
    '98.0 % of 100 were in time (93.0–99.4 %); 2 came when the code had died. 95 of 100 need 40.0 s, 99 of 100 more than 5 min.',
  );
  expect(plain(lifetimeSentence(lifetimeFit(quick, 50, 90), 90))).toMatch(
    /50 came when the code had died\. Even 95 of 100 would need more than 90 s\.$/,
  );
});

test('those who were in time under a longer lifetime are told apart', () => {
  expect(lifetimeSentence(lifetimeFit(quick, 0, 15), 15)).toMatch(
    /^All 98 who entered a code were in time, 8 of them when codes lived longer than 15 s\./,
  );
});

test('one late of ten thousand is not rounded away', () => {
  const many = [{ fromMs: 10_000, toMs: 20_000, n: 9_999 }];
  expect(lifetimeSentence(lifetimeFit(many, 1, 300), 300)).toMatch(/^99\.9 % of 10,000 were in time/);
});

test('nobody, and no lifetime, are said as such', () => {
  expect(lifetimeSentence(lifetimeFit([], 0, 300), 300)).toBe('Nobody entered a code in this range.');
  expect(lifetimeSentence(null, null)).toBe('This use case is not configured any more: its lifetime is not known.');
});
