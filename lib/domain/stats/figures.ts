import { BUCKETS_PER_DOUBLING, type Bucket, percentileMs } from '@/lib/domain/stats/histogram';
import {
  type Duration,
  MESSAGE_BASES,
  type MessageBase,
  type MessageMeasure,
  type VerificationMeasure,
} from '@/lib/domain/stats/measures';
import { type Metric, type MetricName, metric, unitOf } from '@/lib/domain/stats/metrics';
import type { Value } from '@/lib/domain/stats/value';
import { LOW_SAMPLE_BELOW, wilson } from '@/lib/domain/stats/wilson';

type Sums<Measure extends string> = Partial<Record<Measure, number>>;

/** What was counted of one cell: of verifications and messages those that ended and those pending, and histograms. Null where a question is not kept. */
export type Counted = {
  verification: { ended: Sums<VerificationMeasure>; pending: Sums<VerificationMeasure> };
  message: { ended: Sums<MessageMeasure | MessageBase>; pending: Sums<MessageMeasure | MessageBase> };
  durations: Partial<Record<Duration, readonly Bucket[] | null>>;
  /** Requests refused; null: not asked for, or not kept by what was asked. */
  refused: number | null;
  /** The question is of something that verifications do not have (a failure reason): nothing is known of them, which is not none. */
  isWithoutVerifications?: boolean;
  /** The messages are the failed ones alone, as of a failure reason: what share of them was delivered says nothing. */
  isOfFailures?: boolean;
};

export const nothingCounted = (): Counted => ({
  verification: { ended: {}, pending: {} },
  message: { ended: {}, pending: {} },
  durations: {},
  refused: null,
});

/** One figure of what was counted. Rates and money per head are of what has ended; counts and money are of everything. */
export function figureOf(name: MetricName, counted: Counted): Value {
  const formula = metric(name);
  const unit = unitOf(name);
  const none: Value = { value: null, unit, n: 0, low: null, high: null, isLowSample: false };
  if (formula.kind === 'percentile') {
    const buckets = counted.durations[formula.duration];
    if (!buckets) return none;
    const n = buckets.reduce((sum, bucket) => sum + bucket.n, 0);
    const value = percentileMs(buckets, formula.percentile / 100);
    return { ...none, value, n, isLowSample: n > 0 && n < LOW_SAMPLE_BELOW };
  }
  if (formula.kind === 'typical') {
    if (counted.isWithoutVerifications) return none;
    const n = counted.verification.ended[formula.of] ?? 0;
    // Half a bucket on: a bucket's number is that of its lower end.
    const mean =
      n > 0 ? 2 ** (((counted.verification.ended[formula.sum] ?? 0) / n + 0.5) / BUCKETS_PER_DOUBLING) : null;
    return { ...none, value: mean, n, isLowSample: n > 0 && n < LOW_SAMPLE_BELOW };
  }
  if (formula.subject === 'request') {
    if (counted.refused === null) return none;
    const { ended, pending } = counted.verification;
    const n = counted.refused + (ended.created ?? 0) + (pending.created ?? 0);
    if (formula.kind === 'count') return { ...none, value: counted.refused, n };
    const share = wilson(counted.refused, n);
    return share
      ? { ...none, value: share.share, n, low: share.low, high: share.high, isLowSample: share.isLowSample }
      : none;
  }
  if (formula.subject === 'verification' ? counted.isWithoutVerifications : isMeaningless(formula, counted))
    return none;
  const { ended, pending }: { ended: Sums<string>; pending: Sums<string> } = counted[formula.subject];
  const total = (measure: string) => (ended[measure] ?? 0) + (pending[measure] ?? 0);
  if (formula.kind === 'count' || formula.kind === 'money') {
    const n = total(formula.subject === 'verification' ? 'created' : 'messages');
    const minus = 'minus' in formula && formula.minus ? total(formula.minus) : 0;
    // Nothing happened, or to none of it: a count is 0, and what it cost is not known to be anything.
    const isKnown = !('known' in formula) || !formula.known || formula.known.some((each) => total(each) > 0);
    if (formula.kind === 'money' && (n === 0 || !isKnown)) return none;
    return { ...none, value: total(formula.measure) - minus, n };
  }
  if (!('hits' in formula)) return none;
  const hits = ended[formula.hits] ?? 0;
  // Without a reason in the question all its messages are those that were sent.
  const n = ended[formula.of] ?? (formula.of === 'sent' ? ended.messages : 0) ?? 0;
  if (formula.kind === 'money_each')
    return n > 0 ? { ...none, value: hits / n, n, isLowSample: n < LOW_SAMPLE_BELOW } : none;
  const share = wilson(hits, n);
  return share
    ? { ...none, value: share.share, n, low: share.low, high: share.high, isLowSample: share.isLowSample }
    : none;
}

/** Rates of failed messages alone are 0 or 1 whatever happened; only what they are of all messages says something. */
const isMeaningless = (formula: Metric, { isOfFailures = false }: Counted) =>
  isOfFailures && formula.kind === 'rate' && 'of' in formula && formula.of !== 'sent';

/** The measures that some metrics need, by where they are counted. */
export function measuresOf(names: readonly MetricName[]): {
  verification: VerificationMeasure[];
  message: MessageMeasure[];
  bases: MessageBase[];
  durations: Duration[];
} {
  const verification = new Set<VerificationMeasure>();
  const message = new Set<MessageMeasure>();
  const bases = new Set<MessageBase>();
  const durations = new Set<Duration>();
  for (const formula of names.map(metric)) {
    if (formula.subject === 'request') verification.add('created');
    else if (formula.kind === 'percentile') durations.add(formula.duration);
    else if (formula.subject === 'verification') {
      verification.add('created');
      if ('measure' in formula) verification.add(formula.measure);
      if ('minus' in formula && formula.minus) verification.add(formula.minus);
      if ('known' in formula) for (const each of formula.known ?? []) verification.add(each);
      if ('hits' in formula) verification.add(formula.hits).add(formula.of);
      if ('sum' in formula) verification.add(formula.sum).add(formula.of);
    } else {
      message.add('messages');
      if ('measure' in formula) message.add(formula.measure);
      if ('known' in formula) for (const each of formula.known ?? []) message.add(each);
      if ('hits' in formula) {
        message.add(formula.hits);
        if (isBase(formula.of)) bases.add(formula.of);
        else message.add(formula.of);
      }
    }
  }
  return { verification: [...verification], message: [...message], bases: [...bases], durations: [...durations] };
}

const isBase = (of: MessageMeasure | MessageBase): of is MessageBase => of in MESSAGE_BASES;

/** Verifications not ended yet; null where the question is of something that they do not have. */
export const pendingOf = (cell: Counted | undefined): number | null =>
  cell?.isWithoutVerifications ? null : (cell?.verification.pending.created ?? 0);

/** Two cells as one. */
export function addCounted(a: Counted, b: Counted): Counted {
  const sums = (x: Sums<string>, y: Sums<string>) =>
    Object.fromEntries(
      [...new Set([...Object.keys(x), ...Object.keys(y)])].map((key) => [key, (x[key] ?? 0) + (y[key] ?? 0)]),
    );
  const both = (what: 'verification' | 'message') => ({
    ended: sums(a[what].ended, b[what].ended),
    pending: sums(a[what].pending, b[what].pending),
  });
  const durations = { ...a.durations };
  for (const [duration, buckets] of Object.entries(b.durations) as [Duration, readonly Bucket[] | null][])
    durations[duration] = buckets && [...(a.durations[duration] ?? []), ...buckets];
  const refused = a.refused === null || b.refused === null ? (a.refused ?? b.refused) : a.refused + b.refused;
  return { verification: both('verification'), message: both('message'), durations, refused };
}
