import { Refusal } from '@/lib/domain/errors';

/** Deeper than any request of ours; shallow enough that nothing can recurse away. */
const DEPTH_MAX = 8;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads one JSON object, strictly: UTF-8 without a byte order mark, no key twice, no `__proto__`, at
 * most 8 levels. `JSON.parse` lets the last of two equal keys win, which lets two readers see two requests.
 */
export function readJsonObject(raw: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = utf8.decode(raw);
  } catch {
    throw new Refusal('malformed_json', { detail: 'The body is not UTF-8.' });
  }
  if (text.startsWith('\uFEFF'))
    throw new Refusal('malformed_json', { detail: 'The body begins with a byte order mark.' });
  inspect(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('malformed_json', { detail: 'The body is not JSON.' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('malformed_json', { detail: 'The body must be a JSON object.' });
  }
  return value as Record<string, unknown>;
}

/** One pass over the text, before it is parsed: depth and keys. What is not JSON is left for JSON.parse to refuse. */
function inspect(text: string): void {
  const levels: (Set<string> | null)[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      const keys = levels.at(-1);
      if (expectsKey && keys) noteKey(text.slice(at, end + 1), keys);
      expectsKey = false;
      at = end;
    } else if (character === '{' || character === '[') {
      if (levels.length >= DEPTH_MAX)
        throw new Refusal('malformed_json', { detail: `The body is nested deeper than ${DEPTH_MAX} levels.` });
      levels.push(character === '{' ? new Set() : null);
      expectsKey = character === '{';
    } else if (character === '}' || character === ']') {
      levels.pop();
      expectsKey = false;
    } else if (character === ',') {
      expectsKey = levels.at(-1) instanceof Set;
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function noteKey(quoted: string, keys: Set<string>): void {
  let key: string;
  try {
    key = JSON.parse(quoted) as string;
  } catch {
    throw new Refusal('malformed_json', { detail: 'The body is not JSON.' });
  }
  // Copied by assignment it would set a prototype. `constructor` is a word as any other: nothing of ours merges what it is sent.
  if (key === '__proto__') throw new Refusal('malformed_json', { detail: 'The body has a key that is not allowed.' });
  if (keys.has(key)) throw new Refusal('malformed_json', { detail: 'The body has the same key twice.' });
  keys.add(key);
}
