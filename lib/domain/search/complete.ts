import {
  CLOSED_VALUES,
  isSearchKey,
  kindOf,
  type PlainKey,
  SEARCH_KEYS,
  type Term,
} from '@/lib/domain/search/language';

/** A word for the place where someone is typing. `text` replaces the text from `from` to `to`. */
export type Completion = { from: number; to: number; text: string; label: string; hint: string };

/** Values known at this moment, per key, with what people call them. */
export type Vocabulary = Partial<Record<PlainKey, readonly { value: string; label: string }[]>>;

const HINTS: Record<PlainKey, string> = {
  status: 'pending, approved, expired …',
  channel: 'a message went over it',
  country: 'two letters',
  use_case: 'why the code was asked for',
  app: 'whose code it is',
  connection: 'a message went through it',
  template: 'a message was written with it',
  first_channel: 'it began on it',
  first_connection: 'it began through it',
  first_template: 'it began with it',
  locale: 'language',
  reason: 'why a message failed',
  cause: 'why another channel stood in',
  mode: 'live or test',
  reference: "the app's own id",
  id: 'vrf_…',
  to: 'full number with its plus',
};
const METADATA_HINT = 'a value the app sent along';
const COMPLETIONS_MAX = 12;

/** What could be meant by the word at the caret: keys first, then values of the key that is written. */
export function completionsAt(text: string, caret: number, vocabulary: Vocabulary): Completion[] {
  const from = wordStart(text, caret);
  const word = text.slice(from, caret);
  const minus = word.startsWith('-') ? '-' : '';
  const bare = word.slice(minus.length);
  const colon = bare.indexOf(':');
  if (colon < 0) {
    if (bare.includes('"')) return [];
    const keys = [...SEARCH_KEYS, 'metadata.' as const].filter((key) => key.startsWith(bare.toLowerCase()));
    return keys.map((key) => ({
      from,
      to: caret,
      text: key === 'metadata.' ? `${minus}metadata.` : `${minus}${key}:`,
      label: `${minus}${key}${key === 'metadata.' ? '…' : ''}`,
      hint: key === 'metadata.' ? METADATA_HINT : HINTS[key],
    }));
  }
  const key = bare.slice(0, colon).toLowerCase();
  if (!isSearchKey(key)) return [];
  const typed = bare.slice(colon + 1).replace(/^"/, '');
  const known =
    vocabulary[kindOf(key) as PlainKey] ??
    (CLOSED_VALUES[key as PlainKey] ?? []).map((value) => ({ value, label: value }));
  const wanted = typed.toLowerCase();
  return known
    .filter(({ value, label }) => value.toLowerCase().startsWith(wanted) || label.toLowerCase().includes(wanted))
    .slice(0, COMPLETIONS_MAX)
    .map(({ value, label }) => ({
      from,
      to: caret,
      text: `${minus}${key}:${/^[^\s"\\]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, (mark) => `\\${mark}`)}"`} `,
      label: value,
      hint: label === value ? '' : label,
    }));
}

/** Where the word at the caret begins; white space inside quotes does not cut. */
function wordStart(text: string, caret: number): number {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < caret; at += 1) {
    const mark = text.charAt(at);
    if (mark === '\\' && isQuoted) at += 1;
    else if (mark === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /\s/.test(mark)) start = at + 1;
  }
  return start;
}

/** Things with an id and a name: apps and connections. A search names them; an address holds their ids. */
export type Named = { id: string; name: string };

/** The id of a name (any case), or of the id itself, bare or as it is outside (`con_…`); null when there is no such thing. */
export function idOfName(name: string, among: readonly Named[]): string | null {
  const wanted = name.toLowerCase();
  const [, hex] = /^(?:app|con)_([0-9a-f]{32})$/.exec(wanted) ?? [];
  const byId = among.find(({ id }) => id === wanted || id.replaceAll('-', '') === hex);
  if (byId) return byId.id;
  const byName = among.filter((each) => each.name.toLowerCase() === wanted);
  return byName.length === 1 ? (byName[0]?.id ?? null) : null;
}

/** The name of an id where it is the only one of its name; else the id. */
export function nameOfId(id: string, among: readonly Named[]): string {
  const found = among.find((each) => each.id === id);
  return found && idOfName(found.name, among) === id ? found.name : id;
}

/** Terms with apps and connections under another word for the same thing. */
export function renamed(terms: readonly Term[], rename: (key: 'app' | 'connection', value: string) => string): Term[] {
  return terms.map((term) => {
    const kind = term.key && kindOf(term.key);
    return kind === 'app' || kind === 'connection' ? { ...term, value: rename(kind, term.value) } : term;
  });
}
