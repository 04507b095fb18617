import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { closeDatabase, prisma } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { uuidFrom } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { addConnection } from '@/lib/operations/connections/add';
import { endCredentialsOverlap, rotateConnectionCredentials } from '@/lib/operations/connections/change';
import { receiveCallback } from '@/lib/operations/receipts/receive';
import { createTestDatabase, type TestDatabase, useTestEnvironment } from '@/scripts/testing/database';

const owner: Actor = { kind: 'system', what: 'test' };
const credentials = (secret: string) => ({ auth_token: secret });
let db: TestDatabase;
let connectionId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  useTestEnvironment(db);
});
afterAll(async () => {
  await closeDatabase();
  await db.drop();
});
beforeEach(async () => {
  await prisma().$executeRaw`DELETE FROM connection`;
  ({ id: connectionId } = await addConnection(owner, {
    provider: 'twilio',
    name: 'Twilio',
    baseUrl: null,
    settings: { account_sid: `AC${'0'.repeat(32)}`, sms_from: '+15550100200' },
    credentials: credentials('first'),
    priceRule: 'delivered',
  }));
});

const rotate = (secret: string) =>
  rotateConnectionCredentials(owner, { connectionId, credentials: credentials(secret) });
/** The secret that is used, and the one that is believed beside it. */
const secrets = async () => {
  const [connection] = [...(await reloadConfiguration()).connections.values()];
  return [connection?.credentials, connection?.previousCredentials].map((held) => held?.auth_token);
};

test('a second rotation keeps the secret that the provider still signs with', async () => {
  await rotate('mistyped');
  await rotate('second');
  expect(await secrets()).toEqual(['second', 'first']);
});

test('rotations at the same moment keep it too', async () => {
  await Promise.all(['a', 'b', 'c', 'd'].map(rotate));
  expect((await secrets())[1]).toBe('first');
});

test('the same credentials again begin no overlap and end none, and are sealed anew', async () => {
  const sealed = async () =>
    (
      await prisma().$queryRaw<{ sealed: string; rotated: Date | null }[]>`
      SELECT encode(credentials_sealed, 'hex') AS sealed, rotated_at AS rotated FROM connection`
    )[0];
  const before = await sealed();
  expect(await rotate('first')).toEqual({ isNew: false });
  expect(await secrets()).toEqual(['first', undefined]);
  const after = await sealed();
  expect(after?.sealed).not.toBe(before?.sealed);
  expect(after?.rotated).toBeNull();
  expect(await rotate('second')).toEqual({ isNew: true });
  await rotate('second');
  expect(await secrets()).toEqual(['second', 'first']);
});

test('going back to the secret of before still believes the one that was in use', async () => {
  await rotate('second');
  await rotate('first');
  expect(await secrets()).toEqual(['first', 'second']);
});

test('after the overlap was ended, the next rotation keeps the secret that was in use', async () => {
  await rotate('second');
  await endCredentialsOverlap(owner, { connectionId });
  expect(await secrets()).toEqual(['second', undefined]);
  await rotate('third');
  expect(await secrets()).toEqual(['third', 'second']);
});

test('a connection whose key is gone holds up no other, sends and believes nothing, and takes new credentials', async () => {
  const { id: otherId } = await addConnection(owner, {
    provider: 'twilio',
    name: 'Another',
    baseUrl: null,
    settings: { account_sid: `AC${'1'.repeat(32)}`, sms_from: '+15550100201' },
    credentials: credentials('other'),
    priceRule: 'delivered',
  });
  // Sealed by key 200, which the ring does not have.
  await prisma()
    .$executeRaw`UPDATE connection SET credentials_sealed = set_byte(credentials_sealed, 1, 200) WHERE name = 'Twilio'`;
  const held = async (id: string) => (await reloadConfiguration()).connections.get(uuidFrom('connection', id) ?? '');

  expect(await held(otherId)).toMatchObject({ isLocked: false, enabled: true, credentials: credentials('other') });
  expect(await held(connectionId)).toMatchObject({ isLocked: true, enabled: false, credentials: {} });
  const url = `http://localhost/api/webhooks/twilio/${connectionId}`;
  const signature = createHmac('sha1', 'first').update(url).digest('base64');
  const callback = { url, header: () => signature, raw: new Uint8Array(), receivedAt: new Date() };
  expect(await receiveCallback({ ...callback, provider: 'twilio', connection: connectionId })).toBe('not_authentic');

  await rotate('new');
  expect(await held(connectionId)).toMatchObject({ isLocked: false, enabled: true, credentials: credentials('new') });
});
