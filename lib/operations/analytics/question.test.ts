import { describe, expect, test } from 'vitest';
import type { Question } from '@/lib/contract/analytics';
import { edgesOf } from '@/lib/domain/stats/time-steps';
import { beforeOf } from '@/lib/operations/analytics/question';

const asked = (from: string, to: string, timeZone: string, compare: Question['compare']): Question => ({
  from: new Date(from),
  to: new Date(to),
  timeZone,
  compare,
  filters: {},
});
const rangeOf = (question: Question) => {
  const before = beforeOf(question);
  return before && [before.from.toISOString(), before.to.toISOString()];
};

describe('the range to compare with', () => {
  // By hand: clocks in Berlin went forward on 29 March 2026 and go back on 25 October.
  test.each([
    ['the week after clocks went forward', '2026-03-30T00:00+02:00', '2026-04-06T00:00+02:00', 'previous_week'],
    ['the week after clocks went forward', '2026-03-30T00:00+02:00', '2026-04-06T00:00+02:00', 'previous_period'],
    ['the week after clocks went back', '2026-10-26T00:00+01:00', '2026-11-02T00:00+01:00', 'previous_week'],
    ['the week in which they went back', '2026-10-19T00:00+02:00', '2026-10-26T00:00+01:00', 'previous_week'],
    ['the day after they went forward', '2026-03-30T00:00+02:00', '2026-03-31T00:00+02:00', 'previous_period'],
  ] as const)('of %s has the same days of the clocks (%s–%s, %s)', (_, from, to, compare) => {
    const question = asked(from, to, 'Europe/Berlin', compare);
    const before = beforeOf(question);
    if (!before) throw new Error('there is one');
    const days = (range: Question) => edgesOf(range.from, range.to, 'day', 'Europe/Berlin');
    expect(days(before).length).toBe(days(question).length);
    expect(days(before)[0]).toEqual(before.from);
    expect(days(before).at(-1)).toEqual(before.to);
    if (compare === 'previous_period') expect(before.to).toEqual(question.from);
  });

  test('of hours is as many hours, also over a change of clocks', () => {
    expect(rangeOf(asked('2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', 'Europe/Berlin', 'previous_period'))).toEqual([
      '2026-10-24T23:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
    ]);
  });

  test('of a previous week goes back by whole weeks, far enough for the range', () => {
    expect(rangeOf(asked('2026-11-01T00:00Z', '2026-11-11T00:00Z', 'UTC', 'previous_week'))).toEqual([
      '2026-10-18T00:00:00.000Z',
      '2026-10-28T00:00:00.000Z',
    ]);
    expect(rangeOf(asked('2026-11-01T00:00Z', '2026-11-02T00:00Z', 'UTC', 'none'))).toBeNull();
  });
});
