import {
  CLOSED_VALUES,
  isSearchKey,
  isSearchValue,
  kindOf,
  SEARCH,
  type SearchKey,
  type Term,
} from '@/lib/domain/search/language';
import { templateKey } from '@/lib/domain/template/key';
import { isUuid } from '@/lib/domain/uuid';
import { ADDRESS_KEYS, type View } from './search-params';

const SIGNS = ['', '-'] as const;

/** The terms that an address holds, but for its sealed numbers. Values that cannot be are left out, like a filter nobody set. */
export function termsOf(view: View): Term[] {
  return read(view).terms;
}

/** Terms of the address that go beyond what one search may name: whoever shows the list says so. */
export function leftOut(view: View): Term[] {
  return read(view).leftOut;
}

/**
 * Beyond the bound, the longest list of values gives way, of two as long the countries: what narrows the search by a single value, such as live traffic alone
 * or one connection, always holds.
 */
function read(view: View): { terms: Term[]; leftOut: Term[] } {
  const all = allOf(view);
  if (all.length <= SEARCH.termsMax) return { terms: all, leftOut: [] };
  const listOf = ({ key, isExcluded }: Term) => `${isExcluded}${key}`;
  const sizes = new Map<string, number>();
  for (const term of all) sizes.set(listOf(term), (sizes.get(listOf(term)) ?? 0) + 1);
  const rank = (term: Term) => (sizes.get(listOf(term)) ?? 0) + (term.key === 'country' ? 0.5 : 0);
  const kept = new Set(all.toSorted((a, b) => rank(a) - rank(b)).slice(0, SEARCH.termsMax));
  return { terms: all.filter((term) => kept.has(term)), leftOut: all.filter((term) => !kept.has(term)) };
}

/** Values of the address that cannot be one of their key. */
export function misreadTerms(view: View): { key: string; value: string }[] {
  const misread: { key: string; value: string }[] = [];
  allOf(view, (key, value) => misread.push({ key, value }));
  return misread;
}

function allOf(view: View, misread: (key: string, value: string) => void = () => {}): Term[] {
  const terms: Term[] = [];
  const add = (key: SearchKey, given: string, isExcluded: boolean) => {
    const kind = kindOf(key);
    const value = kind === 'template' ? templateKey(given) : given;
    const isId = kind === 'app' || kind === 'connection';
    if (!isSearchValue(key, value) || (isId && !isUuid(value))) return misread(key, given);
    terms.push({ key, value, isExcluded });
  };
  for (const sign of SIGNS) {
    for (const key of ADDRESS_KEYS) for (const value of view[`${sign}${key}`]) add(key, value, sign === '-');
    for (const pair of view[`${sign}metadata`]) {
      const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
      const key = `metadata.${name}`;
      if (isSearchKey(key)) add(key, value, sign === '-');
      else misread('metadata', pair);
    }
  }
  return terms;
}

/** The view with these terms and no others; numbers and the range stay as they are. Bare words and `to` have no place in an address. */
export function withTerms(view: View, terms: readonly Term[]): View {
  const next = { ...view };
  for (const sign of SIGNS) {
    const of = (key: SearchKey) =>
      terms.filter((term) => term.key === key && term.isExcluded === (sign === '-')).map(({ value }) => value);
    for (const key of ADDRESS_KEYS) next[`${sign}${key}`] = of(key);
    next[`${sign}metadata`] = terms.flatMap(({ key, value, isExcluded }) =>
      key?.startsWith('metadata.') && isExcluded === (sign === '-')
        ? [`${key.slice('metadata.'.length)}=${value}`]
        : [],
    );
  }
  return next;
}

/** The view with one value switched in or out: in where it was not, out where it was, and never both at once. */
export function toggled(view: View, key: SearchKey, value: string, isExcluded: boolean): View {
  const all = termsOf(view);
  const others = all.filter((term) => term.key !== key || term.value !== value);
  const was = all.some((term) => term.key === key && term.value === value && term.isExcluded === isExcluded);
  return withTerms(view, was ? others : [...others, { key, value, isExcluded }]);
}

/** How a value stands in the view. */
export function standing(view: View, key: SearchKey, value: string): 'in' | 'out' | null {
  const term = termsOf(view).find((each) => each.key === key && each.value === value);
  return term ? (term.isExcluded ? 'out' : 'in') : null;
}

/** Whether anything but the range is chosen. */
export function isFiltered(view: View): boolean {
  return termsOf(view).length > 0 || view.number.length > 0 || view['-number'].length > 0;
}

/** Values of a closed key that the view includes. */
export function chosen(view: View, key: 'status' | 'channel' | 'mode'): string[] {
  return view[key].filter((value) => CLOSED_VALUES[key]?.includes(value));
}
