import { CHANNELS } from '@/lib/domain/channel';
import { FAILURE_REASONS } from '@/lib/domain/message/reasons';
import { templateKey } from '@/lib/domain/template/key';
import { VERIFICATION_STATUSES } from '@/lib/domain/verification/states';

/** `none`: no other channel had to stand in. */
export const FALLBACK_CAUSES = ['failed', 'timeout', 'lost', 'none'] as const;
export const MODES = ['live', 'test'] as const;

/** What can be searched by. `metadata.<name>` comes on top: its names are the apps' own. */
export const SEARCH_KEYS = [
  'status',
  'channel',
  'country',
  'use_case',
  'app',
  'connection',
  'template',
  'first_channel',
  'first_connection',
  'first_template',
  'locale',
  'reason',
  'cause',
  'mode',
  'reference',
  'id',
  'to',
] as const;
export type PlainKey = (typeof SEARCH_KEYS)[number];
export type SearchKey = PlainKey | `metadata.${string}`;

/** Of the first message, as figures of verifications are counted; `channel` and its like are of any message. */
const FIRST = { first_channel: 'channel', first_connection: 'connection', first_template: 'template' } as const;

/** What the values of a key are: those of `first_channel` are channels. */
export function kindOf(key: SearchKey): SearchKey {
  return key in FIRST ? FIRST[key as keyof typeof FIRST] : key;
}

/** One word of a search. Without a key it is something pasted: an id, a number or a reference. */
export type Term = { key: SearchKey | null; value: string; isExcluded: boolean };
/** What is wrong with a part of the text, and where it stands. */
export type Problem = { at: number; length: number; message: string };

/** An address holds the whole search, and a person reads it. */
export const SEARCH = { lengthMax: 500, termsMax: 30, valueMax: 200, metadataNameMax: 40 } as const;

/** Keys whose values are a closed list: everything else of them is a mistake, and said so. */
export const CLOSED_VALUES: Partial<Record<PlainKey, readonly string[]>> = {
  status: VERIFICATION_STATUSES,
  channel: CHANNELS,
  first_channel: CHANNELS,
  reason: Object.keys(FAILURE_REASONS),
  cause: FALLBACK_CAUSES,
  mode: MODES,
};

const METADATA_NAME = /^[A-Za-z0-9_.-]+$/;
/** As numbers are pasted: with their plus, 00 or neither, with brackets, spaces, dots and hyphens. */
const PHONE = /^\s*[+(]?\d[\d\s().-]{5,30}$/;

export function isSearchKey(name: string): name is SearchKey {
  if ((SEARCH_KEYS as readonly string[]).includes(name)) return true;
  const metadata = metadataName(name);
  return metadata !== null && metadata.length <= SEARCH.metadataNameMax && METADATA_NAME.test(metadata);
}

/** `plan` of `metadata.plan`; null for any other key. */
export function metadataName(key: string): string | null {
  return key.startsWith('metadata.') ? key.slice('metadata.'.length) : null;
}

/**
 * Reads `key:value`, `-key:value`, quoted values and bare words. Never throws: what cannot be read is a problem at its
 * place, and everything else is a term. A number pasted with its spaces is one word:
 * `isNumber` tells whether digits are one; where nobody can tell, they are taken for one.
 */
export function parseSearch(
  text: string,
  isNumber: (text: string) => boolean = () => true,
): { terms: Term[]; problems: Problem[] } {
  if (text.length > SEARCH.lengthMax) {
    return {
      terms: [],
      problems: [{ at: 0, length: text.length, message: `At most ${SEARCH.lengthMax} characters.` }],
    };
  }
  if (PHONE.test(text) && isNumber(text))
    return { terms: [{ key: null, value: text.trim(), isExcluded: false }], problems: [] };

  const terms: Term[] = [];
  const problems: Problem[] = [];
  for (const token of tokensOf(text)) {
    const complain = (message: string) => problems.push({ at: token.at, length: token.length, message });
    const read = termOf(token);
    if (typeof read === 'string') complain(read);
    else if (terms.length >= SEARCH.termsMax) complain(`At most ${SEARCH.termsMax} terms.`);
    else if (!terms.some((known) => isSame(known, read))) terms.push(read);
  }
  return { terms, problems };
}

const isSame = (one: Term, other: Term) =>
  one.key === other.key && one.value === other.value && one.isExcluded === other.isExcluded;

/** The text that parses into these terms again. */
export function printSearch(terms: readonly Term[]): string {
  const [only] = terms;
  if (terms.length === 1 && only?.key === null && PHONE.test(only.value) && only.value === only.value.trim()) {
    return only.value;
  }
  const printed = (bareAs: (value: string) => string) =>
    terms
      .map(({ key, value, isExcluded }) =>
        key === null ? bareAs(value) : `${isExcluded ? '-' : ''}${key}:${printValue(value)}`,
      )
      .join(' ');
  const text = printed(printBare);
  // Words of digits side by side would be read as one number.
  return PHONE.test(text) ? printed(quoted) : text;
}

function printValue(value: string): string {
  return /^[^\s"\\]+$/.test(value) ? value : quoted(value);
}

function printBare(value: string): string {
  return /^[^\s":\\-][^\s":\\]*$/.test(value) ? value : quoted(value);
}

const quoted = (value: string) => `"${value.replaceAll(/["\\]/g, (mark) => `\\${mark}`)}"`;

type Token = { at: number; length: number; isExcluded: boolean; key: string | null; value: string; isOpen: boolean };

/** Cuts at white space outside quotes. */
function* tokensOf(text: string): Generator<Token, void> {
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const begin = at;
    const isExcluded = text.charAt(at) === '-';
    if (isExcluded) at += 1;
    const [name] = /^[A-Za-z_][A-Za-z0-9_.-]*(?=:)/.exec(text.slice(at)) ?? [];
    if (name !== undefined) at += name.length + 1;
    const { value, end, isOpen } = valueAt(text, at);
    at = end;
    yield { at: begin, length: end - begin, isExcluded, key: name ?? null, value, isOpen };
  }
}

/** A value up to the next white space; quoted it may hold any, with `\"` for a quote. */
function valueAt(text: string, from: number): { value: string; end: number; isOpen: boolean } {
  if (text.charAt(from) !== '"') {
    const [value = ''] = /^\S*/.exec(text.slice(from)) ?? [];
    return { value, end: from + value.length, isOpen: false };
  }
  let value = '';
  for (let at = from + 1; at < text.length; at += 1) {
    const mark = text.charAt(at);
    if (mark === '"') return { value, end: at + 1, isOpen: false };
    if (mark === '\\' && at + 1 < text.length) {
      at += 1;
      value += text.charAt(at);
    } else value += mark;
  }
  return { value, end: text.length, isOpen: true };
}

/** A term, or what is wrong with it. */
function termOf({ key: given, value, isExcluded, isOpen }: Token): Term | string {
  if (isOpen) return 'A quote is not closed.';
  if (given === null) {
    if (isExcluded) return 'Only key:value can be excluded. Quote a word that begins with a minus.';
    return checkedValue(null, value) ?? { key: null, value, isExcluded: false };
  }
  const key = keyOf(given);
  if (!isSearchKey(key)) return `“${given}” is not a key. Quote the word to look for it as it stands.`;
  const spelled = spellValue(key, value);
  return checkedValue(key, spelled) ?? { key, value: spelled, isExcluded };
}

/** Keys in any case; names within metadata as they are. */
function keyOf(given: string): string {
  const metadata = /^metadata\.(.*)$/is.exec(given)?.[1];
  return metadata === undefined ? given.toLowerCase() : `metadata.${metadata}`;
}

/** One spelling per value, so that the same search is the same address. */
export function spellValue(key: SearchKey, value: string): string {
  if (key === 'country') return value.toUpperCase();
  if (kindOf(key) === 'template') return templateKey(value);
  if (key in CLOSED_VALUES || key === 'use_case' || key === 'id') return value.toLowerCase();
  return value;
}

/** What is wrong with a value, or null. */
function checkedValue(key: SearchKey | null, value: string): string | null {
  if (value === '') return key === null ? 'Nothing stands between the quotes.' : `${key} needs a value.`;
  if (value.length > SEARCH.valueMax) return `A value has at most ${SEARCH.valueMax} characters.`;
  if (/[\0\p{Surrogate}]/u.test(value)) return 'A value must not contain NUL or halves of characters.';
  const closed = key === null ? undefined : CLOSED_VALUES[key as PlainKey];
  if (closed && !closed.includes(value)) return `${key} is one of ${listed(closed)}.`;
  if (key === 'country' && !/^[A-Z]{2}$/.test(value)) return 'country is two letters, like BR.';
  if (key === 'use_case' && !/^[a-z][a-z0-9_]{0,49}$/.test(value)) return 'use_case is a name like login.';
  if (key === 'id' && !/^vrf_[0-9a-f]{32}$/.test(value)) return 'id is vrf_ and 32 characters.';
  if (key === 'to' && !isFullNumber(value)) return 'to is a full number with its plus, like +5511987654321.';
  return null;
}

const listed = (values: readonly string[]) =>
  values.length > 6 ? `${values.slice(0, 5).join(', ')}, … (${values.length} in all)` : values.join(', ');

/** Whether a value may stand behind a key: what an address holds is judged like what is typed. */
export function isSearchValue(key: SearchKey, value: string): boolean {
  return checkedValue(key, value) === null;
}

/** `+55 11 98765-4321` and `005511…` as `+5511987654321`; null when it is no full number. */
export function fullNumber(text: string): string | null {
  const digits = text.replaceAll(/[\s().-]/g, '').replace(/^00/, '+');
  return /^\+\d{7,15}$/.test(digits) ? digits : null;
}
/**
 * What a number that was pasted may be in full: as it stands, or with a plus put before it where it has neither plus nor 00. Whether it is one is for
 * whoever knows numbers to say; null where it cannot be.
 */
export function guessedNumber(text: string): string | null {
  return fullNumber(text) ?? (/^\s*[(\d]/.test(text) ? fullNumber(`+${text.trim()}`) : null);
}
const isFullNumber = (text: string) => fullNumber(text) !== null;

/** Terms of one key and sign together: any of the values will do, or none may be. */
export type Filter = { key: SearchKey; values: readonly string[]; isExcluded: boolean };

/** Repeated keys are OR; different keys, and what is excluded, all have to hold. Bare words are left out. */
export function filtersOf(terms: readonly Term[]): Filter[] {
  const groups = new Map<string, { key: SearchKey; values: string[]; isExcluded: boolean }>();
  for (const { key, value, isExcluded } of terms) {
    if (key === null) continue;
    const name = `${isExcluded ? '-' : ''}${key}`;
    const group = groups.get(name) ?? { key, values: [], isExcluded };
    if (!group.values.includes(value)) group.values.push(value);
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** Every value that a verification has under a key. */
export type Facts = (key: SearchKey) => readonly string[];

/** Whether a verification is among what is searched for: the same rule as the list's SQL, for rows that are already here. */
export function matches(filters: readonly Filter[], facts: Facts): boolean {
  return filters.every(
    ({ key, values, isExcluded }) => facts(key).some((value) => values.includes(value)) !== isExcluded,
  );
}
