import { describe, expect, test } from 'vitest';
import { readNumber } from '@/lib/phone/number';

describe('a number that may receive a code', () => {
  test.each([
    ['+5511987654321', 'BR'],
    ['+6281234567890', 'ID'],
    ['+14165550123', 'CA'],
    ['+12125550123', 'US'],
    ['+77012345678', 'KZ'],
    ['+79161234567', 'RU'],
    ['+447400123456', 'GB'],
    ['+447781123456', 'GG'],
    ['+3548901234', null],
    ['+2305012345', null],
  ])('%s is of %s, told by the whole number', (to, country) => {
    const read = readNumber(to);
    if (country === null) {
      // Whether a range is in use changes with the metadata; what matters is that it is never half read.
      expect(typeof read === 'string' || read.e164 === to).toBe(true);
      return;
    }
    expect(read).toMatchObject({ e164: to, country, prefix: to.slice(0, -4) });
    expect(JSON.stringify(typeof read === 'string' ? '' : read.masked)).not.toContain(to.slice(4, -2));
  });

  test.each([
    ['spaces', '+55 11 98765 4321'],
    ['00 for the plus', '005511987654321'],
    ['no plus', '5511987654321'],
    ['two pluses', '++5511987654321'],
    ['a national zero', '+0551198765432'],
    ['brackets', '+55(11)987654321'],
    ['a dash', '+55-11987654321'],
    ['full-width digits', '+５５１１９８７６５４３２１'],
    ['Arabic digits', '+٥٥١١٩٨٧٦٥٤٣٢١'],
    ['a full-width plus', '＋5511987654321'],
    ['a right-to-left mark', '\u200f+5511987654321'],
    ['a zero-width space', '+5511987654321\u200b'],
    ['NUL', '+5511987654321\0'],
    ['a newline', '+5511987654321\n'],
    ['tel:', 'tel:+5511987654321'],
    ['an extension', '+5511987654321;ext=1'],
    ['letters', '+1800FLOWERS'],
    ['too short', '+5511'],
    ['too long', '+5511987654321234567'],
    ['no such country', '+999123456789'],
    ['no such number', '+5511087654321'],
    ['nothing', ''],
  ])('%s is refused, never repaired', (_, to) => {
    expect(readNumber(to)).toBe('not_a_number');
  });

  test.each([
    ['+62081388001304', '+6281388001304'],
    ['+4407911123456', '+447911123456'],
  ])('%s is the number %s to every limit', (to, e164) => {
    expect(readNumber(to)).toMatchObject({ e164 });
  });

  test.each([
    ['premium rate', '+449098790000'],
    ['toll free', '+18002345678'],
    ['personal', '+447090123456'],
  ])('%s is refused before money is spent', (_, to) => {
    expect(readNumber(to)).toBe('kind_not_allowed');
  });
});
