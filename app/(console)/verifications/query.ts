import { openNumber } from '@/lib/auth/sealed-number';
import type { Term } from '@/lib/domain/search/language';
import type { SearchQuery } from '@/lib/operations/verifications/search';
import { type RangeName, rangeBounds, zoneOf } from './range';
import type { View } from './search-params';
import { termsOf } from './terms';

export const ROWS = 40;

/** A search for one thing looks everywhere unless a range was chosen; a plain list shows the last day. */
export function rangeOf(view: View): RangeName {
  const isForOne = view.number.length > 0 || view.reference.length > 0 || view.id.length > 0;
  return view.range ?? (view.from || view.to ? 'custom' : isForOne ? '90d' : '24h');
}

/** The view with the zone its wall times are meant in, so that it is the same time to whoever opens it elsewhere. */
export function anchored(view: View, viewerZone: string): View {
  return rangeOf(view) === 'custom' ? { ...view, timezone: zoneOf(view, viewerZone) } : { ...view, timezone: null };
}

/** The view in the words of the operations. `endings`: of the numbers that are searched for; null where one of them cannot be opened. */
export function queryOf(view: View, now: Date, viewerZone: string): { query: SearchQuery; endings: string[] | null } {
  const range = { name: rangeOf(view), from: view.from, to: view.to };
  const { after, before } = rangeBounds(range, now, zoneOf(view, viewerZone));
  const opened = [
    ...view.number.map((sealed) => ({ number: openNumber(sealed), isExcluded: false })),
    ...view['-number'].map((sealed) => ({ number: openNumber(sealed), isExcluded: true })),
  ];
  const numbers = opened.flatMap(({ number, isExcluded }): Term[] =>
    number === null ? [] : [{ key: 'to', value: number, isExcluded }],
  );
  return {
    query: { terms: [...termsOf(view), ...numbers], createdAfter: after, createdBefore: before },
    endings: numbers.length < opened.length ? null : numbers.map(({ value }) => value.slice(-2)),
  };
}
