import { CHANNELS, type Channel } from '@/lib/domain/channel';
import { FALLBACK_AFTER_SECONDS } from '@/lib/domain/verification/limits';

export type RouteMode = 'automatic' | 'user_choice' | 'blocked';
export type Coverage = 'high' | 'general' | 'low' | 'blocked';

/** One channel of a route: connections share its traffic by weight (integers, 0 takes only failover). */
export type RouteChannel = {
  channel: Channel;
  enabled: boolean;
  connections: readonly { id: string; weight: number }[];
};

/** What one scope says; null inherits. Scopes: `country:BR`, `region:americas`, `global`. */
export type RouteRow = {
  scope: string;
  parent: string | null;
  mode: RouteMode | null;
  channels: readonly RouteChannel[] | null;
  fallbackOnFailed: boolean | null;
  /** Seconds; 0 is off. */
  fallbackAfterSeconds: number | null;
  defaultLocale: string | null;
  /** US dollars in micros per message (SMS: per segment). */
  prices: Readonly<Partial<Record<Channel, number>>> | null;
  /** Prices from a day on (UTC, `2026-12-01`): the newest that has begun replaces the channel's price. */
  priceChanges: readonly PriceChange[] | null;
  /** Codes sent to the country in one UTC day, and what they may cost; null inherits, 0 is no cap. */
  sendsPerDayMax: number | null;
  spendPerDayMaxMicros: number | null;
  coverage: Coverage | null;
};

/** What a scope says that says nothing of its own. */
export const INHERITS_ALL = {
  mode: null,
  channels: null,
  fallbackOnFailed: null,
  fallbackAfterSeconds: null,
  defaultLocale: null,
  prices: null,
  priceChanges: null,
  sendsPerDayMax: null,
  spendPerDayMaxMicros: null,
  coverage: null,
} as const satisfies Omit<RouteRow, 'scope' | 'parent'>;

export type PriceChange = { channel: Channel; micros: number; from: string };

export type CountryRoute = {
  country: string;
  mode: RouteMode;
  channels: readonly RouteChannel[];
  fallbackOnFailed: boolean;
  fallbackAfterSeconds: number;
  defaultLocale: string;
  /** Of every country: where nothing fits that is nearer. */
  globalLocale: string;
  prices: Readonly<Partial<Record<Channel, number>>>;
  priceChanges: readonly PriceChange[];
  /** 0 is no cap. */
  sendsPerDayMax: number;
  spendPerDayMaxMicros: number;
  coverage: Coverage | null;
  /** Which scope each field came from: the answer to "why does this country do that?". */
  inheritedFrom: Readonly<Record<string, string>>;
};

const BUILT_IN: Required<{ [K in Exclude<keyof RouteRow, 'scope' | 'parent'>]: unknown }> & {
  mode: RouteMode;
  channels: readonly RouteChannel[];
  fallbackOnFailed: boolean;
  fallbackAfterSeconds: number;
  defaultLocale: string;
  prices: Readonly<Partial<Record<Channel, number>>>;
  priceChanges: readonly PriceChange[];
  sendsPerDayMax: number;
  spendPerDayMaxMicros: number;
  coverage: Coverage | null;
} = {
  mode: 'automatic',
  channels: [],
  fallbackOnFailed: true,
  fallbackAfterSeconds: FALLBACK_AFTER_SECONDS.default,
  defaultLocale: 'en',
  prices: {},
  priceChanges: [],
  sendsPerDayMax: 0,
  spendPerDayMaxMicros: 0,
  coverage: null,
};

/** More hops than this in an inheritance chain is a mistake in the data (country → region → global is three). */
const HOPS_MAX = 5;

/** The scopes that answer for a country, nearest first. A country without a row of its own takes `global`. */
export function scopesOf(rows: ReadonlyMap<string, RouteRow>, country: string): RouteRow[] {
  const chain: RouteRow[] = [];
  let row = rows.get(`country:${country}`) ?? rows.get('global');
  while (row && chain.length < HOPS_MAX) {
    chain.push(row);
    row = row.parent === null ? undefined : rows.get(row.parent);
  }
  return chain;
}

/**
 * What a channel costs along a chain of scopes, nearest first: the nearest plain price, and the nearest changes that are not farther away. A country that names its own price is
 * not repriced by a change of what it does not take.
 */
function pricesAlong(
  chain: readonly RouteRow[],
  channel: Channel,
): { plain: number | undefined; changes: readonly PriceChange[] } {
  let changes: readonly PriceChange[] = [];
  for (const scope of chain) {
    if (changes.length === 0) changes = scope.priceChanges?.filter((change) => change.channel === channel) ?? [];
    const plain = scope.prices?.[channel];
    if (plain !== undefined) return { plain, changes };
  }
  return { plain: undefined, changes };
}

/**
 * A country's route with everything it inherits.
 * Prices and their changes come channel by channel; every other field whole from the nearest scope that sets it.
 */
export function resolveRoute(rows: ReadonlyMap<string, RouteRow>, country: string): CountryRoute {
  const chain = scopesOf(rows, country);
  const inheritedFrom: Record<string, string> = {};
  const nearest = <K extends keyof typeof BUILT_IN>(field: K): (typeof BUILT_IN)[K] => {
    for (const candidate of chain) {
      const value = candidate[field];
      if (value !== null) {
        inheritedFrom[field] = candidate.scope;
        return value as (typeof BUILT_IN)[K];
      }
    }
    inheritedFrom[field] = 'built_in';
    return BUILT_IN[field];
  };

  const priced = CHANNELS.map((channel) => [channel, pricesAlong(chain, channel)] as const);
  const prices: CountryRoute['prices'] = Object.fromEntries(
    priced.flatMap(([channel, { plain }]) => (plain === undefined ? [] : [[channel, plain]])),
  );
  return {
    country,
    mode: nearest('mode'),
    channels: nearest('channels'),
    fallbackOnFailed: nearest('fallbackOnFailed'),
    fallbackAfterSeconds: nearest('fallbackAfterSeconds'),
    defaultLocale: nearest('defaultLocale'),
    globalLocale: rows.get('global')?.defaultLocale ?? BUILT_IN.defaultLocale,
    prices,
    priceChanges: priced.flatMap(([, { changes }]) => changes),
    sendsPerDayMax: nearest('sendsPerDayMax'),
    spendPerDayMaxMicros: nearest('spendPerDayMaxMicros'),
    coverage: nearest('coverage'),
    inheritedFrom: { ...inheritedFrom, prices: chain.find((candidate) => candidate.prices)?.scope ?? 'built_in' },
  };
}

/** What a message of a channel costs on a day (`2026-11-25`, UTC), in micros: the newest change that has begun, else the plain price, else 0. */
export function priceOn(route: Pick<CountryRoute, 'prices' | 'priceChanges'>, channel: Channel, day: string): number {
  const begun = route.priceChanges
    .filter((change) => change.channel === channel && change.from <= day)
    .toSorted((a, b) => (a.from < b.from ? 1 : -1))[0];
  return begun?.micros ?? route.prices[channel] ?? 0;
}
