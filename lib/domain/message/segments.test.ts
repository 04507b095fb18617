import { describe, expect, test } from 'vitest';
import { countSegments } from './segments';

const a = (times: number) => 'a'.repeat(times);
const cyrillic = (times: number) => 'ж'.repeat(times);

// Every row is a promise about the bill: what this text is sent as.
const table: [what: string, text: string, encoding: 'gsm7' | 'ucs2', segments: number][] = [
  ['nothing', '', 'gsm7', 0],
  ['160 plain characters', a(160), 'gsm7', 1],
  ['161 plain characters', a(161), 'gsm7', 2],
  ['306 plain characters', a(306), 'gsm7', 2],
  ['307 plain characters', a(307), 'gsm7', 3],
  ['a euro sign beside 158 characters', `${a(158)}€`, 'gsm7', 1],
  ['a euro sign beside 159 characters', `${a(159)}€`, 'gsm7', 2],
  ['a euro sign that would straddle two parts', `${a(152)}€${a(152)}`, 'gsm7', 3],
  ['70 Cyrillic letters', cyrillic(70), 'ucs2', 1],
  ['71 Cyrillic letters', cyrillic(71), 'ucs2', 2],
  ['134 Cyrillic letters', cyrillic(134), 'ucs2', 2],
  ['135 Cyrillic letters', cyrillic(135), 'ucs2', 3],
  ['one emoji among 69 letters (71 units)', `${a(69)}😀`, 'ucs2', 2],
  ['an emoji that would straddle two parts', `${cyrillic(66)}😀${cyrillic(66)}`, 'ucs2', 3],
  ['Spanish with accents', 'Su código de verificación es 482915', 'ucs2', 1],
  ['Spanish without accents', 'Su codigo de verificacion es 482915', 'gsm7', 1],
  ['German with umlauts', 'Für Ihre Sicherheit: 482915 ist Ihr Code, größer als üblich', 'gsm7', 1],
  ['a small c with cedilla', 'Doğrulama kodunuz, çok gizli', 'ucs2', 1],
  ['a capital c with cedilla', 'Ç', 'gsm7', 1],
  ['a typographic apostrophe', 'Don’t share', 'ucs2', 1],
  ['a backtick', '`', 'ucs2', 1],
  ['a lone surrogate', '\ud83d', 'ucs2', 1],
];

describe('countSegments', () => {
  test.each(table)('%s', (_, text, encoding, segments) => {
    expect(countSegments(text)).toMatchObject({ encoding, segments });
  });

  test.each([
    ['160 plain characters', a(160), 160, 0],
    ['161 plain characters', a(161), 153, 145],
    ['70 Cyrillic letters', cyrillic(70), 70, 0],
    ['137 Cyrillic letters', cyrillic(137), 67, 64],
    ['a euro sign that would straddle two parts', `${a(152)}€${a(152)}`, 153, 152],
  ])('%s tell what a part holds and what is left in the last', (_, text, placesPerPart, left) => {
    expect(countSegments(text)).toMatchObject({ placesPerPart, left });
  });

  test('extended characters cost two septets, emoji two code units', () => {
    expect(countSegments('[x]').units).toBe(5);
    expect(countSegments('😀').units).toBe(2);
  });

  test('the alphabet has its 128 places: 127 characters and the escape, plus 10 extended', () => {
    const all = Array.from({ length: 0x2200 }, (_, point) => String.fromCodePoint(point));
    const gsm = all.filter((character) => countSegments(character).encoding === 'gsm7');
    expect(gsm).toHaveLength(127 + 10);
  });
});
