import { type VerificationRow, verificationColumns } from '@/lib/db/check-verifications';
import type { Db, Statement } from '@/lib/db/client';
import type { Reach } from '@/lib/db/verifications';
import type { MessageState } from '@/lib/domain/message/states';
import { uuidFloor } from '@/lib/ids';

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

const idFloor = (at: Date | null): string | null => at && uuidFloor(at);

type Condition = { letter: string; sql: (parameter: string) => string; value: unknown };

/**
 * Only the conditions that are asked for: a prepared statement with `$1 IS NULL OR …` would be planned once for all
 * filters and could use no index for any. The letters name the combination, so each keeps its own plan.
 */
function conditionsOf(reach: Reach, filter: ListFilter, after: string | null): Condition[] {
  const all: Condition[] = [
    { letter: 'a', sql: (p) => `v.app_id = ${p}::uuid`, value: reach.appId },
    { letter: 'm', sql: (p) => `v.livemode = ${p}::boolean`, value: reach.livemode },
    { letter: 's', sql: (p) => `v.status = ANY (${p}::text[])`, value: filter.statuses },
    {
      letter: 'c',
      sql: (p) => `EXISTS (SELECT 1 FROM message x WHERE x.verification_id = v.id AND x.channel = ANY (${p}::text[]))`,
      value: filter.channels,
    },
    { letter: 'l', sql: (p) => `v.country = ANY (${p}::text[])`, value: filter.countries },
    { letter: 'u', sql: (p) => `v.use_case = ANY (${p}::text[])`, value: filter.useCases },
    { letter: 'r', sql: (p) => `v.reference = ${p}::text`, value: filter.reference },
    { letter: 'n', sql: (p) => `v.to_blind = ${p}::bytea`, value: filter.toBlind },
    { letter: 'f', sql: (p) => `v.id >= ${p}::uuid`, value: idFloor(filter.createdAfter) },
    { letter: 't', sql: (p) => `v.id < ${p}::uuid`, value: idFloor(filter.createdBefore) },
    { letter: 'k', sql: (p) => `v.id < ${p}::uuid`, value: after },
  ];
  return all.filter(({ value }) => value !== null);
}

/** The conditions as SQL, with parameters counted from `$2`. */
function whereOf(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? 'true' : conditions.map(({ sql }, n) => sql(`$${n + 2}`)).join(' AND ');
}
const lettersOf = (conditions: readonly Condition[]) => conditions.map(({ letter }) => letter).join('');

const listStatement = (conditions: readonly Condition[]): Statement => ({
  name: `list_verifications_${lettersOf(conditions)}`,
  text: `
SELECT ${verificationColumns('v')}, a.name AS app_name, m.trail, m.seconds_to_deliver, COALESCE(m.cost_micros, 0) AS cost_micros
  FROM (SELECT v.* FROM verification v WHERE ${whereOf(conditions)} ORDER BY v.id DESC LIMIT $1) v
  JOIN app a ON a.id = v.app_id
  CROSS JOIN LATERAL (
    SELECT COALESCE(json_agg(json_build_object('channel', m.channel, 'cause', m.cause, 'state', m.state, 'reason', m.reason) ORDER BY m.submitted_at, m.step), '[]') AS trail,
           CASE WHEN min(m.delivered_at) IS NOT NULL THEN GREATEST(0, EXTRACT(epoch FROM min(m.delivered_at) - min(m.submitted_at)))::float8 END AS seconds_to_deliver, sum(m.cost_micros) AS cost_micros
      FROM message m WHERE m.verification_id = v.id) m
 ORDER BY v.id DESC`,
});

/** A page, newest first, by keyset: as fast at any depth. `after` is the last id of the page before. */
export async function listVerificationRows(
  db: Db,
  reach: Reach,
  filter: ListFilter,
  page: { after: string | null; limit: number },
): Promise<ListRow[]> {
  const conditions = conditionsOf(reach, filter, page.after);
  return db.query<ListRow>(listStatement(conditions), [page.limit, ...conditions.map(({ value }) => value)]);
}
