/** No call of ours nests further; React's reader recurses, and would fall over a list that is all brackets. */
const DEPTH_MAX = 100;

/** What React's client writes for a value that JSON has no word for, when the call needs no form: an escaped text, a date, a number, something it cannot send. */
const ESCAPE = /^\$(?:\$.*|D.*|n-?\d{1,300}|undefined|NaN|-?Infinity|-0|T)$/s;

/**
 * Whether a text is the arguments of a server action as React's client writes them outside of a form: one JSON list, in which a text that
 * begins with `$` means something. One that points at a part that did not come would be answered with 500.
 */
export function isActionCall(text: string): boolean {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return false;
  }
  if (!Array.isArray(root)) return false;
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string' && value.startsWith('$') && !ESCAPE.test(value) && !pointsIn(root, value))
      return false;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= DEPTH_MAX) return false;
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
  return true;
}

/** An object that was given twice is written once; the second time it is `$0:` and where it stands, such as `$0:1:name`. */
function pointsIn(root: unknown, reference: string): boolean {
  const [start, ...keys] = reference.split(':');
  if (start !== '$0' || keys.length === 0) return false;
  let found: unknown = root;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return false;
    found = Reflect.get(found, key);
  }
  return typeof found === 'object' && found !== null;
}
