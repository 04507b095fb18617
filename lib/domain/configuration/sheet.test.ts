import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entities, Json } from '@/lib/domain/configuration/entities';
import {
  cellOf,
  copyBlock,
  editOf,
  fillWith,
  inverseOf,
  pasteBlock,
  placeOfBlock,
  readCell,
  SHEET_COLUMNS,
  type SheetColumn,
  type SheetEdit,
  withEdits,
  writeCell,
} from '@/lib/domain/configuration/sheet';

const entities: Entities = {
  'routes/global': {
    parent: null,
    mode: 'automatic',
    fallbackAfterSeconds: 30,
    prices: { whatsapp: 8_000, sms: 100_000 },
    channels: [
      { channel: 'whatsapp', enabled: true, connections: [{ id: 'a', weight: 1 }] },
      { channel: 'sms', enabled: true, connections: [] },
    ],
  },
  'routes/region:americas': { parent: 'global', mode: null, fallbackAfterSeconds: 25, prices: null, channels: null },
  'routes/country:BR': { parent: 'region:americas', mode: null, fallbackAfterSeconds: null, prices: { sms: 30_000 } },
  'routes/country:CO': { parent: 'region:americas', mode: 'blocked', fallbackAfterSeconds: 40, prices: null },
};

describe('what a cell shows', () => {
  test.each([
    ['country:BR', 'fallbackAfterSeconds', null, 25, 'region:americas'],
    ['country:CO', 'fallbackAfterSeconds', 40, 40, 'country:CO'],
    ['country:BR', 'mode', null, 'automatic', 'global'],
    ['country:BR', 'priceSms', 30_000, 30_000, 'country:BR'],
    ['country:BR', 'priceWhatsapp', null, 8_000, 'global'],
    ['country:BR', 'sendsPerDayMax', null, null, 'built_in'],
  ] as [string, SheetColumn, Json, Json, string][])('%s %s', (scope, column, own, value, from) => {
    expect(cellOf(entities, scope, column)).toEqual({ own, value, from });
  });

  test('a chain that goes round in circles ends', () => {
    const round: Entities = { 'routes/region:a': { parent: 'region:b' }, 'routes/region:b': { parent: 'region:a' } };
    expect(cellOf(round, 'region:a', 'mode').from).toBe('built_in');
  });
});

describe('what is typed', () => {
  test.each([
    ['mode', 'User choice', 'user_choice'],
    ['mode', '', null],
    ['fallbackOnFailed', 'Yes', true],
    ['fallbackAfterSeconds', '20 s', 20],
    ['fallbackAfterSeconds', 'off', 0],
    ['priceWhatsapp', '$0.0075', 7_500],
    ['priceSms', '1', 1_000_000],
    ['spendPerDayMaxMicros', '1,000.50', 1_000_500_000],
    ['sendsPerDayMax', '10,000', 10_000],
    ['defaultLocale', 'pt-BR', 'pt-BR'],
    ['coverage', 'HIGH', 'high'],
  ] as [SheetColumn, string, Json][])('%s “%s”', (column, text, value) => {
    expect(readCell(column, text)).toEqual({ kind: 'value', value });
  });

  test.each([
    ['mode', 'maybe'],
    ['fallbackAfterSeconds', '4'],
    ['fallbackAfterSeconds', '301'],
    ['fallbackAfterSeconds', '20.5'],
    ['priceWhatsapp', '-1'],
    ['priceWhatsapp', '0.00000001'],
    ['priceWhatsapp', '1e3'],
    ['sendsPerDayMax', '1.5'],
    ['defaultLocale', 'portuguese!'],
    ['channels', 'pigeon'],
    ['channels', 'sms > sms'],
    ['channels', '>'],
  ] as [SheetColumn, string][])('%s “%s” is refused with a reason', (column, text) => {
    expect(readCell(column, text)).toEqual({ kind: 'problem', message: expect.stringMatching(/\w{2}/) });
  });

  test('a new order of channels keeps the connections of each', () => {
    const before = entities['routes/global']?.channels ?? null;
    expect(readCell('channels', 'sms > whatsapp off', before)).toEqual({
      kind: 'value',
      value: [
        { channel: 'sms', enabled: true, connections: [] },
        { channel: 'whatsapp', enabled: false, connections: [{ id: 'a', weight: 1 }] },
      ],
    });
  });
});

describe('a block from a spreadsheet', () => {
  const at = (scopes: string[], columns: SheetColumn[]) => ({ scopes, columns });
  test('lies down cell by cell; what cannot be read is named, the rest counts', () => {
    const pasted = pasteBlock(
      entities,
      'blocked\t45\nautomatic\tsoon\n',
      at(['country:BR', 'country:CO'], ['mode', 'fallbackAfterSeconds']),
    );
    expect(pasted.edits).toEqual([
      { entity: 'routes/country:BR', field: 'mode', value: 'blocked' },
      { entity: 'routes/country:BR', field: 'fallbackAfterSeconds', value: 45 },
      { entity: 'routes/country:CO', field: 'mode', value: 'automatic' },
    ]);
    expect(pasted.problems).toEqual([
      { scope: 'country:CO', column: 'fallbackAfterSeconds', message: expect.any(String) },
    ]);
  });
  test('one cell fills the selection', () => {
    expect(pasteBlock(entities, '20', at(['country:BR', 'country:CO'], ['fallbackAfterSeconds'])).edits).toHaveLength(
      2,
    );
  });
  test('one cell fills a selection of several columns, and a column of lines only its first', () => {
    const both = at(['country:BR', 'country:CO'], ['priceWhatsapp', 'priceSms']);
    expect(pasteBlock(entities, '0.01', both).edits.map(({ value }) => value)).toEqual([
      { whatsapp: 10_000, sms: 30_000 },
      { whatsapp: 10_000, sms: 10_000 },
      { whatsapp: 10_000 },
      { whatsapp: 10_000, sms: 10_000 },
    ]);
    expect(pasteBlock(entities, '0.01\n0.02', both).edits.map(({ value }) => value)).toEqual([
      { whatsapp: 10_000, sms: 30_000 },
      { whatsapp: 20_000 },
    ]);
  });
  test('both prices of one country end up together', () => {
    const { edits } = pasteBlock(entities, '0.01\t0.02', at(['country:BR'], ['priceWhatsapp', 'priceSms']));
    expect(withEdits(entities, edits)['routes/country:BR']?.prices).toEqual({ whatsapp: 10_000, sms: 20_000 });
  });
  test('what is longer than the sheet is left out', () => {
    expect(pasteBlock(entities, 'blocked\nblocked\nblocked', at(['country:BR'], ['mode'])).edits).toHaveLength(1);
  });
});

describe('where a block lies down', () => {
  const shown = ['global', 'region:americas', 'country:BR', 'country:CO'];
  const selection = {
    top: 1,
    left: 0,
    scopes: ['region:americas', 'country:CO'],
    columns: ['mode'] as SheetColumn[],
  };
  test.each<[string, string, string[], SheetColumn[]]>([
    ['one cell fills the selection', 'blocked', ['region:americas', 'country:CO'], ['mode']],
    ['and so with a line end behind it', 'blocked\r\n', ['region:americas', 'country:CO'], ['mode']],
    [
      'one line goes across, in every selected row',
      'a\tb\tc',
      ['region:americas', 'country:CO'],
      ['mode', 'channels', 'fallbackOnFailed'],
    ],
    ['lines go down from the top', 'a\nb\nc', ['region:americas', 'country:BR', 'country:CO'], ['mode']],
    ['a block does both', 'a\tb\nc', ['region:americas', 'country:BR'], ['mode', 'channels']],
    ['and ends with the sheet', 'a\nb\nc\nd\ne', ['region:americas', 'country:BR', 'country:CO'], ['mode']],
    ['line ends of old Macs are line ends', 'a\rb', ['region:americas', 'country:BR'], ['mode']],
  ])('%s', (_, text, scopes, columns) => {
    expect(placeOfBlock(text, selection, shown)).toEqual({ scopes, columns });
  });
});

test('filling both prices of a country down keeps both', () => {
  const edits = fillWith(
    entities,
    { scopes: ['country:BR', 'country:CO'], columns: ['priceWhatsapp', 'priceSms'] },
    (column) => cellOf(entities, 'region:americas', column).value,
  );
  const filled = withEdits(entities, edits);
  expect(filled['routes/country:CO']?.prices).toEqual({ whatsapp: 8_000, sms: 100_000 });
  expect(filled['routes/country:BR']?.prices).toEqual({ whatsapp: 8_000, sms: 100_000 });
});

const scope = fc.constantFrom('global', 'region:americas', 'country:BR', 'country:CO');
const anyOf: Record<SheetColumn, fc.Arbitrary<Json>> = {
  mode: fc.constantFrom('automatic', 'user_choice', 'blocked'),
  channels: fc
    .shuffledSubarray(['whatsapp', 'sms', 'email', 'voice'], { minLength: 1 })
    .map((list) => list.map((channel) => ({ channel, enabled: channel !== 'voice', connections: [] })) as Json),
  fallbackOnFailed: fc.boolean(),
  fallbackAfterSeconds: fc.oneof(fc.constant(0), fc.integer({ min: 5, max: 300 })),
  defaultLocale: fc.constantFrom('en', 'pt_BR', 'fil'),
  priceWhatsapp: fc.integer({ min: 0, max: 10_000_000 }),
  priceSms: fc.integer({ min: 0, max: 10_000_000 }),
  sendsPerDayMax: fc.integer({ min: 0, max: 100_000_000 }),
  spendPerDayMaxMicros: fc.integer({ min: 0, max: 999_999_999_999 }),
  coverage: fc.constantFrom('high', 'general', 'low', 'blocked'),
};
const columnAndValue = fc
  .constantFrom(...SHEET_COLUMNS)
  .chain((column) => anyOf[column].map((value) => [column, value] as const));

describe('laws of the sheet', () => {
  test('text and value say the same: what is written can be read back', () => {
    fc.assert(
      fc.property(columnAndValue, ([column, value]) => {
        expect(readCell(column, writeCell(column, value), null)).toEqual({ kind: 'value', value });
      }),
    );
  });
  test('undo takes back exactly what an edit did, whatever the edits', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(scope, columnAndValue), { maxLength: 20 }), (wishes) => {
        let state = entities;
        const all: SheetEdit[] = [];
        for (const [where, [column, value]] of wishes) {
          const edit = editOf(state, where, column, value);
          all.push(edit);
          state = withEdits(state, [edit]);
        }
        const back = withEdits(state, inverseOf(entities, all));
        for (const column of SHEET_COLUMNS) {
          for (const where of ['global', 'region:americas', 'country:BR', 'country:CO']) {
            expect(cellOf(back, where, column)).toEqual(cellOf(entities, where, column));
          }
        }
      }),
    );
  });
  test('what is copied from a country and pasted onto it leaves every cell showing the same', () => {
    const text = copyBlock(entities, ['country:BR', 'country:CO'], SHEET_COLUMNS);
    const { edits, problems } = pasteBlock(entities, text, {
      scopes: ['country:BR', 'country:CO'],
      columns: SHEET_COLUMNS,
    });
    expect(problems).toEqual([]);
    expect(copyBlock(withEdits(entities, edits), ['country:BR', 'country:CO'], SHEET_COLUMNS)).toBe(text);
  });
});
