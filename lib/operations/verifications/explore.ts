import type { VerificationSummary } from '@/lib/contract/verifications';
import { facetCounts } from '@/lib/db/analytics/facets';
import { report } from '@/lib/db/client';
import {
  type ExploredRow,
  exploreQuery,
  type ListRow,
  looksOutside,
  type Place,
  type Search,
  volumeQuery,
} from '@/lib/db/explore-verifications';
import type { Actor } from '@/lib/domain/actor';
import type { Channel } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { VERIFICATION_STATUSES, type VerificationStatus } from '@/lib/domain/verification/states';
import { publicId, uuidFloor, uuidFrom, uuidMs } from '@/lib/ids';
import { describeVerification } from '@/lib/operations/verifications/resource';
import { type SearchQuery, searchOf } from '@/lib/operations/verifications/search';
import { startWalk } from '@/lib/operations/verifications/walk';

/** How long a page may look for its rows: at once, and where somebody asked to look further back. */
export const PATIENCE_MS = { page: 70, further: 1_500 } as const;
/** So many rows are walked past in any case (some 20 ms when the database has nothing else to do): a small installation is seen whole. */
export const WALK_MIN = 10_000;
/**
 * A stretch begins small, grows while it is quick, and never holds the database longer than `msMax`, nor than twice the patience of its page: what is not
 * in memory may take a hundred times as long as the stretch before let expect. `msMin`: the least that even an impatient page gives it.
 */
const STRETCH = { first: 2_000, firstOutside: 500, max: 100_000, msMin: 150, msMax: 1_000 } as const;
const EXPLORE_LIMIT_MAX = 100;

export type ExploredPage = {
  data: VerificationSummary[];
  /**
   * Where the next page begins; null when everything was seen. `isSearching`: patience ended before the page was full, and
   * what lies before `searchedTo` has not been looked at.
   */
  next: { after: string; isSearching: boolean; searchedTo: Date } | null;
};

/** How much is wanted, and how long to look for it. `patienceEmptyMs`: as long as nothing was found at all, where that is longer. */
export type PageWanted = {
  startingAfter: string | null;
  limit: number;
  patienceMs: number;
  patienceEmptyMs?: number;
  walkMin?: number;
};

/** verifications.explore: one page of a search, newest first. */
export async function exploreVerifications(actor: Actor, query: SearchQuery & PageWanted): Promise<ExploredPage> {
  permit(actor, 'verifications:read');
  return pageOfSearch(searchOf(actor, query), query);
}

/**
 * One page of a search that somebody may ask, newest first. Without an index for what is asked it walks back through time, a stretch
 * after the other and only where the rollups count anything, until the page is full or its patience is over: so a page takes as long at
 * any depth, and a rare thing may not be found at once but never fails.
 */
export async function pageOfSearch(search: Search, wanted: PageWanted): Promise<ExploredPage> {
  const limit = Math.min(wanted.limit, EXPLORE_LIMIT_MAX);
  const walk = startWalk(search, wanted.startingAfter === null ? null : cursorOf(wanted.startingAfter));
  const rows: ExploredRow[] = [];
  const began = performance.now();
  const stretchMs = Math.min(STRETCH.msMax, Math.max(STRETCH.msMin, 2 * wanted.patienceMs));
  let walked = 0;
  let scanMax: number = looksOutside(search) ? STRETCH.firstOutside : STRETCH.first;

  while (walk.place) {
    const asked = performance.now();
    const { isGuided } = walk;
    const stretch = { limit: limit + 1 - rows.length, scanMax, isByIndex: walk.isByIndex };
    const { statement, values } = exploreQuery(search, walk.place, stretch);
    const found = await report<ExploredRow>(statement, values, stretchMs);
    if (found) {
      rows.push(...found.filter(({ id }) => id !== null));
      if (rows.length > limit) return pageOf(rows.slice(0, limit), rows[limit - 1] ?? null);
      const edge = found[0]?.edge ?? null;
      walked += edge === null ? STRETCH.firstOutside : scanMax;
      await walk.advance(edge);
    } else if (walk.isByIndex) {
      // A reference that half the rows share: it is no help, and the walk meets one soon.
      walk.walkInstead();
    } else if (scanMax === STRETCH.firstOutside) {
      return pageOf(rows, null, walk.place);
    }
    const now = performance.now();
    const patienceMs = rows.length === 0 ? Math.max(wanted.patienceMs, wanted.patienceEmptyMs ?? 0) : wanted.patienceMs;
    const left = patienceMs - (now - began);
    // Once it is known where to look, that is done at least once: else pages of no patience would never get there.
    const isOnItsWay = walk.isGuided && !isGuided;
    if (left <= 0 && !isOnItsWay && walked >= (wanted.walkMin ?? 0)) return pageOf(rows, null, walk.place);
    // Half of what the rest of the patience allows at the speed of the last stretch, as the next may be slower, and at most four times as much. The
    // longer patience with nothing is for many such stretches: one of a second would bring its rows a second late.
    const affordable = Math.floor((scanMax / Math.max(1, now - asked)) * (Math.min(left, wanted.patienceMs) / 2));
    scanMax = Math.max(STRETCH.firstOutside, Math.min(affordable, scanMax * 4, STRETCH.max));
    if (!found) scanMax = STRETCH.firstOutside;
  }
  return pageOf(rows, null);
}

/** A page that ends with a row, or where the walk stopped; with neither it is the last one. */
function pageOf(rows: ExploredRow[], last: ExploredRow | null, stoppedAt: Place | null = null): ExploredPage {
  const data = rows.map(describeSummary);
  if (last) {
    return {
      data,
      next: { after: publicId('verification', last.id), isSearching: false, searchedTo: last.created_at },
    };
  }
  if (!stoppedAt) return { data, next: null };
  // Not even the first stretch came to its end: the next page begins where this one did, with now.
  const before = stoppedAt.before ?? uuidFloor(new Date(Date.now() + CLOCKS_MS));
  return {
    data,
    next: { after: publicId('verification', before), isSearching: true, searchedTo: new Date(uuidMs(before)) },
  };
}

/** Ids come from several clocks. */
const CLOCKS_MS = 60_000;

/** A row of a list in the words of the contract. */
export function describeSummary(row: ListRow): VerificationSummary {
  return {
    ...describeVerification(row),
    trail: row.trail.map((message) => ({ ...message, channel: message.channel as Channel })),
    seconds_to_deliver: row.seconds_to_deliver,
    cost_micros: Number(row.cost_micros),
    checks_used: row.checks_used,
    app: { id: publicId('app', row.app_id), name: row.app_name },
  };
}

function cursorOf(id: string): string {
  const uuid = uuidFrom('verification', id);
  if (!uuid)
    throw new Refusal('invalid_request', { param: 'starting_after', detail: 'Must be the id of a verification.' });
  return uuid;
}

/** At most this many buckets, so that a picture costs the same for an hour as for a quarter. */
const BUCKETS_MAX = 60;
const BUCKET_SECONDS = [60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800] as const;
const VOLUME_MS = 1_500;

export type HistogramBucket = { bucketStart: Date; counts: Record<VerificationStatus, number> };
export type Volume = { bucketSeconds: number; buckets: HistogramBucket[] };

/** Counts per bucket and status over the whole range of a search, empty buckets included, so that no bar hides a gap. Null when that took too long. */
export async function verificationVolume(actor: Actor, query: SearchQuery): Promise<Volume | null> {
  permit(actor, 'verifications:read');
  const createdBefore = query.createdBefore ?? new Date();
  const createdAfter = query.createdAfter ?? new Date(createdBefore.getTime() - 86_400_000);
  const spanSeconds = Math.max(60, (createdBefore.getTime() - createdAfter.getTime()) / 1000);
  const bucketSeconds = BUCKET_SECONDS.find((seconds) => spanSeconds / seconds <= BUCKETS_MAX) ?? 604_800;
  const { statement, values } = volumeQuery(searchOf(actor, { ...query, createdAfter, createdBefore }), bucketSeconds);
  const rows = await report<{ bucket_start: Date; status: string; n: number }>(statement, values, VOLUME_MS);
  if (!rows) return null;

  const buckets = new Map<number, HistogramBucket>();
  const size = bucketSeconds * 1000;
  const none = () =>
    Object.fromEntries(VERIFICATION_STATUSES.map((status) => [status, 0])) as Record<VerificationStatus, number>;
  const first = Math.floor(createdAfter.getTime() / size) * size;
  for (let at = first; at < createdBefore.getTime() && buckets.size < 500; at += size) {
    buckets.set(at, { bucketStart: new Date(at), counts: none() });
  }
  for (const row of rows) {
    const bucket = buckets.get(row.bucket_start.getTime());
    if (bucket) bucket.counts[row.status as VerificationStatus] += row.n;
  }
  return { bucketSeconds, buckets: [...buckets.values()] };
}

/** Counts of a facet come from the newest matching verifications, at most this many. */
export const FACET_SAMPLE_MAX = 20_000;
const FACETS_MS = 1_200;
export const FACETS = ['status', 'channel', 'country', 'use_case', 'app', 'cause', 'reason'] as const;
export type FacetName = (typeof FACETS)[number];
export type Facets = { total: number; values: Record<FacetName, { value: string; n: number }[]> };

/** verifications.facets: how the newest verifications of a search divide. Null when that took too long. */
export async function verificationFacets(actor: Actor, query: SearchQuery): Promise<Facets | null> {
  permit(actor, 'verifications:read');
  const rows = await facetCounts(searchOf(actor, query), FACET_SAMPLE_MAX, FACETS_MS);
  if (!rows) return null;
  const values = Object.fromEntries(
    FACETS.map((name) => [name, rows.filter(({ facet }) => facet === name).map(({ value, n }) => ({ value, n }))]),
  ) as Facets['values'];
  return { total: rows.find(({ facet }) => facet === 'total')?.n ?? 0, values };
}
