import type { RouteOverride } from '@/lib/domain/routing/override';
import type { Configuration } from '@/lib/operations/configuration/snapshot';

/** What was live from a moment on (milliseconds since 1970), and the overrides that somebody started under it. */
export type Era = {
  from: number;
  configuration: Configuration;
  overrides: readonly (RouteOverride & { from: number })[];
};

/** Oldest first, at least one. */
export type Eras = readonly [Era, ...Era[]];

/** What was live at a moment. */
export function eraAt(eras: Eras, at: number): Era {
  return eras.findLast(({ from }) => from <= at) ?? eras[0];
}
