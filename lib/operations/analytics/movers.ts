import type { Mover, Movers, Question, ReasonMoves } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import type { Dimension } from '@/lib/domain/stats/measures';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';
import { moveSentence } from '@/lib/domain/stats/move-sentence';
import { effectsOf, type Outcomes, type Part, reasonEffectsOf } from '@/lib/domain/stats/movers';
import type { Value } from '@/lib/domain/stats/value';
import { type Counts, countBoth } from '@/lib/operations/analytics/count';
import { labelsOf } from '@/lib/operations/analytics/labels';
import { beforeOf } from '@/lib/operations/analytics/question';
import { readSummary, valuesOf } from '@/lib/operations/analytics/summary';
import { reachOf } from '@/lib/operations/verifications/resource';

/** By what a move is taken apart. */
const DIMENSIONS = ['country', 'channel', 'connection', 'use_case', 'app'] as const satisfies readonly Dimension[];
const MOVERS_MAX = 10;
/** Rates that failure reasons can move. */
const OF_DELIVERY: readonly MetricName[] = ['delivery_rate', 'message_delivery_rate'];

/**
 * Why a rate moved against the range to compare with (the one before, if none is asked for): each part's own rate, or its share of the traffic. Answers
 * the dimension in which one part explains most, its parts by size of their effect, and a sentence. Failure reasons are told beside, of rates of
 * delivery: only messages that failed have one, so that a rate of its own, or a mix, would mean nothing.
 */
export async function readMovers(actor: Actor, question: Question, name: MetricName): Promise<Movers> {
  permit(actor, 'analytics:read');
  if (metric(name).kind !== 'rate')
    throw new Refusal('invalid_request', { param: 'metric', detail: 'Only rates can be taken apart.' });
  const compared: Question = question.compare === 'none' ? { ...question, compare: 'previous_period' } : question;
  const [summary, reasons, ...candidates] = await Promise.all([
    readSummary(actor, compared, [name]),
    OF_DELIVERY.includes(name) ? reasonMoves(actor, compared) : null,
    ...DIMENSIONS.map((dimension) => moversOf(actor, compared, dimension, name)),
  ]);
  const before = summary.before?.[name];
  const after = summary.values[name];
  if (!before || !after) throw new Error(`${name} was not counted`);
  const best = candidates.sort((a, b) => strength(b) - strength(a))[0] ?? [];
  const movers = best.slice(0, MOVERS_MAX);
  return {
    trust: summary.trust,
    metric: name,
    before,
    after,
    movers,
    reasons,
    sentence: moveSentence(name, before, after, movers),
  };
}

/** Every part of either side: one that is gone took its share of the traffic with it. */
async function moversOf(actor: Actor, question: Question, dimension: Dimension, name: MetricName): Promise<Mover[]> {
  const [{ counts, before }, label] = await Promise.all([
    countBoth(reachOf(actor).appId, question, beforeOf(question), { metrics: [name], groupBy: dimension }),
    labelsOf(dimension),
  ]);
  const value = (of: Counts | null, key: string): Value | undefined => {
    const cell = of?.groups.get(key)?.[0];
    return cell && valuesOf([name], cell)[name];
  };
  const side = (told: Value | undefined) => ({ n: told?.n ?? 0, hits: (told?.value ?? 0) * (told?.n ?? 0) });
  const keys = [...new Set([...counts.groups.keys(), ...(before?.groups.keys() ?? [])])];
  const parts = keys
    .map((key): Part => ({ key, before: side(value(before, key)), after: side(value(counts, key)) }))
    .filter((part) => part.before.n + part.after.n > 0);
  // One part alone is the whole: it explains nothing.
  if (parts.length < 2) return [];
  const rate = ({ n, hits }: Part['before']) => ({ n, rate: n > 0 ? hits / n : null });
  return effectsOf(parts)
    .map(({ key, rateEffect, mixEffect }, place): Mover => {
      const none = { n: 0, hits: 0 };
      const { before: was, after: is } = parts[place] ?? { before: none, after: none };
      return { dimension, key, label: label(key), rateEffect, mixEffect, before: rate(was), after: rate(is) };
    })
    .sort((a, b) => size(b) - size(a));
}

/** Null: one of the ranges has no messages, or the question is itself of a reason. */
async function reasonMoves(actor: Actor, question: Question): Promise<ReasonMoves | null> {
  if (question.filters.reason) return null;
  const { appId } = reachOf(actor);
  const earlier = beforeOf(question);
  const [whole, byReason] = await Promise.all([
    countBoth(appId, question, earlier, { metrics: ['failure_rate', 'message_delivery_rate'], groupBy: null }),
    countBoth(appId, question, earlier, { metrics: ['failure_rate'], groupBy: 'reason' }),
  ]);
  if (!whole.before || !byReason.before) return null;
  const before = outcomesOf(whole.before, byReason.before);
  const after = outcomesOf(whole.counts, byReason.counts);
  const effects = reasonEffectsOf(before, after);
  if (effects.length === 0) return null;
  return {
    n: { before: before.n, after: after.n },
    arrived: { before: before.delivered / before.n, after: after.delivered / after.n },
    effects: effects.slice(0, MOVERS_MAX),
  };
}

/** Of messages of ended verifications, as rates are. */
function outcomesOf(whole: Counts, byReason: Counts): Outcomes {
  const sums = whole.groups.get('')?.[0]?.message.ended;
  return {
    n: sums?.messages ?? 0,
    delivered: sums?.delivered ?? 0,
    failed: new Map([...byReason.groups].map(([key, [cell]]) => [key, cell?.message.ended.failed ?? 0])),
  };
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
