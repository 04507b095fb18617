import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { database, reports, transact, transactRollups } from '@/lib/db/client';
import { applyReceiptRows, type ReceiptRow } from '@/lib/db/receipts';
import { ALL_APPS, countedNow, countedUntil, lockRollups, projectRollups } from '@/lib/db/rollups/project';
import { expireVerifications } from '@/lib/db/timers';
import { zoneOfCountry } from '@/lib/domain/phone/country-zones';
import {
  type Closed,
  type Cut,
  DURATION_CUTS,
  grainsOf,
  isWrittenAtOnce,
  MESSAGE_CUTS,
  VERIFICATION_CUTS,
  WEEK_CUT,
} from '@/lib/domain/stats/cuts';
import { bucketOf } from '@/lib/domain/stats/histogram';
import { DURATIONS, type Duration, MESSAGE_MEASURES, VERIFICATION_MEASURES } from '@/lib/domain/stats/measures';
import { weekHourOf } from '@/lib/domain/stats/time-steps';
import { newUuid, uuidFrom } from '@/lib/ids';
import { readDurations } from '@/lib/operations/analytics/durations';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { closeRollups } from '@/lib/operations/rollups/close';
import { rebuildRollups } from '@/lib/operations/rollups/rebuild';
import { CHANGES_MAX, refreshRollups } from '@/lib/operations/rollups/refresh';
import { cancelVerification } from '@/lib/operations/verifications/cancel';
import { checkVerification } from '@/lib/operations/verifications/check';
import { resendVerification } from '@/lib/operations/verifications/resend';
import type { SendResult } from '@/lib/providers/provider';
import { actorOf } from '@/scripts/testing/actor';
import { accepted, refused, startTestCore, type TestCore } from '@/scripts/testing/core';
import { randomOf, type TestRandom } from '@/scripts/testing/random';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());
afterEach(() => {
  core.carrier.answer = accepted;
});

const uuid = (id: string) => uuidFrom('verification', id) ?? id;
const drain = async () => {
  while ((await refreshRollups()) > 0);
};

type Row = Record<string, string | number | boolean | null>;
type Sent = {
  id: string;
  verification_id: string;
  submitted_at: Date;
  delivered_at: Date | null;
  read_at: Date | null;
} & Record<
  'cause' | 'channel' | 'connection_id' | 'template' | 'locale' | 'state' | 'cost_micros' | 'price_micros' | 'segments',
  string
> &
  Record<'reason' | 'provider_message_id', string | null>;
type Base = {
  verifications: (Row & { id: string; approved_at: Date | null })[];
  messages: Sent[];
  receipts: { message_id: string | null; status: string; at: Date; received_at: Date; charged_micros: string | null }[];
  events: { verification_id: string; detail: { cause?: string; channel?: string } }[];
  late: { verification_id: string }[];
  plans: { id: string; body: { steps: { channel: string; priceMicros: number; segments?: number }[] } }[];
};

async function base(): Promise<Base> {
  const [verifications, messages, receipts, events, late, plans] = await Promise.all([
    core.sql<Base['verifications'][number]>('SELECT * FROM verification WHERE livemode'),
    core.sql<Base['messages'][number]>('SELECT * FROM message ORDER BY submitted_at, id'),
    core.sql<Base['receipts'][number]>('SELECT * FROM receipt'),
    core.sql<Base['events'][number]>(
      `SELECT verification_id, detail FROM verification_event WHERE kind = 'fallback' ORDER BY at, id`,
    ),
    core.sql<Base['late'][number]>(`SELECT verification_id FROM check_attempt WHERE outcome = 'expired'`),
    core.sql<Base['plans'][number]>('SELECT id, body FROM plan'),
  ]);
  return { verifications, messages, receipts, events, late, plans };
}

const earliest = (dates: readonly (Date | null)[]): Date | null =>
  dates.reduce<Date | null>((min, at) => (at && (!min || at < min) ? at : min), null);
const one = (holds: boolean) => (holds ? 1 : 0);

/** Counted from the base rows by other means than the product's: in this process, row by row, by the definitions. */
function recount(
  { verifications, messages, receipts, events, late, plans }: Base,
  closed: Closed,
): Map<string, Record<string, number>> {
  /** Steps that a cut has of a moment. */
  const stepsAt = (cut: Cut, at: number) =>
    grainsOf(cut).filter((grain) => isWrittenAtOnce(cut, grain) || at < closed[grain as keyof Closed].getTime());
  const cells = new Map<string, Record<string, number>>();
  const add = (
    table: string,
    cuts: readonly (Cut & { duration?: number })[],
    keys: Record<string, string>,
    app: string,
    at: number,
    extra: string,
    measures: Record<string, number>,
  ) => {
    for (const cut of cuts)
      for (const grain of stepsAt(cut, at))
        for (const appId of cut.isWide ? [app] : [app, ALL_APPS]) {
          if (cut.keys.includes('reason') && !cut.isWide && keys.reason === '') continue;
          const kept = Object.entries(keys).map(([key, value]) =>
            cut.keys.includes(key as never) ? value : key === 'connection' ? ALL_APPS : '',
          );
          put(
            [table, cut.code, grain, appId, Math.floor(at / (grain * 60_000)) * grain * 60_000, ...kept, extra].join(
              '|',
            ),
            measures,
          );
        }
  };
  const put = (key: string, measures: Record<string, number>) => {
    const cell = cells.get(key) ?? {};
    for (const [name, n] of Object.entries(measures)) cell[name] = (cell[name] ?? 0) + n;
    cells.set(key, cell);
  };

  for (const v of verifications) {
    const at = Number.parseInt(v.id.replaceAll('-', '').slice(0, 12), 16);
    const app = String(v.app_id);
    const isApproved = v.status === 'approved';
    const sent = messages
      .filter(({ verification_id }) => verification_id === v.id)
      .map((m) => {
        const heard = receipts.filter(({ message_id }) => message_id === m.id);
        const arrivals = heard.filter(({ status }) => status === 'delivered' || status === 'read');
        const arrivedAt = earliest([m.delivered_at, m.read_at]);
        const received = earliest(arrivals.map(({ received_at }) => received_at));
        const said = earliest(arrivals.map((receipt) => receipt.at));
        const charges = heard.flatMap(({ charged_micros }) =>
          charged_micros === null ? [] : [Number(charged_micros)],
        );
        return {
          ...m,
          arrivedAt,
          lagMs: received && said ? received.getTime() - said.getTime() : null,
          charged: charges.length > 0 ? Math.max(...charges) : null,
          cost: Number(m.cost_micros),
        };
      });
    const first = sent[0];
    const arrivedAt = earliest(sent.map((m) => m.arrivedAt));
    const credited =
      sent.find(({ id }) => id === v.credited_message_id) ??
      [...sent].sort(
        (a, b) =>
          (a.arrivedAt?.getTime() ?? Number.POSITIVE_INFINITY) - (b.arrivedAt?.getTime() ?? Number.POSITIVE_INFINITY) ||
          b.submitted_at.getTime() - a.submitted_at.getTime() ||
          (a.id < b.id ? -1 : 1),
      )[0];
    const fallbacks = sent.filter(({ cause, channel }) => cause === 'fallback' && channel !== 'whatsapp');
    const fellBackAt = earliest(fallbacks.map((m) => m.submitted_at));
    const wentOutAt = earliest(
      fallbacks.filter(({ provider_message_id }) => provider_message_id !== null).map((m) => m.submitted_at),
    );
    const fellBack = fellBackAt !== null && first?.channel === 'whatsapp';
    const cause = events.find(
      ({ verification_id, detail }) => verification_id === v.id && detail.channel !== 'whatsapp',
    )?.detail.cause;
    const duplicates = sent.filter(
      (m) =>
        fellBack &&
        m.channel === 'whatsapp' &&
        m.arrivedAt &&
        wentOutAt &&
        m.submitted_at < wentOutAt &&
        m.arrivedAt > wentOutAt,
    );
    const isLate = late.some(({ verification_id }) => verification_id === v.id);
    const cost = sent.reduce((sum, m) => sum + m.cost, 0);
    const smsStep = plans.find(({ id }) => id === v.plan_id)?.body.steps.find(({ channel }) => channel === 'sms');
    const smsParts = sent
      .filter(({ channel, provider_message_id }) => channel === 'sms' && provider_message_id !== null)
      .map(({ segments }) => Number(segments));
    const smsCost =
      smsStep && smsStep.priceMicros * (smsParts.length > 0 ? Math.max(...smsParts) : (smsStep.segments ?? 1));
    const checks = Number(v.checks_used);
    const respond =
      isApproved && arrivedAt && v.approved_at && v.approved_at >= arrivedAt
        ? bucketOf(v.approved_at.getTime() - arrivedAt.getTime())
        : null;
    const verify =
      isApproved && first && v.approved_at ? bucketOf(v.approved_at.getTime() - first.submitted_at.getTime()) : null;
    const rescue =
      isApproved && fellBack && first ? bucketOf(fellBackAt.getTime() - first.submitted_at.getTime()) : null;
    const keys = {
      use_case: String(v.use_case),
      country: String(v.country),
      channel: String(first?.channel ?? ''),
      connection: String(first?.connection_id ?? ALL_APPS),
      template: String(first?.template ?? ''),
      locale: String(v.locale),
    };
    const pending = v.status === 'pending';
    const measures: Record<keyof typeof VERIFICATION_MEASURES, number> = {
      created: 1,
      approved: one(isApproved),
      expired: one(v.status === 'expired'),
      locked: one(v.status === 'locked'),
      canceled: one(v.status === 'canceled'),
      undeliverable: one(v.status === 'undeliverable'),
      submitted: one(sent.length > 0),
      accepted: one(sent.some((m) => m.provider_message_id !== null)),
      delivered: one(arrivedAt !== null),
      read: one(sent.some((m) => m.state === 'read')),
      checked: one(checks > 0 || isLate),
      checks,
      wrong_checks: checks - one(isApproved),
      late_checked: one(v.status === 'expired' && isLate),
      resent: one(Number(v.resends_used) > 0),
      started_whatsapp: one(first?.channel === 'whatsapp'),
      fell_back: one(fellBack),
      fell_back_failed: one(fellBack && cause === 'failed'),
      fell_back_timeout: one(fellBack && (cause === 'timeout' || cause === 'lost')),
      rescued: one(fellBack && isApproved),
      duplicated: one(duplicates.length > 0),
      responded: one(respond !== null),
      response_bucket_sum: respond ?? 0,
      cost_micros: cost,
      wasted_micros: pending
        ? 0
        : isApproved
          ? sent.filter(({ channel }) => channel !== credited?.channel).reduce((sum, m) => sum + m.cost, 0)
          : cost,
      duplicate_micros: duplicates.reduce((sum, m) => sum + m.cost, 0),
      all_sms_micros: smsCost === undefined ? 0 : smsCost * (1 + Number(v.resends_used)),
      comparable_micros: smsCost === undefined ? 0 : cost,
    };
    add('v', VERIFICATION_CUTS, keys, app, at, `-1|${pending}`, measures);
    for (const grain of stepsAt({ code: WEEK_CUT, keys: [] }, at))
      for (const appId of [app, ALL_APPS]) {
        const begin = Math.floor(at / (grain * 60_000)) * grain * 60_000;
        const hour = weekHourOf(new Date(at), zoneOfCountry(String(v.country)));
        put(['v', WEEK_CUT, grain, appId, begin, '', '', '', ALL_APPS, '', '', hour, pending].join('|'), measures);
      }
    const time = (duration: Duration, bucket: number | null, of: Record<string, string>) => {
      if (bucket !== null)
        add('d', DURATION_CUTS[duration], of, app, at, `${Object.keys(DURATIONS).indexOf(duration)}|${bucket}`, {
          n: 1,
        });
    };
    time('respond', respond, keys);
    time('verify', verify, keys);
    time('rescue', rescue, keys);

    for (const m of sent) {
      const of = {
        ...keys,
        channel: String(m.channel),
        connection: String(m.connection_id),
        template: String(m.template),
        locale: String(m.locale),
      };
      const isAccepted = m.provider_message_id !== null;
      const isFailed = m.state === 'failed';
      const isDelivered = m.state === 'delivered' || m.state === 'read';
      const counted: Record<keyof typeof MESSAGE_MEASURES, number> = {
        messages: 1,
        accepted: one(isAccepted),
        traced: one(isAccepted && m.channel !== 'email'),
        delivered: one(isDelivered),
        read: one(m.state === 'read'),
        failed: one(isFailed),
        unknown: one(!isFailed && !isDelivered && (m.channel !== 'email' || !isAccepted)),
        credited: one(isApproved && credited?.id === m.id),
        cost_micros: m.cost,
        billed: one(m.charged !== null),
        billed_micros: m.charged ?? 0,
        billed_estimate_micros: m.charged === null ? 0 : Number(m.price_micros) * Number(m.segments),
      };
      add(
        'm',
        MESSAGE_CUTS,
        { ...of, reason: isFailed ? String(m.reason ?? 'unrecognised') : '' },
        app,
        at,
        String(pending),
        counted,
      );
      time('deliver', m.arrivedAt ? bucketOf(m.arrivedAt.getTime() - m.submitted_at.getTime()) : null, of);
      time('webhook_lag', m.lagMs === null ? null : bucketOf(m.lagMs), of);
    }
  }
  return cells;
}

/** What the rollups say, in the same words; rows that came to nothing are nothing. */
async function rollups(): Promise<Map<string, Record<string, number>>> {
  const cells = new Map<string, Record<string, number>>();
  const keys = ['use_case', 'country', 'channel', 'connection_id', 'template', 'locale'];
  const read = async (table: string, letter: string, more: (row: Row) => unknown[], measures: readonly string[]) => {
    for (const row of await core.sql<Row & { at: Date }>(`SELECT * FROM ${table}`)) {
      const sums = Object.fromEntries(measures.map((name) => [name, Number(row[name])]));
      if (Object.values(sums).every((n) => n === 0)) continue;
      const key = [
        letter,
        row.cut,
        row.grain,
        row.app_id,
        row.at.getTime(),
        ...keys.map((key) => row[key]),
        ...more(row),
      ].join('|');
      if (cells.has(key)) throw new Error(`${key} is there twice`);
      cells.set(key, sums);
    }
  };
  await read('verification_rollup', 'v', (row) => [row.week_hour, row.is_pending], Object.keys(VERIFICATION_MEASURES));
  await read('message_rollup', 'm', (row) => [row.reason, row.is_pending], Object.keys(MESSAGE_MEASURES));
  await read('duration_rollup', 'd', (row) => [row.duration, row.bucket], ['n']);
  await read(
    '(SELECT * FROM duration_step r CROSS JOIN LATERAL unnest(r.buckets, r.counts) AS u(bucket, n)) r',
    'd',
    (row) => [row.duration, row.bucket],
    ['n'],
  );
  return cells;
}

const sorted = (cells: Map<string, Record<string, number>>) =>
  Object.fromEntries(
    [...cells].sort(([a], [b]) => (a < b ? -1 : 1)).filter(([, sums]) => Object.values(sums).some((n) => n !== 0)),
  );
const ANALYST = actorOf('analyst');

/** What a reader is told of how long everything took, in one and by half-hours. */
async function histograms(): Promise<{ n: number; buckets: unknown }[]> {
  const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const question = {
    from: new Date(hour - 6 * 3_600_000),
    to: new Date(hour + 6 * 3_600_000),
    timeZone: 'UTC',
    filters: {},
    compare: 'none' as const,
  };
  const [deliver, respond, series] = await Promise.all([
    readDurations(ANALYST, question, 'deliver'),
    readDurations(ANALYST, question, 'respond'),
    readTimeseries(ANALYST, question, ['time_to_deliver_p50_ms', 'time_to_deliver_p95_ms'], { interval: '30m' }),
  ]);
  const points = series.series.flatMap((one) => one.points.map(({ values }) => values));
  return [deliver, respond, { n: points.length, buckets: points }].map(({ n, buckets }) => ({ n, buckets }));
}

/** Rows per bucket are of half-hours that are not closed, lists of all else, with no bucket twice and none empty. */
async function expectShapes(closed: Closed): Promise<void> {
  const wrong = await core.sql(
    `SELECT cut, grain, at, 'row' AS shape, bucket::text AS holds FROM duration_rollup WHERE grain <> 30 OR at < $1
     UNION ALL SELECT cut, grain, at, 'lists', buckets::text || counts::text FROM duration_step r
      WHERE grain = 30 AND at >= $1 OR 0 = ANY (counts) OR cardinality(buckets) <> cardinality(counts)
         OR cardinality(buckets) <> (SELECT count(DISTINCT b) FROM unnest(r.buckets) AS b)`,
    [closed[180]],
  );
  expect(wrong).toEqual([]);
}

/** Both counts, of rows that are as they are while nothing else runs. */
async function expectEqual(): Promise<number> {
  const { closed } = await countedNow(database());
  await expectShapes(closed);
  const expected = sorted(recount(await base(), closed));
  expect(sorted(await rollups())).toEqual(expected);
  return Object.keys(expected).length;
}

const receiptOf = (
  message: { id: string; connection_id: string; provider_message_id: string | null },
  status: ReceiptRow['status'],
  at: Date,
  more: Partial<ReceiptRow> = {},
): ReceiptRow => ({
  connectionId: message.connection_id,
  providerMessageId: message.provider_message_id ?? `provider-msg_${message.id.replaceAll('-', '')}`,
  messageId: message.id,
  status,
  at,
  receivedAt: new Date(),
  reason: status === 'failed' ? 'unreachable' : null,
  isOffChannel: false,
  providerCode: null,
  detail: null,
  chargedMicros: null,
  callbackId: null,
  ...more,
});

let given = 0;
const NUMBERS = [
  () => `+62813${10_000 + given}9999`,
  () => `+55119${80_000_000 + given * 10_007}`,
  () => `+9198${10_000_000 + given * 10_007}`,
];

/** One random thing that happens to one of the verifications, or a new one. */
async function happen(random: TestRandom, ids: string[]): Promise<void> {
  const id = ids.length > 0 ? random.pick(ids) : null;
  const what = id === null ? 0 : random.below(12);
  if (what <= 2 || id === null) {
    given += 1;
    const answers: SendResult[] = [
      accepted({ messageId: '' }),
      refused('not_on_channel'),
      { kind: 'unknown', detail: 'no answer' } as SendResult,
    ];
    const answer = random.pick([0, 0, 0, 1, 2]);
    core.carrier.answer = (sent) =>
      // In one to three parts, by its id.
      answer === 0
        ? ({ ...accepted(sent), segments: 1 + (sent.messageId.charCodeAt(35) % 3) } as SendResult)
        : (answers[answer] as SendResult);
    const actor = core.key({
      livemode: random.next() > 0.1,
      appId: random.pick([core.app, core.otherApp]),
    });
    const { resource } = await core.issue(random.pick(NUMBERS)(), {
      actor,
      use_case: random.pick(['login', 'registration']),
      ...(random.next() < 0.2 ? { channel: 'sms' as const } : {}),
      locale: random.pick(['en', 'id', 'pt_BR']),
    });
    await core.quiet();
    core.carrier.answer = accepted;
    ids.push(resource.id);
    return;
  }
  const row = await core.verification(id);
  const actor = core.key({
    appId: String((row as unknown as Row).app_id),
    livemode: (row as unknown as Row).livemode === true,
  });
  const [message] = [...(await core.messages(id))].sort(() => random.next() - 0.5);
  if (what <= 5 && message) {
    const statuses = ['sent', 'delivered', 'read', 'failed'] as const;
    const rows = Array.from({ length: 1 + random.below(3) }, () =>
      receiptOf(message, random.pick(statuses), new Date(Date.now() - random.below(60_000) + 20_000), {
        chargedMicros: random.next() < 0.2 ? 1_000 + random.below(5_000) : null,
      }),
    );
    const looked = await applyReceiptRows(database(), [...rows, ...rows], []);
    if (looked.length > 0) await fallBack(looked, looked.length);
    await core.quiet();
  } else if (what <= 7) {
    const code =
      random.next() < 0.6
        ? (core.carrier.sends.find((sent) => sent.messageId.endsWith(uuid(message?.id ?? '').replaceAll('-', '')))
            ?.code ?? '000000')
        : '111111';
    await checkVerification(actor, { verificationId: id, code }).catch(() => null);
  } else if (what === 8) {
    await core.sql(
      `UPDATE verification SET next_fallback_at = now() - interval '1 second' WHERE id = $1 AND next_fallback_at IS NOT NULL`,
      [uuid(id)],
    );
    await fallBack([uuid(id)], 50);
    await core.quiet();
  } else if (what === 9) {
    await cancelVerification(actor, { verificationId: id }).catch(() => null);
  } else if (what === 10) {
    await core.sql(`UPDATE verification SET expires_at = now() - interval '1 second' WHERE id = $1 AND is_checkable`, [
      uuid(id),
    ]);
    await expireVerifications(database(), 100);
    await checkVerification(actor, { verificationId: id, code: '222222' }).catch(() => null);
  } else {
    await core.forgetLimits();
    await resendVerification(actor, { verificationId: id }).catch(() => null);
    await core.quiet();
  }
}

describe('rollups', () => {
  test.each(Array.from({ length: 12 }, (_, n) => n + 1))(
    'are a recount of the base rows, whatever came late, twice or out of order, and however often they looked (round %i)',
    async (round) => {
      const random = randomOf(round);
      const ids: string[] = [];
      await core.forgetLimits();
      // As if it were later: first nothing that happens here is closed, then three hours are, then days, in the end weeks.
      const aheadHours = [0, 3.5, 25, 8 * 24][Math.floor((round - 1) / 3)] ?? 0;
      for (let n = 0; n < 40; n += 1) {
        await happen(random, ids);
        const later = new Date(Date.now() + aheadHours * 3_600_000);
        // Two processes may look at once, and a third close what is over.
        if (random.next() < 0.3) await Promise.all([refreshRollups(), refreshRollups()]);
        if (random.next() < 0.2) await Promise.all([closeRollups(later), refreshRollups()]);
        if (n === 30 && round % 3 === 0) await rebuildRollups({ from: null, to: null });
      }
      await drain();
      expect(await expectEqual()).toBeGreaterThan(100);
    },
    30_000,
  );

  test('close every step in the end, of which nothing was left out and nothing counted twice', async () => {
    await drain();
    const later = new Date(Date.now() + 20 * 86_400_000);
    const before = await histograms();
    expect(before[0]?.n).toBeGreaterThan(20);
    for (let n = 1; n > 0; ) {
      // Whoever asks while half-hours become lists sees each of them once.
      const [closed, ...seen] = await Promise.all([closeRollups(later), histograms(), histograms(), histograms()]);
      for (const one of [...seen, await histograms()]) expect(one).toEqual(before);
      n = closed;
    }
    expect(await closeRollups(later)).toBe(0);
    const { closed } = await countedNow(database());
    for (const until of Object.values(closed)) expect(until.getTime()).toBeGreaterThan(Date.now());
    await expectEqual();
  });

  test('take a duration out of lists that held it alone, and put it back', async () => {
    await drain();
    const { resource } = await core.issue(core.phone());
    await core.quiet();
    const [message] = await core.messages(resource.id);
    if (!message) throw new Error('a message was sent');
    const cells = async () =>
      core.sql<{ grain: number; n: number }>(
        `SELECT grain, sum(u.n)::int AS n FROM duration_step r CROSS JOIN LATERAL unnest(r.buckets, r.counts) AS u(bucket, n)
          WHERE duration = 0 AND cut = 0 AND app_id = $1 AND u.bucket = 120 GROUP BY 1 ORDER BY 1`,
        [ALL_APPS],
      );
    // A bucket of its own: delivered twelve days later (everything is closed by now).
    const bucketMs = 2 ** 30 + 1;
    for (const [isDelivered, expected] of [
      [true, [30, 180, 1440, 10_080].map((grain) => ({ grain, n: 1 }))],
      [false, []],
      [true, [30, 180, 1440, 10_080].map((grain) => ({ grain, n: 1 }))],
    ] as const) {
      await core.sql(
        `UPDATE message SET delivered_at = CASE WHEN $2 THEN submitted_at + make_interval(secs => $3::float8 / 1000) END, read_at = NULL WHERE id = $1`,
        [message.id, isDelivered, bucketMs],
      );
      await drain();
      expect(await cells()).toEqual(expected);
    }
    await expectEqual();
  });

  test('know no response time of a code that was entered before its receipt came, and no duplicate of a message that was asked for again', async () => {
    const to = core.phone();
    const { resource } = await core.issue(to);
    await core.quiet();
    await core.sql(`UPDATE verification SET next_fallback_at = now() WHERE id = $1`, [uuid(resource.id)]);
    await fallBack([uuid(resource.id)], 1);
    await core.quiet();
    await core.forgetLimits();
    await resendVerification(core.key(), { verificationId: resource.id, channel: 'whatsapp' });
    await core.quiet();
    await checkVerification(core.key(), { verificationId: resource.id, code: core.carrier.codeFor(to) });
    const held = async () => {
      await drain();
      const [row] = await core.sql<{ respond_bucket: number | null; duplicate_micros: string; flags: number }>(
        'SELECT respond_bucket, duplicate_micros, flags FROM verification_tally WHERE verification_id = $1',
        [uuid(resource.id)],
      );
      return row;
    };
    const deliver = (which: string, seconds: number) =>
      core.sql(
        `UPDATE message SET state = 'delivered', state_rank = 6, cost_micros = price_micros, delivered_at = now() + make_interval(secs => $2)
          WHERE id = (SELECT id FROM message WHERE verification_id = $1 AND channel = 'whatsapp' ORDER BY submitted_at ${which} LIMIT 1)`,
        [uuid(resource.id), seconds],
      );
    await deliver('DESC', 1);
    expect(await held()).toMatchObject({ respond_bucket: null, duplicate_micros: '0' });
    // The one that the fallback had given up is one.
    await deliver('ASC', 2);
    const both = await held();
    expect(both?.respond_bucket).toBeNull();
    expect(Number(both?.duplicate_micros)).toBeGreaterThan(0);
    await expectEqual();
  });

  test('tell every fallback as one after a failure or after silence, also where a process died with the message', async () => {
    const { resource } = await core.issue(core.phone());
    await core.quiet();
    // As the sweep leaves it.
    await core.sql(
      `UPDATE message SET state = 'unknown', state_rank = 2, answered_at = NULL, provider_message_id = NULL WHERE verification_id = $1`,
      [uuid(resource.id)],
    );
    await core.sql(`UPDATE verification SET next_fallback_at = now(), fallback_cause = 'lost' WHERE id = $1`, [
      uuid(resource.id),
    ]);
    await fallBack([uuid(resource.id)], 1);
    await core.quiet();
    await drain();
    const causes = await core.sql(
      `SELECT detail->>'cause' AS cause FROM verification_event WHERE kind = 'fallback' AND verification_id = $1`,
      [uuid(resource.id)],
    );
    expect(causes).toEqual([{ cause: 'lost' }]);
    const [all] = await core.sql<Row>(
      `SELECT sum(fell_back)::int AS all, sum(fell_back_failed + fell_back_timeout)::int AS parts FROM verification_rollup WHERE cut = 0 AND grain = 5 AND app_id = $1`,
      [ALL_APPS],
    );
    expect(all?.parts).toBe(all?.all);
    await expectEqual();
  });

  test('know no duplicate of a message whose fallback was refused: nobody got two', async () => {
    const { resource } = await core.issue(core.phone());
    await core.quiet();
    core.carrier.answer = () => refused('unreachable');
    await core.sql(`UPDATE verification SET next_fallback_at = now() WHERE id = $1`, [uuid(resource.id)]);
    await fallBack([uuid(resource.id)], 1);
    await core.quiet();
    await core.sql(
      `UPDATE message SET state = 'delivered', state_rank = 6, cost_micros = price_micros, delivered_at = now() + interval '1 second'
        WHERE verification_id = $1 AND channel = 'whatsapp'`,
      [uuid(resource.id)],
    );
    const held = async () => {
      await drain();
      const [row] = await core.sql<Row>(
        `SELECT duplicate_micros::int, (flags >> 18) & 1 AS duplicated, (flags >> 14) & 1 AS fell_back FROM verification_tally WHERE verification_id = $1`,
        [uuid(resource.id)],
      );
      return row;
    };
    expect(await held()).toEqual({ duplicate_micros: 0, duplicated: 0, fell_back: 1 });
    // A receipt proves that the provider had taken it after all.
    await core.sql(
      `UPDATE message SET provider_message_id = 'late', state = 'delivered', state_rank = 6, delivered_at = now() WHERE verification_id = $1 AND channel <> 'whatsapp'`,
      [uuid(resource.id)],
    );
    expect(await held()).toMatchObject({ duplicate_micros: expect.any(Number), duplicated: 1 });
    await expectEqual();
  });

  test('are right after a rebuild, weeks and all, when changes were lost', async () => {
    await drain();
    await core.issue(core.phone());
    await core.quiet();
    await core.sql('TRUNCATE rollup_queue');
    await rebuildRollups({ from: null, to: null });
    await expectEqual();
    // And stay so when what they hold changes.
    const random = randomOf(99);
    const ids = (await core.sql<{ id: string }>('SELECT id FROM verification LIMIT 20')).map(
      ({ id }) => `vrf_${id.replaceAll('-', '')}`,
    );
    for (let n = 0; n < 20; n += 1) await happen(random, ids);
    await drain();
    await expectEqual();
  });

  test('have nothing left to count after a rebuild but what changed while it ran', async () => {
    await drain();
    const { resource } = await core.issue(core.phone());
    await core.quiet();
    const actor = core.key({ appId: core.app, livemode: true });
    const changed: Promise<unknown>[] = [];
    // Its day has been counted by then.
    await rebuildRollups({ from: null, to: null }, () => {
      if (changed.length === 0) changed.push(cancelVerification(actor, { verificationId: resource.id }));
    });
    await Promise.all(changed);
    await core.quiet();
    const waiting = await core.sql<{ verification_ids: string[] }>('SELECT verification_ids FROM rollup_queue');
    expect(waiting.flatMap(({ verification_ids }) => verification_ids)).toEqual([uuid(resource.id)]);
    await drain();
    await expectEqual();
  });

  test('are right after two rebuilds at once', async () => {
    await drain();
    const counts = await Promise.all([1, 2].map(() => rebuildRollups({ from: null, to: null })));
    expect(counts[0]).toBe(counts[1]);
    await expectEqual();
  });

  test('are left as they were by a rebuild that waits too long for somebody else, and it says so', async () => {
    await drain();
    await transact(async (tx) => {
      expect(await lockRollups(tx)).toBe(true);
      const late = rebuildRollups({ from: null, to: null }, () => {}, 100);
      await expect(late).rejects.toThrow('Somebody else holds these figures for too long');
    });
    await expectEqual();
  });

  test('count nothing twice when the same verifications are given again', async () => {
    await drain();
    const ids = (await core.sql<{ id: string }>('SELECT id FROM verification')).map(({ id }) => id);
    const changed = await transactRollups(async (tx) => {
      expect(await lockRollups(tx)).toBe(true);
      return projectRollups(tx, [...ids, ...ids, newUuid()], '{}');
    });
    expect(changed).toBe(0);
    await expectEqual();
  });

  test('are told apart from done while changes wait, however often they name the same verification', async () => {
    await drain();
    const { resource } = await core.issue(core.phone());
    await core.quiet();
    await drain();
    // A message sent and a receipt for it are two changes of one verification.
    await core.sql(
      `INSERT INTO rollup_queue (verification_ids) SELECT ARRAY[$1::uuid, $1::uuid] FROM generate_series(1, $2)`,
      [uuid(resource.id), CHANGES_MAX],
    );
    expect(await refreshRollups()).toBeGreaterThanOrEqual(CHANGES_MAX);
    expect(await refreshRollups()).toBeGreaterThanOrEqual(CHANGES_MAX);
    expect(await refreshRollups()).toBe(0);
    await expectEqual();
  });

  test('say how far they have counted: until the oldest change that waits', async () => {
    await drain();
    const before = (await core.sql<{ now: Date }>('SELECT clock_timestamp() AS now'))[0]?.now ?? new Date(0);
    expect((await countedUntil(reports())).getTime()).toBeGreaterThanOrEqual(before.getTime() - 5);
    await core.issue(core.phone());
    await core.quiet();
    const waiting = await countedUntil(reports());
    await core.issue(core.phone());
    await core.quiet();
    expect(await countedUntil(reports())).toEqual(waiting);
  });
});
