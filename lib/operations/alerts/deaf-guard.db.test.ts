import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { newUuid, uuidFrom } from '@/lib/ids';
import { guardDeafConnections } from '@/lib/operations/alerts/deaf-guard';
import { guardStorms } from '@/lib/operations/alerts/storm-guard';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { addConnection } from '@/lib/operations/connections/add';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { refreshRollups } from '@/lib/operations/rollups/refresh';
import { checkVerification } from '@/lib/operations/verifications/check';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());
beforeEach(async () => {
  await core.forgetLimits();
});
afterEach(async () => {
  await core.quiet();
  for (const table of [
    'message_rollup',
    'message',
    'callback',
    'incident',
    'alert',
    'verification_event',
    'verification',
  ])
    await sql(`DELETE FROM ${table}`);
  await reloadConfiguration();
});

const sql = <Row extends object>(text: string, values: unknown[] = []) => core.sql<Row>(text, values);

/** Messages of 40 seconds ago that were accepted and nothing was heard of; the codes of `answered` of them were entered. */
async function silentMessages(country: string, n: number, answered: number): Promise<void> {
  const to = core.phone();
  const { resource } = await core.issue(to);
  await core.quiet();
  const code = core.carrier.codeFor(to);
  await checkVerification(core.key(), { verificationId: resource.id, code });
  const approved = uuidFrom('verification', resource.id);
  const ids = Array.from({ length: n }, () => newUuid(Date.now() - 40_000));
  await sql(
    `INSERT INTO verification SELECT (jsonb_populate_record(v, jsonb_build_object('id', i, 'status', CASE WHEN n <= $3 THEN 'approved' ELSE 'expired' END))).*
       FROM verification v CROSS JOIN unnest($1::uuid[]) WITH ORDINALITY AS x(i, n) WHERE v.id = $2`,
    [ids, approved, answered],
  );
  await sql(
    `INSERT INTO message (id, verification_id, app_id, livemode, country, step, cause, channel, provider, connection_id, template, locale, state, state_rank,
       submitted_at, answered_at, provider_message_id, price_rule)
     SELECT i, i, $2, true, $3, 0, 'issue', 'whatsapp', 'x', $4, 't', 'en', 'accepted', 3, now() - interval '40 seconds', now(), i::text, 'delivered'
       FROM unnest($1::uuid[]) AS i`,
    [ids, core.app, country, core.whatsapp],
  );
  while ((await refreshRollups()) > 0);
}

/** A callback of a connection that came this long ago. */
const callback = (connection: string, secondsAgo: number, outcome = 'applied') =>
  sql(
    `INSERT INTO callback (id, connection_id, digest, body_sealed, received_at, applied_at, outcome) VALUES ($1::uuid, $2, sha256(($1::uuid)::text::bytea), '', now() - make_interval(secs => $3), now(), $4)`,
    [newUuid(), connection, secondsAgo, outcome],
  );

const timeOut = (id: string) =>
  sql('UPDATE verification SET next_fallback_at = now(), fallback_cause = $2 WHERE id = $1', [
    uuidFrom('verification', id),
    'timeout',
  ]);

test('a deaf webhook beside others that are heard: timers of its messages rest, those of others go on, and its next callback ends it', async () => {
  await silentMessages('BR', 20, 6);
  await silentMessages('ID', 20, 6);
  await callback(core.sms, 1);
  expect(await guardStorms()).toBe('calm');
  expect(await guardDeafConnections()).toBe('opened');
  expect(await guardDeafConnections()).toBe('going_on');
  expect(await sql('SELECT severity, cause FROM alert')).toMatchObject([
    { severity: 'critical', cause: expect.stringContaining('People enter their codes') },
  ]);

  const [deaf, heard] = [core.phone(), core.phone()];
  const ofDeaf = (await core.issue(deaf)).resource;
  const ofOther = (await core.issue(heard)).resource;
  await core.quiet();
  // As if its WhatsApp had gone over another connection than the deaf one.
  await sql(
    `WITH other AS (
       INSERT INTO plan SELECT (jsonb_populate_record(p, jsonb_build_object(
           'id', gen_random_uuid(), 'digest', '\\x00', 'body', jsonb_set(p.body, '{steps,0,connectionId}', to_jsonb(gen_random_uuid()))))).*
         FROM plan p WHERE p.id = (SELECT plan_id FROM verification WHERE id = $1) RETURNING id)
     UPDATE verification SET plan_id = other.id FROM other WHERE verification.id = $1`,
    [uuidFrom('verification', ofOther.id)],
  );
  await timeOut(ofDeaf.id);
  await timeOut(ofOther.id);
  await fallBack(null);
  await core.quiet();
  expect(core.carrier.to(deaf).map(({ channel }) => channel)).toEqual(['whatsapp']);
  expect(core.carrier.to(heard).map(({ channel }) => channel)).toEqual(['whatsapp', 'sms']);

  await callback(core.sms, -1);
  await callback(core.whatsapp, -1, 'malformed');
  expect(await guardDeafConnections()).toBe('going_on');
  await callback(core.whatsapp, -1);
  expect(await guardDeafConnections()).toBe('ended');
  await guardStorms();
  expect(await sql('SELECT 1 FROM verification WHERE paused_by IS NOT NULL')).toEqual([]);
  expect(await sql('SELECT resolved_at IS NOT NULL AS over FROM alert')).toEqual([{ over: true }]);
});

test('a provider that takes messages and delivers none is no deaf webhook: nobody enters a code, and the fallback goes on', async () => {
  await silentMessages('BR', 20, 0);
  await silentMessages('ID', 20, 0);
  await callback(core.sms, 1);
  expect(await guardDeafConnections()).toBe('calm');
});

test('a connection that was called since is not deaf, nor is one whose address another of the same secret has', async () => {
  await silentMessages('BR', 20, 6);
  await silentMessages('ID', 20, 6);
  await callback(core.whatsapp, 15);
  expect(await guardDeafConnections()).toBe('calm');

  await sql('DELETE FROM callback');
  const [connection] = await sql<{ settings: Record<string, string> }>(
    'SELECT settings FROM connection WHERE id = $1',
    [core.whatsapp],
  );
  const held = (await reloadConfiguration()).connections.get(core.whatsapp);
  const { id } = await addConnection(
    { kind: 'system', what: 'test' },
    {
      provider: 'meta-cloud',
      name: 'Another number of the account',
      baseUrl: null,
      settings: { ...connection?.settings, phone_number_id: '99' },
      credentials: held?.credentials ?? {},
      priceRule: 'delivered',
    },
  );
  try {
    await callback(uuidFrom('connection', id) ?? '', 15);
    await reloadConfiguration();
    expect(await guardDeafConnections()).toBe('calm');
  } finally {
    await sql('DELETE FROM connection WHERE id = $1', [uuidFrom('connection', id)]);
    await reloadConfiguration();
  }
});

test('a connection that is heard again leaves the incident, which goes on for the others', async () => {
  await silentMessages('BR', 20, 6);
  await silentMessages('ID', 20, 6);
  await callback(core.sms, 1);
  expect(await guardDeafConnections()).toBe('opened');
  await sql(`UPDATE incident SET detail = jsonb_set(detail, '{deaf}', jsonb_build_array($1::text, $2::text))`, [
    core.whatsapp,
    core.sms,
  ]);
  await callback(core.sms, -1);
  expect(await guardDeafConnections()).toBe('going_on');
  expect((await reloadConfiguration()).pauses).toMatchObject([{ deaf: [core.whatsapp] }]);
});

test('it ends when the connection is switched off, and a storm of all the others is seen meanwhile', async () => {
  await silentMessages('BR', 20, 6);
  await silentMessages('ID', 20, 6);
  await callback(core.sms, 60);
  expect(await guardDeafConnections()).toBe('opened');
  expect(await guardStorms()).toBe('opened');
  expect((await reloadConfiguration()).pauses).toHaveLength(2);

  await sql('UPDATE connection SET enabled = false WHERE id = $1', [core.whatsapp]);
  try {
    await reloadConfiguration();
    expect(await guardDeafConnections()).toBe('ended');
    expect(await sql(`SELECT kind FROM incident WHERE ended_at IS NULL`)).toEqual([{ kind: 'receipt_storm' }]);
  } finally {
    await sql('UPDATE connection SET enabled = true WHERE id = $1', [core.whatsapp]);
  }
});
