import type { Dimension } from '@/lib/domain/stats/measures';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';
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

/**
 * A move in a sentence: how far, whether chance alone would do it, and the part that did most of it. `nameOf` says what that part is called
 * where the sentence is read.
 */
export function moveSentence(
  name: MetricName,
  before: Value,
  after: Value,
  movers: readonly MovedPart[],
  nameOf: (part: MovedPart) => string = ({ label }) => label || 'those without one',
): string {
  const { label } = metric(name);
  if (before.value === null || after.value === null) {
    const empty =
      after.value !== null ? 'the range before has' : before.value !== null ? 'this range has' : 'both ranges have';
    return `${label} cannot be compared: ${empty} no data.`;
  }
  const moved = after.value - before.value;
  const isWithinNoise =
    before.low !== null &&
    before.high !== null &&
    after.low !== null &&
    after.high !== null &&
    before.low <= after.high &&
    after.low <= before.high;
  const what = `${label} ${moved < 0 ? 'fell' : 'rose'} by ${points(moved)}, from ${percent(before.value)} to ${percent(after.value)}`;
  if (isWithinNoise) return `${what}: within what chance alone would do (the 95 % intervals overlap).`;
  const effect = ({ rateEffect, mixEffect }: MovedPart) => rateEffect + mixEffect;
  // A part that pulled the other way is no answer to why it moved.
  const first = movers.find((part) => Math.sign(effect(part)) === Math.sign(moved));
  if (!first) return `${what}.`;
  const share = (side: 'before' | 'after', whole: Value) => (whole.n > 0 ? first[side].n / whole.n : 0);
  const isRate = Math.abs(first.rateEffect) >= Math.abs(first.mixEffect);
  const why =
    isRate && first.before.rate !== null && first.after.rate !== null
      ? `its own rate went from ${percent(first.before.rate)} to ${percent(first.after.rate)}`
      : `its share of the traffic went from ${percent(share('before', before))} to ${percent(share('after', after))}`;
  const part = Math.abs(effect(first)) * 2 > Math.abs(moved) ? 'Most of it is' : 'The largest part is';
  return `${what}. ${part} ${nameOf(first)} (${points(effect(first))}): ${why}.`;
}
