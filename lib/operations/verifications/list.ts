import type { ListQuery, VerificationSummary } from '@/lib/contract/verifications';
import { blindIndex } from '@/lib/crypto/blind-index';
import type { Search, SearchFilter } from '@/lib/db/explore-verifications';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import type { SearchKey } from '@/lib/domain/search/language';
import { recipientOf } from '@/lib/operations/routes/plan-for';
import { PATIENCE_MS, pageOfSearch } from '@/lib/operations/verifications/explore';
import { storedFilters } from '@/lib/operations/verifications/search';

/**
 * verifications.list: a page of verifications with the trail of their messages, newest first: the explorer's own walk, so a page takes as
 * long at any depth and a rare combination never fails. A page may hold fewer than were asked for and still not be the last: it looks on
 * for longer while it has nothing, and `nextAfter` says where to go on (null: everything was seen).
 */
export async function listVerifications(
  actor: Actor,
  query: ListQuery,
): Promise<{ data: VerificationSummary[]; hasMore: boolean; nextAfter: string | null }> {
  permit(actor, 'verifications:read');
  const { data, next } = await pageOfSearch(listed(actor, query), {
    startingAfter: query.starting_after ?? null,
    limit: query.limit,
    patienceMs: PATIENCE_MS.page,
    patienceEmptyMs: PATIENCE_MS.further,
  });
  return { data, hasMore: next !== null, nextAfter: next?.after ?? null };
}

/** The API's own filters as a search. Keys see their own app and mode whatever they ask. */
function listed(actor: Actor, query: ListQuery): Search {
  const filter = (key: SearchKey, values: SearchFilter['values'] | undefined): SearchFilter[] =>
    values ? [{ key, values, isExcluded: false }] : [];
  return {
    filters: [
      ...storedFilters(actor, []),
      ...filter('status', query.status),
      ...filter('channel', query.channel),
      ...filter('country', query.country),
      ...filter('use_case', query.use_case),
      ...filter('reference', query.reference === undefined ? undefined : [query.reference]),
      ...filter('to', query.to === undefined ? undefined : [blindIndex('number', recipientOf(query.to).e164)]),
    ],
    createdAfter: query.created_after === undefined ? null : new Date(query.created_after),
    createdBefore: query.created_before === undefined ? null : new Date(query.created_before),
  };
}
