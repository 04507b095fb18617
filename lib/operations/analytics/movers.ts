import type { Breakdown, Mover, Movers, Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import type { Dimension } from '@/lib/domain/stats/measures';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';
import { moveSentence } from '@/lib/domain/stats/move-sentence';
import { effectsOf, type Part } from '@/lib/domain/stats/movers';
import type { Value } from '@/lib/domain/stats/value';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { readSummary } from '@/lib/operations/analytics/summary';

/** By what a move is taken apart. */
const DIMENSIONS = ['country', 'channel', 'connection', 'use_case', 'app'] as const satisfies readonly Dimension[];
const MOVERS_MAX = 10;
const PARTS_MAX = 500;

/**
 * Why a rate moved against the range to compare with (the one before, if none is asked for): each part's own rate, or its share of the traffic. Answers
 * the dimension in which one part explains most, its parts by size of their effect, and a sentence.
 */
export async function readMovers(actor: Actor, question: Question, name: MetricName): Promise<Movers> {
  permit(actor, 'analytics:read');
  if (metric(name).kind !== 'rate')
    throw new Refusal('invalid_request', { param: 'metric', detail: 'Only rates can be taken apart.' });
  const compared: Question = question.compare === 'none' ? { ...question, compare: 'previous_period' } : question;
  const [summary, ...breakdowns] = await Promise.all([
    readSummary(actor, compared, [name]),
    ...DIMENSIONS.map((dimension) => readBreakdown(actor, compared, dimension, [name], PARTS_MAX)),
  ]);
  const before = summary.before?.[name];
  const after = summary.values[name];
  if (!before || !after) throw new Error(`${name} was not counted`);
  const candidates = breakdowns.map((breakdown) => moversOf(breakdown, name));
  const best = candidates.sort((a, b) => strength(b) - strength(a))[0] ?? [];
  const movers = best.slice(0, MOVERS_MAX);
  return {
    trust: summary.trust,
    metric: name,
    before,
    after,
    movers,
    sentence: moveSentence(name, before, after, movers),
  };
}

function moversOf({ dimension, rows }: Breakdown, name: MetricName): Mover[] {
  // One part alone is the whole: it explains nothing.
  if (rows.length < 2) return [];
  const side = (value: Value | undefined) => ({ n: value?.n ?? 0, hits: (value?.value ?? 0) * (value?.n ?? 0) });
  const parts = rows.map(
    (row): Part => ({ key: row.key, before: side(row.before?.[name]), after: side(row.values[name]) }),
  );
  return effectsOf(parts)
    .map(({ key, rateEffect, mixEffect }, n): Mover => {
      const row = rows[n];
      return {
        dimension,
        key,
        label: row?.label ?? key,
        rateEffect,
        mixEffect,
        before: { n: parts[n]?.before.n ?? 0, rate: row?.before?.[name]?.value ?? null },
        after: { n: parts[n]?.after.n ?? 0, rate: row?.values[name]?.value ?? null },
      };
    })
    .sort((a, b) => size(b) - size(a));
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
