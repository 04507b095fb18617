import type { Dimension } from '@/lib/domain/stats/measures';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';
import { differs } from '@/lib/domain/stats/movers';
import type { Value } from '@/lib/domain/stats/value';

type Side = { n: number; rate: number | null };
/** A part of what was counted: what it did to the whole by its own rate, and by its share. Shares between 0 and 1. */
export type MovedPart = {
  dimension: Dimension;
  key: string;
  label: string;
  rateEffect: number;
  mixEffect: number;
  before: Side;
  after: Side;
};

const points = (share: number) => `${Math.abs(share * 100).toFixed(1)} points`;
const percent = (share: number | null) => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);

/** A failure reason as a share of all messages, before and after. */
export type MovedReason = { key: string; label: string; effect: number; before: Value; after: Value };

/** A reason that moved by less than this share of the whole move did not make it, however sure its own move is. */
const REASON_SHARE_MIN = 0.1;

/**
 * A move in a sentence: how far, whether chance alone would do it, the part that did most of it, and the failure reason that moved the same way.
 * `nameOf` says what a part is called where the sentence is read.
 */
export function moveSentence(
  name: MetricName,
  before: Value,
  after: Value,
  { movers, reasons }: { movers: readonly MovedPart[]; reasons: readonly MovedReason[] },
  nameOf: (part: Pick<MovedPart, 'dimension' | 'key' | 'label'>) => string = ({ label }) =>
    label || 'those without one',
): string {
  const { label, better } = metric(name);
  if (after.value === null) return `${label} has no data in this range.`;
  if (before.value === null)
    return `${label} is ${percent(after.value)}. The range before has no data: there is nothing to compare with.`;
  const moved = after.value - before.value;
  const what = `${label} ${moved < 0 ? 'fell' : 'rose'} by ${points(moved)}, from ${percent(before.value)} to ${percent(after.value)}`;
  if (differs(before, after) === false)
    return `${what}: within what chance alone would do (the 95 % intervals overlap).`;
  const isWorse = better === 'up' ? moved < 0 : moved > 0;
  const reason = reasons.find(
    ({ effect }) => effect > 0 === isWorse && Math.abs(effect) >= Math.abs(moved) * REASON_SHARE_MIN,
  );
  const failures = reason
    ? ` Messages that failed as “${nameOf({ dimension: 'reason', key: reason.key, label: reason.label })}” went from ${percent(reason.before.value)} to ${percent(reason.after.value)}.`
    : '';
  const effectOf = ({ rateEffect, mixEffect }: MovedPart) => rateEffect + mixEffect;
  // A part that pulled the other way is no answer to why it moved.
  const first = movers.find((part) => Math.sign(effectOf(part)) === Math.sign(moved));
  if (!first) return `${what}.${failures}`;
  const isRate = Math.abs(first.rateEffect) >= Math.abs(first.mixEffect);
  const share = (side: 'before' | 'after', whole: Value) => (whole.n > 0 ? first[side].n / whole.n : null);
  const why = isRate
    ? `its own rate went from ${percent(first.before.rate)} to ${percent(first.after.rate)}`
    : `its share of the traffic went from ${percent(share('before', before))} to ${percent(share('after', after))}`;
  const part = Math.abs(effectOf(first)) * 2 > Math.abs(moved) ? 'Most of it is' : 'The largest part is';
  return `${what}. ${part} ${nameOf(first)} (${points(effectOf(first))}): ${why}.${failures}`;
}
