import { expect, test } from 'vitest';
import { textOf, trimmedOf } from './form-text';

function formWith(value: string | Blob): FormData {
  const form = new FormData();
  form.set('field', value);
  return form;
}

test('a field is cut to its bound, and keeps its blanks only where they count', () => {
  const form = formWith(`  ${'x'.repeat(10)} `);
  expect(textOf(form, 'field', 5)).toBe('  xxx');
  expect(trimmedOf(form, 'field', 5)).toBe('xxxxx');
});

test('a field that is missing, and a file in its place, are empty', () => {
  expect(textOf(new FormData(), 'field', 5)).toBe('');
  expect(trimmedOf(formWith(new Blob(['x'])), 'field', 5)).toBe('');
});
