import type { Value } from '@/lib/domain/stats/value';

/** A part of the whole: how many, and how many of them hit, before and after. */
export type Part = { key: string; before: { n: number; hits: number }; after: { n: number; hits: number } };
export type Effect = { key: string; rateEffect: number; mixEffect: number };

const rateOf = ({ n, hits }: { n: number; hits: number }): number | null => (n > 0 ? hits / n : null);

/**
 * Splits the move of a rate into what each part's own rate did (`rateEffect`) and what its share of the traffic did (`mixEffect`). Shares and rates are
 * taken at their mean of before and after, so that nothing is left over: all effects add up to the move. A part that was not there
 * on one side has no rate of its own there: it takes the whole's, and what it does is mix.
 */
export function effectsOf(parts: readonly Part[]): Effect[] {
  const sum = (side: 'before' | 'after', what: 'n' | 'hits') =>
    parts.reduce((total, part) => total + part[side][what], 0);
  const n0 = sum('before', 'n');
  const n1 = sum('after', 'n');
  if (n0 === 0 || n1 === 0) return [];
  const whole0 = sum('before', 'hits') / n0;
  const whole1 = sum('after', 'hits') / n1;
  return parts.map(({ key, before, after }) => {
    const share0 = before.n / n0;
    const share1 = after.n / n1;
    const rate0 = rateOf(before) ?? (rateOf(after) ?? whole1) + whole0 - whole1;
    const rate1 = rateOf(after) ?? rate0 + whole1 - whole0;
    return {
      key,
      rateEffect: ((share0 + share1) / 2) * (rate1 - rate0),
      mixEffect: (share1 - share0) * ((rate0 + rate1) / 2 - (whole0 + whole1) / 2),
    };
  });
}

/** Whether two rates differ by more than chance alone would do: their 95 % intervals do not overlap. Null: one of them is none. */
export function differs(before: Value, after: Value): boolean | null {
  if (before.low === null || before.high === null || after.low === null || after.high === null) return null;
  return before.low > after.high || after.low > before.high;
}
