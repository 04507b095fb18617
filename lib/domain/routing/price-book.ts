import type { Channel } from '@/lib/domain/channel';
import { priceOn, type RouteRow, resolveRoute, scopesOf } from '@/lib/domain/routing/country-route';

/** A price and the days (UTC) that it holds: `from` null has no beginning, `until` null no end; `until` is the first day that it no longer holds. */
export type PricePeriod = { micros: number | null; from: string | null; until: string | null };

/** What a channel costs in a country: now, before and from when on. `micros` null: no scope names a price, and messages count as free. */
export type PriceLine = {
  country: string;
  channel: Channel;
  /** In order of time, without a gap. */
  periods: PricePeriod[];
  now: PricePeriod;
  next: PricePeriod | null;
  /** The scope that says the price of now: `country:BR`, `region:americas`, `global`; `built_in` where none does. */
  from: string;
  /** The route sends over it: the channel is switched on and has a connection. */
  isSent: boolean;
  /** Connections that carry it here: their rules say when the price falls due. */
  connectionIds: readonly string[];
};

/**
 * What a country's channels cost, on `day` (`2026-11-25`, UTC) and around it. `serving` names the connections of a channel
 * where the route names none. Channels without a price that nothing is sent over are left out.
 */
export function priceLines(
  rows: ReadonlyMap<string, RouteRow>,
  country: string,
  day: string,
  serving: (channel: Channel) => readonly { id: string }[],
): PriceLine[] {
  const route = resolveRoute(rows, country);
  const chain = scopesOf(rows, country);
  const channels = new Set<Channel>([
    ...route.channels.map(({ channel }) => channel),
    ...(Object.keys(route.prices) as Channel[]),
    ...route.priceChanges.map(({ channel }) => channel),
  ]);
  return [...channels].flatMap((channel) => {
    const onRoute = route.channels.find((each) => each.channel === channel);
    const named = onRoute && onRoute.connections.length > 0 ? onRoute.connections : serving(channel);
    const isSent = route.mode !== 'blocked' && onRoute?.enabled === true && named.length > 0;
    const starts = [
      ...new Set(route.priceChanges.filter((change) => change.channel === channel).map(({ from }) => from)),
    ].sort();
    const plain = route.prices[channel] ?? null;
    if (plain === null && starts.length === 0 && !isSent) return [];
    const periods: PricePeriod[] = [
      { micros: plain, from: null, until: starts[0] ?? null },
      // Asked of the rule that messages are priced by, so that the book cannot say something else.
      ...starts.map((from, at) => ({ micros: priceOn(route, channel, from), from, until: starts[at + 1] ?? null })),
    ];
    const at = periods.findLastIndex(({ from }) => from === null || from <= day);
    const now = periods[at] as PricePeriod;
    const saysChange = chain.find(({ priceChanges }) => priceChanges?.some((change) => change.channel === channel));
    const saysPlain = chain.find(({ prices }) => prices?.[channel] !== undefined)?.scope ?? 'built_in';
    return [
      {
        country,
        channel,
        periods,
        now,
        next: periods[at + 1] ?? null,
        from: now.from === null ? saysPlain : (saysChange?.scope ?? 'built_in'),
        isSent,
        connectionIds: isSent ? named.map(({ id }) => id) : [],
      },
    ];
  });
}
