import type { ApiCall } from '@/components/charts/api-call';
import type { SearchQuery } from '@/lib/operations/verifications/search';

/** What the API's list can be held to (contract/verifications.ts, listQuery), each by at most so many values. */
const ASKED = { status: 20, channel: 20, country: 20, use_case: 20, reference: 1 } as const;
/** A key has its own app and mode, whatever it asks. */
const OWN: readonly string[] = ['app', 'mode'];

/** The API's list of what the console shows, with what it cannot be asked by named. Numbers are never in it: it is kept in shells and notes. */
export function listCall({ terms, createdAfter, createdBefore }: SearchQuery): ApiCall {
  const params = new URLSearchParams();
  const unasked = new Set<string>();
  for (const { key, isExcluded } of terms) {
    if (key === null || OWN.includes(key)) continue;
    const values = terms.filter((term) => term.key === key && !term.isExcluded).map(({ value }) => value);
    const most = key in ASKED ? ASKED[key as keyof typeof ASKED] : 0;
    if (isExcluded) unasked.add(`-${key}`);
    else if (values.length > most) unasked.add(key);
    else params.set(key, values.join(','));
  }
  if (createdAfter) params.set('created_after', createdAfter.toISOString());
  if (createdBefore) params.set('created_before', createdBefore.toISOString());
  return {
    path: `/api/v1/verifications?${params.toString().replaceAll("'", '%27')}`,
    apps: terms.some(({ key }) => key === 'app') ? 'chosen' : 'all',
    note: `The API lists what the bars count by status, of the key’s own mode.${unasked.size > 0 ? ` It cannot be asked by ${[...unasked].join(', ')}.` : ''}`,
  };
}
