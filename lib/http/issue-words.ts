import type { z } from 'zod';

/** A list of words longer than this is looked up, not read. */
const WORDS_MAX = 10;

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  record: 'an object',
  object: 'an object',
};

type Issue = z.core.$ZodIssue;

/**
 * What is wrong with a value, as a sentence for whoever wrote the request: `to is required.` Our schemas' own words stand where they have any; the
 * library's, which speak of types and patterns, never do. `given`: the value that was parsed.
 */
export function sentenceOf(issue: Issue, given: unknown): string {
  const name = issue.path.map(String).join('.').slice(0, 100);
  const words = wordsOf(issue, valueAt(given, issue.path));
  return `${name === '' ? 'It' : name} ${words}.`;
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value: unknown, key) => {
    if (typeof value === 'string') return value;
    if (typeof value !== 'object' || value === null) return undefined;
    return (value as Record<PropertyKey, unknown>)[key];
  }, given);
}

function wordsOf(issue: Issue, value: unknown): string {
  if (
    value === undefined &&
    (issue.code === 'invalid_type' || issue.code === 'invalid_union' || issue.code === 'invalid_value')
  )
    return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}${isReadAsNumber(issue) ? '' : notOf(value, issue.expected)}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map(String))}`;
    case 'too_small':
      return isLong(issue.origin)
        ? `must have at least ${counted(Number(issue.minimum), issue.origin)}`
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return isLong(issue.origin)
        ? `must have at most ${counted(Number(issue.maximum), issue.origin)}`
        : `must be at most ${issue.maximum}`;
    case 'invalid_format':
      if (issue.format === 'datetime') return 'must be a time like 2026-11-22T12:00:00Z';
      return isOurs(issue.message) ? issue.message : 'has not the form that is documented';
    default:
      return isOurs(issue.message) ? issue.message : 'is not what is documented';
  }
}

/** Messages of our schemas go on from the name of the field. */
const isOurs = (message: string) => /^(must|has|is|needs) /.test(message);

/** Parameters are text that was read as a number: that they are text is no news. */
const isReadAsNumber = (issue: Issue) =>
  issue.code === 'invalid_type' && (issue.expected === 'int' || ('received' in issue && issue.received === 'NaN'));

function notOf(value: unknown, expected: string): string {
  if (value === null) return ', not null';
  const kind = Array.isArray(value) ? 'array' : typeof value;
  return kind === expected || !(kind in KINDS) ? '' : `, not ${KINDS[kind]}`;
}

const isLong = (origin: string) => origin === 'string' || origin === 'array';
const counted = (n: number, origin: string) =>
  `${n} ${origin === 'string' ? 'character' : 'value'}${n === 1 ? '' : 's'}`;

function oneOf(words: readonly string[]): string {
  if (words.length === 1) return String(words[0]);
  const shown = words.slice(0, WORDS_MAX).join(', ');
  return words.length > WORDS_MAX ? `one of ${shown}, … (${words.length} in all)` : `one of ${shown}`;
}
