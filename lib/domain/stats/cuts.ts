import type { Dimension, Duration } from '@/lib/domain/stats/measures';

/** A dimension that rollup rows can have as a key; the app always is one. */
export type KeyDimension = Exclude<Dimension, 'app'>;

/**
 * One way of cutting the counts: rows of a cut have these keys and no others. A question reads the narrowest cut that has all it splits
 * and filters by, so that the rows it reads are few (performance notes 3e: a wide hourly table is hardly smaller than the raw one).
 */
export type Cut = {
  code: number;
  keys: readonly KeyDimension[];
  /** Also in steps of five minutes, and its half-hours are kept for ever. */
  isFine?: boolean;
  /** Every key there is, for each app only: any question can be answered from it. */
  isWide?: boolean;
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

const PEOPLE_CUTS: readonly Cut[] = [
  { code: 0, keys: [] },
  { code: 1, keys: ['channel'] },
  { code: 2, keys: ['use_case'] },
  { code: 6, keys: ['country'] },
];

/** A histogram has a row per bucket, so few cuts are kept of it and none is wide: some questions have no answer. The webhook lag is a matter of connections alone. */
export const DURATION_CUTS: Readonly<Record<Duration, readonly Cut[]>> = {
  deliver: [
    { code: 1, keys: ['channel'] },
    { code: 3, keys: ['channel', 'connection'] },
    { code: 7, keys: ['country', 'channel'] },
  ],
  webhook_lag: [{ code: 3, keys: ['channel', 'connection'] }],
  respond: PEOPLE_CUTS,
  verify: PEOPLE_CUTS,
  rescue: [
    { code: 0, keys: [] },
    { code: 6, keys: ['country'] },
  ],
};

/** Verifications by hour of the recipient's week, apart from the other cuts: days only. */
export const WEEK_CUT = 11;

/** The narrowest cut that has every dimension a question needs; null where none is kept. */
export function cutFor(cuts: readonly Cut[], needed: Iterable<Dimension>): Cut | null {
  const keys = [...needed].filter((dimension): dimension is KeyDimension => dimension !== 'app');
  return cuts.find((cut) => keys.every((key) => cut.keys.includes(key))) ?? null;
}

/** Steps of time that counts are kept in, in minutes. Half-hours, because half of India's midnight is no full hour of UTC. */
export const GRAINS = [5, 30, 1440] as const;
export type Grain = (typeof GRAINS)[number];
/** Steps of five minutes, and half-hours of most cuts, can be asked for this long: a week and the one before it, and a day to spare. Older ranges begin and end with a coarser step. */
export const FINE_DAYS = 15;
/** They are kept a day longer, so that no question meets a gap. */
export const KEPT_FINE_DAYS = FINE_DAYS + 1;

/** The finest step that a cut has of a moment. */
export function finestGrain(cut: Cut, at: Date, now: Date): Grain {
  const isRecent = at.getTime() > now.getTime() - FINE_DAYS * 86_400_000;
  if (cut.isFine) return isRecent ? 5 : 30;
  return isRecent ? 30 : 1440;
}

/** A range in one step of time. */
export type Span = { grain: Grain; from: Date; to: Date };

/** A range as few rows as possible: whole days inside, smaller steps at both ends. The ends must lie on steps of `finest`. */
export function spansOf(from: Date, to: Date, grains: readonly Grain[] = GRAINS): Span[] {
  const coarsest = grains.at(-1);
  if (coarsest === undefined || from >= to) return [];
  if (grains.length === 1) return [{ grain: coarsest, from, to }];
  const finer = grains.slice(0, -1);
  const step = coarsest * 60_000;
  const begin = new Date(Math.ceil(from.getTime() / step) * step);
  const end = new Date(Math.floor(to.getTime() / step) * step);
  if (begin >= end) return spansOf(from, to, finer);
  return [...spansOf(from, begin, finer), { grain: coarsest, from: begin, to: end }, ...spansOf(end, to, finer)];
}
