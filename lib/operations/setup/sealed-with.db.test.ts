import { afterAll, beforeAll, expect, test } from 'vitest';
import { SEALED_COLUMNS } from '@/lib/db/sealed-with';
import { readSealedValues } from '@/lib/operations/setup/sealed-with';
import { actorOf } from '@/scripts/testing/actor';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

test('what every key of the ring has sealed is counted, column by column, and a key that is gone stands out', async () => {
  await core.issue(core.phone());
  await core.quiet();
  const before = await readSealedValues(actorOf('owner'));
  expect(before).toEqual(
    expect.arrayContaining([
      { what: 'number', keyId: 1, n: 1, isInRing: true },
      { what: 'code', keyId: 1, n: 1, isInRing: true },
      expect.objectContaining({ what: 'connection', keyId: 1, isInRing: true }),
    ]),
  );
  await core.sql('UPDATE verification SET to_sealed = set_byte(to_sealed, 1, 200)');
  expect(await readSealedValues(actorOf('owner'))).toContainEqual({
    what: 'number',
    keyId: 200,
    n: 1,
    isInRing: false,
  });
});

test('no sealed column is left out', async () => {
  const columns = await core.sql<{ name: string }>(
    `SELECT DISTINCT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'bytea' AND column_name LIKE '%sealed'`,
  );
  expect(new Set(SEALED_COLUMNS.map(([, , column]) => column))).toEqual(new Set(columns.map(({ name }) => name)));
});
