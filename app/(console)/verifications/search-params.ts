import { createLoader, createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { type PlainKey, SEARCH_KEYS } from '@/lib/domain/search/language';
import { RANGES } from './range';

/** Any of the values; a key with a minus in front holds those that may not be. What can be read is decided in terms.ts. */
const many = parseAsArrayOf(parseAsString).withDefault([]);
type Key = Exclude<PlainKey, 'to'>;
type Signed<Name extends string> = Name | `-${Name}`;

const signed = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.flatMap((name) => [name, `-${name}`]).map((name) => [name, many])) as Record<
    Signed<Name>,
    typeof many
  >;

/** Keys that stand in the address under their own name. */
export const ADDRESS_KEYS = SEARCH_KEYS.filter((key): key is Key => key !== 'to');

/** Everything the list shows is in its address: a view can be sent to a colleague, and the back button undoes a filter. */
export const searchParams = {
  ...signed(ADDRESS_KEYS),
  /** `name=value`, the name without its `metadata.` */
  ...signed(['metadata']),
  /** Full numbers, sealed. */
  ...signed(['number']),
  range: parseAsStringLiteral(RANGES),
  from: parseAsString,
  to: parseAsString,
  /** In which `from` and `to` are read and times are shown; absent: the viewer's own. */
  timezone: parseAsString,
  after: parseAsString,
  /** Set where somebody asked to look further back than a page does at once. */
  further: parseAsStringLiteral(['yes'] as const),
};

export const loadView = createLoader(searchParams);
export const viewHref = createSerializer(searchParams);
export type View = Awaited<ReturnType<typeof loadView>>;

/** The address of the list with some of the view changed; any change begins at the newest page again. */
export function hrefWith(view: View, change: Partial<View>, path = '/verifications'): string {
  return viewHref(path, { ...view, after: null, further: null, ...change });
}
