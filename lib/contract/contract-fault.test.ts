import { expect, test } from 'vitest';
import { z } from 'zod';
import { summaryQuery } from '@/lib/contract/analytics';
import { contractFault } from '@/lib/contract/contract-fault';

const faultOf = (schema: z.ZodType, value: unknown) => contractFault(schema.safeParse(value).error?.issues[0], value);

test.each<[string, z.ZodType, unknown, string]>([
  ['a field that is missing', z.object({ to: z.string() }), {}, 'Is required.'],
  ['a choice that is missing', z.object({ to: z.enum(['a', 'b']) }), {}, 'Is required.'],
  ['a value of another kind', z.object({ to: z.string() }), { to: 5 }, 'Must be text.'],
  ['null where an object goes', z.object({ to: z.object({}) }), { to: null }, 'Must be an object.'],
  ['a fraction', z.int(), 1.5, 'Must be a whole number.'],
  ['an empty text', z.string().min(1), '', 'Must not be empty.'],
  ['a text that is too long', z.string().max(3), 'abcd', 'Must have at most 3 characters.'],
  ['a number that is too small', z.number().min(2), 1, 'Must be at least 2.'],
  ['too many entries', z.array(z.string()).max(1), ['a', 'b'], 'Must have at most 1 entry.'],
  ['no choice of the list', z.enum(['sms', 'email']), 'fax', 'Must be one of sms, email.'],
  [
    'a time without offset',
    z.iso.datetime({ offset: true }),
    '2026-11-22',
    'Must be a time like 2026-11-22T12:00:00Z, with its offset.',
  ],
  [
    'an entry of a list that was given as one text',
    z.object({ status: z.preprocess((text) => String(text).split(','), z.array(z.enum(['a', 'b']))) }),
    { status: 'a,foo' },
    'Must be one of a, b.',
  ],
  ['a pattern', z.string().regex(/^[A-Z]{2}$/), 'x', 'Must match /^[A-Z]{2}$/.'],
  [
    'a schema’s own words',
    z.string().refine(() => false, 'must be an IANA time zone'),
    'x',
    'Must be an IANA time zone.',
  ],
])('%s is told without the words of a library', (_, schema, value, told) => {
  expect(faultOf(schema, value)).toBe(told);
});

test('a list that is missing is required as well, be it one value or several', () => {
  const asked = { from: '2026-11-22T12:00:00Z', to: '2026-11-23T12:00:00Z' };
  const { error } = summaryQuery.safeParse(asked);
  expect(error?.issues[0]?.path).toEqual(['metrics']);
  expect(contractFault(error?.issues[0], asked)).toBe('Is required.');
});
