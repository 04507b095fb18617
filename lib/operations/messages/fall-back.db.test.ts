import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { database } from '@/lib/db/client';
import { forgetOwnCodes, recordSends, sweepLostMessages } from '@/lib/db/messages';
import { applyReceiptRows, type ReceiptRow } from '@/lib/db/receipts';
import { claimTimers, pauseTimer, restTimer, sendFallback } from '@/lib/db/timers';
import { newUuid, uuidFrom } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { cancelVerification } from '@/lib/operations/verifications/cancel';
import { checkVerification } from '@/lib/operations/verifications/check';
import { getVerification } from '@/lib/operations/verifications/get';
import { resendVerification } from '@/lib/operations/verifications/resend';
import type { SendResult } from '@/lib/providers/provider';
import { accepted, refusalOf, refused, type Sent, startTestCore, type TestCore } from '@/scripts/testing/core';
import { liveAndDie } from '@/scripts/testing/mortal';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());
afterEach(() => {
  core.carrier.answer = accepted;
});

const uuid = (id: string) => uuidFrom('verification', id) ?? id;
const begin = async (more: Parameters<TestCore['issue']>[1] = {}) => {
  const to = core.phone();
  const { resource } = await core.issue(to, more);
  await core.quiet();
  return { id: resource.id, to };
};
/** Moves a timer into the past and lets ten workers find it. */
const due = async (id: string) => {
  await core.sql(
    `UPDATE verification SET next_fallback_at = now() - interval '1 second' WHERE id = $1 AND next_fallback_at IS NOT NULL`,
    [uuid(id)],
  );
  await Promise.all(Array.from({ length: 10 }, () => fallBack([uuid(id)], 50)));
  await core.quiet();
};
const channels = async (id: string) => (await core.messages(id)).map(({ channel }) => channel);
const receipt = (
  message: { id: string; connection_id: string },
  status: ReceiptRow['status'],
  more: Partial<ReceiptRow> = {},
): ReceiptRow => ({
  connectionId: message.connection_id,
  providerMessageId: `provider-msg_${message.id.replaceAll('-', '')}`,
  messageId: message.id,
  status,
  at: new Date(),
  receivedAt: new Date(),
  reason: status === 'failed' ? 'unreachable' : null,
  isOffChannel: false,
  providerCode: null,
  detail: null,
  chargedMicros: null,
  callbackId: null,
  ...more,
});
/** Applies receipts as a callback would, and looks at what wants a look. */
const hear = async (...rows: ReceiptRow[]) => {
  const looked = await applyReceiptRows(database(), rows, []);
  if (looked.length > 0) await fallBack(looked, looked.length);
  await core.quiet();
  return looked;
};
const only = async (id: string, step = 0) => {
  const message = (await core.messages(id)).find((each) => each.step === step);
  if (!message) throw new Error(`no message of step ${step}`);
  return message;
};
const events = (id: string) =>
  core.sql<{ kind: string; detail: Record<string, unknown> }>(
    'SELECT kind, detail FROM verification_event WHERE verification_id = $1 ORDER BY at, id',
    [uuid(id)],
  );

describe('silence', () => {
  test('without a delivery in time the next channel goes out once, however many workers look', async () => {
    const { id, to } = await begin();
    await due(id);
    expect(await channels(id)).toEqual(['whatsapp', 'sms']);
    expect(core.carrier.to(to)).toHaveLength(2);
    expect(await events(id)).toMatchObject([
      { kind: 'fallback', detail: { cause: 'timeout', step: 1, channel: 'sms' } },
    ]);
    await due(id);
    expect(core.carrier.to(to)).toHaveLength(2);
  });

  test('over two pools and twenty claimers a timer is claimed once', async () => {
    const { id } = await begin();
    await core.sql('UPDATE verification SET next_fallback_at = now() WHERE id = $1', [uuid(id)]);
    const processes = [core.otherProcess(), core.otherProcess()];
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, n) => claimTimers(processes[n % 2] ?? database(), 50, null)),
    );
    expect(claims.flat().filter((timer) => timer.id === uuid(id))).toHaveLength(1);
  });

  test('before its time nothing goes out', async () => {
    const { id } = await begin();
    expect(await fallBack(null, 50)).toBe(0);
    expect(await channels(id)).toEqual(['whatsapp']);
  });

  test('the same code goes out on the next channel', async () => {
    const { id, to } = await begin();
    await due(id);
    const [first, second] = core.carrier.to(to);
    expect(second?.code).toBe(first?.code);
    expect((await checkVerification(core.key(), { verificationId: id, code: first?.code ?? '' })).outcome).toBe(
      'approved',
    );
  });

  test.each(['delivered', 'read'] as const)('%s ends the timer', async (status) => {
    const { id } = await begin();
    await hear(receipt(await only(id), status));
    expect(await core.verification(id)).toMatchObject({ next_fallback_at: null });
    await due(id);
    expect(await channels(id)).toEqual(['whatsapp']);
  });

  test('sent is not delivered: the timer stays', async () => {
    const { id } = await begin();
    await hear(receipt(await only(id), 'sent'));
    expect((await core.verification(id)).next_fallback_at).not.toBeNull();
  });

  test('a delivery that comes while the timer is being worked on keeps the second message at home', async () => {
    const { id, to } = await begin();
    await core.sql('UPDATE verification SET next_fallback_at = now() WHERE id = $1', [uuid(id)]);
    const [timer] = await claimTimers(database(), 50, [uuid(id)]);
    await hear(receipt(await only(id), 'delivered'));
    const mayLeave = await sendFallback(database(), fallbackSend(uuid(id), timer?.leaseToken ?? ''));
    expect(mayLeave).toBe(false);
    expect(core.carrier.to(to)).toHaveLength(1);
  });
});

const fallbackSend = (verificationId: string, leaseToken: string) => ({
  verificationId,
  leaseToken,
  messageId: newUuid(),
  messageLease: newUuid(),
  eventId: newUuid(),
  step: 1,
  cause: 'timeout' as const,
  failure: null,
  nextAfterSeconds: null,
  codeMac: null,
  skipped: [],
  passedOver: [],
});

describe('failure', () => {
  test('a refused send brings the next channel at once', async () => {
    core.carrier.answer = (sent) => (sent.channel === 'whatsapp' ? refused('not_on_channel') : accepted(sent));
    const { id } = await begin();
    expect(await core.messages(id)).toMatchObject([
      { channel: 'whatsapp', state: 'failed', reason: 'not_on_channel' },
      { channel: 'sms', state: 'accepted', cause: 'fallback' },
    ]);
    expect(await events(id)).toMatchObject([{ kind: 'fallback', detail: { cause: 'failed' } }]);
  });

  test.each([
    ['not_on_channel', '131026'],
    ['credentials_rejected', '190'],
    ['template_unavailable', '132001'],
  ] as const)(
    'the fallback after %s says so, with the code of the provider and the message that failed',
    async (reason, providerCode) => {
      core.carrier.answer = (sent) =>
        sent.channel === 'whatsapp' ? { kind: 'refused', reason, providerCode, detail: '' } : accepted(sent);
      const { id } = await begin();
      const { messages, decisions } = await getVerification(core.key(), { verificationId: id });
      expect(decisions.find(({ kind }) => kind === 'fallback')?.detail).toEqual({
        cause: 'failed',
        step: 1,
        channel: 'sms',
        message_id: messages[1]?.id,
        failed_message_id: messages[0]?.id,
        reason,
        provider_code: providerCode,
      });
    },
  );

  test('an undeliverable verification says which message failed last, and why', async () => {
    core.carrier.answer = (sent) => refused(sent.channel === 'whatsapp' ? 'not_on_channel' : 'unreachable');
    const { id } = await begin();
    const { status, messages, decisions } = await getVerification(core.key(), { verificationId: id });
    expect(status).toBe('undeliverable');
    expect(messages[1]?.id).toMatch(/^msg_/);
    expect(decisions.find(({ kind }) => kind === 'undeliverable')?.detail).toMatchObject({
      failed_message_id: messages[1]?.id,
      reason: 'unreachable',
    });
  });

  test('a fallback after silence names no failure', async () => {
    const { id } = await begin();
    await due(id);
    const { decisions } = await getVerification(core.key(), { verificationId: id });
    expect(decisions.find(({ kind }) => kind === 'fallback')?.detail).not.toHaveProperty('failed_message_id');
  });

  test('a failed receipt brings the next channel at once, once, however often it comes', async () => {
    const { id, to } = await begin();
    const failed = receipt(await only(id), 'failed', { reason: 'not_on_channel', isOffChannel: true });
    await Promise.all(Array.from({ length: 10 }, () => hear(failed)));
    await hear(failed);
    expect(await channels(id)).toEqual(['whatsapp', 'sms']);
    expect(core.carrier.to(to)).toHaveLength(2);
  });

  test('a number that is not on the channel is remembered for the next time', async () => {
    const { id } = await begin();
    await hear(receipt(await only(id), 'failed', { reason: 'not_on_channel', isOffChannel: true }));
    const remembered = () =>
      core.sql(
        'SELECT r.channel, r.reachable FROM reachability r JOIN verification v ON v.to_blind = r.to_blind WHERE v.id = $1',
        [uuid(id)],
      );
    expect(await remembered()).toEqual([{ channel: 'whatsapp', reachable: false }]);
    await hear(receipt(await only(id), 'delivered'));
    expect(await remembered()).toEqual([]);
  });

  test.each(['template_unavailable', 'credentials_rejected', 'account_restricted'] as const)(
    '%s is our own fault: the next channel goes out, an alert stands, and the number is not blamed',
    async (reason) => {
      core.carrier.answer = (sent) => (sent.channel === 'whatsapp' ? refused(reason) : accepted(sent));
      const { id } = await begin();
      expect(await channels(id)).toEqual(['whatsapp', 'sms']);
      expect(await core.sql('SELECT alert_reason FROM connection WHERE id = $1', [core.whatsapp])).toEqual([
        { alert_reason: reason },
      ]);
      expect(
        await core.sql('SELECT 1 FROM reachability r JOIN verification v ON v.to_blind = r.to_blind WHERE v.id = $1', [
          uuid(id),
        ]),
      ).toEqual([]);
    },
  );

  test('when every channel failed it is undeliverable, and its code still works', async () => {
    core.carrier.answer = () => refused('unreachable');
    const { id, to } = await begin();
    expect(await core.verification(id)).toMatchObject({
      status: 'undeliverable',
      end_reason: 'all_channels_failed',
      code_sealed: null,
      is_checkable: true,
    });
    const outcome = await checkVerification(core.key(), { verificationId: id, code: core.carrier.codeFor(to) });
    expect(outcome.outcome).toBe('approved');
  });

  test('both channels failing at the same moment still end as undeliverable', async () => {
    for (let n = 0; n < 10; n += 1) {
      const { id } = await begin();
      await due(id);
      const first = receipt(await only(id, 0), 'failed');
      const second = receipt(await only(id, 1), 'failed');
      await Promise.all([hear(first), hear(second)]);
      await fallBack(null, 50);
      await core.quiet();
      expect(await core.verification(id)).toMatchObject({ status: 'undeliverable' });
    }
  });

  test.each([
    ['older', 'newer'],
    ['newer', 'older'],
  ])(
    'news that come while a timer is being worked on are looked at, not swept away with it: first the %s',
    async (first) => {
      const { id } = await begin();
      await due(id);
      const steps = first === 'older' ? [0, 1] : [1, 0];
      const [earlier, later] = await Promise.all(steps.map(async (step) => receipt(await only(id, step), 'failed')));
      if (!earlier || !later) throw new Error('there are two');
      await applyReceiptRows(database(), [earlier], []);
      const [timer] = await claimTimers(database(), 50, [uuid(id)]);
      await applyReceiptRows(database(), [later], []);
      await restTimer(database(), {
        id: uuid(id),
        leaseToken: timer?.leaseToken ?? '',
        eventId: newUuid(),
        cause: 'failed',
        why: 'in_flight',
        silenceAfterSeconds: null,
      });
      await fallBack(null, 50);
      await core.quiet();
      expect(await core.verification(id)).toMatchObject({ status: 'undeliverable' });
    },
  );

  test('with fallback on failure switched off, the timer still decides', async () => {
    await core.setRoute({ fallback_on_failed: false });
    try {
      const { id } = await begin();
      await hear(receipt(await only(id), 'failed'));
      expect(await channels(id)).toEqual(['whatsapp']);
      expect(await core.verification(id)).toMatchObject({ status: 'pending', fallback_cause: 'timeout' });
      await due(id);
      expect(await channels(id)).toEqual(['whatsapp', 'sms']);

      core.carrier.answer = (sent) => (sent.channel === 'whatsapp' ? refused('unreachable') : accepted(sent));
      const other = await begin();
      expect(await channels(other.id)).toEqual(['whatsapp']);
      expect(await core.verification(other.id)).toMatchObject({ status: 'pending', fallback_cause: 'timeout' });
    } finally {
      await core.setRoute({ fallback_on_failed: true });
    }
  });
});

describe('no answer', () => {
  test('a provider that never answered is unknown, not failed: nothing falls back before the timer', async () => {
    core.carrier.answer = (sent) =>
      sent.channel === 'whatsapp' ? { kind: 'unknown', detail: 'timeout' } : accepted(sent);
    const { id } = await begin();
    expect(await core.messages(id)).toMatchObject([{ state: 'unknown' }]);
    expect(await fallBack(null, 50)).toBe(0);
    await due(id);
    expect(await channels(id)).toEqual(['whatsapp', 'sms']);
  });

  test('an adapter that throws is unknown as well', async () => {
    core.carrier.answer = () => {
      throw new Error('bug');
    };
    const { id } = await begin();
    expect(await core.messages(id)).toMatchObject([{ state: 'unknown' }]);
  });

  test('a receipt turns unknown into what is true', async () => {
    core.carrier.answer = () => ({ kind: 'unknown', detail: 'timeout' });
    const { id } = await begin();
    await hear(receipt(await only(id), 'delivered'));
    expect(await core.messages(id)).toMatchObject([
      { state: 'delivered', cost_micros: expect.stringMatching(/^[1-9]/) },
    ]);
    expect(await core.verification(id)).toMatchObject({ next_fallback_at: null });
  });

  test('what is paid on submission is paid when a receipt proves the submission that nobody confirmed', async () => {
    core.carrier.answer = () => ({ kind: 'unknown', detail: 'timeout' });
    const { id } = await begin({ channel: 'sms' });
    await hear(receipt(await only(id), 'delivered'));
    expect(await core.messages(id)).toMatchObject([
      { channel: 'sms', state: 'delivered', cost_micros: expect.stringMatching(/^[1-9]/) },
    ]);
  });
});

test('a text of three parts that is delivered before the answer tells them costs three, as it would the other way round', async () => {
  await core.sql(`UPDATE connection SET price_rule = 'delivered' WHERE provider = 'twilio'`);
  await reloadConfiguration();
  try {
    const costs: string[] = [];
    for (const isEarly of [true, false]) {
      core.carrier.answer = async (sent) => {
        const [message] = await core.sql<{ id: string; connection_id: string }>(
          'SELECT id, connection_id FROM message ORDER BY id DESC LIMIT 1',
        );
        if (isEarly && message) await applyReceiptRows(database(), [receipt(message, 'delivered')], []);
        return { ...accepted(sent), segments: 3 } as SendResult;
      };
      const { id } = await begin({ channel: 'sms' });
      if (!isEarly) await hear(receipt(await only(id), 'delivered'));
      const [message] = await core.messages(id);
      expect(message).toMatchObject({ state: 'delivered', segments: 3 });
      costs.push(String(message?.cost_micros));
    }
    expect(costs[0]).toMatch(/^[1-9]/);
    expect(costs[0]).toBe(costs[1]);
  } finally {
    await core.sql(`UPDATE connection SET price_rule = 'submitted' WHERE provider = 'twilio'`);
    await reloadConfiguration();
  }
});

describe("the user's own choice", () => {
  test('never falls back: not on silence, not on failure', async () => {
    const silent = await begin({ channel: 'whatsapp' });
    expect(await core.verification(silent.id)).toMatchObject({ next_fallback_at: null });
    await due(silent.id);
    expect(await channels(silent.id)).toEqual(['whatsapp']);

    const failing = await begin({ channel: 'whatsapp' });
    await hear(receipt(await only(failing.id), 'failed'));
    expect(await channels(failing.id)).toEqual(['whatsapp']);
    expect(await core.verification(failing.id)).toMatchObject({ status: 'pending', next_fallback_at: null });
  });

  test('that failed until no resend was left ends as just that: nothing says that the other channel failed too', async () => {
    core.carrier.answer = () => refused('unreachable');
    const { id } = await begin({ channel: 'whatsapp' });
    const life = () => getVerification(core.key(), { verificationId: id });
    for (let left = (await life()).resends_remaining; left > 0; left -= 1) {
      expect(await life()).toMatchObject({ status: 'pending', resends_remaining: left });
      await resendVerification(core.key(), { verificationId: id });
      await core.quiet();
    }
    expect(new Set(await channels(id))).toEqual(new Set(['whatsapp']));
    expect(await life()).toMatchObject({ status: 'undeliverable', end_reason: 'chosen_channel_failed' });
  });

  test('that failed can be changed with the same code: it is undeliverable when all that was offered has failed, and offers nothing then', async () => {
    const { id, to } = await begin({ channel: 'whatsapp' });
    const code = core.carrier.codeFor(to);
    await hear(receipt(await only(id), 'failed'));
    const life = await getVerification(core.key(), { verificationId: id });
    expect(life).toMatchObject({ status: 'pending', switch_to: ['sms'] });
    expect(life.resends_remaining).toBeGreaterThan(0);
    // At once: nothing has arrived that one would have to wait for.
    await resendVerification(core.key(), { verificationId: id, channel: 'sms' });
    await core.quiet();
    expect(await channels(id)).toEqual(['whatsapp', 'sms']);
    expect(core.carrier.codeFor(to)).toBe(code);
    expect(await refusalOf(resendVerification(core.key(), { verificationId: id, channel: 'sms' }))).toBe(
      'already_pending',
    );

    await hear(receipt(await only(id, 1), 'failed'));
    expect(await getVerification(core.key(), { verificationId: id })).toMatchObject({
      status: 'undeliverable',
      switch_to: [],
      resends_remaining: 0,
    });
  });

  test('names what may be switched to, and a switch becomes the choice', async () => {
    const { id } = await begin({ channel: 'whatsapp' });
    expect((await getVerification(core.key(), { verificationId: id })).switch_to).toEqual(['sms']);
    await core.forgetLimits();
    const switched = await resendVerification(core.key(), { verificationId: id, channel: 'sms' });
    await core.quiet();
    expect(switched).toMatchObject({ channel: 'sms', next_fallback_at: null, switch_to: ['whatsapp'] });
    expect(await core.messages(id)).toMatchObject([{ channel: 'whatsapp' }, { channel: 'sms', cause: 'resend' }]);
  });

  test('is made by naming the channel that it is on already as well: then nothing falls back', async () => {
    const { id, to } = await begin();
    await core.forgetLimits();
    const again = await resendVerification(core.key(), { verificationId: id, channel: 'whatsapp' });
    await core.quiet();
    expect(again).toMatchObject({ channel: 'whatsapp', next_fallback_at: null });
    await due(id);
    for (const message of await core.messages(id)) await hear(receipt(message, 'failed'));
    expect(await channels(id)).toEqual(['whatsapp', 'whatsapp']);
    expect(core.carrier.to(to)).toHaveLength(2);
    expect(await core.verification(id)).toMatchObject({ status: 'pending', next_fallback_at: null });
  });

  test('is refused with the alternatives when the channel cannot be had', async () => {
    expect(await refusalOf(core.issue(core.phone(), { channel: 'voice' }))).toBe('channel_not_available');
  });
});

describe('a process that dies', () => {
  /** A send that never comes back, and whose lease has run out. */
  const abandon = async (more: Parameters<TestCore['issue']>[1] = {}) => {
    let settle: (result: SendResult) => void = () => {};
    const stuck = new Promise<SendResult>((resolve) => {
      settle = resolve;
    });
    let isFirst = true;
    let held: Sent | null = null;
    core.carrier.answer = (sent) => {
      if (!isFirst) return accepted(sent);
      isFirst = false;
      held = sent;
      return stuck;
    };
    const to = core.phone();
    const { resource } = await core.issue(to, more);
    await expect.poll(() => held !== null).toBe(true);
    await core.sql(`UPDATE message SET lease_until = now() - interval '1 second' WHERE verification_id = $1`, [
      uuid(resource.id),
    ]);
    return { id: resource.id, to, settle };
  };

  test('its message is lost to sight after the lease, and the next channel goes out', async () => {
    const { id, settle } = await abandon();
    const lost = (await Promise.all(Array.from({ length: 10 }, () => sweepLostMessages(database(), 100)))).flat();
    expect(lost).toEqual([uuid(id)]);
    await Promise.all(Array.from({ length: 10 }, () => fallBack(null, 50)));
    settle({ kind: 'unknown', detail: '' });
    await core.quiet();
    expect(await core.messages(id)).toMatchObject([
      { channel: 'whatsapp', state: 'unknown' },
      { channel: 'sms', state: 'accepted' },
    ]);
    expect(await events(id)).toMatchObject([{ kind: 'fallback', detail: { cause: 'lost' } }]);
  });

  test("a user's choice that was lost goes out once more on that channel, and no more than once", async () => {
    const { id, settle } = await abandon({ channel: 'whatsapp' });
    await sweepLostMessages(database(), 100);
    await fallBack(null, 50);
    await expect.poll(async () => (await core.messages(id)).length).toBe(2);
    await core.sql(
      `UPDATE message SET lease_until = now() - interval '1 second', lease_token = gen_random_uuid(), state = 'submitted', state_rank = 1 WHERE verification_id = $1`,
      [uuid(id)],
    );
    await sweepLostMessages(database(), 100);
    await fallBack(null, 50);
    settle({ kind: 'unknown', detail: '' });
    await core.quiet();
    expect(await channels(id)).toEqual(['whatsapp', 'whatsapp']);
  });

  test('a zombie that wakes after the takeover writes nothing', async () => {
    const { id, settle } = await abandon();
    await sweepLostMessages(database(), 100);
    settle({ kind: 'refused', reason: 'credentials_rejected', providerCode: '190', detail: 'late' });
    await core.quiet();
    expect(await only(id)).toMatchObject({ state: 'unknown', reason: null });
  });

  test('a late record under a stolen lease writes nothing', async () => {
    const { id } = await begin();
    const message = await only(id);
    const recorded = await recordSends(database(), [
      {
        messageId: message.id,
        leaseToken: newUuid(),
        state: 'failed',
        providerMessageId: null,
        segments: null,
        reason: 'unreachable',
        isOffChannel: true,
        providerCode: null,
        detail: null,
        polls: false,
      },
    ]);
    expect(recorded).toEqual([null]);
    expect(await only(id)).toMatchObject({ state: 'accepted', reason: null });
  });

  test('a message that a receipt has already moved only loses its lease', async () => {
    const { id, settle } = await abandon();
    await applyReceiptRows(database(), [receipt(await only(id), 'delivered')], []);
    expect(await sweepLostMessages(database(), 100)).toEqual([]);
    settle({ kind: 'unknown', detail: '' });
    await core.quiet();
    expect(await core.messages(id)).toMatchObject([{ state: 'delivered', lease_token: null }]);
    expect(await channels(id)).toEqual(['whatsapp']);
  });

  test('a timer whose holder died is taken over when its lease ends, and the dead holder may not send', async () => {
    const { id } = await begin();
    await core.sql('UPDATE verification SET next_fallback_at = now() WHERE id = $1', [uuid(id)]);
    const [dead] = await claimTimers(database(), 50, [uuid(id)]);
    expect(await claimTimers(database(), 50, [uuid(id)])).toEqual([]);
    await core.sql(`UPDATE verification SET lease_until = now() - interval '1 second' WHERE id = $1`, [uuid(id)]);
    await fallBack(null, 50);
    await core.quiet();
    expect(await sendFallback(database(), fallbackSend(uuid(id), dead?.leaseToken ?? ''))).toBe(false);
    expect(await channels(id)).toEqual(['whatsapp', 'sms']);
  });
});

describe('after the end', () => {
  test.each([
    [
      'approved',
      async (id: string, to: string) =>
        void (await checkVerification(core.key(), { verificationId: id, code: core.carrier.codeFor(to) })),
    ],
    ['canceled', async (id: string) => void (await cancelVerification(core.key(), { verificationId: id }))],
    [
      'expired',
      async (id: string) =>
        void (await core.sql(`UPDATE verification SET expires_at = now() - interval '1 second' WHERE id = $1`, [
          uuid(id),
        ])),
    ],
  ])('%s: no message is sent any more', async (_, end) => {
    const { id, to } = await begin();
    await core.sql('UPDATE verification SET next_fallback_at = now() WHERE id = $1', [uuid(id)]);
    const [timer] = await claimTimers(database(), 50, [uuid(id)]);
    await end(id, to);
    expect(await sendFallback(database(), fallbackSend(uuid(id), timer?.leaseToken ?? ''))).toBe(false);
    await hear(receipt(await only(id), 'failed'));
    await fallBack(null, 50);
    await core.quiet();
    expect(core.carrier.to(to)).toHaveLength(1);
  });

  test('a timer that was being worked on when the code was entered is not set again', async () => {
    const { id, to } = await begin();
    await core.sql('UPDATE verification SET next_fallback_at = now() WHERE id = $1', [uuid(id)]);
    const [timer] = await claimTimers(database(), 50, [uuid(id)]);
    await checkVerification(core.key(), { verificationId: id, code: core.carrier.codeFor(to) });
    const held = { id: uuid(id), leaseToken: timer?.leaseToken ?? '' };
    await restTimer(database(), {
      ...held,
      eventId: newUuid(),
      cause: 'failed',
      why: 'in_flight',
      silenceAfterSeconds: 30,
    });
    await pauseTimer(database(), { ...held, eventId: newUuid(), incidentId: newUuid(), pauseUntil: new Date() });
    expect(await core.verification(id)).toMatchObject({ status: 'approved', next_fallback_at: null });
    expect((await events(id)).filter(({ kind }) => kind === 'no_fallback')).toEqual([]);
  });

  test('a pause is over by the clock of the database, and said once however often the timer comes round', async () => {
    const { id } = await begin();
    const incidentId = newUuid();
    const pauseFor = async (seconds: number) => {
      await core.sql('UPDATE verification SET next_fallback_at = now() WHERE id = $1', [uuid(id)]);
      const [timer] = await claimTimers(database(), 50, [uuid(id)]);
      const [row] = await core.sql<{ at: Date }>('SELECT now() + make_interval(secs => $1) AS at', [seconds]);
      const held = { id: uuid(id), leaseToken: timer?.leaseToken ?? '', eventId: newUuid(), incidentId };
      const isPaused = await pauseTimer(database(), { ...held, pauseUntil: row?.at ?? new Date() });
      await core.sql('UPDATE verification SET lease_token = NULL, lease_until = NULL WHERE id = $1', [uuid(id)]);
      return isPaused;
    };
    expect([await pauseFor(60), await pauseFor(60), await pauseFor(-1)]).toEqual([true, true, false]);
    expect((await events(id)).filter(({ kind }) => kind === 'no_fallback')).toHaveLength(1);
    await core.sql('UPDATE verification SET next_fallback_at = NULL WHERE id = $1', [uuid(id)]);
  });

  test('a timer that races the right code: in 40 runs one of the two goes first, and nothing follows the approval', async () => {
    for (let run = 0; run < 40; run += 1) {
      const { id, to } = await begin();
      await core.sql('UPDATE verification SET next_fallback_at = now() WHERE id = $1', [uuid(id)]);
      const [, check] = await Promise.all([
        fallBack([uuid(id)], 1),
        checkVerification(core.key(), { verificationId: id, code: core.carrier.codeFor(to) }),
      ]);
      expect(check.outcome).toBe('approved');
      const sent = (await core.messages(id)).length;
      await fallBack([uuid(id)], 1);
      expect(await core.verification(id)).toMatchObject({ status: 'approved', next_fallback_at: null });
      expect((await core.messages(id)).length).toBe(sent);
    }
  });
});

describe('a code per message', () => {
  test('each message has its own, each works, and the one that was typed is credited', async () => {
    await core.setPolicy({ code_mode: 'code_per_message' });
    try {
      const { id, to } = await begin();
      await due(id);
      const [first, second] = core.carrier.to(to);
      expect((await core.verification(id)).code_macs).toHaveLength(2);
      expect((await core.verification(id)).code_sealed).toBeNull();
      const typed = first?.code === second?.code ? first : second;
      expect((await checkVerification(core.key(), { verificationId: id, code: typed?.code ?? '' })).outcome).toBe(
        'approved',
      );
      if (first?.code !== second?.code) {
        expect((await core.verification(id)).credited_message_id).toBe(uuidFrom('message', second?.messageId ?? ''));
      }
      expect((await core.verification(id)).code_macs).toEqual([]);
    } finally {
      await core.setPolicy({ code_mode: 'same_code' });
    }
  });

  test('its digests are wiped once the verification has ended, and not before', async () => {
    await core.setPolicy({ code_mode: 'code_per_message' });
    const digests = async (id: string) =>
      (await core.sql('SELECT 1 FROM message WHERE verification_id = $1 AND code_mac IS NOT NULL', [uuid(id)])).length;
    await forgetOwnCodes(database(), 100);
    try {
      const [ended, pending] = [await begin(), await begin()];
      await due(ended.id);
      await cancelVerification(core.key(), { verificationId: ended.id });
      expect([await digests(ended.id), await digests(pending.id)]).toEqual([2, 1]);
      expect(await forgetOwnCodes(database(), 10)).toBe(2);
      expect([await digests(ended.id), await digests(pending.id)]).toEqual([0, 1]);
    } finally {
      await core.setPolicy({ code_mode: 'same_code' });
    }
  });
});

describe('sending again', () => {
  test('goes out on the current channel with the same code, once per cooldown, however many ask', async () => {
    const { id, to } = await begin();
    expect(await refusalOf(resendVerification(core.key(), { verificationId: id }))).toBe('already_pending');
    await core.forgetLimits();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => refusalOf(resendVerification(core.key(), { verificationId: id }))),
    );
    expect(outcomes.filter((outcome) => outcome === 'resolved')).toHaveLength(1);
    await core.quiet();
    const [first, second, third] = core.carrier.to(to);
    expect(second).toMatchObject({ channel: 'whatsapp', code: first?.code });
    expect(third).toBeUndefined();
    expect(await core.verification(id)).toMatchObject({ resends_used: 1 });
    expect((await core.verification(id)).next_fallback_at).not.toBeNull();
  });

  test('ends after as many resends as the policy says', async () => {
    const { id } = await begin();
    for (let n = 0; n < 3; n += 1) {
      await core.forgetLimits();
      await resendVerification(core.key(), { verificationId: id });
    }
    await core.forgetLimits();
    expect(await refusalOf(resendVerification(core.key(), { verificationId: id }))).toBe('resends_spent');
  });

  test('counts as a send of the number', async () => {
    const { id } = await begin();
    await core.sql(`UPDATE send_limit SET sends = array_fill(now(), ARRAY[5])`);
    await core.sql(`UPDATE verification SET resend_after = now() WHERE id = $1`, [uuid(id)]);
    expect(await refusalOf(resendVerification(core.key(), { verificationId: id }))).toBe('too_many_verifications');
    await core.forgetLimits();
  });

  test('a new code, where the policy wants one, ends the old one', async () => {
    await core.setPolicy({ resend_code: 'new_code' });
    try {
      const { id, to } = await begin();
      const old = core.carrier.codeFor(to);
      await core.forgetLimits();
      await resendVerification(core.key(), { verificationId: id });
      await core.quiet();
      const fresh = core.carrier.codeFor(to);
      if (fresh !== old) {
        expect((await checkVerification(core.key(), { verificationId: id, code: old })).outcome).toBe('mismatch');
      }
      expect((await checkVerification(core.key(), { verificationId: id, code: fresh })).outcome).toBe('approved');
    } finally {
      await core.setPolicy({ resend_code: 'same_code' });
    }
  });

  test.each(['failed', 'silent'] as const)(
    'a new code is judged by its own message: when that one is %s the next channel goes out, wherever the old code arrived',
    async (fate) => {
      await core.setPolicy({ resend_code: 'new_code' });
      try {
        const { id, to } = await begin();
        const [older] = await core.messages(id);
        if (!older) throw new Error('nothing was sent');
        await hear(receipt(older, 'delivered'));
        await core.forgetLimits();
        await resendVerification(core.key(), { verificationId: id });
        await core.quiet();
        const fresh = core.carrier.codeFor(to);
        // News of a dead code do not end the wait for the live one.
        await hear(receipt(older, 'read'));
        expect((await core.verification(id)).next_fallback_at).not.toBeNull();
        const newer = (await core.messages(id)).find(({ cause }) => cause === 'resend');
        if (newer && fate === 'failed') await hear(receipt(newer, 'failed'));
        else await due(id);
        expect(await channels(id)).toEqual(['whatsapp', 'whatsapp', 'sms']);
        expect(core.carrier.codeFor(to)).toBe(fresh);
      } finally {
        await core.setPolicy({ resend_code: 'same_code' });
      }
    },
  );

  test('the same code that arrived before or after a resend ends the wait', async () => {
    const { id } = await begin();
    await core.forgetLimits();
    await resendVerification(core.key(), { verificationId: id });
    await core.quiet();
    const [older] = await core.messages(id);
    if (older) await hear(receipt(older, 'delivered'));
    expect(await core.verification(id)).toMatchObject({ next_fallback_at: null });
    await due(id);
    expect(await channels(id)).toEqual(['whatsapp', 'whatsapp']);
  });

  test('a failure of the older message is no reason for another channel while the newer is on its way', async () => {
    const { id } = await begin();
    await core.forgetLimits();
    await resendVerification(core.key(), { verificationId: id });
    await core.quiet();
    const [older] = await core.messages(id);
    if (older) await hear(receipt(older, 'failed'));
    expect(await channels(id)).toEqual(['whatsapp', 'whatsapp']);
  });

  test('a failure of the older message leaves the newer its time: silence still brings the next channel', async () => {
    const { id } = await begin();
    await core.forgetLimits();
    await resendVerification(core.key(), { verificationId: id });
    await core.quiet();
    const before = await core.verification(id);
    const [older] = await core.messages(id);
    if (older) await hear(receipt(older, 'failed'));
    const after = await core.verification(id);
    expect(after.fallback_cause).toBe('timeout');
    expect(after.next_fallback_at).toEqual(before.next_fallback_at);
    await due(id);
    expect(await channels(id)).toEqual(['whatsapp', 'whatsapp', 'sms']);
  });

  test.each([
    ['with a next channel', {}, ['whatsapp', 'whatsapp', 'sms']],
    ['on the only channel', { channel: 'whatsapp' }, ['whatsapp', 'whatsapp', 'whatsapp']],
  ] as const)(
    'lost with its process %s, it is made good once, whatever is heard of the older message meanwhile',
    async (_, more, expected) => {
      const { id } = await begin(more);
      const [older] = await core.messages(id);
      await core.forgetLimits();
      await liveAndDie(core.carrier, { what: 'record_sends', nth: 1, when: 'before', how: 'dies' }, () =>
        resendVerification(core.key(), { verificationId: id }),
      );
      await core.sql(
        `UPDATE message SET lease_until = now() - interval '1 second' WHERE verification_id = $1 AND lease_until IS NOT NULL`,
        [uuid(id)],
      );
      expect(await sweepLostMessages(database(), 100)).toEqual([uuid(id)]);
      if (older) await hear(receipt(older, 'failed'));
      await fallBack(null, 50);
      await core.quiet();
      expect(await channels(id)).toEqual(expected);
    },
  );

  test('is refused once it has ended, and for a stranger', async () => {
    const { id } = await begin();
    expect(await refusalOf(resendVerification(core.key({ appId: core.otherApp }), { verificationId: id }))).toBe(
      'not_found',
    );
    await cancelVerification(core.key(), { verificationId: id });
    expect(await refusalOf(resendVerification(core.key(), { verificationId: id }))).toBe('verification_closed');
  });
});

describe('canceling', () => {
  test('is done once and answered the same again; other ends are a conflict', async () => {
    const { id, to } = await begin();
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => cancelVerification(core.key(), { verificationId: id })),
    );
    expect(new Set(outcomes.map((resource) => JSON.stringify(resource))).size).toBe(1);
    expect(outcomes[0]).toMatchObject({ status: 'canceled', end_reason: 'by_request', checks_remaining: 0 });
    const approved = await begin();
    await checkVerification(core.key(), { verificationId: approved.id, code: core.carrier.codeFor(approved.to) });
    expect(await refusalOf(cancelVerification(core.key(), { verificationId: approved.id }))).toBe(
      'verification_closed',
    );
    expect(core.carrier.to(to)).toHaveLength(1);
  });

  test('past its lifetime is refused and ends it as expired, before the sweep has come by', async () => {
    const { id } = await begin();
    const uuid = uuidFrom('verification', id) ?? '';
    await core.sql(`UPDATE verification SET expires_at = now() - interval '1 second' WHERE id = $1`, [uuid]);
    expect(await refusalOf(cancelVerification(core.key(), { verificationId: id }))).toBe('verification_closed');
    expect(await core.verification(id)).toMatchObject({
      status: 'expired',
      end_reason: 'lifetime_over',
      is_checkable: false,
      code_macs: [],
    });
  });

  test('takes the code of an undeliverable one that may still arrive: its status stays, and the life says who took it', async () => {
    core.carrier.answer = () => refused('provider_refused');
    const { id, to } = await begin();
    await core.quiet();
    expect((await core.verification(id)).status).toBe('undeliverable');
    const first = await cancelVerification(core.key(), { verificationId: id });
    expect(first).toMatchObject({ status: 'undeliverable', end_reason: 'all_channels_failed', checks_remaining: 0 });
    expect(await cancelVerification(core.key(), { verificationId: id })).toEqual(first);
    expect(await core.verification(id)).toMatchObject({ is_checkable: false, code_macs: [], code_sealed: null });
    const code = core.carrier.codeFor(to);
    expect((await checkVerification(core.key(), { verificationId: id, code })).outcome).toBe('closed');
    const { decisions } = await getVerification(core.key(), { verificationId: id });
    expect(decisions.filter(({ kind }) => kind === 'code_withdrawn')).toEqual([
      expect.objectContaining({ detail: { why: 'by_request' } }),
    ]);
  });

  test('is refused for another app, for another mode, and to a key that may only read', async () => {
    const { id } = await begin();
    const actors = [
      core.key({ appId: core.otherApp }),
      core.key({ livemode: false }),
      core.key({ scopes: ['verifications:read'] }),
    ];
    const outcomes = await Promise.all(
      actors.map((actor) => refusalOf(cancelVerification(actor, { verificationId: id }))),
    );
    expect(outcomes).toEqual(['not_found', 'not_found', 'forbidden']);
  });
});
