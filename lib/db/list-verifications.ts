import type { Db, Statement } from '@/lib/db/client';
import { type VerificationRow, verificationColumns } from '@/lib/db/check-verifications';
import type { Reach } from '@/lib/db/verifications';
import type { MessageState } from '@/lib/domain/message/states';

/** Filters; null means any. Times bound `created_at`. */
export type ListFilter = {
  statuses: string[] | null;
  channels: string[] | null;
  countries: string[] | null;
  useCases: string[] | null;
  reference: string | null;
  toBlind: Buffer | null;
  createdAfter: Date | null;
  createdBefore: Date | null;
};

export type ListRow = VerificationRow & {
  app_name: string;
  trail: { channel: string; cause: string; state: MessageState; reason: string | null }[];
  seconds_to_deliver: number | null;
  cost_micros: string;
};

// $1 app, $2 mode, $3 statuses, $4 channels, $5 countries, $6 use cases, $7 reference, $8 number, $9 after, $10 before
const WHERE = `
   ($1::uuid IS NULL OR v.app_id = $1) AND ($2::boolean IS NULL OR v.livemode = $2)
   AND ($3::text[] IS NULL OR v.status = ANY ($3)) AND ($5::text[] IS NULL OR v.country = ANY ($5))
   AND ($6::text[] IS NULL OR v.use_case = ANY ($6)) AND ($7::text IS NULL OR v.reference = $7)
   AND ($8::bytea IS NULL OR v.to_blind = $8)
   AND ($9::uuid IS NULL OR v.id >= $9) AND ($10::uuid IS NULL OR v.id < $10)
   AND ($4::text[] IS NULL OR EXISTS (SELECT 1 FROM message x WHERE x.verification_id = v.id AND x.channel = ANY ($4)))`;

/** The smallest UUIDv7 of a moment: times become ranges of the primary key. */
function idFloor(at: Date | null): string | null {
  if (!at) return null;
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

const values = (reach: Reach, filter: ListFilter) => [
  reach.appId,
  reach.livemode,
  filter.statuses,
  filter.channels,
  filter.countries,
  filter.useCases,
  filter.reference,
  filter.toBlind,
  idFloor(filter.createdAfter),
  idFloor(filter.createdBefore),
];

const LIST: Statement = {
  name: 'list_verifications',
  text: `
SELECT ${verificationColumns('v')}, a.name AS app_name, m.trail, m.seconds_to_deliver, COALESCE(m.cost_micros, 0) AS cost_micros
  FROM (SELECT v.* FROM verification v WHERE ${WHERE} AND ($11::uuid IS NULL OR v.id < $11) ORDER BY v.id DESC LIMIT $12) v
  JOIN app a ON a.id = v.app_id
  CROSS JOIN LATERAL (
    SELECT COALESCE(json_agg(json_build_object('channel', m.channel, 'cause', m.cause, 'state', m.state, 'reason', m.reason) ORDER BY m.submitted_at, m.step), '[]') AS trail,
           EXTRACT(epoch FROM min(m.delivered_at) - min(m.submitted_at))::float8 AS seconds_to_deliver, sum(m.cost_micros) AS cost_micros
      FROM message m WHERE m.verification_id = v.id) m
 ORDER BY v.id DESC`,
};

/** A page, newest first, by keyset: as fast at any depth. `after` is the last id of the page before. */
export async function listVerificationRows(
  db: Db,
  reach: Reach,
  filter: ListFilter,
  page: { after: string | null; limit: number },
): Promise<ListRow[]> {
  return db.query<ListRow>(LIST, [...values(reach, filter), page.after, page.limit]);
}

const HISTOGRAM: Statement = {
  name: 'verification_histogram',
  text: `
SELECT to_timestamp(floor(EXTRACT(epoch FROM v.created_at) / $11) * $11) AS bucket_start, v.status, count(*)::int AS n
  FROM verification v WHERE ${WHERE}
 GROUP BY 1, 2 ORDER BY 1`,
};

/** Verifications per bucket of `bucketSeconds` and status, over the filter's own range. Buckets without any are absent. */
export async function verificationHistogramRows(
  db: Db,
  reach: Reach,
  filter: ListFilter & { createdAfter: Date; createdBefore: Date },
  bucketSeconds: number,
): Promise<{ bucket_start: Date; status: string; n: number }[]> {
  return db.query(HISTOGRAM, [...values(reach, filter), bucketSeconds]);
}
