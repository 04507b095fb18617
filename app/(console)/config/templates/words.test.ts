import { expect, test } from 'vitest';
import { wordOfUseCase } from './words';

test('a use case has the name that its rules give it, wherever it is spoken of', () => {
  const policies = new Map([['abnormal_activity', { name: 'Unusual activity' }]]);
  expect(wordOfUseCase('abnormal_activity', policies)).toBe('Unusual activity');
  expect(wordOfUseCase('courier_drop', policies)).toBe('Courier drop');
  expect(wordOfUseCase(null, policies)).toBe('every other');
});
