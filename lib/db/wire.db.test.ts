import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { bigints, booleans, byteas, ints, jsons, texts, times, uuids } from '@/lib/db/wire';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const UUID = '0199f2c0-a1b2-7c3d-8e4f-5a6b7c8d9e0f';
const AT = new Date('2026-11-25T01:02:03.456Z');

test('what is no uuid is refused before it travels', () => {
  for (const odd of ['', UUID.slice(1), UUID.replace('a', 'g'), UUID.replace('c', 'ü'), `${UUID}0`])
    expect(() => uuids([odd])).toThrow('not a uuid');
});

test.each([
  ['uuid', uuids([UUID, null, UUID]), [UUID, null, UUID]],
  ['bytea', byteas([Buffer.from([0, 255]), null, Buffer.alloc(0)]), [Buffer.from([0, 255]), null, Buffer.alloc(0)]],
  ['text', texts(['', null, 'ü€😀"\\{},']), ['', null, 'ü€😀"\\{},']],
  ['int', ints([-2_147_483_648, null, 2_147_483_647]), [-2_147_483_648, null, 2_147_483_647]],
  ['bigint', bigints([-1, null, Number.MAX_SAFE_INTEGER]), ['-1', null, String(Number.MAX_SAFE_INTEGER)]],
  ['boolean', booleans([true, null, false]), [true, null, false]],
  [
    'timestamptz',
    times([AT, null, new Date('1999-12-31T23:59:59.999Z')]),
    [AT, null, new Date('1999-12-31T23:59:59.999Z')],
  ],
  ['jsonb', jsons([{ a: ['ü'] }, null, undefined]), [{ a: ['ü'] }, null, null]],
  ['text', texts([]), []],
])('a list of %s arrives as it was, nulls and all', async (type, sent, received) => {
  const { rows } = await pool().query<{ value: unknown }>(`SELECT value FROM unnest($1::${type}[]) AS value`, [sent]);
  expect(rows.map(({ value }) => value)).toEqual(received);
});
