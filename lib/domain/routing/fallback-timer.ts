import type { Channel } from '@/lib/domain/channel';
import type { CountryRoute } from '@/lib/domain/routing/country-route';

/** When a country's route gives up on its first channel, and which scopes say so. */
export type FallbackTimer = {
  /** Seconds of silence after which the next channel is tried; 0 never. */
  afterSeconds: number;
  /** `country:BR`, `region:americas`, `global` or `built_in`. */
  from: string;
  onFailed: boolean;
  onFailedFrom: string;
  /** A second channel is in use: there is something to fall back to. */
  hasNext: boolean;
};

/** `isServed`: some connection carries the channel where the route names none. */
export function fallbackTimer(route: CountryRoute, isServed: (channel: Channel) => boolean): FallbackTimer {
  const inUse = route.channels.filter(
    ({ channel, enabled, connections }) => enabled && (connections.length > 0 || isServed(channel)),
  );
  return {
    afterSeconds: route.fallbackAfterSeconds,
    from: route.inheritedFrom.fallbackAfterSeconds ?? 'built_in',
    onFailed: route.fallbackOnFailed,
    onFailedFrom: route.inheritedFrom.fallbackOnFailed ?? 'built_in',
    hasNext: route.mode !== 'blocked' && inUse.length > 1,
  };
}

/**
 * Each country's figures beside its timer of today, in the order of the figures. The figures may come from days when the timer was
 * another one: only its publishing dates tell.
 */
export function withTimers<Row extends { key: string }>(
  rows: readonly Row[],
  routeFor: (country: string) => CountryRoute,
  isServed: (channel: Channel) => boolean,
): (Row & { timer: FallbackTimer })[] {
  return rows.map((row) => ({ ...row, timer: fallbackTimer(routeFor(row.key), isServed) }));
}
