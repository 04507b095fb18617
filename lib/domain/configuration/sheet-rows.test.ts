import { describe, expect, test } from 'vitest';
import type { Entities } from '@/lib/domain/configuration/entities';
import { isShown, type SheetView, sheetRows } from '@/lib/domain/configuration/sheet-rows';

const entities: Entities = {
  'policies/login': { name: 'Login' },
  'routes/country:BR': { parent: 'region:americas', fallbackAfterSeconds: 20, coverage: 'high' },
  'routes/country:AQ': { parent: 'global' },
  'routes/region:americas': { parent: 'global' },
  'routes/country:CO': { parent: 'region:americas', prices: { sms: 1 } },
  'routes/global': { parent: null, mode: 'automatic' },
};
const names: Record<string, string> = {
  'country:BR': 'Brazil',
  'country:AQ': 'Antarctica',
  'country:CO': 'Colombia',
  'region:americas': 'Americas',
  global: 'Every country',
};
const nameOf = (scope: string) => names[scope] ?? scope;
const cell = (country: string, n: number) => ({
  country,
  messages: n,
  submitted: n,
  delivered: n,
  ended: n,
  approved: n,
  costMicros: n * 1_000,
});
const traffic = [cell('BR', 3), cell('BR', 4), cell('CO', 10), cell('AQ', 100)];
const rows = sheetRows(entities, traffic, nameOf);
const messages = Object.fromEntries(rows.map(({ scope, week }) => [scope, week?.messages]));

describe('the rows of the sheet', () => {
  test('are everybody, the regions, and the countries by name; nothing else that is steered', () => {
    expect(rows.map(({ name }) => name)).toEqual(['Every country', 'Americas', 'Antarctica', 'Brazil', 'Colombia']);
  });

  test('add a country’s traffic up once for itself, its region and everybody', () => {
    expect(messages).toEqual({
      global: 117,
      'region:americas': 17,
      'country:AQ': 100,
      'country:BR': 7,
      'country:CO': 10,
    });
    const brazil = rows.find(({ scope }) => scope === 'country:BR')?.week;
    expect(brazil).toEqual({ messages: 7, submitted: 7, delivered: 7, ended: 7, approved: 7, costMicros: 7_000 });
  });

  test('know nothing where the traffic is not known, and say 0 where nobody asked', () => {
    expect(sheetRows(entities, null, nameOf).map(({ week }) => week)).toEqual([null, null, null, null, null]);
    expect(sheetRows(entities, [], nameOf).map(({ week }) => week?.messages)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('a view of the sheet', () => {
  const all: SheetView = { q: '', region: null, coverage: null, show: 'all' };
  const drafted: Entities = { ...entities, 'routes/country:CO': { parent: 'region:americas', mode: 'blocked' } };
  test.each<[Partial<SheetView>, string[]]>([
    [{}, ['global', 'region:americas', 'country:AQ', 'country:BR', 'country:CO']],
    [{ q: ' bra' }, ['country:BR']],
    [{ q: 'co' }, ['global', 'country:CO']],
    [{ region: 'americas' }, ['global', 'region:americas', 'country:BR', 'country:CO']],
    [{ region: 'asia' }, ['global']],
    [{ coverage: 'high' }, ['country:BR']],
    [{ coverage: 'unknown' }, ['country:AQ', 'country:CO']],
    [{ show: 'overridden' }, ['global', 'country:BR', 'country:CO']],
    [{ show: 'drafted' }, ['country:CO']],
    [{ show: 'traffic', region: 'americas' }, ['global', 'region:americas', 'country:BR', 'country:CO']],
    [{ show: 'traffic', q: 'nobody' }, []],
  ])('%j holds %j', (view, expected) => {
    const shown = rows.filter((row) => isShown(row, { ...all, ...view }, entities, drafted));
    expect(shown.map(({ scope }) => scope)).toEqual(expected);
  });

  test('with traffic leaves out whoever had none, or whose is not known', () => {
    const quiet = sheetRows(entities, [cell('BR', 1)], nameOf);
    const holds = (list: typeof quiet) =>
      list.filter((row) => isShown(row, { ...all, show: 'traffic' }, entities, entities)).map(({ scope }) => scope);
    expect(holds(quiet)).toEqual(['global', 'region:americas', 'country:BR']);
    expect(holds(sheetRows(entities, null, nameOf))).toEqual([]);
  });
});
