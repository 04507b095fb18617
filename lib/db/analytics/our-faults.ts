import type { Db, Statement } from '@/lib/db/client';
import { type Carried, type Fault, OUR_REASONS } from '@/lib/domain/alerts/faults';

/** Messages of one connection and reason: further ones add nothing to what is known. */
const READ_MAX = 1_000;

const FAULTS: Statement = {
  name: 'our_faults',
  // The reasons stand in the text, or the partial index could not be taken.
  text: `
SELECT c.id AS "connectionId", f.app_id AS "appId", f.country, f.channel, r.reason, f.template, f.locale, count(*)::int AS n, max(f.submitted_at) AS "lastAt",
       EXTRACT(epoch FROM now() - max(GREATEST(f.submitted_at, LEAST(COALESCE(f.failed_at, f.submitted_at), now()))))::float8 AS "quietSeconds",
       (array_agg(f.verification_id ORDER BY f.id DESC))[1:5] AS samples
  FROM connection c CROSS JOIN unnest($2::text[]) AS r(reason)
 CROSS JOIN LATERAL (
   SELECT id, verification_id, app_id, livemode, country, channel, template, locale, state, submitted_at, failed_at FROM message m
    WHERE m.connection_id = c.id AND m.reason = r.reason AND m.reason IN (${OUR_REASONS.map((reason) => `'${reason}'`).join(', ')}) AND m.id >= $1::uuid
    ORDER BY m.id DESC LIMIT ${READ_MAX}) f
 WHERE c.enabled AND f.livemode AND f.state = 'failed'
 GROUP BY c.id, f.app_id, f.country, f.channel, r.reason, f.template, f.locale
 ORDER BY c.id, r.reason, "lastAt" DESC`,
};

/** Messages that failed by our own fault since a moment (a UUIDv7 floor), at connections that are on: of each reason the newest thousand. */
export async function ourFaults(db: Db, sinceId: string): Promise<Fault[]> {
  return db.query<Fault>(FAULTS, [sinceId, OUR_REASONS]);
}

const CARRIED: Statement = {
  name: 'carried_since_faults',
  text: `
SELECT connection_id AS "connectionId", template, locale, country, max(submitted_at) AS at
  FROM (SELECT connection_id, template, locale, country, submitted_at, provider_message_id, state
          FROM message WHERE id >= $1::uuid AND livemode ORDER BY id DESC LIMIT 20000) m
 WHERE connection_id = ANY ($2::uuid[]) AND provider_message_id IS NOT NULL AND state <> 'failed'
 GROUP BY connection_id, template, locale, country`,
};

/** What some connections took since a moment (a UUIDv7 floor), of the newest messages. */
export async function carriedSince(db: Db, sinceId: string, connectionIds: readonly string[]): Promise<Carried[]> {
  return db.query<Carried>(CARRIED, [sinceId, connectionIds]);
}
