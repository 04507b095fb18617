import type { ListQuery, VerificationSummary } from '@/lib/contract/verifications';
import { blindIndex } from '@/lib/crypto/blind-index';
import { database } from '@/lib/db/client';
import { type ListFilter, type ListRow, listVerificationRows } from '@/lib/db/list-verifications';
import type { Reach } from '@/lib/db/verifications';
import type { Actor } from '@/lib/domain/actor';
import type { Channel } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
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
