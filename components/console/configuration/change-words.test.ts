import { expect, test } from 'vitest';
import type { Conflict, Entities } from '@/lib/domain/configuration/entities';
import { conflictSentence, wasWords } from './change-words';

const conflict = (country: string, base: Conflict['base'] = null) =>
  ({ entity: `routes/country:${country}`, field: 'fallbackAfterSeconds', base, theirs: 20, mine: 45 }) as Conflict;
const entities: Entities = {
  'routes/global': { fallbackAfterSeconds: 30 },
  'routes/country:BR': { parent: 'global', fallbackAfterSeconds: null },
};

test('a conflict is told in the words of the console and never as a path', () => {
  expect(conflictSentence([conflict('BR')], entities)).toBe('Somebody else changed Brazil · Fallback after.');
  expect(
    conflictSentence(
      ['BR', 'IN', 'ID', 'MX', 'FR'].map((each) => conflict(each)),
      entities,
    ),
  ).toBe(
    'Somebody else changed Brazil · Fallback after, India · Fallback after, Indonesia · Fallback after and 2 more.',
  );
  expect(conflictSentence([], entities)).toBeNull();
});

test('what was inherited is told with its value where that is known', () => {
  expect(wasWords(conflict('BR'), entities)).toBe('inherited, 30 s');
  expect(wasWords(conflict('XX'), entities)).toBe('inherited');
  expect(wasWords(conflict('BR', 60), entities)).toBe('60 s');
});
