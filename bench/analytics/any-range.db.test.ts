import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnalyticsFilters, Question } from '@/lib/contract/analytics';
import { closeDatabase } from '@/lib/db/client';
import { forgetOld, retentionRules } from '@/lib/db/retention';
import { edgesOf } from '@/lib/domain/stats/time-steps';
import { uuidFloor } from '@/lib/ids';
import { readDurations } from '@/lib/operations/analytics/durations';
import { readSummary } from '@/lib/operations/analytics/summary';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { rebuildRollups } from '@/lib/operations/rollups/rebuild';
import { randomOf, type TestRandom } from '@/scripts/testing/random';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '../../scripts/testing/database';
import { load } from './load';
import { ANALYST } from './questions';

let database: TestDatabase;
let pool: pg.Pool;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = new Date();
const lastHour = Math.floor(now.getTime() / HOUR) * HOUR;

/** Deletes what is past its time, as the worker does. */
async function tidy(): Promise<void> {
  const db = {
    query: async <Row extends pg.QueryResultRow>(
      { name, text }: { name: string; text: string },
      values: readonly unknown[],
    ) => (await pool.query<Row>({ name, text, values: [...values] })).rows,
  };
  for (const rule of retentionRules(400).filter(({ name }) => name.startsWith('fine_')))
    while ((await forgetOld(db, rule, 50_000)) > 0);
}

beforeAll(async () => {
  database = await createTestDatabase();
  putTestEnvironment(database);
  await load(database.url, { total: 2_000, days: 100, receiptsPercent: 100, now }, () => {});
  await rebuildRollups({ from: null, to: null });
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
  await tidy();
  await pool.query('ANALYZE');
}, 180_000);

afterAll(async () => {
  await pool?.end();
  await closeDatabase();
  await database?.drop();
});

// Of verifications: those of their first message, by whatever way their rows are read.
const FIRST = `(SELECT DISTINCT ON (verification_id) verification_id, channel, connection_id::text AS connection, template FROM message ORDER BY verification_id, submitted_at, id)`;
const KEYS = {
  app: 'v.app_id::text',
  use_case: 'v.use_case',
  country: 'v.country::text',
  channel: `COALESCE(m.channel, '')`,
  connection: `COALESCE(m.connection, '00000000-0000-0000-0000-000000000000')`,
  template: `COALESCE(m.template, '')`,
  locale: 'v.locale',
} as const;
type Key = keyof typeof KEYS;

/** Up to three of some keys, by default of all. */
async function filtersOf(
  random: TestRandom,
  of: readonly Key[] = Object.keys(KEYS) as Key[],
): Promise<AnalyticsFilters> {
  const filters: AnalyticsFilters = {};
  const keys = [...of].sort(() => random.next() - 0.5).slice(0, Math.floor(random.next() * 4));
  for (const key of keys) {
    const { rows } = await pool.query<{ value: string }>(
      `SELECT ${KEYS[key]} AS value, count(*) FROM verification v LEFT JOIN ${FIRST} m ON m.verification_id = v.id GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3`,
    );
    const values = rows.map(({ value }) => value).filter((value) => value !== '');
    filters[key] = { values: [random.pick(values)], exclude: random.next() < 0.3 };
  }
  return filters;
}

function whereOf(filters: AnalyticsFilters, keys: Readonly<Record<Key, string>> = KEYS): string {
  const conditions = Object.entries(filters).map(
    ([key, { values, exclude }]) =>
      `${keys[key as Key]} ${exclude ? 'NOT ' : ''}IN (${values.map((value) => `'${value}'`).join(', ')})`,
  );
  return ['v.livemode', ...conditions].join(' AND ');
}

async function recount(
  filters: AnalyticsFilters,
  from: Date,
  to: Date,
): Promise<{ created: number; approved: number }> {
  const { rows } = await pool.query(
    `SELECT count(*)::int AS created, count(*) FILTER (WHERE v.status = 'approved')::int AS approved
       FROM verification v LEFT JOIN ${FIRST} m ON m.verification_id = v.id
      WHERE ${whereOf(filters)} AND v.id >= $1 AND v.id < $2`,
    [uuidFloor(from), uuidFloor(to)],
  );
  return rows[0];
}

/** A range of whole hours of a zone's clocks, within ninety days: an hour, a day, or whatever else. */
function rangeOf(random: TestRandom, timeZone: string): { from: Date; to: Date } {
  const hoursOfZone = edgesOf(new Date(lastHour - 90 * DAY), new Date(lastHour), 'hour', timeZone).slice(1, -1);
  const begin = Math.floor(random.next() * (hoursOfZone.length - 1));
  const length = random.pick([1, 24, 1 + Math.floor(random.next() * 200), hoursOfZone.length]);
  const end = Math.min(begin + length, hoursOfZone.length - 1);
  return { from: hoursOfZone[begin] as Date, to: hoursOfZone[end] as Date };
}

/** Durations are told by any of these together, not by some of both. */
const WHAT_WAS_SENT = ['app', 'channel', 'connection', 'template', 'locale'] as const;
const TO_WHOM = ['app', 'country', 'use_case', 'channel'] as const;

async function deliveredOf(filters: AnalyticsFilters, from: Date, to: Date): Promise<number> {
  const keys = {
    ...KEYS,
    channel: 'm.channel',
    connection: 'm.connection_id::text',
    template: 'm.template',
    locale: 'm.locale',
  };
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM message m JOIN verification v ON v.id = m.verification_id
      WHERE ${whereOf(filters, keys)} AND v.id >= $1 AND v.id < $2 AND LEAST(m.delivered_at, m.read_at) IS NOT NULL`,
    [uuidFloor(from), uuidFloor(to)],
  );
  return rows[0]?.n ?? 0;
}

const ZONES = ['Asia/Kolkata', 'America/Sao_Paulo', 'Europe/Berlin', 'UTC'] as const;

describe('within ninety days', () => {
  test.each(ZONES)(
    'any whole hours in %s, by any filter, are counted as asked, and equal a recount',
    async (timeZone) => {
      const random = randomOf(ZONES.indexOf(timeZone) + 1);
      let seen = 0;
      for (let n = 0; n < 40; n += 1) {
        const range = rangeOf(random, timeZone);
        const filters = await filtersOf(random);
        const question: Question = { ...range, timeZone, filters, compare: 'none' };
        const { trust, values } = await readSummary(ANALYST, question, ['created', 'verified']);
        const asked = JSON.stringify(question);
        expect({ from: trust.from, to: trust.to }, asked).toEqual(range);
        const expected = await recount(filters, range.from, range.to);
        expect({ created: values.created?.value ?? 0, approved: values.verified?.value ?? 0 }, asked).toEqual(expected);
        seen += expected.created;
      }
      expect(seen).toBeGreaterThan(500);
    },
    60_000,
  );

  test.each(ZONES)(
    'days in %s are days of its clocks, split by what one likes',
    async (timeZone) => {
      const random = randomOf(ZONES.indexOf(timeZone) + 11);
      for (const groupBy of ['country', 'use_case', 'template', 'locale', 'connection'] as const) {
        const [from, ...rest] = edgesOf(new Date(lastHour - 89 * DAY), new Date(lastHour - 2 * DAY), 'day', timeZone);
        const to = rest.at(-1);
        if (!from || !to) throw new Error('there are days');
        const question: Question = { from, to, timeZone, filters: await filtersOf(random), compare: 'none' };
        const { series, trust } = await readTimeseries(ANALYST, question, ['created'], { interval: 'day', groupBy });
        expect({ from: trust.from, to: trust.to }).toEqual({ from, to });
        for (const { key, points } of series) {
          expect(points.map(({ at }) => at)).toEqual([from, ...rest.slice(0, -1)]);
          const { rows } = await pool.query<{ place: number; n: number }>(
            `SELECT width_bucket(to_timestamp(('x' || translate(left(v.id::text, 13), '-', ''))::bit(48)::bigint / 1000.0), $1::timestamptz[]) - 1 AS place, count(*)::int AS n
             FROM verification v LEFT JOIN ${FIRST} m ON m.verification_id = v.id
            WHERE ${whereOf(question.filters)} AND ${KEYS[groupBy]} = $2 AND v.id >= $3 AND v.id < $4 GROUP BY 1`,
            [[from, ...rest.slice(0, -1)], key, uuidFloor(from), uuidFloor(to)],
          );
          const expected = points.map((_, place) => rows.find((row) => row.place === place)?.n ?? 0);
          expect(
            points.map(({ values }) => values.created?.value ?? 0),
            `${groupBy} ${key}`,
          ).toEqual(expected);
        }
      }
    },
    60_000,
  );

  test.each(ZONES)(
    'how long delivery took is told of each day in %s, and each day is told alike by itself',
    async (timeZone) => {
      const random = randomOf(ZONES.indexOf(timeZone) + 31);
      for (const of of [WHAT_WAS_SENT, TO_WHOM]) {
        const edges = edgesOf(new Date(lastHour - 89 * DAY), new Date(lastHour - DAY), 'day', timeZone).slice(1, -1);
        const [from, to] = [edges[0], edges.at(-1)];
        if (!from || !to) throw new Error('there are days');
        const question: Question = { from, to, timeZone, filters: await filtersOf(random, of), compare: 'none' };
        const options = { interval: 'day' as const };
        const { series } = await readTimeseries(ANALYST, question, ['time_to_deliver_p90_ms'], options);
        const points = series[0]?.points ?? [];
        expect(points.map(({ at }) => at)).toEqual(edges.slice(0, -1));
        for (const [n, point] of points.entries()) {
          const day = { ...question, from: point.at, to: edges[n + 1] ?? to };
          const { n: delivered, percentiles } = await readDurations(ANALYST, day, 'deliver');
          const told = point.values.time_to_deliver_p90_ms;
          expect({ n: told?.n ?? 0, p90: told?.value ?? null }).toEqual({ n: delivered, p90: percentiles.p90 });
        }
      }
    },
    60_000,
  );

  test.each(ZONES)(
    'how long delivery took is told of any whole hours in %s',
    async (timeZone) => {
      const random = randomOf(ZONES.indexOf(timeZone) + 21);
      let seen = 0;
      for (let n = 0; n < 20; n += 1) {
        const range = rangeOf(random, timeZone);
        const filters = await filtersOf(random, random.pick([WHAT_WAS_SENT, TO_WHOM]));
        const question: Question = { ...range, timeZone, filters, compare: 'none' };
        const told = await readDurations(ANALYST, question, 'deliver');
        const n = await deliveredOf(filters, range.from, range.to);
        expect({ from: told.trust.from, to: told.trust.to }).toEqual(range);
        expect(told.n, JSON.stringify(question)).toBe(n);
        seen += n;
      }
      expect(seen).toBeGreaterThan(500);
    },
    60_000,
  );
});

describe('an upgraded installation', () => {
  const from = new Date(Math.floor(now.getTime() / DAY) * DAY - 45 * DAY - 5.5 * HOUR);
  const question: Question = {
    from,
    to: new Date(from.getTime() + DAY),
    timeZone: 'Asia/Kolkata',
    filters: { country: { values: ['BR'], exclude: false } },
    compare: 'none',
  };
  const days = { from: new Date(from.getTime() - 18.5 * HOUR), to: new Date(from.getTime() + 29.5 * HOUR) };

  test('says that it counted whole days of UTC where half-hours are gone, and counts them again by a rebuild', async () => {
    await pool.query(
      `UPDATE rollup_kept SET since = date_bin('1 day', now(), 'epoch'::timestamptz) - interval '13 days'`,
    );
    for (const table of ['verification_rollup', 'message_rollup', 'duration_step'])
      await pool.query(`DELETE FROM ${table} WHERE grain IN (30, 180) AND cut > 1 AND at < now() - interval '16 days'`);
    const told = await readSummary(ANALYST, question, ['created']);
    expect({ from: told.trust.from, to: told.trust.to }).toEqual(days);
    expect(told.trust.created).toBe((await recount(question.filters, days.from, days.to)).created);
    expect(told.trust.created).toBeGreaterThan(0);

    // Days in the middle tell readers nothing: there would be a gap after them.
    await rebuildRollups({ from: days.from, to: days.to });
    expect((await readSummary(ANALYST, question, ['created'])).trust.from).toEqual(days.from);
    await rebuildRollups({ from: days.from, to: new Date(now.getTime() - 10 * DAY) });
    const again = await readSummary(ANALYST, question, ['created']);
    expect({ from: again.trust.from, to: again.trust.to }).toEqual({ from: question.from, to: question.to });
    expect(again.trust.created).toBe((await recount(question.filters, question.from, question.to)).created);
  }, 120_000);

  test('has no times by template until the days of a range are counted again: none rather than a part of them', async () => {
    await pool.query(
      `UPDATE duration_kept SET since = date_bin('1 day', now() + interval '25 hours', 'epoch'::timestamptz)`,
    );
    for (const table of ['duration_rollup', 'duration_step'])
      await pool.query(`DELETE FROM ${table} WHERE cut = ANY (ARRAY[14, 15]) AND at < now() - interval '3 days'`);
    const week = { ...question, from: new Date(lastHour - 7 * DAY), to: new Date(lastHour) };
    const { rows } = await pool.query('SELECT template FROM message GROUP BY 1 ORDER BY count(*) DESC LIMIT 1');
    const filters = { template: { values: [String(rows[0]?.template)], exclude: false } };
    const p50 = async () =>
      (await readSummary(ANALYST, { ...week, filters }, ['time_to_deliver_p50_ms'])).values.time_to_deliver_p50_ms;
    expect((await p50())?.value).toBeNull();

    await rebuildRollups({ from: new Date(week.from.getTime() - DAY), to: null });
    expect(await p50()).toMatchObject({ n: await deliveredOf(filters, week.from, week.to), value: expect.any(Number) });
  }, 120_000);
});
