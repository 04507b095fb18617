import { DIMENSIONS } from '@/lib/domain/stats/measures';

/** What every room of figures reads from its address alike. What one room alone chooses (`by`, `metric`, `interval`) stays behind. */
export const CARRIED: readonly string[] = ['range', 'from', 'to', 'compare', 'timezone', ...DIMENSIONS];

const hasFigures = (path: string) => path === '/overview' || path.startsWith('/analytics/');

/**
 * The address of a room for somebody who comes from `path` with `search`: from one room of figures into another the range, the
 * comparison, the time zone and the filters go along. What the address itself names wins; every other address stays as it is.
 */
export function carriedHref(href: string, path: string, search: string): string {
  const [to = '', own = ''] = href.split('?');
  if (!hasFigures(path) || !hasFigures(to)) return href;
  const query = new URLSearchParams(own);
  for (const [name, value] of new URLSearchParams(search)) {
    if (CARRIED.includes(name) && !query.has(name)) query.set(name, value);
  }
  return query.size > 0 ? `${to}?${query}` : to;
}
