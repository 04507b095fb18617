import type { ListQuery, VerificationSummary } from '@/lib/contract/verifications';
import { blindIndex } from '@/lib/crypto/blind-index';
import { database } from '@/lib/db/client';
import {
  type ListFilter,
  type ListRow,
  listVerificationRows,
  verificationHistogramRows,
} from '@/lib/db/list-verifications';
import type { Reach } from '@/lib/db/verifications';
import type { Actor } from '@/lib/domain/actor';
import type { Channel } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { VERIFICATION_STATUSES, type VerificationStatus } from '@/lib/domain/verification/states';
import { publicId, uuidFrom } from '@/lib/ids';
import { recipientOf } from '@/lib/operations/routes/plan-for';
import { describeVerification, reachOf } from '@/lib/operations/verifications/resource';

/** The API's own filters, and what only the console may add: another app or mode. Keys see their own app and mode whatever they ask. */
export type ConsoleScope = { appId?: string | null; livemode?: boolean | null };

/** verifications.list: a page of verifications with the trail of their messages, newest first. */
export async function listVerifications(
  actor: Actor,
  query: ListQuery,
  scope: ConsoleScope = {},
): Promise<{ data: VerificationSummary[]; hasMore: boolean }> {
  permit(actor, 'verifications:read');
  const rows = await listVerificationRows(database(), scopedReach(actor, scope), filterOf(query), {
    after: query.starting_after === undefined ? null : cursorOf(query.starting_after),
    limit: query.limit + 1,
  });
  const data = rows.slice(0, query.limit).map(describeSummary);
  return { data, hasMore: rows.length > query.limit };
}

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

export type HistogramBucket = { bucketStart: Date; counts: Record<VerificationStatus, number> };

/** At most this many buckets, so that a picture costs the same for an hour as for a quarter. */
const BUCKETS_MAX = 60;
const BUCKET_SECONDS = [60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800] as const;

/** Counts per bucket and status over the filtered range, empty buckets included, so that no bar hides a gap. Default range: the last 24 h. */
export async function verificationHistogram(
  actor: Actor,
  query: ListQuery,
  scope: ConsoleScope = {},
): Promise<{ bucketSeconds: number; buckets: HistogramBucket[] }> {
  permit(actor, 'verifications:read');
  const filter = filterOf(query);
  const createdBefore = filter.createdBefore ?? new Date();
  const createdAfter = filter.createdAfter ?? new Date(createdBefore.getTime() - 86_400_000);
  const spanSeconds = Math.max(60, (createdBefore.getTime() - createdAfter.getTime()) / 1000);
  const bucketSeconds = BUCKET_SECONDS.find((seconds) => spanSeconds / seconds <= BUCKETS_MAX) ?? 604_800;
  const rows = await verificationHistogramRows(
    database(),
    scopedReach(actor, scope),
    { ...filter, createdAfter, createdBefore },
    bucketSeconds,
  );

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

function scopedReach(actor: Actor, scope: ConsoleScope): Reach {
  const reach = reachOf(actor);
  if (actor.kind === 'api_key') return reach;
  return { appId: scope.appId ?? null, livemode: scope.livemode ?? null };
}

function filterOf(query: ListQuery): ListFilter {
  return {
    statuses: query.status ?? null,
    channels: query.channel ?? null,
    countries: query.country ?? null,
    useCases: query.use_case ?? null,
    reference: query.reference ?? null,
    toBlind: query.to === undefined ? null : blindIndex('number', recipientOf(query.to).e164),
    createdAfter: query.created_after === undefined ? null : new Date(query.created_after),
    createdBefore: query.created_before === undefined ? null : new Date(query.created_before),
  };
}

function cursorOf(id: string): string {
  const uuid = uuidFrom('verification', id);
  if (!uuid)
    throw new Refusal('invalid_request', { param: 'starting_after', detail: 'Must be the id of a verification.' });
  return uuid;
}
