import { blindIndex } from '@/lib/crypto/blind-index';
import type { Search, SearchFilter } from '@/lib/db/explore-verifications';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { type Filter, filtersOf, isSearchValue, kindOf, SEARCH, type Term } from '@/lib/domain/search/language';
import { isUuid } from '@/lib/domain/uuid';
import { uuidFrom } from '@/lib/ids';
import { recipientOf } from '@/lib/operations/routes/plan-for';

/** What the explorer, its counts, its export and the tail are asked. `app` and `connection` are ids, `to` is a full number. */
export type SearchQuery = { terms: readonly Term[]; createdAfter: Date | null; createdBefore: Date | null };

/** A search in the database's own values, within the reach of whoever asks. What cannot be one is refused. */
export function searchOf(actor: Actor, { terms, createdAfter, createdBefore }: SearchQuery): Search {
  return { filters: storedFilters(actor, terms), createdAfter, createdBefore };
}

/** The filters alone; a key gets its own app and mode on top, whatever it asks. */
export function storedFilters(actor: Actor, terms: readonly Term[]): SearchFilter[] {
  if (terms.length > SEARCH.termsMax) throw new Refusal('invalid_request', { detail: 'Too many terms.' });
  const filters = filtersOf(terms).map(storedFilter);
  if (actor.kind !== 'api_key') return filters;
  return [
    ...filters,
    { key: 'app', values: [actor.appId], isExcluded: false },
    { key: 'mode', values: [actor.livemode], isExcluded: false },
  ];
}

function storedFilter({ key, values, isExcluded }: Filter): SearchFilter {
  const stored = values.map((value) => {
    if (!isSearchValue(key, value)) throw new Refusal('invalid_request', { param: key });
    if (key === 'to') return blindIndex('number', recipientOf(value).e164);
    if (key === 'mode') return value === 'live';
    if (key === 'id') return uuidFrom('verification', value) ?? value;
    const kind = kindOf(key);
    if (kind === 'template') return uuidFrom('template', value) ?? value;
    if ((kind === 'app' || kind === 'connection') && !isUuid(value)) {
      throw new Refusal('invalid_request', { param: key, detail: 'Must be an id.' });
    }
    return value;
  });
  return { key, values: stored, isExcluded };
}
