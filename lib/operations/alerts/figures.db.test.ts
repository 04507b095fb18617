import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FlowScope } from '@/lib/db/analytics/alert-usual';
import { database } from '@/lib/db/client';
import { forgetOld, retentionRules } from '@/lib/db/retention';
import { type Flow, type UsualCell, usualCells } from '@/lib/domain/alerts/flows';
import { looksAt } from '@/lib/domain/alerts/rules';
import type { Channel } from '@/lib/domain/channel';
import { bucketOf } from '@/lib/domain/stats/histogram';
import { newUuid, uuidFrom } from '@/lib/ids';
import { forgetBaseline, usualNow, usualRanges } from '@/lib/operations/alerts/baseline';
import { spentBetween } from '@/lib/operations/alerts/spend';
import { flowsOfWindows, sliced } from '@/lib/operations/alerts/windows';
import { closeRollups } from '@/lib/operations/rollups/close';
import { refreshRollups } from '@/lib/operations/rollups/refresh';
import { startTestCore, type TestCore } from '@/scripts/testing/core';
import { randomOf, type TestRandom } from '@/scripts/testing/random';

const MINUTE = 60_000;
const HALF_HOUR = 30 * MINUTE;
const DAY = 1_440 * MINUTE;
const WEEK = 7 * DAY;

type Outcome = 'delivered' | 'read' | 'failed' | 'refused' | 'accepted' | 'sent' | 'unknown' | 'submitted';
const RANKS: Record<Outcome, number> = {
  submitted: 1,
  unknown: 2,
  accepted: 3,
  sent: 4,
  failed: 5,
  refused: 5,
  delivered: 6,
  read: 7,
};
type Message = {
  id: string;
  at: number;
  app: string;
  livemode: boolean;
  country: string;
  channel: Channel;
  connection: string;
  outcome: Outcome;
  delayMs: number;
  cost: number;
};

let core: TestCore;
let like: string;
let otherApp: string;
let otherConnection: string;
beforeAll(async () => {
  core = await startTestCore();
  like = uuidFrom('verification', (await core.issue(core.phone())).resource.id) ?? '';
  await core.quiet();
  otherApp = newUuid();
  otherConnection = newUuid();
  await core.sql(`INSERT INTO app (id, name, brand) VALUES ($1, 'Other', 'Other')`, [otherApp]);
});
afterAll(() => core.stop());
beforeEach(async () => {
  forgetBaseline();
  for (const table of [
    'message',
    'rollup_queue',
    'verification_tally',
    'verification_rollup',
    'message_rollup',
    'duration_rollup',
    'duration_step',
  ])
    await core.sql(`DELETE FROM ${table}`);
  await core.sql('DELETE FROM verification WHERE id <> $1', [like]);
});

const OUTCOMES = Object.keys(RANKS) as Outcome[];
function someMessage(random: TestRandom, moment: number, more: Partial<Message> = {}): Message {
  const at = Math.floor(moment);
  const channel = random.pick<Channel>(['whatsapp', 'sms']);
  return {
    id: newUuid(at),
    at,
    app: random.pick([core.app, core.app, otherApp]),
    livemode: random.next() > 0.1,
    country: random.pick(['BR', 'ID', 'IN']),
    channel,
    connection: channel === 'sms' ? core.sms : random.pick([core.whatsapp, otherConnection]),
    outcome: random.pick(OUTCOMES),
    delayMs: Math.round(2 ** (random.next() * 16)),
    cost: Math.round(random.next() * 10_000),
    ...more,
  };
}

/** Writes messages, each of a verification of its own, and counts them. */
async function send(messages: readonly Message[]): Promise<void> {
  // In pieces: a statement of this pool may take 2.5 s.
  for (let n = 0; n < messages.length; n += PIECE) await write(messages.slice(n, n + PIECE));
  while ((await refreshRollups()) > 0);
}
const PIECE = 500;

async function write(messages: readonly Message[]): Promise<void> {
  const rows = JSON.stringify(messages.map((each) => ({ ...each, rank: RANKS[each.outcome], at: new Date(each.at) })));
  await core.sql(
    `INSERT INTO verification
     SELECT (jsonb_populate_record(v, jsonb_build_object('id', r.id, 'app_id', r.app, 'livemode', r.livemode, 'country', r.country, 'status', 'expired', 'is_checkable', false, 'created_at', r.at))).*
       FROM verification v, jsonb_to_recordset($1::jsonb) AS r(id uuid, app uuid, livemode boolean, country text, at timestamptz) WHERE v.id = $2`,
    [rows, like],
  );
  await core.sql(
    `INSERT INTO message (id, verification_id, app_id, livemode, country, step, cause, channel, provider, connection_id, template, locale, state, state_rank,
       submitted_at, provider_message_id, price_rule, delivered_at, read_at, failed_at, sent_at, cost_micros, reason)
     SELECT r.id, r.id, r.app, r.livemode, r.country, 0, 'issue', r.channel, 'x', r.connection, 't', 'en', CASE r.outcome WHEN 'refused' THEN 'failed' ELSE r.outcome END, r.rank,
            r.at, CASE WHEN r.outcome NOT IN ('refused', 'unknown', 'submitted') THEN r.id::text END, 'delivered',
            CASE WHEN r.outcome = 'delivered' THEN r.at + make_interval(secs => r."delayMs" / 1000.0) END, CASE WHEN r.outcome = 'read' THEN r.at + make_interval(secs => r."delayMs" / 1000.0) END,
            CASE WHEN r.outcome IN ('failed', 'refused') THEN r.at END, CASE WHEN r.outcome = 'sent' THEN r.at END, r.cost,
            CASE WHEN r.outcome = 'failed' THEN 'unreachable' END
       FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, app uuid, livemode boolean, country text, channel text, connection uuid, outcome text, rank int, "delayMs" int, cost int, at timestamptz)`,
    [rows],
  );
}

/** Closes everything of the last 15 days that is over, as it is in an installation that has run for long. */
async function close(): Promise<void> {
  const since = new Date(Math.floor((Date.now() - 15 * DAY) / WEEK) * WEEK);
  await core.sql('UPDATE rollup_closed SET until = $1', [since]);
  for (let n = 0; n < 60 && (await closeRollups(new Date())) > 0; n += 1);
}

const hasArrived = ({ outcome }: Message) => outcome === 'delivered' || outcome === 'read';
const isTaken = ({ outcome }: Message) => !['refused', 'unknown', 'submitted'].includes(outcome);
const hasFailed = ({ outcome }: Message) => outcome === 'failed' || outcome === 'refused';

/** Message by message, in this process. What is younger than a minute and has not ended is not judged. */
function recount(messages: readonly Message[], now: number): Flow[] {
  return messages
    .filter(({ livemode }) => livemode)
    .map((each): Flow => {
      const isSettled = each.at < now - MINUTE;
      const is = (holds: boolean) => (holds ? 1 : 0);
      return {
        appId: each.app,
        country: each.country,
        channel: each.channel,
        connectionId: each.connection,
        submitted: 1,
        unknown: is(each.outcome === 'unknown'),
        answered: is((isTaken(each) || hasFailed(each)) && (isSettled || hasArrived(each) || hasFailed(each))),
        delivered: is(hasArrived(each)),
        accepted: is(isTaken(each) && isSettled),
        heard: is(isTaken(each) && (hasArrived(each) || each.outcome === 'sent' || each.outcome === 'failed')),
        costMicros: each.cost,
        delays: hasArrived(each) ? [[bucketOf(each.delayMs), 1]] : [],
      };
    });
}

const inOrder = (cells: readonly UsualCell[]) =>
  cells
    .map((cell) => ({ ...cell, delays: [...cell.delays].sort(([a], [b]) => a - b) }))
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
const anything: FlowScope = { appId: null, country: null, channel: null, connectionId: null };

describe('what is usual', () => {
  test.each([
    ['of everything', () => anything],
    ['of an app', () => ({ ...anything, appId: core.app })],
    ['of a channel', () => ({ ...anything, channel: 'sms' as const })],
    // Half of these cells are in no narrow cut: a sample, which of so few is all of them.
    ['of a country', () => ({ ...anything, country: 'BR' })],
    ['of a connection of an app', () => ({ ...anything, appId: core.app, connectionId: core.whatsapp })],
  ])('%s equals a recount of the messages of the same hours', async (_, scopeOf) => {
    const random = randomOf(7);
    const now = Date.now();
    const scope = scopeOf();
    const messages = [
      ...Array.from({ length: 400 }, () => someMessage(random, now - 2 * MINUTE - random.next() * 26 * 60 * MINUTE)),
      ...[1, 2].flatMap((n) =>
        Array.from({ length: 200 }, () =>
          someMessage(random, now - n * WEEK + (random.next() - 0.5) * 4 * 60 * MINUTE),
        ),
      ),
    ];
    await send(messages);
    await close();
    const usual = await usualNow(new Date(now), 15, scope);
    const { weeks, day } = usualRanges(new Date(now), 15, new Date(now));
    expect(weeks).toHaveLength(4);
    expect(day.to.getTime()).toBeLessThanOrEqual(now - 15 * MINUTE);
    expect(now - day.to.getTime()).toBeLessThan(15 * MINUTE + HALF_HOUR);
    for (const [name, ranges] of [
      ['hour_of_week', weeks],
      ['day_before', [day]],
    ] as const) {
      const meant = messages.filter(({ at }) =>
        ranges.some(({ from, to }) => at >= from.getTime() && at < to.getTime()),
      );
      const flows = recount(meant, Number.POSITIVE_INFINITY).filter((flow) => looksAt(scope, flow));
      expect(flows.length).toBeGreaterThan(5);
      expect(inOrder(usual[name])).toEqual(inOrder(usualCells(flows)));
    }
  });

  test('is of a day that is counted: what waits to be counted moves it back', async () => {
    const now = new Date();
    const counted = new Date(now.getTime() - 3 * 60 * MINUTE);
    const { day } = usualRanges(now, 15, counted);
    expect(day.to.getTime()).toBeLessThanOrEqual(counted.getTime());
    expect(day.to.getTime() - day.from.getTime()).toBe(DAY);
    expect(usualRanges(now, 15, new Date(now.getTime() - 8 * DAY)).weeks).toHaveLength(3);
  });

  test('is kept for longer than the four weeks that it is looked for, and goes after a quarter', async () => {
    await send(
      Array.from({ length: 60 }, (_, n) =>
        someMessage(randomOf(n + 1), Date.now() - DAY, { livemode: true, outcome: 'delivered' }),
      ),
    );
    const ages = async (days: number) => {
      for (const table of ['message_rollup', 'duration_rollup', 'duration_step'])
        await core.sql(`UPDATE ${table} SET at = at - make_interval(days => $1)`, [days]);
      await core.sql(`UPDATE rollup_closed SET until = now()`);
      for (const rule of retentionRules(400)) await forgetOld(database(), rule, 10_000);
    };
    const kept = () =>
      core.sql<{ of: string }>(
        `SELECT DISTINCT 'messages ' || cut || CASE app_id WHEN '00000000-0000-0000-0000-000000000000' THEN ' all' WHEN $1 THEN ' ruled' ELSE ' other' END AS of FROM message_rollup WHERE grain = 30 AND cut IN (3, 7, 12, 13, 4, 9)
          UNION SELECT DISTINCT 'delays ' || cut || CASE app_id WHEN '00000000-0000-0000-0000-000000000000' THEN ' all' WHEN $1 THEN ' ruled' ELSE ' other' END FROM (SELECT cut, grain, app_id FROM duration_rollup UNION ALL SELECT cut, grain, app_id FROM duration_step) d WHERE grain = 30 AND cut IN (1, 3, 7) ORDER BY 1`,
        [otherApp],
      );
    const [rule] = await core.sql<{ id: string }>(`SELECT id FROM alert_rule WHERE kind = 'delivery_drop'`);
    const closed = await core.sql<{ grain: number; until: Date }>('SELECT grain, until FROM rollup_closed');
    await core.sql('UPDATE alert_rule SET app_id = $2 WHERE id = $1', [rule?.id, otherApp]);
    try {
      await ages(29);
      expect((await kept()).map(({ of }) => of)).toEqual(
        expect.arrayContaining([
          'delays 3 all',
          'delays 7 ruled',
          'messages 3 all',
          'messages 7 ruled',
          'messages 9 other',
        ]),
      );
      await ages(65);
      expect(await kept()).toEqual([]);
    } finally {
      await core.sql('UPDATE alert_rule SET app_id = NULL WHERE id = $1', [rule?.id]);
      for (const { grain, until } of closed)
        await core.sql('UPDATE rollup_closed SET until = $2 WHERE grain = $1', [grain, until]);
    }
  });
});

describe('windows', () => {
  const byKey = (flows: readonly Flow[]) => {
    const found = new Map<string, Flow & { delays: (readonly [number, number])[] }>();
    for (const flow of flows) {
      const key = `${flow.appId} ${flow.country} ${flow.channel} ${flow.connectionId}`;
      const held = found.get(key);
      if (!held) found.set(key, { ...flow, delays: [...flow.delays] });
      else {
        for (const name of [
          'submitted',
          'unknown',
          'answered',
          'delivered',
          'accepted',
          'heard',
          'costMicros',
        ] as const)
          held[name] += flow[name];
        held.delays.push(...flow.delays);
      }
    }
    return [...found.entries()]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, flow]) => {
        const delays = new Map<number, number>();
        for (const [bucket, n] of flow.delays) delays.set(bucket, (delays.get(bucket) ?? 0) + n);
        return [key, { ...flow, delays: [...delays].sort(([a], [b]) => a - b) }];
      });
  };

  test('are each what a recount of their messages says, in one look at the longest', async () => {
    const random = randomOf(11);
    const now = Date.now();
    const messages = Array.from({ length: 600 }, () => someMessage(random, now - random.next() * 40 * MINUTE));
    await send(messages);
    const windows = await flowsOfWindows(new Date(now), [10, 30, 15, 10]);
    expect([...windows.keys()].sort()).toEqual([10, 15, 30]);
    for (const [minutes, flows] of windows) {
      const meant = messages.filter(({ at }) => at >= now - minutes * MINUTE);
      // Between writing and looking some grow a minute old.
      const sure = (flow: Flow) => ({ ...flow, answered: 0, accepted: 0 });
      expect(byKey(flows.map(sure))).toEqual(byKey(recount(meant, now).map(sure)));
      const old = (each: Message) => each.at < now - 2 * MINUTE;
      expect(flows.reduce((sum, { answered }) => sum + answered, 0)).toBeGreaterThanOrEqual(
        recount(meant.filter(old), now).reduce((sum, { answered }) => sum + answered, 0),
      );
    }
  });

  test('of many messages are a sample of all of the window, not its newest part, whatever their number', async () => {
    const random = randomOf(13);
    const now = Date.now();
    // The first ten minutes in one country, the last five in another.
    const messages = Array.from({ length: 3_000 }, (_, n) => {
      const at = now - 2_000 - (n / 3_000) * 14.9 * MINUTE;
      return someMessage(random, at, { livemode: true, country: at < now - 5 * MINUTE ? 'BR' : 'ID' });
    });
    await send(messages);
    const flows = (await flowsOfWindows(new Date(now), [15, 5], { lookMax: 600 })).get(15) ?? [];
    const n = (country?: string) =>
      flows.filter((flow) => !country || flow.country === country).reduce((sum, { submitted }) => sum + submitted, 0);
    expect(n()).toBeLessThanOrEqual(600);
    expect(n()).toBeGreaterThan(250);
    expect(n('BR') / n()).toBeGreaterThan(0.6);
    expect(n('BR') / n()).toBeLessThan(0.73);
  });

  test('are cut without a gap', () => {
    const [from, to] = [new Date(1_000_000), new Date(1_900_001)];
    const slices = sliced(from, to, 7);
    expect(slices[0]?.from).toEqual(from);
    expect(slices.at(-1)?.to).toEqual(to);
    for (let n = 1; n < slices.length; n += 1) expect(slices[n]?.from).toEqual(slices[n - 1]?.to);
  });
});

describe('what was spent', () => {
  /** Decided anew for every scope: by looks, by the rollups with both ends added up one by one, and by the rollups alone. */
  const ways = [
    ['one by one', { oneByOneMax: 1_000_000, endMax: 0 }],
    ['by steps, the ends one by one', { oneByOneMax: 0, endMax: 1_000_000 }],
  ] as const;
  const scopes: [string, () => FlowScope][] = [
    ['by all', () => anything],
    ['by an app', () => ({ ...anything, appId: otherApp })],
    ['in a country', () => ({ ...anything, country: 'BR' })],
    ['over a channel', () => ({ ...anything, channel: 'sms' })],
    ['over a connection in a country', () => ({ ...anything, country: 'ID', connectionId: core.whatsapp })],
  ];

  test.each(scopes)('%s equals a recount, whichever way it is added up', async (_, scopeOf) => {
    const random = randomOf(17);
    const now = Date.now();
    const messages = Array.from({ length: 500 }, () =>
      someMessage(random, now - 10_000 - random.next() * 5 * 60 * MINUTE),
    );
    await send(messages);
    const scope = scopeOf();
    for (const [minutesFrom, minutesTo] of [
      [240, -1],
      [60, -1],
      [7, -1],
      [3, -1],
      [190, 130],
      [62, 58],
    ] as const) {
      const [from, to] = [now - minutesFrom * MINUTE, now - minutesTo * MINUTE];
      const meant = messages.filter((each) => each.at >= from && each.at < to && each.livemode);
      const own = meant.filter((each) =>
        looksAt(scope, {
          appId: each.app,
          connectionId: each.connection,
          country: each.country,
          channel: each.channel,
        }),
      );
      const expected = {
        n: own.length,
        micros: own.length === 0 ? null : own.reduce((sum, { cost }) => sum + cost, 0),
      };
      for (const [, limits] of ways)
        expect(await spentBetween(scope, new Date(from), new Date(to), new Date(now), limits)).toEqual(expected);
    }
  });

  test('of many at the ends is their share of a step, off by less than the step', async () => {
    const now = Date.now();
    // One each four seconds, each as dear.
    const messages = Array.from({ length: 1_800 }, (_, n) =>
      someMessage(randomOf(19), now - 500 - n * 4_000, {
        livemode: true,
        cost: 100,
        channel: 'sms',
        connection: core.sms,
        country: 'BR',
      }),
    );
    await send(messages);
    for (const scope of [anything, { ...anything, country: 'BR' }])
      for (const [minutesFrom, minutesTo] of [
        [60, -1],
        [90, 45],
        [11, -1],
        [3, -1],
      ] as const) {
        const [from, to] = [now - minutesFrom * MINUTE, now - minutesTo * MINUTE];
        const spent = await spentBetween(scope, new Date(from), new Date(to), new Date(now), {
          oneByOneMax: 0,
          endMax: 0,
        });
        const sent = (Math.min(to, now) - from) / 4_000;
        expect(Math.abs(spent.n - sent)).toBeLessThan(5);
        expect(Math.abs((spent.micros ?? 0) - sent * 100)).toBeLessThan(500);
      }
  });

  test('is not told while the rollups are needed and behind', async () => {
    const now = Date.now();
    await send(Array.from({ length: 20 }, (_, n) => someMessage(randomOf(n + 1), now - n * MINUTE)));
    await core.sql(`INSERT INTO rollup_queue (verification_ids, at) VALUES ($1, now() - interval '5 minutes')`, [
      [like],
    ]);
    const asked = (limits: { oneByOneMax: number; endMax: number }) =>
      spentBetween(anything, new Date(now - 60 * MINUTE), new Date(now), new Date(now), limits);
    await expect(asked({ oneByOneMax: 0, endMax: 0 })).rejects.toThrow(/counted up to/);
    expect((await asked({ oneByOneMax: 100, endMax: 0 })).n).toBeGreaterThan(0);
    // Of a day ago everything is known.
    const ago = await spentBetween(anything, new Date(now - DAY), new Date(now - DAY + 60 * MINUTE), new Date(now), {
      oneByOneMax: 0,
      endMax: 0,
    });
    expect(ago).toEqual({ n: 0, micros: null });
  });
});
