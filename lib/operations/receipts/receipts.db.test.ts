import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { seal } from '@/lib/crypto/seal';
import { database, statementCounters, transact } from '@/lib/db/client';
import { applyReceiptRows, ORPHAN_SLICES, type ReceiptRow } from '@/lib/db/receipts';
import { RECEIPT_STATUSES, type ReceiptStatus } from '@/lib/domain/message/states';
import { newUuid, publicId, uuidFrom } from '@/lib/ids';
import { credentialsPlace, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { applyLeftovers } from '@/lib/operations/receipts/apply-kept';
import { applyOrphans } from '@/lib/operations/receipts/apply-orphans';
import { receiveCallback } from '@/lib/operations/receipts/receive';
import { replayCallback } from '@/lib/operations/receipts/replay';
import { cancelVerification } from '@/lib/operations/verifications/cancel';
import { checkVerification } from '@/lib/operations/verifications/check';
import { metaCloud } from '@/lib/providers/meta-cloud';
import type { SendResult } from '@/lib/providers/provider';
import { actorOf } from '@/scripts/testing/actor';
import { accepted, refusalOf, type StoredMessage, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());
afterEach(() => {
  core.carrier.answer = accepted;
});

type Status = { id: string; status: string; message?: string; at?: number; errors?: unknown[] };
const META = 'meta-app-secret';
const metaBody = (statuses: readonly Status[]) =>
  Buffer.from(
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '100200300400500',
          changes: [
            {
              field: 'messages',
              value: {
                statuses: statuses.map(({ id, status, message, at = 1_800_000_000, errors }) => ({
                  id,
                  status,
                  timestamp: String(at),
                  ...(message ? { biz_opaque_callback_data: message } : {}),
                  ...(errors ? { errors } : {}),
                })),
              },
            },
          ],
        },
      ],
    }),
  );
const denialFrom = (to: string, answered?: string) =>
  Buffer.from(
    JSON.stringify({
      entry: [
        {
          id: '1',
          changes: [
            {
              field: 'messages',
              value: {
                messages: [
                  {
                    from: to.slice(1),
                    button: { payload: 'DID_NOT_REQUEST_CODE' },
                    ...(answered ? { context: { id: answered } } : {}),
                  },
                ],
              },
            },
          ],
        },
      ],
    }),
  );
const newestCallback = async () =>
  (
    await core.sql<{ id: string; outcome: string | null }>(
      'SELECT id, outcome FROM callback ORDER BY received_at DESC, id DESC LIMIT 1',
    )
  )[0];
const signed = (raw: Uint8Array, secret = META) => `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`;
const post = (raw: Uint8Array, more: { signature?: string | null; provider?: string; connection?: string } = {}) => {
  const { signature = signed(raw), provider = 'meta-cloud', connection = publicId('connection', core.whatsapp) } = more;
  return receiveCallback({
    provider,
    connection,
    url: `http://127.0.0.1:3000/api/webhooks/${provider}/${connection}`,
    header: (name) =>
      name === 'x-hub-signature-256' ? signature : name === 'content-type' ? 'application/json' : null,
    raw,
    receivedAt: new Date(),
  });
};
const begin = async () => {
  const to = core.phone();
  const { resource } = await core.issue(to);
  await core.quiet();
  const [message] = await core.messages(resource.id);
  if (!message) throw new Error('nothing was sent');
  return {
    id: resource.id,
    to,
    message,
    ours: publicId('message', message.id),
    theirs: message.provider_message_id ?? '',
  };
};
const row = (message: StoredMessage, status: ReceiptStatus, at: number): ReceiptRow => ({
  connectionId: message.connection_id,
  providerMessageId: message.provider_message_id ?? '',
  messageId: null,
  status,
  at: new Date(1_800_000_000_000 + at * 1000),
  receivedAt: new Date(),
  reason: status === 'failed' ? 'unreachable' : null,
  isOffChannel: false,
  providerCode: status === 'failed' ? '131026' : null,
  detail: null,
  chargedMicros: null,
  callbackId: null,
});
const count = async (table: string) =>
  (await core.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n ?? 0;
const permutations = <T>(items: readonly T[]): T[][] =>
  items.length <= 1
    ? [[...items]]
    : items.flatMap((item, n) => permutations(items.filter((_, other) => other !== n)).map((rest) => [item, ...rest]));

describe('receipts are a set, not a sequence', () => {
  test('all 120 orders of accepted, sent, delivered, read and failed end in the same message and the same facts', async () => {
    const orders = permutations(RECEIPT_STATUSES);
    expect(orders).toHaveLength(120);
    const begun = await Promise.all(orders.map(() => begin()));
    await Promise.all(
      orders.map(async (order, n) => {
        const message = begun[n]?.message;
        for (const status of order)
          if (message) await applyReceiptRows(database(), [row(message, status, RECEIPT_STATUSES.indexOf(status))], []);
      }),
    );
    const ends = await core.sql<{ n: number }>(
      `SELECT m.state, m.state_rank, m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.reason, m.provider_code, m.cost_micros, m.next_poll_at,
              (SELECT string_agg(f.status, ',' ORDER BY f.status) FROM receipt f WHERE f.message_id = m.id) AS facts, count(*)::int AS n
         FROM message m WHERE m.id = ANY ($1) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11`,
      [begun.map(({ message }) => message.id)],
    );
    expect(ends).toMatchObject([{ n: 120, state: 'read', facts: 'accepted,delivered,failed,read,sent' }]);
  }, 60_000);

  test('one batch of all of them ends there as well', async () => {
    const { message } = await begin();
    await applyReceiptRows(
      database(),
      [...RECEIPT_STATUSES].reverse().map((status, n) => row(message, status, n)),
      [],
    );
    expect(await core.sql('SELECT state FROM message WHERE id = $1', [message.id])).toEqual([{ state: 'read' }]);
  });

  test('are applied by one plan, whether one comes or many', async () => {
    const begun = await Promise.all(Array.from({ length: 12 }, () => begin()));
    const plans = await transact(async (tx) => {
      const look = {
        name: 'count_plans',
        text: `SELECT generic_plans FROM pg_prepared_statements WHERE name = 'apply_receipts'`,
      };
      for (const { message } of begun) await applyReceiptRows(tx, [row(message, 'sent', 0)], []);
      const [before] = await tx.query<{ generic_plans: string }>(look, []);
      await applyReceiptRows(
        tx,
        begun.map(({ message }) => row(message, 'delivered', 1)),
        [],
      );
      const [after] = await tx.query<{ generic_plans: string }>(look, []);
      return [Number(before?.generic_plans), Number(after?.generic_plans)];
    });
    expect(plans[0]).toBeGreaterThan(0);
    expect(plans[1]).toBe((plans[0] ?? 0) + 1);
  });

  test('without proof of arrival a failure is the end, in every order', async () => {
    for (const order of permutations(['accepted', 'sent', 'failed'] as const)) {
      const { message } = await begin();
      for (const status of order) await applyReceiptRows(database(), [row(message, status, 0)], []);
      expect(await core.sql('SELECT state, reason FROM message WHERE id = $1', [message.id])).toEqual([
        { state: 'failed', reason: 'unreachable' },
      ]);
    }
  });

  test('two failures leave reason, code and detail of the one that came first by the provider, in every order', async () => {
    const failures = [
      { at: 5, reason: 'expired_in_transit', providerCode: '131049', detail: 'later' },
      { at: 3, reason: 'unreachable', providerCode: '131026', detail: 'earlier' },
    ] as const;
    for (const order of [failures, failures.toReversed()]) {
      const { message } = await begin();
      for (const { at, ...told } of order)
        await applyReceiptRows(database(), [{ ...row(message, 'failed', at), ...told }], []);
      expect(await core.sql('SELECT reason, provider_code, detail FROM message WHERE id = $1', [message.id])).toEqual([
        { reason: 'unreachable', provider_code: '131026', detail: 'earlier' },
      ]);
    }
  });

  test('what was charged is what it costs, in every order of receipts', async () => {
    const facts = [
      { status: 'sent' as const, at: 1, chargedMicros: null },
      { status: 'failed' as const, at: 2, chargedMicros: 0 },
      { status: 'delivered' as const, at: 3, chargedMicros: 25_000 },
      { status: 'read' as const, at: 4, chargedMicros: null },
    ];
    for (const order of permutations(facts)) {
      const { message } = await begin();
      for (const { status, at, chargedMicros } of order)
        await applyReceiptRows(database(), [{ ...row(message, status, at), chargedMicros }], []);
      expect(await core.sql('SELECT cost_micros FROM message WHERE id = $1', [message.id])).toEqual([
        { cost_micros: '25000' },
      ]);
    }
  });

  test('receipts from 4 pools at once lose nothing and never step back', async () => {
    const processes = [core.otherProcess(), core.otherProcess(), core.otherProcess(), core.otherProcess()];
    const begun = await Promise.all(Array.from({ length: 20 }, () => begin()));
    await Promise.all(
      RECEIPT_STATUSES.flatMap((status, n) =>
        begun.map(({ message }) => applyReceiptRows(processes[n % 4] ?? database(), [row(message, status, n)], [])),
      ),
    );
    const states = await core.sql('SELECT DISTINCT state FROM message WHERE id = ANY ($1)', [
      begun.map(({ message }) => message.id),
    ]);
    expect(states).toEqual([{ state: 'read' }]);
  });

  test('a receipt before the send has answered finds its message by our own id, and the answer does not undo it', async () => {
    let settle: (result: SendResult) => void = () => {};
    let messageId = '';
    core.carrier.answer = (sent) => {
      messageId = sent.messageId;
      return new Promise((resolve) => {
        settle = resolve;
      });
    };
    const { resource } = await core.issue(core.phone());
    await expect.poll(() => messageId).not.toBe('');
    expect(await post(metaBody([{ id: 'wamid.early', status: 'delivered', message: messageId }]))).toBe('kept');
    await expect.poll(async () => (await core.messages(resource.id))[0]?.state).toBe('delivered');
    settle({ kind: 'accepted', providerMessageId: 'wamid.early', segments: 1 });
    await core.quiet();
    expect(await core.messages(resource.id)).toMatchObject([
      { state: 'delivered', provider_message_id: 'wamid.early', lease_token: null },
    ]);
    expect(await core.verification(resource.id)).toMatchObject({ next_fallback_at: null });
  });

  test('a receipt before the send has answered that names only the provider’s id waits, and is applied when the id is known', async () => {
    const before = await count('receipt');
    let settle: (result: SendResult) => void = () => {};
    core.carrier.answer = () =>
      new Promise((resolve) => {
        settle = resolve;
      });
    const { resource } = await core.issue(core.phone());
    await post(metaBody([{ id: 'wamid.orphan', status: 'delivered' }]));
    await expect.poll(() => count('receipt')).toBe(before + 1);
    expect(await core.messages(resource.id)).toMatchObject([{ state: 'submitted' }]);
    settle({ kind: 'accepted', providerMessageId: 'wamid.orphan', segments: 1 });
    await core.quiet();
    await applyOrphans();
    expect(await core.messages(resource.id)).toMatchObject([{ state: 'delivered' }]);
    expect(await applyOrphans()).toBe(0);
  });

  test('a receipt whose message became known hours later is applied within one round of looks, however many others’ receipts there are', async () => {
    core.carrier.answer = accepted;
    const { resource } = await core.issue(core.phone());
    await core.quiet();
    const [message] = await core.messages(resource.id);
    const ids = [...Array.from({ length: 300 }, (_, n) => `wamid.others${n}`), message?.provider_message_id ?? ''];
    await core.sql(
      `INSERT INTO receipt (connection_id, provider_message_id, status, at, received_at)
       SELECT $1, id, 'delivered', now() - interval '3 hours', now() - interval '3 hours' FROM unnest($2::text[]) AS u(id)`,
      [message?.connection_id, ids],
    );
    let found = 0;
    for (let look = 0; look < ORPHAN_SLICES && found === 0; look += 1) found += await applyOrphans(10);
    expect(found).toBe(1);
    expect(await core.messages(resource.id)).toMatchObject([{ state: 'delivered' }]);
  });

  test('late truth is kept and resurrects nothing', async () => {
    const { id, to, theirs, message } = await begin();
    await checkVerification(core.key(), { verificationId: id, code: core.carrier.codeFor(to) });
    const ended = await core.verification(id);
    await post(
      metaBody([
        { id: theirs, status: 'failed' },
        { id: theirs, status: 'delivered' },
      ]),
    );
    await core.quiet();
    expect(await core.verification(id)).toEqual(ended);
    expect(await core.sql('SELECT state FROM message WHERE id = $1', [message.id])).toEqual([{ state: 'delivered' }]);
    expect(await core.messages(id)).toHaveLength(1);
  });
});

describe('a callback', () => {
  test('100 copies of one at once are all taken, kept once and have one effect', async () => {
    const { id, theirs } = await begin();
    const [callbacks, facts] = [await count('callback'), await count('receipt')];
    const raw = metaBody([{ id: theirs, status: 'failed', errors: [{ code: 131026, title: 'x' }] }]);
    const receptions = await Promise.all(Array.from({ length: 100 }, () => post(raw)));
    await core.quiet();
    expect(new Set(receptions)).toEqual(new Set(['kept']));
    expect([await count('callback'), await count('receipt')]).toEqual([callbacks + 1, facts + 1]);
    expect((await core.messages(id)).map(({ channel }) => channel)).toEqual(['whatsapp', 'sms']);
  });

  test('1000 statuses in one POST are all applied', async () => {
    const begun = await Promise.all(Array.from({ length: 250 }, () => begin()));
    const statuses = begun.flatMap(({ theirs }) =>
      ['sent', 'delivered', 'read', 'sent'].map((status) => ({ id: theirs, status })),
    );
    expect(await post(metaBody(statuses))).toBe('kept');
    await core.quiet();
    const states = await core.sql('SELECT state, count(*)::int AS n FROM message WHERE id = ANY ($1) GROUP BY 1', [
      begun.map(({ message }) => message.id),
    ]);
    expect(states).toEqual([{ state: 'read', n: 250 }]);
    expect(await core.sql('SELECT 1 FROM callback WHERE applied_at IS NULL')).toEqual([]);
  }, 60_000);

  test('3000 statuses in one POST are all applied, in statements of at most 500', async () => {
    const begun = await Promise.all(Array.from({ length: 10 }, () => begin()));
    const known = begun.map(({ theirs }) => ({ id: theirs, status: 'delivered' }));
    const unknown = Array.from({ length: 3000 - known.length }, (_, n) => ({ id: `wamid.other-${n}`, status: 'sent' }));
    const applied = () => statementCounters().byName.get('apply_receipts') ?? 0;
    const before = applied();
    // Those that move something come last: in the last of the statements.
    expect(await post(metaBody([...unknown, ...known]))).toBe('kept');
    await core.quiet();
    expect(applied() - before).toBe(6);
    const states = await core.sql('SELECT state, count(*)::int AS n FROM message WHERE id = ANY ($1) GROUP BY 1', [
      begun.map(({ message }) => message.id),
    ]);
    expect(states).toEqual([{ state: 'delivered', n: 10 }]);
    expect(await core.sql('SELECT 1 FROM callback WHERE applied_at IS NULL')).toEqual([]);
  }, 60_000);

  test('100 of them at 64 connections share at most 20 commits', async () => {
    const begun = await Promise.all(Array.from({ length: 100 }, () => begin()));
    const commits = () =>
      ['keep_callbacks', 'apply_receipts'].reduce((sum, name) => sum + (statementCounters().byName.get(name) ?? 0), 0);
    const before = commits();
    const waiting = [...begun];
    await Promise.all(
      Array.from({ length: 64 }, async () => {
        for (let next = waiting.pop(); next; next = waiting.pop())
          await post(metaBody([{ id: next.theirs, status: 'sent' }]));
      }),
    );
    await core.quiet();
    expect(commits() - before).toBeLessThanOrEqual(20);
  }, 60_000);

  test('is kept sealed: neither number nor body can be read from the table', async () => {
    const raw = metaBody([{ id: 'wamid.canary-4242', status: 'sent' }]);
    await post(raw);
    await core.quiet();
    const rows = await core.sql<{ body: string }>(`SELECT encode(body_sealed, 'escape') AS body FROM callback`);
    expect(rows.some(({ body }) => body.includes('canary-4242'))).toBe(false);
  });

  const raw = metaBody([{ id: 'wamid.x', status: 'sent' }]);
  test.each<[string, { signature?: string | null; provider?: string; connection?: string }, string]>([
    ['no signature', { signature: null }, 'not_authentic'],
    ['an empty signature', { signature: '' }, 'not_authentic'],
    ['the signature of another secret', { signature: signed(raw, 'other') }, 'not_authentic'],
    ['a signature in upper case', { signature: signed(raw).toUpperCase() }, 'not_authentic'],
    ['a truncated signature', { signature: signed(raw).slice(0, -1) }, 'not_authentic'],
    ['the signature of another body', { signature: signed(metaBody([])) }, 'not_authentic'],
    ['an unknown provider', { provider: 'nexmo' }, 'unknown_connection'],
    ['a prototype’s name for a provider', { provider: '__proto__' }, 'unknown_connection'],
    [
      'an unknown connection',
      { connection: publicId('connection', '01999999-0000-7000-8000-000000000000') },
      'unknown_connection',
    ],
    ['an id that is none', { connection: 'con_1' }, 'unknown_connection'],
  ])('with %s is %s and leaves no trace', async (_, more, reception) => {
    const before = [await count('callback'), await count('receipt')];
    expect(await post(raw, more)).toBe(reception);
    expect([await count('callback'), await count('receipt')]).toEqual(before);
  });

  test('signed for one connection is nothing at another', async () => {
    const before = await count('callback');
    expect(await post(raw, { provider: 'twilio', connection: publicId('connection', core.sms) })).toBe('not_authentic');
    expect(await post(raw, { provider: 'twilio', connection: publicId('connection', core.whatsapp) })).toBe(
      'unknown_connection',
    );
    expect(await count('callback')).toBe(before);
  });

  test('of one connection cannot touch a message of another, even when it names it', async () => {
    const { resource } = await core.issue(core.phone(), { channel: 'sms' });
    await core.quiet();
    const [message] = await core.messages(resource.id);
    await post(metaBody([{ id: 'wamid.foreign', status: 'failed', message: publicId('message', message?.id ?? '') }]));
    await core.quiet();
    expect(await core.messages(resource.id)).toMatchObject([{ state: 'accepted' }]);
  });

  test.each([
    ['not JSON', Buffer.from('{')],
    ['no webhook', Buffer.from('[]')],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['empty', Buffer.alloc(0)],
  ])('that is signed but %s is malformed, and kept once for whoever mends the reading', async (_, body) => {
    const before = await count('callback');
    expect(await post(body)).toBe('malformed');
    expect(await post(body)).toBe('malformed');
    expect(await count('callback')).toBe(before + 1);
    expect(await newestCallback()).toMatchObject({ outcome: 'malformed' });
  });

  test('that its adapter fails on is answered with 2xx and kept, and applied once the adapter is mended', async () => {
    const { message, theirs } = await begin();
    const broken = vi.spyOn(metaCloud, 'readEvents').mockImplementation(() => {
      throw new TypeError('a field that is new to us');
    });
    try {
      expect(await post(metaBody([{ id: theirs, status: 'delivered' }]))).toBe('kept');
    } finally {
      broken.mockRestore();
    }
    await core.quiet();
    const kept = await newestCallback();
    expect(kept).toMatchObject({ outcome: null });
    expect(await replayCallback(actorOf('owner'), { callbackId: kept?.id ?? '' })).toBe('applied');
    expect(await core.sql('SELECT state FROM message WHERE id = $1', [message.id])).toEqual([{ state: 'delivered' }]);
    expect(await newestCallback()).toMatchObject({ outcome: 'applied' });
  });

  test('with text that Postgres cannot keep is applied all the same', async () => {
    const { message, ours } = await begin();
    await post(
      metaBody([
        {
          id: 'wamid.\0\ud800',
          status: 'failed',
          message: ours,
          errors: [{ code: 1, title: '\ud83d', message: '\0' }],
        },
      ]),
    );
    await core.quiet();
    expect(await core.sql('SELECT state FROM message WHERE id = $1', [message.id])).toEqual([{ state: 'failed' }]);
  });

  test('replayed by a person changes nothing that it did not change before', async () => {
    const { id, theirs } = await begin();
    await post(metaBody([{ id: theirs, status: 'failed' }]));
    await core.quiet();
    const [kept] = await core.sql<{ id: string }>('SELECT id FROM callback ORDER BY received_at DESC, id DESC LIMIT 1');
    const before = [await core.verification(id), await core.messages(id), await count('receipt')];
    const owner = actorOf('owner');
    for (let n = 0; n < 3; n += 1) expect(await replayCallback(owner, { callbackId: kept?.id ?? '' })).toBe('applied');
    await core.quiet();
    expect([await core.verification(id), await core.messages(id), await count('receipt')]).toEqual(before);
    expect(await refusalOf(replayCallback({ ...owner, role: 'analyst' }, { callbackId: kept?.id ?? '' }))).toBe(
      'forbidden',
    );
    expect(await refusalOf(replayCallback(core.key(), { callbackId: kept?.id ?? '' }))).toBe('forbidden');
  });

  test('by which a person says that they asked for no code ends what they answered, and nothing newer, however late and often it comes', async () => {
    const { id, to, theirs } = await begin();
    const denial = denialFrom(to, theirs);
    await core.sql(`UPDATE verification SET status = 'expired', is_checkable = false, ended_at = now() WHERE id = $1`, [
      uuidFrom('verification', id),
    ]);
    await core.forgetLimits();
    const { resource: newer } = await core.issue(to);
    await core.quiet();
    await post(denial);
    await core.quiet();
    const [kept] = await core.sql<{ id: string }>('SELECT id FROM callback ORDER BY received_at DESC, id DESC LIMIT 1');
    await replayCallback(actorOf('owner'), { callbackId: kept?.id ?? '' });
    expect(await core.verification(newer.id)).toMatchObject({ status: 'pending' });
    const [message] = await core.messages(newer.id);
    await post(denialFrom(to, message?.provider_message_id ?? ''));
    await core.quiet();
    expect(await core.verification(newer.id)).toMatchObject({ status: 'canceled', end_reason: 'code_denied' });
  });

  test('by which a person says that they asked for no code takes the code of an undeliverable one too', async () => {
    const { id, to, theirs } = await begin();
    await core.sql(
      `UPDATE verification SET status = 'undeliverable', end_reason = 'all_channels_failed', ended_at = now() WHERE id = $1`,
      [uuidFrom('verification', id)],
    );
    await post(denialFrom(to, theirs));
    await core.quiet();
    expect(await core.verification(id)).toMatchObject({ status: 'undeliverable', is_checkable: false, code_macs: [] });
  });

  test('by which a person says that they asked for no code ends what runs for their number', async () => {
    const { id, to } = await begin();
    await post(denialFrom(to));
    await core.quiet();
    expect(await core.verification(id)).toMatchObject({ status: 'canceled', end_reason: 'code_denied', code_macs: [] });
  });
});

describe('Meta posts all numbers of an app to the address of one', () => {
  /** A second number of the same app, or of an app with a secret of its own, which has sent one message. */
  const neighbour = async (secret: string) => {
    const id = newUuid();
    const number = String(300_000_000_000 + neighbours);
    const waba = String(400_000_000_000 + neighbours);
    neighbours += 1;
    await core.sql(
      `INSERT INTO connection (id, provider, name, base_url, settings, credentials_sealed, price_rule)
       SELECT $1, provider, $2, base_url, settings || $3::jsonb, $4, price_rule FROM connection WHERE id = $5`,
      [
        id,
        `number ${number}`,
        JSON.stringify({ phone_number_id: number, waba_id: waba }),
        seal(
          JSON.stringify({ access_token: 'token', app_secret: secret, verify_token: 'verify' }),
          credentialsPlace(id),
        ),
        core.whatsapp,
      ],
    );
    await core.sql(
      `INSERT INTO template (id, channel, locale, provider_name, connection_id, status) VALUES ($1, 'whatsapp', 'en', 'otp_code_v1', $2, 'approved')`,
      [newUuid(), id],
    );
    await reloadConfiguration();
    const begun = await begin();
    await core.sql('UPDATE message SET connection_id = $1 WHERE id = $2', [id, begun.message.id]);
    return { connection: id, number, waba, ...begun };
  };
  let neighbours = 0;
  const news = (number: string, waba: string, value: object, field = 'messages') =>
    Buffer.from(
      JSON.stringify({
        entry: [{ id: waba, changes: [{ field, value: { ...value, metadata: { phone_number_id: number } } }] }],
      }),
    );
  const stateOf = async (id: string) =>
    (await core.sql<{ state: string }>('SELECT state FROM message WHERE id = $1', [id]))[0]?.state;
  const templatesOf = (connection: string) =>
    core.sql('SELECT DISTINCT status FROM template WHERE connection_id = $1', [connection]);

  test('receipts, denials and news of templates reach the number that they name', async () => {
    const { connection, number, waba, message, theirs, to, id } = await neighbour(META);
    await post(news(number, waba, { statuses: [{ id: theirs, status: 'delivered', timestamp: '1800000000' }] }));
    await core.quiet();
    expect(await stateOf(message.id)).toBe('delivered');
    const paused = { event: 'PAUSED', message_template_name: 'otp_code_v1', message_template_language: 'en' };
    await post(news(number, waba, paused, 'message_template_status_update'));
    await core.quiet();
    expect(await templatesOf(connection)).toEqual([{ status: 'paused' }]);
    expect(await templatesOf(core.whatsapp)).toEqual([{ status: 'approved' }]);
    const button = { payload: 'DID_NOT_REQUEST_CODE' };
    await post(news(number, waba, { messages: [{ from: to.slice(1), button, context: { id: theirs } }] }));
    await core.quiet();
    expect(await core.verification(id)).toMatchObject({ status: 'canceled', end_reason: 'code_denied' });
  });

  test('also when the callback is read again', async () => {
    const { number, waba, message, theirs } = await neighbour(META);
    await post(news(number, waba, { statuses: [{ id: theirs, status: 'read', timestamp: '1800000000' }] }));
    await core.quiet();
    await core.sql(`UPDATE message SET state = 'accepted', state_rank = 3 WHERE id = $1`, [message.id]);
    const [kept] = await core.sql<{ id: string }>('SELECT id FROM callback ORDER BY received_at DESC, id DESC LIMIT 1');
    await replayCallback(actorOf('owner'), { callbackId: kept?.id ?? '' });
    await core.quiet();
    expect(await stateOf(message.id)).toBe('read');
  });

  test('a number whose callbacks another secret signs is not moved by them', async () => {
    const { number, waba, message, theirs } = await neighbour('secret-of-another-app');
    await post(news(number, waba, { statuses: [{ id: theirs, status: 'delivered', timestamp: '1800000000' }] }));
    await core.quiet();
    expect(await stateOf(message.id)).toBe('accepted');
  });
});

describe('a process that died after its 2xx', () => {
  /** Kept as by a process that did not come to apply it. */
  const forget = () =>
    core.sql(
      `UPDATE callback SET applied_at = NULL, outcome = NULL, received_at = now() - interval '5 seconds', tries = 0 WHERE id = (SELECT id FROM callback ORDER BY received_at DESC, id DESC LIMIT 1) RETURNING id`,
    );

  test('leaves callbacks that others apply to one effect', async () => {
    const { message, theirs } = await begin();
    await post(metaBody([{ id: theirs, status: 'delivered' }]));
    await core.quiet();
    await core.sql(`UPDATE message SET state = 'accepted', state_rank = 3, delivered_at = NULL WHERE id = $1`, [
      message.id,
    ]);
    await core.sql('DELETE FROM receipt WHERE message_id = $1', [message.id]);
    await forget();
    const taken = await Promise.all(Array.from({ length: 5 }, () => applyLeftovers()));
    expect(taken.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0);
    await core.quiet();
    expect(await core.sql('SELECT state FROM message WHERE id = $1', [message.id])).toEqual([{ state: 'delivered' }]);
  });

  test('before a denied code had its effect loses none of it, and nothing of the callbacks beside it', async () => {
    const { id, to } = await begin();
    const { message, theirs } = await begin();
    await core.sql(
      `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the process died'; END $$`,
    );
    await core.sql(
      `CREATE TRIGGER die BEFORE UPDATE ON verification FOR EACH ROW WHEN (NEW.status = 'canceled') EXECUTE FUNCTION die()`,
    );
    await post(denialFrom(to, (await core.messages(id))[0]?.provider_message_id ?? undefined));
    await post(metaBody([{ id: theirs, status: 'delivered' }]));
    await core.quiet();
    await core.sql('DROP FUNCTION die CASCADE');
    expect(await core.verification(id)).toMatchObject({ status: 'pending' });
    expect(await core.sql('SELECT state FROM message WHERE id = $1', [message.id])).toEqual([{ state: 'delivered' }]);
    const left = await core.sql(
      `UPDATE callback SET received_at = now() - interval '5 seconds' WHERE applied_at IS NULL RETURNING id`,
    );
    expect(left).toHaveLength(1);
    expect(await applyLeftovers()).toBe(1);
    expect(await core.verification(id)).toMatchObject({ status: 'canceled', end_reason: 'code_denied' });
    expect(await core.sql('SELECT 1 FROM callback WHERE applied_at IS NULL')).toEqual([]);
  });

  test('one that cannot be applied holds up none of the others, and is tried a bounded number of times', async () => {
    await post(metaBody([{ id: 'wamid.poison', status: 'sent' }]));
    await core.quiet();
    const [poison] = await core.sql<{ id: string }>(
      'SELECT id FROM callback ORDER BY received_at DESC, id DESC LIMIT 1',
    );
    await core.sql(
      `UPDATE callback SET body_sealed = '\\x00', applied_at = NULL, received_at = now() - interval '1 hour', tries = 0 WHERE id = $1`,
      [poison?.id],
    );
    const { message, theirs } = await begin();
    await post(metaBody([{ id: theirs, status: 'read' }]));
    await core.quiet();
    await core.sql(`UPDATE message SET state = 'accepted', state_rank = 3 WHERE id = $1`, [message.id]);
    await forget();
    await applyLeftovers();
    await core.quiet();
    expect(await core.sql('SELECT state FROM message WHERE id = $1', [message.id])).toEqual([{ state: 'read' }]);
    for (let n = 0; n < 12; n += 1) await applyLeftovers();
    expect(await core.sql('SELECT tries FROM callback WHERE id = $1', [poison?.id])).toEqual([{ tries: 10 }]);
    expect(await applyLeftovers()).toBe(0);
  });
});

test('an analyst may not cancel, a stranger may not replay', async () => {
  const { id } = await begin();
  const analyst = actorOf('analyst');
  expect(await refusalOf(cancelVerification(analyst, { verificationId: id }))).toBe('forbidden');
  expect(uuidFrom('verification', id)).not.toBeNull();
});
