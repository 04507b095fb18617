import type { Breakdown, Mover, Movers, Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import type { Dimension } from '@/lib/domain/stats/measures';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';
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
    sentence: sentenceOf(name, before, after, movers),
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

const points = (share: number) => `${Math.abs(share * 100).toFixed(1)} points`;
const percent = (share: number | null) => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);

function sentenceOf(name: MetricName, before: Value, after: Value, movers: readonly Mover[]): string {
  const { label } = metric(name);
  if (before.value === null || after.value === null)
    return `${label} cannot be compared: one of the ranges has no data.`;
  const moved = after.value - before.value;
  const isWithinNoise =
    before.low !== null &&
    before.high !== null &&
    after.low !== null &&
    after.high !== null &&
    before.low <= after.high &&
    after.low <= before.high;
  const what = `${label} ${moved < 0 ? 'fell' : 'rose'} by ${points(moved)}, from ${percent(before.value)} to ${percent(after.value)}`;
  const first = movers[0];
  if (isWithinNoise) return `${what}: within what chance alone would do (the 95 % intervals overlap).`;
  if (!first) return `${what}.`;
  const isRate = Math.abs(first.rateEffect) >= Math.abs(first.mixEffect);
  const why = isRate
    ? `its own rate went from ${percent(first.before.rate)} to ${percent(first.after.rate)}`
    : `its share of the traffic ${first.after.n >= first.before.n ? 'grew' : 'shrank'}`;
  return `${what}. Most of it is ${first.label || 'those without one'} (${points(first.rateEffect + first.mixEffect)}): ${why}.`;
}
