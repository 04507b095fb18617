import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What a value has to be, by zod's name of its kind. */
const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  date: 'a time',
};
/** By zod's name of a format; others are told by their own text. */
const FORMATS: Record<string, string> = {
  datetime: 'a time like 2026-11-22T12:00:00Z, with its offset',
  date: 'a day like 2026-11-22',
  url: 'a URL',
  email: 'an e-mail address',
  uuid: 'a UUID',
};

/**
 * One fault that a schema found in `value`, in words for somebody who never heard of the library that found it: "Is required." and so on, with a full stop.
 * Texts that a schema brings itself are told as they are.
 */
export function contractFault(issue: Issue | undefined, value: unknown): string {
  if (!issue) return 'Invalid value.';
  // A schema's own rule may name a field that is absent for a reason of its own.
  if (issue.code !== 'custom' && at(value, issue.path) === undefined) return 'Is required.';
  const text = wordsOf(issue);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** What stands at a path of a value; undefined where nothing does. */
const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((of, key) => {
    // An entry of a list that was given as one text (`status=sent,failed`).
    if (typeof of === 'string') return of;
    return typeof of === 'object' && of !== null ? (of as Record<PropertyKey, unknown>)[key] : undefined;
  }, value);

function wordsOf(issue: Issue): string {
  // A schema's own text does not begin as zod's texts do.
  if (!/^(Invalid|Too|Unrecognized)\b/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return boundWords(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return boundWords(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'less than' : 'at most');
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.slice(0, VALUES_TOLD).map(String).join(', ')}${issue.values.length > VALUES_TOLD ? ` … (${issue.values.length} in all)` : ''}`;
    case 'invalid_format':
      return issue.format === 'regex'
        ? `must match ${issue.pattern ?? 'its pattern'}`
        : `must be ${FORMATS[issue.format] ?? `a valid ${issue.format}`}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return 'has a value that does not fit';
  }
}
const VALUES_TOLD = 20;

function boundWords(origin: string, bound: number, than: string): string {
  if (origin === 'string')
    return bound === 1 && than === 'at least' ? 'must not be empty' : `must have ${than} ${bound} characters`;
  if (origin === 'array' || origin === 'set') return `must have ${than} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  return `must be ${than} ${bound}`;
}
