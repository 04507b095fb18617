import { describe, expect, test } from 'vitest';
import { guessing, percentileSeconds, slowerThan } from '@/lib/domain/policy/consequences';

const limits = { numberPerDay: 10 };

describe('guessing', () => {
  test.each([
    ['six digits, five checks', { codeLength: 6, checksMax: 5, alphabet: 'digits' }, 200_000, 50, 20_000],
    ['four digits, ten checks', { codeLength: 4, checksMax: 10, alphabet: 'digits' }, 1_000, 50, 200],
    ['six digits, three checks', { codeLength: 6, checksMax: 3, alphabet: 'digits' }, 333_333, 30, 33_333],
    [
      'six letters and digits',
      { codeLength: 6, checksMax: 5, alphabet: 'letters_and_digits' },
      177_500_736,
      50,
      17_750_074,
    ],
  ] as const)('%s', (_, policy, oneIn, perDay, daysToGuess) => {
    expect(guessing(policy, limits)).toEqual({ oneIn, perDay, daysToGuess });
  });

  test('fewer sends a day leave fewer guesses, more never outrun the failure budget', () => {
    const policy = { codeLength: 6, checksMax: 5, alphabet: 'digits' } as const;
    expect(guessing(policy, { numberPerDay: 2 }).perDay).toBe(10);
    expect(guessing(policy, { numberPerDay: 1_000 }).perDay).toBe(50);
  });
});

describe('who needed longer than a lifetime', () => {
  const times = {
    days: 30,
    times: [
      { seconds: 10, n: 60, late: 0 },
      { seconds: 60, n: 30, late: 0 },
      { seconds: 301, n: 10, late: 4 },
    ],
  };
  test('counts those after it, with the interval, and those who came too late for theirs', () => {
    expect(slowerThan(60, times)).toMatchObject({
      share: { hits: 10, n: 100, share: 0.1, isLowSample: false },
      late: 4,
    });
    expect(slowerThan(59, times)?.share.hits).toBe(40);
    expect(slowerThan(301, times)?.share.hits).toBe(0);
  });
  test('is not known while nobody has entered a code', () => {
    expect(slowerThan(60, { days: 30, times: [] })).toBeNull();
    expect(percentileSeconds({ days: 30, times: [] }, 0.5)).toBeNull();
  });
  test('percentiles are times that this share stayed within', () => {
    expect(percentileSeconds(times, 0.5)).toBe(10);
    expect(percentileSeconds(times, 0.9)).toBe(60);
    expect(percentileSeconds(times, 0.95)).toBe(301);
  });
});
