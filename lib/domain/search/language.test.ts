import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completionsAt, idOfName, nameOfId } from '@/lib/domain/search/complete';
import {
  CLOSED_VALUES,
  filtersOf,
  fullNumber,
  guessedNumber,
  matches,
  type PlainKey,
  parseSearch,
  printSearch,
  SEARCH,
  SEARCH_KEYS,
  type SearchKey,
  type Term,
} from '@/lib/domain/search/language';

const anyText = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => text.length <= SEARCH.valueMax && !/[\0\p{Surrogate}]/u.test(text));
const valueFor = (key: PlainKey): fc.Arbitrary<string> => {
  const closed = CLOSED_VALUES[key];
  if (closed) return fc.constantFrom(...closed);
  if (key === 'country') return fc.stringMatching(/^[A-Z]{2}$/);
  if (key === 'use_case') return fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/);
  if (key === 'id') return fc.stringMatching(/^vrf_[0-9a-f]{32}$/);
  if (key === 'to') return fc.stringMatching(/^\+[1-9]\d{6,14}$/);
  return anyText;
};
const keyed = fc
  .oneof(
    fc.constantFrom(...SEARCH_KEYS).chain((key) => valueFor(key).map((value): [SearchKey, string] => [key, value])),
    fc.tuple(
      fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/).map((name): SearchKey => `metadata.${name}`),
      anyText,
    ),
  )
  .chain(([key, value]) => fc.boolean().map((isExcluded): Term => ({ key, value, isExcluded })));
const pasted = fc.oneof(anyText, fc.stringMatching(/^(\+|00|[1-9])[\d ().-]{6,20}$/));
const bare = pasted.map((value): Term => ({ key: null, value, isExcluded: false }));
const distinct = (terms: Term[]) => [...new Map(terms.map((term) => [JSON.stringify(term), term])).values()];

describe('the search language', () => {
  test('what is printed is read back as it was, whatever stands in the values', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: keyed }, bare), { maxLength: 8 }), (given) => {
        const terms = distinct(given);
        const text = printSearch(terms);
        fc.pre(text.length <= SEARCH.lengthMax);
        expect(parseSearch(text)).toEqual({ terms, problems: [] });
      }),
      { numRuns: 500 },
    );
  }, 30_000);

  test('any text at all is read without a throw, within its bounds, and its reading is stable', () => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('status:', '-', '"', '\\', ' ', 'metadata.', 'to:+55', 'reference:"a b', ':', 'app:x'),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        const { terms, problems } = parseSearch(text);
        expect(terms.length).toBeLessThanOrEqual(SEARCH.termsMax);
        for (const { at, length } of problems) expect(at + length).toBeLessThanOrEqual(text.length);
        const again = printSearch(terms);
        if (again.length <= SEARCH.lengthMax) expect(parseSearch(again)).toEqual({ terms, problems: [] });
      }),
      { numRuns: 500 },
    );
  }, 30_000);

  test.each<[string, Term[]]>([
    ['status:approved', [{ key: 'status', value: 'approved', isExcluded: false }]],
    ['-Country:br', [{ key: 'country', value: 'BR', isExcluded: true }]],
    [
      'channel:sms channel:whatsapp',
      [
        { key: 'channel', value: 'sms', isExcluded: false },
        { key: 'channel', value: 'whatsapp', isExcluded: false },
      ],
    ],
    ['app:"Pomelo Bank"', [{ key: 'app', value: 'Pomelo Bank', isExcluded: false }]],
    ['metadata.Plan:gold', [{ key: 'metadata.Plan', value: 'gold', isExcluded: false }]],
    ['order-77', [{ key: null, value: 'order-77', isExcluded: false }]],
    ['+55 11 98765-4321', [{ key: null, value: '+55 11 98765-4321', isExcluded: false }]],
    ['"a:b"', [{ key: null, value: 'a:b', isExcluded: false }]],
    ['sms sms', [{ key: null, value: 'sms', isExcluded: false }]],
    ['reference:a:b', [{ key: 'reference', value: 'a:b', isExcluded: false }]],
  ])('%s', (text, terms) => {
    expect(parseSearch(text)).toEqual({ terms, problems: [] });
  });

  test.each([
    ['status:done', 0, 11, 'status is one of'],
    ['x status: y', 2, 7, 'needs a value'],
    ['colour:red', 0, 10, 'not a key'],
    ['country:BRA', 0, 11, 'two letters'],
    ['reference:"open', 0, 15, 'not closed'],
    ['a -b', 2, 2, 'Only key:value'],
    ['id:vrf_1', 0, 8, '32 characters'],
    ['to:12', 0, 5, 'full number'],
  ])('%s is wrong at its place, and the rest still counts', (text, at, length, message) => {
    const { problems } = parseSearch(text);
    expect(problems).toEqual([{ at, length, message: expect.stringContaining(message) }]);
  });

  test('the 31st term and the 501st character are one too many', () => {
    const words = Array.from({ length: 31 }, (_, n) => `w${n}`).join(' ');
    expect(parseSearch(words).terms).toHaveLength(30);
    expect(parseSearch(words).problems).toHaveLength(1);
    expect(parseSearch('a'.repeat(501))).toMatchObject({ terms: [], problems: [{ at: 0 }] });
  });

  test('a repeated key is OR, different keys and exclusions all have to hold', () => {
    const filters = filtersOf(parseSearch('status:approved status:expired -channel:sms country:BR').terms);
    const life = (status: string, channels: string[]) => (key: SearchKey) =>
      key === 'status' ? [status] : key === 'channel' ? channels : key === 'country' ? ['BR'] : [];
    expect(matches(filters, life('approved', ['whatsapp']))).toBe(true);
    expect(matches(filters, life('expired', ['whatsapp']))).toBe(true);
    expect(matches(filters, life('locked', ['whatsapp']))).toBe(false);
    expect(matches(filters, life('approved', ['whatsapp', 'sms']))).toBe(false);
    expect(matches(filters, life('approved', []))).toBe(true);
  });

  test.each([
    ['+55 (11) 98765-4321', '+5511987654321'],
    ['0055 11 98765 4321', '+5511987654321'],
    ['11 98765 4321', null],
    ['+12', null],
    ['+1234567890123456', null],
  ])('%s as a number is %s', (text, number) => {
    expect(fullNumber(text)).toBe(number);
  });

  test.each(['(55) 11 91234-5678', '55 11 91234 5678', '+55 (11) 91234-5678', '0049 151 23456789'])(
    '%s is one word, and prints as it was pasted',
    (text) => {
      expect(parseSearch(text)).toEqual({ terms: [{ key: null, value: text, isExcluded: false }], problems: [] });
      expect(printSearch(parseSearch(text).terms)).toBe(text);
      expect(guessedNumber(text)).toMatch(/^\+(5511912345678|4915123456789)$/);
    },
  );
});

test('digits side by side that are no number are words of their own, and print as such', () => {
  const read = (text: string) => parseSearch(text, () => false).terms.map(({ value }) => value);
  expect(read('2025001 2025002')).toEqual(['2025001', '2025002']);
  const terms = parseSearch('2025001 2025002', () => false).terms;
  expect(parseSearch(printSearch(terms)).terms).toEqual(terms);
});

describe('completion', () => {
  const vocabulary = {
    app: [{ value: 'Pomelo Bank', label: 'Pomelo Bank' }],
    country: [{ value: 'BR', label: 'Brazil' }],
  };
  const texts = (text: string) => completionsAt(text, text.length, vocabulary).map((each) => each.text);

  test('offers keys, then values by their value or by what they are called', () => {
    expect(texts('sta')).toEqual(['status:']);
    expect(texts('x -ca')).toEqual(['-cause:']);
    expect(texts('status:ap')).toEqual(['status:approved ']);
    expect(texts('country:braz')).toEqual(['country:BR ']);
    expect(texts('app:pom')).toEqual(['app:"Pomelo Bank" ']);
    expect(texts('app:"pomelo b')).toEqual(['app:"Pomelo Bank" ']);
    expect(texts('meta')).toEqual(['metadata.']);
    expect(texts('colour:')).toEqual([]);
  });

  test('every closed value that is offered is one that is read', () => {
    for (const key of Object.keys(CLOSED_VALUES)) {
      for (const text of texts(`${key}:`)) expect(parseSearch(text).problems, text).toEqual([]);
    }
  });

  test('a name stands for its id only where it is the only one', () => {
    const apps = [
      { id: 'a1', name: 'Shop' },
      { id: 'a2', name: 'shop' },
      { id: 'a3', name: 'Bank' },
    ];
    expect(idOfName('BANK', apps)).toBe('a3');
    expect(idOfName('Shop', apps)).toBeNull();
    expect(idOfName('a2', apps)).toBe('a2');
    const sms = { id: '01999999-aaaa-7bbb-8ccc-dddddddddddd', name: 'Vonage' };
    expect(idOfName('con_01999999aaaa7bbb8cccdddddddddddd', [sms])).toBe(sms.id);
    expect(nameOfId('a3', apps)).toBe('Bank');
    expect(nameOfId('a1', apps)).toBe('a1');
  });
});
