import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { seal } from '@/lib/crypto/seal';
import { claimDeliveries, settleDelivery } from '@/lib/db/alert-deliveries';
import { endEvaluationTurn, findOpenAlerts, takeEvaluationTurn } from '@/lib/db/alerts';
import { database, pool } from '@/lib/db/client';
import type { Actor, Role } from '@/lib/domain/actor';
import { newUuid, publicId, uuidFrom } from '@/lib/ids';
import { forgetBaseline } from '@/lib/operations/alerts/baseline';
import { deliverNotices } from '@/lib/operations/alerts/deliver';
import { addDestination } from '@/lib/operations/alerts/destinations/add';
import { listDestinations } from '@/lib/operations/alerts/destinations/list';
import { removeDestination } from '@/lib/operations/alerts/destinations/remove';
import { switchDestination } from '@/lib/operations/alerts/destinations/switch';
import { testDestination } from '@/lib/operations/alerts/destinations/test';
import { evaluateAlerts } from '@/lib/operations/alerts/evaluate';
import { getAlert, listAlerts } from '@/lib/operations/alerts/list';
import { listAlertRules } from '@/lib/operations/alerts/rules/list';
import { putRule } from '@/lib/operations/alerts/rules/put';
import { removeRule } from '@/lib/operations/alerts/rules/remove';
import { snoozeAlert } from '@/lib/operations/alerts/snooze';
import { chartMarks } from '@/lib/operations/analytics/marks';
import { credentialsPlace, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { refreshRollups } from '@/lib/operations/rollups/refresh';
import { simulatorControl } from '@/lib/simulator/control-client';
import { startSimulator } from '@/lib/simulator/server';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
/** A verification that others are made like. */
let like: string;
const received: { request: IncomingMessage; body: string }[] = [];
let answer = 204;
const receiver: Server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    received.push({ request, body });
    response.writeHead(answer).end('x'.repeat(5_000));
  });
});
beforeAll(async () => {
  core = await startTestCore();
  like = uuidFrom('verification', (await core.issue(core.phone())).resource.id) ?? '';
  await core.quiet();
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  receiver.close();
  await core.stop();
});
afterEach(async () => {
  for (const table of ['message', 'alert', 'alert_delivery', 'alert_destination', 'rollup_queue', 'verification_tally'])
    await core.sql(`DELETE FROM ${table}`);
  for (const table of ['verification_rollup', 'message_rollup', 'duration_rollup', 'duration_step'])
    await core.sql(`DELETE FROM ${table}`);
  await core.sql('DELETE FROM verification WHERE id <> $1', [like]);
  forgetBaseline();
  received.length = 0;
  answer = 204;
});

const user = (role: Role = 'ops'): Actor => ({
  kind: 'user',
  userId: newUuid(),
  email: 'ops@example.com',
  name: 'Ops',
  role,
});
const hook = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?token=secret`;
const evaluate = () => evaluateAlerts(new Date(), false);

const count = async () => {
  while ((await refreshRollups()) > 0);
};

/** Messages of a moment, `delivered` of them delivered after two seconds, the others failed by a receipt; each of a verification of its own, and counted. */
async function messages(
  n: number,
  delivered: number,
  more: { country?: string; minutesAgo?: number; state?: string; connection?: string } = {},
): Promise<void> {
  const { country = 'BR', minutesAgo = 3, connection = core.whatsapp } = more;
  const ids = Array.from({ length: n }, () => newUuid(Date.now() - minutesAgo * 60_000));
  await core.sql(
    `INSERT INTO verification
     SELECT (jsonb_populate_record(v, jsonb_build_object('id', i, 'country', $3::text, 'status', 'expired', 'is_checkable', false, 'created_at', now() - make_interval(mins => $4)))).*
       FROM verification v, unnest($1::uuid[]) AS i WHERE v.id = $2`,
    [ids, like, country, minutesAgo],
  );
  await core.sql(
    `INSERT INTO message (id, verification_id, app_id, livemode, country, step, cause, channel, provider, connection_id, template, locale, state, state_rank,
       submitted_at, answered_at, provider_message_id, price_rule, delivered_at, failed_at, sent_at, cost_micros)
     SELECT i, i, $2, true, $3, 0, 'issue', 'whatsapp', 'meta-cloud', $4, 't', 'en',
            CASE WHEN k <= $5 THEN 'delivered' ELSE 'failed' END, CASE WHEN k <= $5 THEN 6 ELSE 5 END,
            at.at, at.at, i::text, 'delivered', CASE WHEN k <= $5 THEN at.at + interval '2 seconds' END, CASE WHEN k > $5 THEN at.at + interval '1 second' END,
            at.at + interval '1 second', 8000
       FROM unnest($1::uuid[]) WITH ORDINALITY AS u(i, k), (SELECT now() - make_interval(mins => $6) AS at) at`,
    [ids, core.app, country, connection, delivered, minutesAgo],
  );
  await count();
}
/** A good day, up to an hour ago. */
const yesterday = (country = 'BR') => messages(500, 480, { country, minutesAgo: 120 });
const open = () => findOpenAlerts(database());

const spendRule = {
  kind: 'spend' as const,
  name: 'Brazil',
  windowMinutes: 60,
  minimumVolume: 1,
  thresholds: { limitMicros: 500_000, factor: null },
  appId: null,
  country: 'BR',
  channel: null,
  connectionId: null,
  enabled: true,
  destinations: [] as string[],
};

describe('an evaluation', () => {
  test('opens one alert with its figures and five samples, and resolves it after two quiet looks', async () => {
    await yesterday();
    await messages(100, 20);
    expect(await evaluate()).toMatchObject({ opened: [expect.any(String)], resolved: [], open: 1 });
    const [alert] = await open();
    expect(alert).toMatchObject({
      fingerprint: 'delivery_drop/country:BR:whatsapp',
      severity: 'critical',
      openings: 1,
      evidence: { unit: 'share', now: { value: 0.2, n: 100 }, before: { value: 0.96, n: 500 }, baseline: 'day_before' },
    });
    expect(alert?.cause).toBe('WhatsApp in Brazil: 20 % delivered, 96 % over the day before.');
    expect(alert?.samples).toHaveLength(5);
    expect(await evaluate()).toMatchObject({ opened: [], resolved: [], open: 1 });
    expect((await open())[0]?.series).toHaveLength(2);

    // One good look in the middle of an outage is no end: what follows it is the same alert.
    const now = async (delivered: number) => {
      await core.sql(`DELETE FROM message WHERE submitted_at > now() - interval '10 minutes'`);
      await messages(100, delivered);
      return evaluate();
    };
    expect(await now(97)).toMatchObject({ resolved: [], open: 1 });
    expect(await now(30)).toMatchObject({ opened: [], resolved: [], open: 1 });
    expect(await now(97)).toMatchObject({ resolved: [], open: 1 });
    expect(await now(97)).toMatchObject({ resolved: [alert?.id], open: 0 });
    expect(await core.sql(`SELECT action FROM audit_entry WHERE target_id = $1 ORDER BY at, id`, [alert?.id])).toEqual([
      { action: 'alert.open' },
      { action: 'alert.resolve' },
    ]);
    const found = await getAlert(user('analyst'), publicId('alert', alert?.id ?? ''));
    expect(found).toMatchObject({ resolvedWhy: 'quiet', peak: 0.2 });
  });

  test('shows of slow delivery the slow ones, however slow they are', async () => {
    const rules = await listAlertRules(user());
    const slow = rules.find(({ kind }) => kind === 'slow_delivery');
    if (slow?.kind !== 'slow_delivery') throw new Error('no such rule');
    await core.sql('UPDATE alert_rule SET thresholds = $2 WHERE id = $1', [slow.id, { p90Ms: 1_000, factor: null }]);
    await messages(100, 100);
    await evaluate();
    const [alert] = await open();
    expect(alert).toMatchObject({ kind: 'slow_delivery', scope: { countries: ['BR'] } });
    expect(alert?.samples).toHaveLength(5);
    await core.sql('UPDATE alert_rule SET thresholds = $2 WHERE id = $1', [slow.id, slow.thresholds]);
  });

  test('counts how often a cause has opened within a day', async () => {
    await yesterday();
    await messages(100, 20);
    await evaluate();
    await core.sql('UPDATE alert SET resolved_at = now()');
    await evaluate();
    expect((await open()).map(({ openings }) => openings)).toEqual([2]);
  });

  test('is done by one of many at once, and once per period', async () => {
    await yesterday();
    await messages(100, 20);
    await core.sql(`UPDATE alert_clock SET at = now() - interval '1 minute'`);
    const all = await Promise.all(Array.from({ length: 5 }, () => evaluateAlerts(new Date())));
    expect(all.filter((each) => each !== null)).toHaveLength(1);
    expect(await evaluateAlerts(new Date())).toBeNull();
    expect(await open()).toHaveLength(1);
  });

  test('holds no transaction while it asks, however long that takes', async () => {
    await yesterday();
    const other = await pool().connect();
    try {
      await other.query('BEGIN; LOCK TABLE message');
      const evaluation = evaluate();
      const sessions = () =>
        core.sql<{ waits: boolean; idle: boolean }>(
          `SELECT wait_event_type = 'Lock' AS waits, state LIKE 'idle in transaction%' AS idle FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> $1`,
          [(other as unknown as { processID: number }).processID],
        );
      await expect.poll(async () => (await sessions()).some(({ waits }) => waits)).toBe(true);
      expect((await sessions()).filter(({ idle }) => idle)).toEqual([]);
      await other.query('ROLLBACK');
      expect(await evaluation).not.toBeNull();
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
  });

  test('by somebody who died in the middle is done by another, and who comes back late settles nothing', async () => {
    const late = newUuid();
    expect(await takeEvaluationTurn(database(), late, false)).toBe(true);
    expect(await evaluate()).toBeNull();
    await core.sql(`UPDATE alert_clock SET lease_until = now() - interval '1 second'`);
    expect(await evaluate()).not.toBeNull();
    expect(await endEvaluationTurn(database(), late)).toBe(false);
  });

  test('that fails gives its turn back', async () => {
    await core.sql('ALTER TABLE alert RENAME TO gone');
    try {
      await expect(evaluate()).rejects.toThrow();
    } finally {
      await core.sql('ALTER TABLE gone RENAME TO alert');
    }
    expect(await evaluate()).not.toBeNull();
  });

  test('makes of a country’s alert a part of its connection’s, and tells nobody that it ended', async () => {
    await addDestination(user(), { kind: 'webhook', name: 'on call', address: hook() });
    for (const country of ['BR', 'ID', 'IN', 'CO']) await yesterday(country);
    await messages(100, 20, { country: 'BR' });
    for (const country of ['ID', 'IN', 'CO']) await messages(100, 96, { country });
    await evaluate();
    expect((await open()).map(({ fingerprint }) => fingerprint)).toEqual(['delivery_drop/country:BR:whatsapp']);
    for (const country of ['ID', 'IN', 'CO']) await messages(300, 10, { country });
    await evaluate();
    const [alert, ...others] = await open();
    expect(others).toEqual([]);
    expect(alert?.fingerprint).toBe(`delivery_drop/connection:${core.whatsapp}:whatsapp`);
    expect([...(alert?.scope.countries ?? [])].sort()).toEqual(['BR', 'CO', 'ID', 'IN']);
    expect(await core.sql('SELECT event FROM alert_delivery ORDER BY created_at')).toEqual([
      { event: 'alert.opened' },
      { event: 'alert.opened' },
    ]);
  });

  test('finds a template in use that its provider paused, and notes the change of its state', async () => {
    await core.sql(
      `UPDATE template SET status = 'paused', status_reason = 'low quality' WHERE locale = 'pt_BR' AND channel = 'whatsapp'`,
    );
    await evaluate();
    expect((await open()).map(({ cause }) => cause)).toEqual([
      'Template otp_code_v1 (pt_BR): paused on meta-cloud: its codes go out over the next channel.',
    ]);
    const marks = await chartMarks(user('analyst'), {
      from: new Date(Date.now() - 60_000),
      to: new Date(Date.now() + 60_000),
    });
    expect(marks.map(({ kind, title }) => `${kind} ${title}`)).toEqual(
      expect.arrayContaining(['template otp_code_v1 (pt_BR): approved → paused']),
    );
    await core.sql(`UPDATE template SET status = 'approved' WHERE channel = 'whatsapp'`);
  });
});

describe('who is told', () => {
  const verify = (secret: string, n = 0) => {
    const got = received[n];
    if (!got) throw new Error('nothing came');
    const { headers } = got.request;
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${got.body}`;
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    return JSON.parse(got.body) as { type: string; data: Record<string, unknown> };
  };

  test('a webhook gets one signed event for the opening and one for the end', async () => {
    const { secret } = await addDestination(user(), { kind: 'webhook', name: 'on call', address: hook() });
    await yesterday();
    await messages(100, 20);
    await evaluate();
    await Promise.all([deliverNotices(), deliverNotices(), deliverNotices()]);
    expect(received).toHaveLength(1);
    const opened = verify(secret ?? '');
    expect(opened).toMatchObject({
      type: 'alert.opened',
      data: { kind: 'delivery_drop', scope: { countries: ['BR'] } },
    });
    expect(opened.data.samples).toHaveLength(5);

    await core.sql('DELETE FROM message');
    await evaluate();
    await evaluate();
    await deliverNotices();
    expect(verify(secret ?? '', 1)).toMatchObject({ type: 'alert.resolved', data: { id: opened.data.id } });
    expect(await deliverNotices()).toBe(0);
  });

  test('what is refused is tried again under the same id, until it is taken', async () => {
    const { id, secret } = await addDestination(user(), { kind: 'webhook', name: 'moody', address: hook() });
    answer = 500;
    await testDestination(user(), { id });
    await deliverNotices();
    const [{ deliveries: [first] = [] } = {}] = (await listDestinations(user())).destinations;
    expect(first).toMatchObject({ tries: 1, deliveredAt: null, lastResult: 'answered 500' });
    expect(first?.nextTryAt).not.toBeNull();
    expect(await deliverNotices()).toBe(0);
    answer = 200;
    await core.sql('UPDATE alert_delivery SET next_try_at = now()');
    await deliverNotices();
    expect(verify(secret ?? '', 1).type).toBe('alert.test');
    expect(received[0]?.request.headers['webhook-id']).toBe(received[1]?.request.headers['webhook-id']);
    expect(await core.sql('SELECT delivered_at IS NOT NULL AS done, next_try_at FROM alert_delivery')).toEqual([
      { done: true, next_try_at: null },
    ]);
  });

  test('after the last try it is given up, and a removed destination is told nothing more', async () => {
    const { id } = await addDestination(user(), { kind: 'webhook', name: 'gone', address: hook() });
    answer = 410;
    await testDestination(user(), { id });
    await core.sql('UPDATE alert_delivery SET tries = 8');
    await deliverNotices();
    expect(await core.sql('SELECT tries, next_try_at FROM alert_delivery')).toEqual([{ tries: 9, next_try_at: null }]);
    await testDestination(user(), { id });
    await removeDestination(user(), { id });
    expect(await deliverNotices()).toBe(0);
  });

  test('a destination that is switched off is told nothing that still waited for it', async () => {
    const { id } = await addDestination(user(), { kind: 'webhook', name: 'off', address: hook() });
    await testDestination(user(), { id });
    await switchDestination(user(), { id, enabled: false });
    expect(await deliverNotices()).toBe(0);
    expect(received).toEqual([]);
  });

  test('a destination that is being given to a rule is not removed behind its back', async () => {
    for (let run = 0; run < 10; run += 1) {
      const { id } = await addDestination(user(), { kind: 'webhook', name: 'contested', address: hook() });
      const put = putRule(user(), { ...spendRule, destinations: [id] }).then(
        (ruleId) => ruleId,
        () => null,
      );
      const remove = removeDestination(user(), { id }).then(
        () => true,
        () => false,
      );
      const [ruleId, isRemoved] = await Promise.all([put, remove]);
      // One of the two goes first; the other is refused.
      expect([ruleId === null, isRemoved]).toEqual([isRemoved, isRemoved]);
      if (ruleId) await removeRule(user(), ruleId);
    }
  });

  test('a destination that is removed in the middle of a try holds up nobody else', async () => {
    const kept = await addDestination(user(), { kind: 'webhook', name: 'kept', address: hook() });
    const { id } = await addDestination(user(), { kind: 'webhook', name: 'gone', address: hook() });
    for (let n = 0; n < 11; n += 1) await testDestination(user(), { id });
    const [heard, ...unheard] = await claimDeliveries(database(), 11);
    await removeDestination(user(), { id });
    const settle = (due: typeof heard, isDelivered: boolean) =>
      settleDelivery(database(), due?.id ?? '', 1, { isDelivered, words: 'ended', retryAfterSeconds: 5 });
    await settle(heard, true);
    for (const due of unheard) await settle(due, false);
    const states = `SELECT count(next_try_at)::int AS due, count(delivered_at)::int AS done FROM alert_delivery`;
    expect(await core.sql(states)).toEqual([{ due: 0, done: 1 }]);

    // Whatever else has left some behind.
    await core.sql(`UPDATE alert_delivery SET next_try_at = now() - interval '1 hour' WHERE delivered_at IS NULL`);
    await testDestination(user(), { id: kept.id });
    expect(await deliverNotices()).toBe(1);
    expect(received).toHaveLength(1);
  });

  test('a destination that a rule tells alone is not removed; others go out of their rules', async () => {
    const [one, two] = [
      await addDestination(user(), { kind: 'webhook', name: 'one', address: hook() }),
      await addDestination(user(), { kind: 'webhook', name: 'two', address: hook() }),
    ];
    const id = await putRule(user(), { ...spendRule, destinations: [one.id, two.id] });
    await removeDestination(user(), { id: one.id });
    const rule = async () => (await listAlertRules(user())).find(({ publicId: each }) => each === id);
    expect((await rule())?.destinations).toEqual([two.id]);
    await expect(removeDestination(user(), { id: two.id })).rejects.toMatchObject({
      detail: expect.stringContaining(spendRule.name),
    });
    expect((await listDestinations(user())).destinations.map(({ name }) => name)).toEqual(['two']);
    await removeRule(user(), id);
    await removeDestination(user(), { id: two.id });
  });

  test('of a cause that two rules find, the destinations of both', async () => {
    const one = await addDestination(user(), { kind: 'webhook', name: 'one', address: hook() });
    const two = await addDestination(user(), { kind: 'webhook', name: 'two', address: hook() });
    await addDestination(user(), { kind: 'webhook', name: 'neither', address: hook() });
    const [drop] = (await listAlertRules(user())).filter(({ kind }) => kind === 'delivery_drop');
    if (!drop) throw new Error('there is no such rule');
    await core.sql('UPDATE alert_rule SET destinations = $2 WHERE id = $1', [drop.id, [one.id]]);
    const second = newUuid();
    await core.sql(
      `INSERT INTO alert_rule SELECT (jsonb_populate_record(r, jsonb_build_object('id', $2::uuid, 'destinations', ARRAY[$3::uuid]))).* FROM alert_rule r WHERE id = $1`,
      [drop.id, second, two.id],
    );
    try {
      await yesterday();
      await messages(100, 20);
      expect((await evaluate())?.opened).toHaveLength(1);
      expect((await open())[0]?.fingerprint).toBe('delivery_drop/country:BR:whatsapp');
      const told = await core.sql<{ id: string }>('SELECT destination_id AS id FROM alert_delivery');
      expect(told.map(({ id }) => id).sort()).toEqual([one.id, two.id].sort());
    } finally {
      await core.sql('DELETE FROM alert_rule WHERE id = $1', [second]);
      await core.sql(`UPDATE alert_rule SET destinations = '{}' WHERE id = $1`, [drop.id]);
    }
  });

  test('an end is told to those who were told of the beginning, whatever became of the rule', async () => {
    const one = await addDestination(user(), { kind: 'webhook', name: 'one', address: hook() });
    await addDestination(user(), { kind: 'webhook', name: 'never told', address: hook() });
    const id = await putRule(user(), { ...spendRule, destinations: [one.id] });
    await messages(100, 96);
    await evaluate();
    await removeRule(user(), id);
    await evaluate();
    await evaluate();
    expect(await core.sql('SELECT event, destination_id FROM alert_delivery ORDER BY created_at, id')).toEqual([
      { event: 'alert.opened', destination_id: one.id },
      { event: 'alert.resolved', destination_id: one.id },
    ]);
  });

  test('the secret is sealed, shown once, and neither it nor the path of the address is in the audit log', async () => {
    const { secret } = await addDestination(user(), { kind: 'webhook', name: 'on call', address: hook() });
    const [row] = await core.sql<{ secret_sealed: Buffer }>('SELECT secret_sealed FROM alert_destination');
    expect(row?.secret_sealed.toString('latin1')).not.toContain(secret);
    expect(JSON.stringify(await listDestinations(user()))).not.toContain(secret);
    const log = JSON.stringify(await core.sql('SELECT detail FROM audit_entry'));
    expect(log).not.toContain(secret);
    expect(log).not.toContain('token=secret');
  });

  test.each([
    'http://example.com/x',
    'https://10.0.0.8/x',
    'https://169.254.169.254/',
    'https://[::ffff:192.168.0.1]/',
    'nonsense',
  ])('%s is no destination', async (address) => {
    expect(await refusalOf(addDestination(user(), { kind: 'webhook', name: 'inside', address }))).toBe(
      'invalid_request',
    );
  });

  test('a mailbox gets one letter for the opening and one for the end, with the cause, samples and a link', async () => {
    const simulator = await startSimulator({ speed: 100, settings: { ordinary: 'prompt' } });
    const smtp = newUuid();
    const login = { username: 'simulator', password: 'simulator-smtp-password' };
    await core.sql(
      `INSERT INTO connection (id, provider, name, base_url, settings, credentials_sealed, price_rule) VALUES ($1, 'smtp', 'Mail', $2, $3, $4, 'submitted')`,
      [
        smtp,
        simulator.smtpUrl,
        { from: 'alerts@acme.example', tls: 'none' },
        seal(JSON.stringify(login), credentialsPlace(smtp)),
      ],
    );
    await reloadConfiguration();
    try {
      await addDestination(user(), { kind: 'email', name: 'on call', address: 'oncall@example.net' });
      await yesterday();
      await messages(100, 20);
      await evaluate();
      await Promise.all([deliverNotices(), deliverNotices()]);
      const control = simulatorControl(simulator.url);
      const [opened, ...others] = await control.waitForMessages('oncall@example.net', 1);
      expect(others).toEqual([]);
      const [alert] = await open();
      expect(opened?.text).toContain('WhatsApp in Brazil: 20 % delivered, 96 % over the day before.');
      expect(opened?.text).toContain(publicId('verification', alert?.samples[0] ?? ''));
      expect(opened?.text).toMatch(/https?:\/\/\S+\/alerts/);
      expect(opened?.subject).toBe('Alert: WhatsApp in Brazil: 20 % delivered, 96 % over the day before.');

      await core.sql('DELETE FROM message');
      await evaluate();
      await evaluate();
      await deliverNotices();
      const letters = await control.waitForMessages('oncall@example.net', 2);
      expect(letters.map(({ subject }) => subject?.split(':')[0])).toEqual(['Alert', 'Resolved']);
      expect(await core.sql('SELECT last_result FROM alert_delivery')).toEqual([
        { last_result: 'taken by the mail server' },
        { last_result: 'taken by the mail server' },
      ]);
    } finally {
      await core.sql('DELETE FROM connection WHERE id = $1', [smtp]);
      await reloadConfiguration();
      await simulator.close();
    }
  });

  test('without a mail connection a letter waits for one', async () => {
    const { id } = await addDestination(user(), { kind: 'email', name: 'ops', address: 'ops@example.com' });
    await testDestination(user(), { id });
    await deliverNotices();
    expect(await core.sql('SELECT last_result, next_try_at IS NOT NULL AS waits FROM alert_delivery')).toEqual([
      { last_result: 'no SMTP connection is set up', waits: true },
    ]);
  });

  test('nobody is told of a snoozed alert’s end; a snooze that is over counts no longer', async () => {
    await addDestination(user(), { kind: 'webhook', name: 'on call', address: hook() });
    await yesterday();
    await messages(100, 20);
    await evaluate();
    await deliverNotices();
    const [alert] = await open();
    const alertId = publicId('alert', alert?.id ?? '');
    await snoozeAlert(user(), { alertId, length: '1h' });
    expect((await listAlerts(user())).open[0]).toMatchObject({ isSnoozed: true });
    await core.sql(`UPDATE alert SET snoozed_until = now() - interval '1 second'`);
    expect((await listAlerts(user())).open[0]).toMatchObject({ isSnoozed: false });
    await snoozeAlert(user(), { alertId, length: 'until_resolved' });
    await core.sql('DELETE FROM message');
    await evaluate();
    await evaluate();
    await deliverNotices();
    expect(received).toHaveLength(1);
    expect(await refusalOf(snoozeAlert(user(), { alertId, length: 'off' }))).toBe('not_found');
  });
});

describe('rules', () => {
  test('an installation begins with one of each kind, all in force', async () => {
    const rules = await listAlertRules(user('analyst'));
    expect(rules.map(({ kind }) => kind).sort()).toEqual(
      [
        'delivery_drop',
        'our_fault',
        'slow_delivery',
        'spend',
        'template_not_sendable',
        'unknown_rate',
        'webhook_silence',
      ].sort(),
    );
    expect(rules.every(({ enabled }) => enabled)).toBe(true);
  });

  test('are added, changed and removed, each noted; bad ones and strangers are refused', async () => {
    const input = spendRule;
    expect(await refusalOf(putRule(user('analyst'), input))).toBe('forbidden');
    expect(await refusalOf(putRule(user(), { ...input, connectionId: newUuid() }))).toBe('invalid_request');
    expect(await refusalOf(putRule(user(), { ...input, destinations: [newUuid()] }))).toBe('invalid_request');
    expect(await refusalOf(putRule(user(), { ...input, id: publicId('alertRule', newUuid()) }))).toBe('not_found');
    const id = await putRule(user(), input);
    await messages(100, 96);
    await evaluate();
    expect((await open()).map(({ kind, cause }) => [kind, cause])).toEqual([
      ['spend', 'All channels in Brazil: $0.80 spent in 60 min.'],
    ]);
    await putRule(user(), { ...input, id, enabled: false });
    expect((await listAlertRules(user())).find(({ publicId: each }) => each === id)).toMatchObject({ enabled: false });
    await removeRule(user(), id);
    expect(await refusalOf(removeRule(user(), id))).toBe('not_found');
    const target = uuidFrom('alertRule', id);
    expect(await core.sql('SELECT action FROM audit_entry WHERE target_id = $1 ORDER BY at, id', [target])).toEqual([
      { action: 'alert_rule.add' },
      { action: 'alert_rule.change' },
      { action: 'alert_rule.remove' },
    ]);
  });
});

test('while a receipt storm lasts, an alert of what it hides is neither missed nor ended', async () => {
  await yesterday();
  await messages(100, 20);
  await evaluate();
  const [alert] = await open();
  await core.sql(
    `INSERT INTO alert SELECT (jsonb_populate_record(a, jsonb_build_object('id', $1::uuid, 'kind', 'webhook_silence', 'fingerprint', 'webhook_silence/everywhere'))).* FROM alert a`,
    [newUuid()],
  );
  for (let n = 0; n < 3; n += 1) expect((await evaluate())?.resolved).toEqual([]);
  expect((await open()).find(({ id }) => id === alert?.id)).toMatchObject({ quietEvaluations: 0 });
});

test('a question that fails ends no alert, and the other rules are judged', async () => {
  await yesterday();
  await messages(100, 20);
  await evaluate();
  const [alert] = await open();
  await core.sql(`UPDATE template SET status = 'disabled' WHERE locale = 'id' AND channel = 'whatsapp'`);
  // What the window is read from is away.
  await core.sql('ALTER TABLE message RENAME COLUMN cost_micros TO gone');
  try {
    for (let n = 0; n < 3; n += 1) await evaluate();
  } finally {
    await core.sql('ALTER TABLE message RENAME COLUMN gone TO cost_micros');
  }
  expect((await open()).map(({ kind }) => kind).sort()).toEqual(['delivery_drop', 'template_not_sendable']);
  expect((await open()).find(({ id }) => id === alert?.id)).toMatchObject({ quietEvaluations: 0 });
  await core.sql(`UPDATE template SET status = 'approved' WHERE channel = 'whatsapp'`);
});
