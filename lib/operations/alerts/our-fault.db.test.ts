import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type AlertRow, findOpenAlerts, insertAlert } from '@/lib/db/alerts';
import { database, transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { OUR_REASONS } from '@/lib/domain/alerts/faults';
import { newUuid, publicId, uuidFrom } from '@/lib/ids';
import { addDestination } from '@/lib/operations/alerts/destinations/add';
import { evaluateAlerts } from '@/lib/operations/alerts/evaluate';
import { getAlert } from '@/lib/operations/alerts/list';
import { listAlertRules } from '@/lib/operations/alerts/rules/list';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { applyHeard } from '@/lib/operations/receipts/apply';
import type { SendResult } from '@/lib/providers/provider';
import { accepted, refused, type Sent, startTestCore, type TestCore } from '@/scripts/testing/core';
import { liveAndDie } from '@/scripts/testing/mortal';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());
afterEach(async () => {
  core.carrier.answer = accepted;
  for (const table of ['message', 'verification', 'alert', 'alert_delivery', 'alert_destination', 'reachability'])
    await core.sql(`DELETE FROM ${table}`);
  await core.sql(`UPDATE template SET status = 'approved' WHERE channel = 'whatsapp'`);
  await core.sql(
    `UPDATE connection SET alerted_at = NULL, alert_reason = NULL, enabled = true, breaker_state = 'closed', breaker_retry_at = NULL`,
  );
  await reloadConfiguration();
});

type Reason = Extract<SendResult, { kind: 'refused' }>['reason'];
const user: Actor = { kind: 'user', userId: newUuid(), email: 'ops@example.com', name: 'Ops', role: 'ops' };
const evaluate = (minutesOn = 0) => evaluateAlerts(new Date(Date.now() + minutesOn * 60_000), false);
const open = () => findOpenAlerts(database());
const issue = async (more: Parameters<TestCore['issue']>[1] = {}) => {
  const { resource } = await core.issue(core.phone(), more);
  await core.quiet();
  return resource.id;
};
const refuseWhatsApp = (reason: Reason) => {
  core.carrier.answer = (sent: Sent) => (sent.channel === 'whatsapp' ? refused(reason) : accepted(sent));
};
const minutesPass = (minutes: number) =>
  core.sql(
    `UPDATE message SET submitted_at = submitted_at - make_interval(mins => $1), failed_at = failed_at - make_interval(mins => $1)`,
    [minutes],
  );
const prints = (rows: readonly AlertRow[]) => rows.map(({ fingerprint }) => fingerprint).sort();
const printOf = (reason: string) => `our_fault/connection:${core.whatsapp}:${reason}`;

describe('a fault of our own', () => {
  test('opens an alert at its first message, says what to do, and everybody is told', async () => {
    await addDestination(user, { kind: 'webhook', name: 'on call', address: 'http://127.0.0.1:1/hook' });
    refuseWhatsApp('credentials_rejected');
    const id = await issue();
    expect((await core.messages(id)).map(({ channel }) => channel)).toEqual(['whatsapp', 'sms']);
    // What the connection carries beside it shows nothing.
    core.carrier.answer = accepted;
    await issue();
    expect(await evaluate()).toMatchObject({ opened: [expect.any(String)], resolved: [], open: 1 });
    const [alert] = await open();
    expect(alert).toMatchObject({
      kind: 'our_fault',
      fingerprint: printOf('credentials_rejected'),
      severity: 'critical',
      scope: { connectionId: core.whatsapp, channel: 'whatsapp', countries: [], reason: 'credentials_rejected' },
      samples: [uuidFrom('verification', id)],
      evidence: { unit: 'messages', windowMinutes: 60, now: { value: 1, n: 1 } },
    });
    expect(alert?.cause).toBe(
      'WhatsApp over meta-cloud: the provider rejects our credentials. Nothing can be sent over it: save valid ones under Connections. Codes leave over the next channel, where there is one.',
    );
    expect(await core.sql(`SELECT event, body->'data'->'scope' AS scope FROM alert_delivery`)).toMatchObject([
      { event: 'alert.opened', scope: { reason: 'credentials_rejected' } },
    ]);
    const view = await getAlert(user, publicId('alert', alert?.id ?? ''));
    expect(view).toMatchObject({ connectionPublicId: publicId('connection', core.whatsapp), samples: [id] });
  });

  test('that comes again opens nothing new and tells nobody again; five show it', async () => {
    await addDestination(user, { kind: 'webhook', name: 'on call', address: 'http://127.0.0.1:1/hook' });
    refuseWhatsApp('account_restricted');
    await issue();
    await evaluate();
    for (let n = 0; n < 6; n += 1) await issue();
    for (let n = 0; n < 3; n += 1) expect(await evaluate()).toMatchObject({ opened: [], resolved: [], open: 1 });
    expect(await core.sql('SELECT event FROM alert_delivery')).toEqual([{ event: 'alert.opened' }]);
    const [alert] = await open();
    expect(alert?.evidence.now.value).toBe(7);
    await core.sql('DELETE FROM alert');
    await evaluate();
    expect((await open())[0]?.samples).toHaveLength(5);
  });

  test('is opened by one of many that look at once', async () => {
    refuseWhatsApp('credentials_rejected');
    await issue();
    await core.sql(`UPDATE alert_clock SET at = now() - interval '1 minute'`);
    const looks = await Promise.all(Array.from({ length: 5 }, () => evaluateAlerts(new Date())));
    expect(looks.flatMap((look) => look?.opened ?? [])).toHaveLength(1);
    const [alert, ...others] = await open();
    expect(others).toEqual([]);
    if (!alert) throw new Error('nothing opened');
    // Also where two settle side by side, as when a lease was lost.
    await core.sql('DELETE FROM alert');
    const settled = await Promise.all(
      Array.from({ length: 5 }, () =>
        transact((tx) => insertAlert(tx, { ...alert, id: newUuid() }, new Date()).then((row) => row?.id ?? null)),
      ),
    );
    expect(settled.filter((id) => id !== null)).toEqual(prints(await open()).map(() => expect.any(String)));
    expect(prints(await open())).toEqual([printOf('credentials_rejected')]);
  });

  test('is told by a failed receipt as by a refused send', async () => {
    const id = await issue();
    const [message] = await core.messages(id);
    await applyHeard([
      {
        callbackId: null,
        connectionId: core.whatsapp,
        receivedAt: new Date(),
        events: [
          {
            kind: 'receipt',
            providerMessageId: message?.provider_message_id ?? '',
            messageId: null,
            status: 'failed',
            at: new Date(),
            reason: 'template_unavailable',
            providerCode: '132001',
            detail: null,
            chargedMicros: null,
            currency: null,
          },
        ],
      },
    ]);
    await core.quiet();
    await evaluate();
    const [alert] = await open();
    expect(alert).toMatchObject({ fingerprint: printOf('template_unavailable'), severity: 'warning' });
    expect(alert?.scope.template).toMatch(/^otp_code_v1 \(\w+\)$/);
  });

  test('of two reasons at one connection is two alerts, and each ends by itself', async () => {
    refuseWhatsApp('credentials_rejected');
    await issue();
    refuseWhatsApp('template_unavailable');
    await issue();
    expect(await core.sql('SELECT alert_reason FROM connection WHERE id = $1', [core.whatsapp])).toEqual([
      { alert_reason: 'template_unavailable' },
    ]);
    await evaluate();
    expect(prints(await open())).toEqual([printOf('credentials_rejected'), printOf('template_unavailable')]);
    // Another template's messages are carried: the credentials are good, this template is as it was.
    await minutesPass(6);
    core.carrier.answer = accepted;
    await issue();
    await core.sql(`UPDATE message SET template = 'another' WHERE state <> 'failed'`);
    await evaluate();
    await evaluate();
    expect(prints(await open())).toEqual([printOf('template_unavailable')]);
  });

  test('that a process noticed and died before it said so is found by the next look', async () => {
    refuseWhatsApp('credentials_rejected');
    const walked = await liveAndDie(
      core.carrier,
      { what: 'alert_connection', nth: 1, when: 'before', how: 'dies' },
      () => core.issue(core.phone()),
    );
    expect(walked).toContain('alert_connection');
    expect(await core.sql('SELECT alert_reason FROM connection WHERE id = $1', [core.whatsapp])).toEqual([
      { alert_reason: null },
    ]);
    expect((await evaluate())?.opened).toHaveLength(1);
    expect(prints(await open())).toEqual([printOf('credentials_rejected')]);
  });

  test('ends when the connection has carried since, and not in between two of it', async () => {
    refuseWhatsApp('request_rejected');
    await issue();
    await evaluate();
    const [alert] = await open();
    // Now one is carried and now one fails: that is no end.
    for (let n = 0; n < 3; n += 1) {
      core.carrier.answer = accepted;
      await issue();
      for (let look = 0; look < 3; look += 1) expect(await evaluate()).toMatchObject({ opened: [], resolved: [] });
      refuseWhatsApp('request_rejected');
      await issue();
      expect(await evaluate()).toMatchObject({ opened: [], resolved: [] });
    }
    await minutesPass(6);
    // Quiet alone, with nothing sent, is no proof either.
    for (let n = 0; n < 3; n += 1) expect((await evaluate())?.resolved).toEqual([]);
    core.carrier.answer = accepted;
    await issue();
    expect((await evaluate())?.resolved).toEqual([]);
    expect((await evaluate())?.resolved).toEqual([alert?.id]);
    expect((await evaluate())?.opened).toEqual([]);
  });

  test('ends when nothing of it was seen for an hour, and when its connection is switched off', async () => {
    refuseWhatsApp('credentials_rejected');
    await issue();
    await evaluate();
    const [first] = await open();
    expect((await evaluate(59))?.resolved).toEqual([]);
    await evaluate(61);
    expect((await evaluate(62))?.resolved).toEqual([first?.id]);

    await evaluate();
    const [second] = await open();
    expect(second?.openings).toBe(2);
    await core.sql('UPDATE connection SET enabled = false WHERE id = $1', [core.whatsapp]);
    await evaluate();
    expect((await evaluate())?.resolved).toEqual([second?.id]);
  });

  test('of a template that is known to be lost is that template’s alert alone', async () => {
    refuseWhatsApp('template_unavailable');
    const id = await issue();
    await evaluate();
    const [alert] = await open();
    expect(alert?.kind).toBe('our_fault');
    await core.sql(`UPDATE template SET status = 'paused' WHERE channel = 'whatsapp' AND locale = $1`, [
      (
        await core.sql<{ locale: string }>('SELECT locale FROM message WHERE verification_id = $1 AND channel = $2', [
          uuidFrom('verification', id),
          'whatsapp',
        ])
      )[0]?.locale,
    ]);
    expect((await evaluate())?.resolved).toEqual([alert?.id]);
    expect((await open()).map(({ kind }) => kind)).toEqual(['template_not_sendable']);
    expect((await getAlert(user, publicId('alert', alert?.id ?? ''))).resolvedWhy).toBe('part_of_larger');
  });

  test('is none where the recipient or the provider is why, nor in test traffic', async () => {
    for (const reason of ['unreachable', 'provider_refused', 'not_on_channel'] as const) {
      refuseWhatsApp(reason);
      await issue();
    }
    await issue({ actor: core.key({ livemode: false }) });
    expect((await evaluate())?.opened).toEqual([]);
  });
});

test('the index of such messages holds every reason of ours', async () => {
  const [index] = await core.sql<{ text: string }>(
    `SELECT pg_get_expr(indpred, indrelid) AS text FROM pg_index WHERE indexrelid = 'message_our_fault'::regclass`,
  );
  expect([...(index?.text ?? '').matchAll(/'(\w+)'/g)].map(([, reason]) => reason).sort()).toEqual(
    [...OUR_REASONS].sort(),
  );
});

test('an installation has the rule, which speaks at the first message', async () => {
  const rules = (await listAlertRules(user)).filter(({ kind }) => kind === 'our_fault');
  expect(rules).toMatchObject([{ minimumVolume: 1, windowMinutes: 60, enabled: true }]);
});
