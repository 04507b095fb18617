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

/** Messages handed to a provider: how many, how many of them arrived, and how many failed for each reason. */
export type Outcomes = { n: number; delivered: number; failed: ReadonlyMap<string, number> };
/** `key`: the failure reason; null: neither delivered nor failed. Shares of all messages, between 0 and 1. */
export type ReasonEffect = { key: string | null; effect: number; before: number; after: number };

/**
 * Splits the move of the share of messages that arrived into what each failure reason did. Every message arrived, failed for one reason, or neither, so
 * arrived = 1 − Σ failed for r − neither, and a reason's doing is −(its share now − its share before). No mean and no mix is needed: with the
 * share of neither, all add up to the move. By size of their effect; empty where one side has no messages.
 */
export function reasonEffectsOf(before: Outcomes, after: Outcomes): ReasonEffect[] {
  if (before.n === 0 || after.n === 0) return [];
  const share = ({ n, failed }: Outcomes, key: string) => (failed.get(key) ?? 0) / n;
  const neither = ({ n, delivered, failed }: Outcomes) =>
    (n - delivered - [...failed.values()].reduce((sum, each) => sum + each, 0)) / n;
  const effect = (key: string | null, was: number, is: number): ReasonEffect => ({
    key,
    effect: was - is,
    before: was,
    after: is,
  });
  return [
    ...[...new Set([...before.failed.keys(), ...after.failed.keys()])].map((key) =>
      effect(key, share(before, key), share(after, key)),
    ),
    effect(null, neither(before), neither(after)),
  ].sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}
