import {
  createLoader,
  createParser,
  createSerializer,
  type inferParserType,
  parseAsString,
  parseAsStringLiteral,
} from 'nuqs/server';
import type { Comparison, Interval } from '@/lib/contract/analytics';
import { CHANNELS } from '@/lib/domain/channel';
import { FAILURE_REASONS } from '@/lib/domain/message/reasons';
import { DIMENSIONS, type Dimension } from '@/lib/domain/stats/measures';
import { templateKey } from '@/lib/domain/template/key';
import { isUuid } from '@/lib/domain/uuid';
import { RANGES } from './range';

/** The values a dimension is held to, or kept free of. */
export type Filter = { values: string[]; exclude: boolean };

export const COMPARISONS = ['none', 'previous_period', 'previous_week'] as const satisfies readonly Comparison[];
const INTERVALS = ['5m', '30m', 'hour', 'day', 'week', 'month'] as const satisfies readonly Interval[];

/** As many as one question may name (ANALYTICS_LIMITS.values), each as long as the contract allows. */
const VALUES_MAX = 50;
const VALUE_LENGTH_MAX = 200;

/** What cannot be a value of the dimension is left out, like an unknown filter: an address typed by hand is never an error. */
const SHAPES: Partial<Record<Dimension, (value: string) => boolean>> = {
  app: isUuid,
  connection: isUuid,
  country: (value) => /^[A-Z]{2}$/.test(value),
};
/** Closed lists: the same for them. What is a country or a use case is asked of the configuration (room-bar.tsx). */
const LISTS: Partial<Record<Dimension, readonly string[]>> = {
  channel: CHANNELS,
  reason: Object.keys(FAILURE_REASONS),
};

/** One spelling per value. */
function spelled(dimension: Dimension, part: string): string {
  if (dimension === 'template') return templateKey(part);
  return dimension === 'country' ? part.toUpperCase() : part;
}

/** Every value that a filter names, whether or not it can be one. */
export const spelledIn = (dimension: Dimension, text: string): string[] => {
  const values = text
    .replace(/^-/, '')
    .split(',')
    .map((part) => part.replaceAll('%2C', ',').trim())
    .map((part) => spelled(dimension, part))
    .filter((value) => value !== '');
  return [...new Set(values)];
};

/** `BR,IN`; `-BR,IN` leaves them out. A comma inside a value is written `%2C`. */
function filterOn(dimension: Dimension) {
  return createParser<Filter>({
    parse(text) {
      const exclude = text.startsWith('-');
      const shape = SHAPES[dimension];
      const list = LISTS[dimension];
      const unique = spelledIn(dimension, text)
        .filter(
          (value) => value.length <= VALUE_LENGTH_MAX && (!shape || shape(value)) && (!list || list.includes(value)),
        )
        .slice(0, VALUES_MAX);
      return unique.length > 0 ? { values: unique, exclude } : null;
    },
    serialize: ({ values, exclude }) =>
      `${exclude ? '-' : ''}${values.map((value) => value.replaceAll(',', '%2C')).join(',')}`,
    eq: (a, b) => a.exclude === b.exclude && a.values.join('\n') === b.values.join('\n'),
  });
}

/**
 * Everything an analytics room shows is in its address. A room with more to choose adds its own:
 * `const params = { ...analyticsParams, duration: parseAsStringLiteral(...) }`.
 */
export const analyticsParams = {
  range: parseAsStringLiteral(RANGES),
  /** Wall times in the time zone shown, of a custom range. */
  from: parseAsString,
  to: parseAsString,
  compare: parseAsStringLiteral(COMPARISONS).withDefault('previous_period'),
  /** Absent: the viewer's own. */
  timezone: parseAsString,
  interval: parseAsStringLiteral(INTERVALS),
  app: filterOn('app'),
  use_case: filterOn('use_case'),
  country: filterOn('country'),
  channel: filterOn('channel'),
  connection: filterOn('connection'),
  template: filterOn('template'),
  locale: filterOn('locale'),
  reason: filterOn('reason'),
  /** What the room splits by. */
  by: parseAsStringLiteral(DIMENSIONS),
  /** Which figure a picture shows, where there is a choice. */
  metric: parseAsString,
  /** The price book as a whole (Cost). Here, so that no other choice drops it. */
  prices: parseAsStringLiteral(['all'] as const),
};

export const loadAnalyticsView = createLoader(analyticsParams);
export type AnalyticsView = inferParserType<typeof analyticsParams>;

const serialize = createSerializer(analyticsParams);

/** The address of a room with some of the view changed. */
export function hrefWith(path: string, view: AnalyticsView, change: Partial<AnalyticsView> = {}): string {
  return serialize(path, { ...view, ...change });
}

export const filtersIn = (view: AnalyticsView): { dimension: Dimension; filter: Filter }[] =>
  DIMENSIONS.flatMap((dimension) => {
    const filter = view[dimension];
    return filter ? [{ dimension, filter }] : [];
  });

/** What the filter says of one value. */
export type Standing = 'free' | 'included' | 'excluded';

export function standingOf(view: AnalyticsView, dimension: Dimension, value: string): Standing {
  const filter = view[dimension];
  if (!filter) return 'free';
  if (filter.exclude) return filter.values.includes(value) ? 'excluded' : 'free';
  return filter.values.includes(value) ? 'included' : 'free';
}

/** Choosing a value filters by it, choosing it again leaves it out, a third time clears it. Beside others it joins or leaves them. */
export function cycled(filter: Filter | null, value: string): Filter | null {
  if (!filter) return { values: [value], exclude: false };
  if (!filter.values.includes(value)) {
    return filter.values.length < VALUES_MAX ? { ...filter, values: [...filter.values, value] } : filter;
  }
  if (!filter.exclude && filter.values.length === 1) return { values: [value], exclude: true };
  const values = filter.values.filter((each) => each !== value);
  return values.length > 0 ? { ...filter, values } : null;
}

/** The address after choosing a row, a bar or a country once more. */
export function hrefCycling(path: string, view: AnalyticsView, dimension: Dimension, value: string): string {
  return hrefWith(path, view, { [dimension]: cycled(view[dimension], value) });
}

/** Without any filter; range, comparison and time zone stay. */
export const NO_FILTERS = Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, null])) as Record<
  Dimension,
  null
>;
