import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { closeDatabase, prisma } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { env } from '@/lib/env';
import { uuidFrom } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { addConnection } from '@/lib/operations/connections/add';
import { editConnection } from '@/lib/operations/connections/edit';
import { endCredentialsOverlap } from '@/lib/operations/connections/end-overlap';
import { leadsElsewhere, plainPart } from '@/lib/operations/connections/plain';
import { rotateConnectionCredentials } from '@/lib/operations/connections/rotate';
import { receiveCallback } from '@/lib/operations/receipts/receive';
import { refusalOf } from '@/scripts/testing/core';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '@/scripts/testing/database';

const owner: Actor = { kind: 'system', what: 'test' };
const credentials = (secret: string) => ({ auth_token: secret });
let db: TestDatabase;
let connectionId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  putTestEnvironment(db);
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

test('of rotations at the same moment one counts, and whoever asked for another is told', async () => {
  const wanted = ['a', 'b', 'c', 'd'];
  const results = await Promise.all(wanted.map((secret) => refusalOf(rotate(secret))));
  expect(results.toSorted()).toEqual([...Array.from({ length: 3 }, () => 'configuration_conflict'), 'resolved']);
  expect(await secrets()).toEqual([wanted[results.indexOf('resolved')], 'first']);
});

test('new credentials and the ones in use again at the same moment never undo one another', async () => {
  for (const round of ['1', '2', '3', '4', '5', '6']) {
    const [inUse] = await secrets();
    const wanted = [round, inUse ?? ''];
    const results = await Promise.all(wanted.map((secret) => refusalOf(rotate(secret))));
    expect(results.toSorted()).toEqual(['configuration_conflict', 'resolved']);
    expect((await secrets())[0]).toBe(wanted[results.indexOf('resolved')]);
  }
});

test('of edits at the same moment one counts, and the log says what it changed', async () => {
  const settings = { account_sid: `AC${'0'.repeat(32)}`, sms_from: '+15550100200' };
  const names = ['North', 'South'];
  const edit = (name: string) =>
    refusalOf(
      editConnection(owner, { connectionId, name, baseUrl: null, settings, credentials: {}, priceRule: 'delivered' }),
    );
  const results = await Promise.all(names.map(edit));
  expect(results.toSorted()).toEqual(['configuration_conflict', 'resolved']);
  expect(await edit('West')).toBe('resolved');
  const entries = await prisma().auditEntry.findMany({
    where: { action: 'connection.edit', targetId: connectionId },
    orderBy: { id: 'asc' },
  });
  const after = names[results.indexOf('resolved')];
  expect(entries.map(({ detail }) => detail)).toMatchObject([
    { before: { name: 'Twilio' }, after: { name: after } },
    { before: { name: after }, after: { name: 'West' } },
  ]);
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
  // The old ones can be opened by nobody, so nothing of them stays to be believed.
  const opened = { isLocked: false, enabled: true, credentials: credentials('new'), previousCredentials: null };
  expect(await held(connectionId)).toMatchObject(opened);
  expect(await prisma().$queryRaw`SELECT 1 FROM connection WHERE previous_sealed IS NOT NULL`).toEqual([]);
});

test('a provider or a price rule that is none is refused, and never taken for another', async () => {
  const given = {
    provider: 'twilio',
    name: 'Another',
    baseUrl: null,
    settings: { account_sid: `AC${'1'.repeat(32)}`, sms_from: '+15550100201' },
    credentials: credentials('other'),
    priceRule: 'delivered',
  };
  await expect(addConnection(owner, { ...given, provider: 'twillio' })).rejects.toMatchObject({ param: 'provider' });
  await expect(addConnection(owner, { ...given, provider: '' })).rejects.toMatchObject({ param: 'provider' });
  await expect(addConnection(owner, { ...given, priceRule: 'sent' })).rejects.toMatchObject({ param: 'price_rule' });
  const edit = editConnection(owner, { ...given, connectionId, priceRule: '' });
  await expect(edit).rejects.toMatchObject({ code: 'invalid_request', param: 'price_rule' });
  expect(await prisma().connection.count()).toBe(1);
});

test('an address of another server is not taken without its credentials, so that the stored ones go nowhere else', async () => {
  const settings = { account_sid: `AC${'0'.repeat(32)}`, sms_from: '+15550100200' };
  const edit = (baseUrl: string | null, given: Record<string, string> = {}) =>
    editConnection(owner, {
      connectionId,
      name: 'Twilio',
      baseUrl,
      settings,
      credentials: given,
      priceRule: 'delivered',
    });
  const address = async () => [...(await reloadConfiguration()).connections.values()][0]?.baseUrl;
  for (const other of ['http://127.0.0.1:4177', 'https://api.twilio.com:8443', 'http://api.twilio.com'])
    await expect(edit(other)).rejects.toMatchObject({ code: 'invalid_request', param: 'credentials' });
  expect(await address()).toBe('https://api.twilio.com');
  expect(await secrets()).toEqual(['first', undefined]);

  await edit('https://API.twilio.com/through');
  expect(await secrets()).toEqual(['first', undefined]);

  await expect(edit('https://proxy.example.com', { account: 'x' })).rejects.toMatchObject({ code: 'invalid_request' });
  await edit('https://proxy.example.com', credentials('of-the-proxy'));
  expect(await address()).toBe('https://proxy.example.com');
  // What is on its way with the provider may still be signed with the ones before.
  expect(await secrets()).toEqual(['of-the-proxy', 'first']);
  await expect(edit(null)).rejects.toMatchObject({ param: 'credentials' });
});

test('in production no credentials are sent in clear to another machine', async () => {
  const accepts = (baseUrl: string) =>
    refusalOf(Promise.resolve().then(() => plainPart('twilio', { name: 'Twilio', baseUrl, priceRule: 'delivered' })));
  const settings = env();
  const { NODE_ENV } = settings;
  settings.NODE_ENV = 'production';
  try {
    for (const here of ['http://127.0.0.1:4010', 'http://localhost:4010', 'http://[::1]:4010', 'https://10.0.0.7'])
      expect(await accepts(here)).toBe('resolved');
    for (const away of ['http://api.twilio.com', 'http://10.0.0.7', 'http://169.254.169.254'])
      expect(await accepts(away)).toBe('invalid_request');
  } finally {
    settings.NODE_ENV = NODE_ENV;
  }
  expect(await accepts('http://10.0.0.7')).toBe('resolved');
  expect(leadsElsewhere('smtp://mail.example.com:587', 'smtp://MAIL.example.com:587/')).toBe(false);
  expect(leadsElsewhere('smtp://mail.example.com:587', 'smtp://mail.example.org:587')).toBe(true);
});
