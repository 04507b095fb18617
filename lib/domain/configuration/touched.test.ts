import { expect, test } from 'vitest';
import type { Change, Entities } from '@/lib/domain/configuration/entities';
import { touchedBy, touches } from '@/lib/domain/configuration/touched';

const live: Entities = {
  'routes/global': { parent: null, fallbackAfterSeconds: 30 },
  'routes/region:asia': { parent: 'global', fallbackAfterSeconds: 25 },
  'routes/region:americas': { parent: 'global', fallbackAfterSeconds: null },
  'routes/country:IN': { parent: 'region:asia', fallbackAfterSeconds: null },
  'routes/country:BR': { parent: 'region:americas', fallbackAfterSeconds: null },
  'routes/country:CO': { parent: 'region:americas', fallbackAfterSeconds: 60 },
  'texts/a': { useCase: 'payment' },
  'texts/b': { useCase: null },
};
const timer = (scope: string): Change => ({
  entity: `routes/${scope}`,
  field: 'fallbackAfterSeconds',
  before: 1,
  after: 2,
});

test.each([
  ['a country touches itself', [timer('country:BR')], ['BR'], []],
  ['a region touches the countries that inherit the field', [timer('region:americas')], ['BR'], []],
  ['global stops at a region that sets the field itself', [timer('global')], ['BR'], []],
  [
    'a policy touches its use case',
    [{ entity: 'policies/login', field: 'codeLength', before: 6, after: 8 }],
    [],
    ['login'],
  ],
  [
    'a text of a use case touches that',
    [{ entity: 'texts/a', field: 'text', before: 'x', after: 'y' }],
    [],
    ['payment'],
  ],
  ['a general text touches every use case', [{ entity: 'texts/b', field: 'text', before: 'x', after: 'y' }], [], 'all'],
  ['limits touch everyone', [{ entity: 'limits/global', field: 'ipPerHour', before: 1, after: 2 }], 'all', 'all'],
] as [string, Change[], 'all' | string[], 'all' | string[]][])('%s', (_, changes, countries, useCases) => {
  expect(touchedBy(changes, live)).toEqual({ countries, useCases });
});

test('traffic is concerned by its country or by its use case', () => {
  const touched = { countries: ['BR'], useCases: ['payment'] };
  expect(touches(touched, { country: 'BR', useCase: 'login' })).toBe(true);
  expect(touches(touched, { country: 'IN', useCase: 'payment' })).toBe(true);
  expect(touches(touched, { country: 'IN', useCase: 'login' })).toBe(false);
});
