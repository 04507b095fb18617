import { describe, expect, test } from 'vitest';
import { ago, count, countryName, duration, money, offset, wholeTime } from '@/components/console/format';

const plain = (text: string) => text.replaceAll(' ', ' ');

describe('how the console writes numbers', () => {
  test.each([
    [null, '–'],
    [0, '0 ms'],
    [420, '420 ms'],
    [4200, '4.20 s'],
    [12_340, '12.3 s'],
    [65_000, '1 min 05 s'],
    [3_900_000, '1 h 05 min'],
    [180_000_000, '2 d 2 h'],
    [-420, '−420 ms'],
  ])('a duration of %s ms reads %s', (ms, text) => expect(plain(duration(ms))).toBe(text));

  test.each([
    [5, '5 s'],
    [8, '8 s'],
    [9, '9 s'],
    [30, '30 s'],
    [80, '80 s'],
    [300, '5 min'],
  ])('a timer of %s seconds reads %s and never ten times as long', (seconds, text) =>
    expect(wholeTime(seconds)).toBe(text),
  );

  test.each([
    [0, '0 s'],
    [420, '+0.42 s'],
    [12_340, '+12.3 s'],
    [-80, '−0.08 s'],
  ])('an offset of %s ms reads %s', (ms, text) => expect(plain(offset(ms))).toBe(text));

  test.each([
    [null, '–'],
    [0, '$0.00'],
    [31_500, '$0.0315'],
    [1_250_000, '$1.25'],
  ])('%s micros read %s', (micros, text) => expect(money(micros)).toBe(text));

  test('what is unknown is a dash and never a zero', () => {
    expect(count(null)).toBe('–');
    expect(count(0)).toBe('0');
    expect(count(12_345)).toBe('12,345');
  });

  test('an age never runs backwards', () => {
    expect(ago(-500)).toBe('just now');
    expect(ago(61_000)).toBe('1 min ago');
  });

  test('a country that is not one keeps its own spelling', () => {
    expect(countryName('BR')).toBe('Brazil');
    expect(countryName('??')).toBe('??');
  });
});
