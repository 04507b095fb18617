import { describe, expect, test } from 'vitest';
import { isRefusal } from '@/lib/domain/errors';
import { readJsonObject } from '@/lib/http/json';

const bytes = (text: string) => new TextEncoder().encode(text);
const outcome = (raw: Uint8Array) => {
  try {
    return readJsonObject(raw);
  } catch (error: unknown) {
    return isRefusal(error) ? error.code : `thrown: ${String(error)}`;
  }
};

describe('one JSON object', () => {
  test.each([
    '{}',
    ' {"a":1}\n',
    '{"a":{"b":{"c":[1,{"d":[[]]}]}}}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":["x","x"],"b":["a","a"]}',
    '{"a":{"x":1},"b":{"x":2}}',
    '{"a":"\\\\","b":"]}"}',
    '{"a":"日本語 🎉"}',
    '{"proto":1,"a":"__proto__"}',
    '{"metadata":{"constructor":"Bauer GmbH","prototype":"no"}}',
  ])('%s is read as JSON.parse reads it', (text) => {
    expect(outcome(bytes(text))).toEqual(JSON.parse(text));
  });

  test.each([
    ['a key twice', '{"a":1,"a":2}'],
    ['a key twice, spelled differently', '{"a":1,"\\u0061":2}'],
    ['a key twice in an object of a list', '{"l":[{"a":1,"b":2,"a":3}]}'],
    ['a key twice around a nested object', '{"a":{"b":1},"a":2}'],
    ['__proto__', '{"__proto__":{}}'],
    ['__proto__, escaped', '{"\\u005f\\u005fproto__":1}'],
    ['nine levels', `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`],
    ['a hundred thousand levels', '['.repeat(100_000)],
    ['a list', '[]'],
    ['a text', '"a"'],
    ['null', 'null'],
    ['nothing', ''],
    ['half', '{"a":'],
    ['a text without an end', '{"a":"b'],
    ['an escape without an end', '{"a":"b\\'],
    ['a byte order mark', '\uFEFF{}'],
    ['two objects', '{}{}'],
    ['closing brackets alone', ']}]}'],
  ])('%s is malformed', (_, text) => {
    expect(outcome(bytes(text))).toBe('malformed_json');
  });

  test.each([
    ['a cut character', [0x7b, 0x22, 0xe2, 0x82, 0x22, 0x7d]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
  ])('%s is not UTF-8', (_, raw) => {
    expect(outcome(Uint8Array.from(raw))).toBe('malformed_json');
  });

  test('60 000 keys are read in well under a second', () => {
    const text = `{${Array.from({ length: 60_000 }, (_, n) => `"k${n}":1`).join(',')}}`;
    const began = performance.now();
    outcome(bytes(text));
    expect(performance.now() - began).toBeLessThan(500);
  });
});
