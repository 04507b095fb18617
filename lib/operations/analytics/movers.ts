import type { Mover, Movers, Question, ReasonMove } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { type Counted, figureOf, nothingCounted } from '@/lib/domain/stats/figures';
import type { Dimension } from '@/lib/domain/stats/measures';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';
import { moveSentence } from '@/lib/domain/stats/move-sentence';
import { differs, effectsOf } from '@/lib/domain/stats/movers';
import type { Value } from '@/lib/domain/stats/value';
import { wilson } from '@/lib/domain/stats/wilson';
import { countBoth } from '@/lib/operations/analytics/count';
import { labelsOf } from '@/lib/operations/analytics/labels';
import { beforeOf } from '@/lib/operations/analytics/question';
import { readSummary } from '@/lib/operations/analytics/summary';
import { reachOf } from '@/lib/operations/verifications/resource';

/** By what a move is taken apart. */
const DIMENSIONS = ['country', 'channel', 'connection', 'use_case', 'app'] as const satisfies readonly Dimension[];
const MOVERS_MAX = 10;
const REASONS_MAX = 3;

/**
 * Why a rate moved against the range to compare with (the one before, if none is asked for): each part's own rate, or its share of the traffic. Answers
 * the dimension in which one part explains most, its parts by size of their effect, the failure reasons that moved, and a sentence. All parts' effects add up to
 * the move.
 */
export async function readMovers(actor: Actor, question: Question, name: MetricName): Promise<Movers> {
  permit(actor, 'analytics:read');
  if (metric(name).kind !== 'rate')
    throw new Refusal('invalid_request', { param: 'metric', detail: 'Only rates can be taken apart.' });
  const compared: Question = question.compare === 'none' ? { ...question, compare: 'previous_period' } : question;
  const [summary, reasons, ...dimensions] = await Promise.all([
    readSummary(actor, compared, [name]),
    // Of one reason's messages, what fails for another is none of theirs.
    compared.filters.reason ? [] : partsOf(actor, compared, 'reason', 'failure_rate'),
    ...DIMENSIONS.map((dimension) => partsOf(actor, compared, dimension, name)),
  ]);
  const before = summary.before?.[name];
  const after = summary.values[name];
  if (!before || !after) throw new Error(`${name} was not counted`);
  const candidates = DIMENSIONS.map((dimension, n) => moversOf(dimension, dimensions[n] ?? []));
  const best = candidates.sort((a, b) => strength(b) - strength(a))[0] ?? [];
  const told = { movers: best.slice(0, MOVERS_MAX), reasons: reasonsOf(reasons) };
  return {
    trust: summary.trust,
    metric: name,
    before,
    after,
    ...told,
    sentence: moveSentence(name, before, after, told),
  };
}

/** One key of a dimension, on both sides: what has come or gone is there as well. */
type Sides = { key: string; label: string; before: Value; after: Value };

async function partsOf(actor: Actor, question: Question, dimension: Dimension, name: MetricName): Promise<Sides[]> {
  const [{ counts, before }, label] = await Promise.all([
    countBoth(reachOf(actor).appId, question, beforeOf(question), { metrics: [name], groupBy: dimension }),
    labelsOf(dimension),
  ]);
  const keys = [...new Set([...counts.groups.keys(), ...(before?.groups.keys() ?? [])])];
  const value = (cell: Counted | undefined) => figureOf(name, cell ?? nothingCounted());
  return keys.map((key) => ({
    key,
    label: label(key),
    before: value(before?.groups.get(key)?.[0]),
    after: value(counts.groups.get(key)?.[0]),
  }));
}

function moversOf(dimension: Dimension, sides: readonly Sides[]): Mover[] {
  // One part alone is the whole: it explains nothing.
  if (sides.length < 2) return [];
  const part = ({ value, n }: Value) => ({ n, hits: (value ?? 0) * n });
  return effectsOf(sides.map(({ key, before, after }) => ({ key, before: part(before), after: part(after) })))
    .flatMap(({ key, rateEffect, mixEffect }, n): Mover[] => {
      const { label = key, before, after } = sides[n] ?? {};
      if (!before || !after) return [];
      const side = ({ value, n: of }: Value) => ({ n: of, rate: value });
      return [{ dimension, key, label, rateEffect, mixEffect, before: side(before), after: side(after) }];
    })
    .sort((a, b) => size(b) - size(a));
}

/** Every reason is a share of the same messages, so their moves add up to that of the failure rate. One that is not there on one side is 0 of as many. */
function reasonsOf(sides: readonly Sides[]): ReasonMove[] {
  const sent = (side: 'before' | 'after') => Math.max(0, ...sides.map((each) => each[side].n));
  const known = (value: Value, n: number): Value => {
    const none = value.value === null ? wilson(0, n) : null;
    return none ? { ...value, value: 0, n, low: none.low, high: none.high, isLowSample: none.isLowSample } : value;
  };
  return sides
    .map(({ key, label, ...side }) => {
      const [before, after] = [known(side.before, sent('before')), known(side.after, sent('after'))];
      return { key, label, before, after, effect: (after.value ?? 0) - (before.value ?? 0) };
    })
    .filter(({ before, after }) => differs(before, after) === true)
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
    .slice(0, REASONS_MAX);
}

const size = ({ rateEffect, mixEffect }: Mover) => Math.abs(rateEffect + mixEffect);
/**
 * How well a dimension explains the move: what its strongest part did, as a share of all that parts did, and the less the more of the traffic that
 * part is. A part that is nearly everything explains nearly nothing: "WhatsApp fell" is no answer to why WhatsApp fell.
 */
const strength = (movers: readonly Mover[]) => {
  const total = movers.reduce((sum, mover) => sum + size(mover), 0);
  const n = movers.reduce((sum, { before, after }) => sum + before.n + after.n, 0);
  if (total === 0 || n === 0) return 0;
  return Math.max(...movers.map((mover) => (size(mover) ** 2 / total) * (1 - (mover.before.n + mover.after.n) / n)));
};
