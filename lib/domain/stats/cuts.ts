import { DIMENSIONS, type Dimension, type Duration } from '@/lib/domain/stats/measures';

/** A dimension that rollup rows can have as a key; the app always is one. */
export type KeyDimension = Exclude<Dimension, 'app'>;

/**
 * One way of cutting the counts: rows of a cut have these keys and no others. A question reads the narrowest cut that has all it splits
 * and filters by, so that the rows it reads are few (decision 10: a wide hourly table is hardly smaller than the raw one).
 */
export type Cut = {
  code: number;
  keys: readonly KeyDimension[];
  /** Also in steps of five minutes, and its other steps under a day are kept for ever. */
  isFine?: boolean;
  /** Every key there is, for each app only: any question can be answered from it. */
  isWide?: boolean;
  /** Counted only since a day that `duration_kept` has: an installation that was upgraded holds none of before. */
  isLater?: boolean;
};

const ALL_KEYS = ['use_case', 'country', 'channel', 'connection', 'template', 'locale'] as const;

// Narrowest first: the order is the preference.
export const VERIFICATION_CUTS: readonly Cut[] = [
  { code: 0, keys: [], isFine: true },
  { code: 1, keys: ['channel'], isFine: true },
  { code: 2, keys: ['use_case'] },
  { code: 3, keys: ['channel', 'connection'] },
  { code: 4, keys: ['channel', 'template'] },
  { code: 5, keys: ['locale'] },
  { code: 6, keys: ['country'] },
  { code: 7, keys: ['country', 'channel'] },
  { code: 8, keys: ['country', 'use_case'] },
  { code: 9, keys: ALL_KEYS, isWide: true },
];

/** Cuts by reason hold failed messages alone. */
export const MESSAGE_CUTS: readonly Cut[] = [
  { code: 0, keys: [], isFine: true },
  { code: 1, keys: ['channel'], isFine: true },
  { code: 3, keys: ['channel', 'connection'] },
  { code: 4, keys: ['channel', 'template'] },
  { code: 2, keys: ['use_case', 'channel'] },
  { code: 5, keys: ['channel', 'locale'] },
  { code: 7, keys: ['country', 'channel'] },
  { code: 10, keys: ['channel', 'reason'] },
  { code: 12, keys: ['channel', 'connection', 'reason'] },
  { code: 13, keys: ['country', 'channel', 'reason'] },
  { code: 9, keys: [...ALL_KEYS, 'reason'], isWide: true },
];

/** What was sent, in one cut: a text in a language is mostly of one connection, so that these are hardly more rows than the templates. */
const SENT_CUT: Cut = { code: 14, keys: ['channel', 'connection', 'template', 'locale'], isLater: true };

/** To whom, in one cut. */
const WHOM_CUT: Cut = { code: 15, keys: ['country', 'use_case', 'channel'], isLater: true };

const PEOPLE_CUTS: readonly Cut[] = [
  { code: 0, keys: [] },
  { code: 1, keys: ['channel'] },
  { code: 2, keys: ['use_case'] },
  { code: 6, keys: ['country'] },
  SENT_CUT,
  WHOM_CUT,
];

/**
 * A histogram has a row per bucket, so few cuts are kept of it and none is wide: what was sent together with whom it went to has no answer. The webhook lag is
 * a matter of connections alone.
 */
export const DURATION_CUTS: Readonly<Record<Duration, readonly Cut[]>> = {
  deliver: [
    { code: 0, keys: [] },
    { code: 1, keys: ['channel'] },
    { code: 3, keys: ['channel', 'connection'] },
    { code: 7, keys: ['country', 'channel'] },
    SENT_CUT,
    WHOM_CUT,
  ],
  webhook_lag: [{ code: 3, keys: ['channel', 'connection'] }],
  respond: PEOPLE_CUTS,
  verify: PEOPLE_CUTS,
  rescue: [
    { code: 0, keys: [] },
    { code: 6, keys: ['country'] },
  ],
};

/** Requests that were refused are no rows of a cut: they have the keys of this one, and half-hours as their finest step. */
export const REFUSED_CUT: Cut = { code: -1, keys: ['country', 'use_case'] };

/** Verifications by hour of the recipient's week, apart from the other cuts: days and weeks only. */
export const WEEK_CUT = 11;

/** The narrowest cut that has every dimension a question needs; null where none is kept. */
export function cutFor(cuts: readonly Cut[], needed: Iterable<Dimension>): Cut | null {
  const keys = [...needed].filter((dimension): dimension is KeyDimension => dimension !== 'app');
  return cuts.find((cut) => keys.every((key) => cut.keys.includes(key))) ?? null;
}

/** Histograms are kept by what was sent or by whom it went to: false where nobody can tell how long it took of just these. */
export function isDurationKept(
  duration: Duration,
  filters: Partial<Record<Dimension, unknown>>,
  by?: Dimension,
): boolean {
  const needed = DIMENSIONS.filter((dimension) => filters[dimension] !== undefined || dimension === by);
  return cutFor(DURATION_CUTS[duration], needed) !== null;
}

/**
 * Steps of time that counts are kept in, in minutes; each is a whole number of the one before. Half-hours, because half of India's midnight is no
 * full hour of UTC; weeks are of the epoch (they begin on Thursdays), and only add up.
 */
export const GRAINS = [5, 30, 180, 1440, 10_080] as const;
export type Grain = (typeof GRAINS)[number];
/** Steps of five minutes can be asked for this long: a week and the one before it, and a day to spare. Older ranges begin and end with half-hours. */
export const FINE_DAYS = 15;
/** They are kept a day longer, so that no question meets a gap. */
export const KEPT_FINE_DAYS = FINE_DAYS + 1;
/**
 * Half-hours and three hours of all cuts can be asked for this long: days of any time zone in a quarter, and a day to spare. Older ranges of most cuts
 * begin and end with days of UTC.
 */
export const SMALL_DAYS = 92;
/** The same again: kept a day longer. */
export const KEPT_SMALL_DAYS = SMALL_DAYS + 1;

/** The steps that a cut is kept in. Three hours of a wide cut are hardly fewer rows than its half-hours, and a week than its days: it has neither. */
export function grainsOf({ code, isFine = false, isWide = false }: Cut): readonly Grain[] {
  if (code === WEEK_CUT) return [1440, 10_080];
  if (isWide) return [30, 1440];
  return isFine ? GRAINS : [30, 180, 1440, 10_080];
}

/**
 * Steps that are added up out of the next smaller ones when they are over: what happens now is written in its finest step alone, what comes late in
 * every step that is closed. The days of the wide cuts and of the week's hours are written at once.
 */
export const CLOSED_GRAINS = [180, 1440, 10_080] as const;
export type ClosedGrain = (typeof CLOSED_GRAINS)[number];
/** Until when each of these steps is closed: on one of its own edges. */
export type Closed = Readonly<Record<ClosedGrain, Date>>;
/** A step is closed so long after its end: by then most of its verifications have ended and change no more. */
export const CLOSE_AFTER_MINUTES = 15;

/** Whether rows of a step are there from its first verification on. */
export const isWrittenAtOnce = (cut: Cut, grain: Grain): grain is Exclude<Grain, ClosedGrain> =>
  grain === 5 || grain === 30 || (grain === 1440 && (cut.isWide === true || cut.code === WEEK_CUT));

const closedUntil = (cut: Cut, grain: Grain, closed: Closed): number =>
  isWrittenAtOnce(cut, grain) ? Number.POSITIVE_INFINITY : closed[grain].getTime();

/** Until when each step can be closed at a moment: never before the smaller steps that it is made of. */
export function closableUntil(closed: Closed, now: Date): Closed {
  let until = now.getTime() - CLOSE_AFTER_MINUTES * 60_000;
  const found: Record<ClosedGrain, Date> = { ...closed };
  for (const grain of CLOSED_GRAINS) {
    const step = grain * 60_000;
    // A day at a time, a week at a time: after a long absence no transaction is long.
    const most = closed[grain].getTime() + Math.max(step, 1440 * 60_000);
    found[grain] = new Date(Math.max(closed[grain].getTime(), Math.floor(Math.min(until, most) / step) * step));
    until = found[grain].getTime();
  }
  return found;
}

/**
 * From when on half-hours of every cut may be read. `keptSince`: what an installation has, a day of UTC; one that was upgraded has no more than its
 * version before kept until its days are counted again.
 */
export const smallStepsSince = (keptSince: Date, now: Date): Date =>
  new Date(Math.max(keptSince.getTime(), now.getTime() - SMALL_DAYS * 86_400_000));

/** The finest step that a cut has of a moment. `smallSince`: see smallStepsSince. */
export function finestGrain(cut: Cut, at: Date, now: Date, smallSince: Date): Grain {
  if (cut.isFine) return at.getTime() > now.getTime() - FINE_DAYS * 86_400_000 ? 5 : 30;
  return at >= smallSince ? 30 : 1440;
}

/** A range in one step of time. */
export type Span = { grain: Grain; from: Date; to: Date };

/** A range as few rows as possible: the coarsest steps that are closed inside, smaller ones at both ends. The ends must lie on steps of the finest of `grains`. */
export function spansOf(
  from: Date,
  to: Date,
  cut: Cut,
  closed: Closed,
  grains: readonly Grain[] = grainsOf(cut),
): Span[] {
  const coarsest = grains.at(-1);
  if (coarsest === undefined || from >= to) return [];
  if (grains.length === 1) return [{ grain: coarsest, from, to }];
  const finer = grains.slice(0, -1);
  const step = coarsest * 60_000;
  const begin = new Date(Math.ceil(from.getTime() / step) * step);
  const end = new Date(Math.floor(Math.min(to.getTime(), closedUntil(cut, coarsest, closed)) / step) * step);
  if (begin >= end) return spansOf(from, to, cut, closed, finer);
  return [
    ...spansOf(from, begin, cut, closed, finer),
    { grain: coarsest, from: begin, to: end },
    ...spansOf(end, to, cut, closed, finer),
  ];
}
