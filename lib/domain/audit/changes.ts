/** One field of what an audit entry is about: what it was and what it became. */
export type AuditChange = { path: string; before: unknown; after: unknown };

/**
 * The difference that an audit entry notes, and the rest of its detail. Entries say it in one of two ways: `changes`, a list of fields,
 * or `before` and `after`, two whole things.
 */
export function readDetail(detail: Readonly<Record<string, unknown>>): {
  changes: AuditChange[];
  rest: [string, unknown][];
} {
  const { changes: list, before, after, ...others } = detail;
  const changes = Array.isArray(list) ? list.flatMap((entry: unknown) => readChange(entry) ?? []) : [];
  // A list of something else is no difference: it is shown as it is.
  const isRead = Array.isArray(list) && changes.length === list.length;
  const isSpan = isTimeSpan(before, after);
  const rest = Object.entries({
    ...others,
    ...(isSpan ? { after, before } : {}),
    ...(isRead || list === undefined ? {} : { changes: list }),
  });
  if (isSpan || (!('before' in detail) && !('after' in detail))) return { changes: isRead ? changes : [], rest };
  return { changes: [...(isRead ? changes : []), ...differences(before, after)], rest };
}

/** `{path, before, after}`, or the configuration's own spelling, `{entity, field, before, after}`. */
function readChange(entry: unknown): AuditChange | null {
  if (!isObject(entry) || !('before' in entry || 'after' in entry)) return null;
  const named = entry.path ?? [entry.entity, entry.field].filter((part) => typeof part === 'string').join(' ');
  if (typeof named !== 'string' || named === '') return null;
  return { path: named, before: entry.before ?? null, after: entry.after ?? null };
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;
/** An export notes the ends of its range under the same two words: one of them may be open. */
const isTimeSpan = (...ends: unknown[]): boolean =>
  ends.some((end) => typeof end === 'string') &&
  ends.every((end) => end === null || end === undefined || (typeof end === 'string' && MOMENT.test(end)));

function differences(before: unknown, after: unknown): AuditChange[] {
  if (!isObject(before) || !isObject(after)) return [{ path: 'value', before: before ?? null, after: after ?? null }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => JSON.stringify(before[path]) !== JSON.stringify(after[path]))
    .map((path) => ({ path, before: before[path] ?? null, after: after[path] ?? null }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of a detail as one line of text. */
export function detailText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    return value.length === 0 ? 'none' : value.join(', ');
  }
  return JSON.stringify(value);
}
