import { expect, test } from 'vitest';
import type { Entities } from '@/lib/domain/configuration/entities';
import { readTable, writeTable } from '@/lib/operations/routes/table';

const entities: Entities = {
  'routes/global': {
    parent: null,
    mode: 'automatic',
    fallbackOnFailed: true,
    fallbackAfterSeconds: 30,
    defaultLocale: 'en',
    prices: { whatsapp: 8_000, sms: 100_000 },
    channels: [
      { channel: 'whatsapp', enabled: true, connections: [{ id: 'a', weight: 3 }] },
      { channel: 'sms', enabled: false, connections: [] },
    ],
  },
  'routes/region:americas': { parent: 'global', mode: null },
  'routes/country:BR': {
    parent: 'region:americas',
    fallbackAfterSeconds: 20,
    prices: { sms: 30_000 },
    sendsPerDayMax: 0,
  },
};

test('what was exported changes nothing when it is imported', () => {
  const { edits, problems, changes } = readTable(entities, writeTable(entities));
  expect({ edits, problems, changes }).toEqual({ edits: [], problems: [], changes: [] });
});

test('a file with some columns and lines changes only these, field by field', () => {
  const { changes, problems } = readTable(
    entities,
    'scope,fallback_after_seconds,price_sms_usd\ncountry:BR,45,0.05\nregion:americas,,\n',
  );
  expect(problems).toEqual([]);
  expect(changes).toEqual([
    { entity: 'routes/country:BR', field: 'fallbackAfterSeconds', before: 20, after: 45 },
    { entity: 'routes/country:BR', field: 'prices', before: { sms: 30_000 }, after: { sms: 50_000 } },
  ]);
});

test('an empty cell takes an override away', () => {
  const { changes } = readTable(entities, 'scope,fallback_after_seconds\ncountry:BR,\n');
  expect(changes).toEqual([{ entity: 'routes/country:BR', field: 'fallbackAfterSeconds', before: 20, after: null }]);
});

test('every cell that cannot be read is named by its line, and the rest counts', () => {
  const { changes, problems } = readTable(
    entities,
    'scope,mode,fallback_after_seconds\ncountry:BR,maybe,45\ncountry:XX,blocked,10\n',
  );
  expect(problems).toEqual([
    { line: 2, scope: 'country:BR', column: 'mode', message: expect.any(String) },
    { line: 3, scope: 'country:XX', column: '', message: 'There is no such country or region' },
  ]);
  expect(changes).toHaveLength(1);
});

test.each([
  ['no scope', 'mode\nblocked\n'],
  ['a column that nobody knows', 'scope,colour\ncountry:BR,red\n'],
  ['lines of different lengths', 'scope,mode\ncountry:BR\n'],
  ['an open quote', 'scope,mode\n"country:BR,blocked\n'],
  ['too many lines', `scope,mode\n${'country:BR,blocked\n'.repeat(501)}`],
  ['too many bytes', `scope,mode\n${' '.repeat(1_000_001)}`],
])('a file with %s is refused whole', (_, csv) => {
  const { edits, problems } = readTable(entities, csv);
  expect(edits).toEqual([]);
  expect(problems.length).toBeGreaterThan(0);
});
