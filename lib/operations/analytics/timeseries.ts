import {
  ANALYTICS_LIMITS,
  type Interval,
  type Point,
  type Question,
  type Series,
  type Timeseries,
} from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { type Counted, pendingOf } from '@/lib/domain/stats/figures';
import type { Dimension } from '@/lib/domain/stats/measures';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { intervalFor, stepsIn } from '@/lib/domain/stats/time-steps';
import { type Counts, count } from '@/lib/operations/analytics/count';
import { labelsOf } from '@/lib/operations/analytics/labels';
import { beforeOf } from '@/lib/operations/analytics/question';
import { valuesOf } from '@/lib/operations/analytics/summary';
import { reachOf } from '@/lib/operations/verifications/resource';

/** More lines than this tell nobody anything. */
const SERIES_MAX = 8;

/**
 * analytics.timeseries: metrics over time in the time zone asked for; one series, or one per value of a dimension (the 8 largest). 400 where the interval that
 * is asked for cuts the range into more than ANALYTICS_LIMITS.points.
 */
export async function readTimeseries(
  actor: Actor,
  question: Question,
  metrics: readonly MetricName[],
  options: { interval?: Interval | undefined; groupBy?: Dimension | undefined } = {},
): Promise<Timeseries> {
  permit(actor, 'analytics:read');
  const { from, to, timeZone } = question;
  const interval = options.interval ?? intervalFor(from, to);
  if (options.interval && stepsIn(from, to, interval, timeZone) > ANALYTICS_LIMITS.points) {
    const detail = `At most ${ANALYTICS_LIMITS.points} points: ask for longer steps or for a shorter range.`;
    throw new Refusal('invalid_request', { param: 'interval', detail });
  }
  const counting = {
    metrics,
    groupBy: options.groupBy ?? null,
    series: { interval, timeZone },
    now: new Date(),
  };
  const { appId } = reachOf(actor);
  // Countries and apps are many, and their rows can be found one by one: first which are the largest, then their steps alone.
  const isByMany = options.groupBy === 'country' || options.groupBy === 'app';
  const sized = isByMany ? await count(appId, question, { ...counting, isTogether: true }) : null;
  const asked = sized ? narrowedTo(question, options.groupBy, largest(sized)) : question;
  const before = beforeOf(asked);
  const [counts, countsBefore, label] = await Promise.all([
    count(appId, asked, sized ? { ...counting, counted: sized.counted } : counting),
    before ? count(appId, before, counting) : null,
    options.groupBy ? labelsOf(options.groupBy) : () => '',
  ]);
  const keys = largest(sized ?? counts);
  const seriesOf = (of: Counts): Series[] =>
    keys.map((key) => ({ key, label: label(key), points: pointsOf(of, key, metrics) }));
  return {
    trust: (sized ?? counts).trust,
    interval: counts.reading.interval ?? interval,
    series: seriesOf(counts),
    before: countsBefore ? seriesOf(countsBefore) : null,
  };
}

/** The same question of some values of a dimension, all of which it already covers. */
const narrowedTo = (question: Question, dimension: Dimension | undefined, values: string[]): Question =>
  dimension && dimension !== 'reason' && values.length > 0
    ? { ...question, filters: { ...question.filters, [dimension]: { values, exclude: false } } }
    : question;

const sizeOf = (cells: readonly Counted[]) =>
  cells.reduce(
    (sum, { verification, message }) =>
      sum +
      (verification.ended.created ?? message.ended.messages ?? 0) +
      (verification.pending.created ?? message.pending.messages ?? 0),
    0,
  );

function largest({ groups }: Counts): string[] {
  return [...groups.entries()]
    .map(([key, cells]) => ({ key, size: sizeOf(cells) }))
    .sort((a, b) => b.size - a.size || (a.key < b.key ? -1 : 1))
    .slice(0, SERIES_MAX)
    .map(({ key }) => key);
}

function pointsOf({ groups, reading }: Counts, key: string, metrics: readonly MetricName[]): Point[] {
  const cells = groups.get(key);
  return (reading.edges ?? []).map((at, place) => {
    const cell = cells?.[place];
    return { at, values: valuesOf(metrics, cell), pending: pendingOf(cell) };
  });
}
