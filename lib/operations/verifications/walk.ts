import { type GuideRow, guideQuery } from '@/lib/db/analytics/search-guide';
import { report } from '@/lib/db/client';
import { isIndexed, type Place, type Search } from '@/lib/db/explore-verifications';
import { uuidFloor } from '@/lib/ids';

/** The rollups answer in a few milliseconds or are no help. */
const GUIDE_MS = 500;
/** Steps that lie closer are walked as one: a statement costs more than some empty minutes. */
const GAP_MS = 2 * 3_600_000;

/** A walk under way. `place`: what to look at next, null when everything was seen. */
export type Walk = {
  readonly place: Place | null;
  /** All at once by an index of its own, as long as that is quick. */
  readonly isByIndex: boolean;
  /** The rollups have said where to look. */
  readonly isGuided: boolean;
  /** After a stretch: where it ended, null when nothing is left of its place. */
  advance(edge: string | null): Promise<void>;
  /** The index finds too much: walk instead. */
  walkInstead(): void;
};

/**
 * Where a search walks, newest first. The first stretch is looked at as it comes; most searches are full then. For all others the rollups
 * say in which steps of time anything can be, and the rest is left out.
 */
export function startWalk(search: Search, before: string | null): Walk {
  let places: Place[] = [{ before, floor: null, isOfTests: false }];
  let isByIndex = isIndexed(search);
  let hasAsked = false;
  let isGuided = false;
  return {
    get place() {
      return places[0] ?? null;
    },
    get isByIndex() {
      return isByIndex;
    },
    get isGuided() {
      return isGuided;
    },
    async advance(edge) {
      const [place, ...rest] = places;
      places = place && edge !== null ? [{ ...place, before: edge }, ...rest] : rest;
      if (hasAsked || isByIndex || places.length === 0) return;
      hasAsked = true;
      const steps = await stepsOf(search);
      if (!steps) return;
      isGuided = true;
      places = placesOf(steps, edge, meetsTests(search));
    },
    walkInstead() {
      isByIndex = false;
    },
  };
}

async function stepsOf(search: Search): Promise<GuideRow[] | null> {
  // Of test traffic they know nothing, and it has an index of its own.
  if (!meetsLive(search)) return null;
  const asked = guideQuery(search, new Date());
  return asked && report<GuideRow>(asked.statement, asked.values, GUIDE_MS);
}

const meets = (mode: boolean) => (search: Search) =>
  search.filters.every(({ key, values, isExcluded }) => key !== 'mode' || values.includes(mode) !== isExcluded);
const meetsTests = meets(false);
const meetsLive = meets(true);

/**
 * Steps of time, newest first, as places to walk: close ones together, and between them what the rollups know nothing about, where the
 * search may meet it. A step without a time says that nothing is known: all is walked.
 */
export function placesOf(steps: readonly GuideRow[], before: string | null, withTests: boolean): Place[] {
  const ranges: { from: number; to: number }[] = [];
  for (const { at, minutes } of steps) {
    if (!at) return [{ before, floor: null, isOfTests: false }];
    const from = at.getTime();
    const last = ranges.at(-1);
    if (last && from + minutes * 60_000 + GAP_MS >= last.from) last.from = Math.min(last.from, from);
    else ranges.push({ from, to: from + minutes * 60_000 });
  }
  const places: Place[] = [];
  let top = before;
  for (const { from, to } of ranges) {
    const floor = uuidFloor(new Date(from));
    const ceiling = uuidFloor(new Date(to));
    if (top !== null && floor >= top) continue;
    if (top === null || ceiling < top) {
      if (withTests) places.push({ before: top, floor: ceiling, isOfTests: true });
      top = ceiling;
    }
    places.push({ before: top, floor, isOfTests: false });
    top = floor;
  }
  if (withTests) places.push({ before: top, floor: null, isOfTests: true });
  return places;
}
