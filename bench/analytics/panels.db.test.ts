import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Question } from '@/lib/contract/analytics';
import { closeDatabase } from '@/lib/db/client';
import { uuidFloor } from '@/lib/ids';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { readDurations } from '@/lib/operations/analytics/durations';
import { beforeOf } from '@/lib/operations/analytics/question';
import { readSummary } from '@/lib/operations/analytics/summary';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { rebuildRollups } from '@/lib/operations/rollups/rebuild';
import { INVARIANTS } from '../../scripts/seed/invariants';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '../../scripts/testing/database';
import { load } from './load';
import { baseTables, tablesRead } from './plans';
import { ANALYST, panelCases } from './questions';
import { PANEL_APP } from './scenery';
import { statementsOf } from './watch';

let database: TestDatabase;
let pool: pg.Pool;
let appId: string;
const now = new Date();

beforeAll(async () => {
  database = await createTestDatabase();
  putTestEnvironment(database);
  const { apps } = await load(database.url, { total: 2_500, days: 20, receiptsPercent: 100, now }, () => {});
  appId = apps[PANEL_APP]?.id ?? '';
  await rebuildRollups({ from: null, to: null });
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
  await pool.query('ANALYZE');
}, 120_000);

afterAll(async () => {
  await pool?.end();
  await closeDatabase();
  await database?.drop();
});

describe('the traffic that the bench invents', () => {
  // Late checks leave an attempt of their own, which the demo's history has none of. Decisions hold only what is counted.
  const OTHERWISE = [
    'guesses that are not counted',
    'guesses without or with a repeated number',
    'guesses after the end',
    'failures that no decision tells',
  ];
  test.each(Object.entries(INVARIANTS).filter(([name]) => !OTHERWISE.includes(name)))('has no %s', async (_, sql) => {
    const { rows } = await pool.query<Record<string, string>>(sql);
    expect(Number(Object.values(rows[0] ?? {})[0])).toBe(0);
  });

  test('has every state, and the third app has about 15 % of it', async () => {
    const { rows } = await pool.query<{ share: number; statuses: number; states: number }>(
      `SELECT (count(*) FILTER (WHERE app_id = $1))::float8 / count(*) AS share, count(DISTINCT status)::int AS statuses,
              (SELECT count(DISTINCT state)::int FROM message) AS states FROM verification`,
      [appId],
    );
    expect(rows[0]?.share).toBeGreaterThan(0.12);
    expect(rows[0]?.share).toBeLessThan(0.18);
    expect(rows[0]?.statuses).toBeGreaterThanOrEqual(5);
    expect(rows[0]?.states).toBeGreaterThanOrEqual(6);
  });
});

describe('the rollups', () => {
  // Wide cuts (9) have days that are written at once.
  test.each([
    ['three hours', 180, 30],
    ['days', 1440, 180],
    ['weeks', 10_080, 1440],
  ])('have %s that are the sum of the steps in them', async (_, grain, finer) => {
    for (const [table, measure] of [
      ['verification_rollup', 'approved'],
      ['message_rollup', 'delivered'],
      ['(SELECT * FROM duration_step d CROSS JOIN LATERAL unnest(d.buckets, d.counts) AS u(bucket, n)) AS r', 'n'],
    ]) {
      const { rows } = await pool.query<{ cells: number; wrong: number }>(
        `WITH closed AS (SELECT until FROM rollup_closed WHERE grain = $1),
              coarse AS (SELECT cut, app_id, at, sum(${measure}) AS n FROM ${table} WHERE grain = $1 GROUP BY 1, 2, 3),
              fine AS (SELECT cut, app_id, date_bin(make_interval(mins => $1), at, 'epoch') AS at, sum(${measure}) AS n FROM ${table}
                        WHERE grain = $2 AND cut <> 9 AND at < (SELECT until FROM closed) GROUP BY 1, 2, 3)
         SELECT count(*)::int AS cells, (count(*) FILTER (WHERE c.n IS DISTINCT FROM f.n))::int AS wrong
           FROM fine f LEFT JOIN coarse c USING (cut, app_id, at)`,
        [grain, finer],
      );
      expect(rows[0]?.cells, table).toBeGreaterThan(0);
      expect(rows[0]?.wrong, table).toBe(0);
    }
  });
});

describe('the questions of every panel', () => {
  test.each([
    [1, {}],
    [7, { country: { values: ['BR'], exclude: false } }],
    [19, { country: { values: ['BR', 'IN'], exclude: true }, channel: { values: ['whatsapp'], exclude: false } }],
  ])('count over %i days what plain SQL counts of one app', async (days, filters) => {
    const from = new Date(now.getTime() - days * 86_400_000);
    const { trust } = await readSummary(
      ANALYST,
      {
        from,
        to: now,
        timeZone: 'UTC',
        filters: { ...filters, app: { values: [appId], exclude: false } },
        compare: 'none',
      },
      ['created', 'message_delivery_rate', 'response_time_p50_ms'],
    );
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM verification v WHERE v.livemode AND v.app_id = $1 AND v.id >= $2 AND v.id < $3
          AND ($4::text[] IS NULL OR (v.country = ANY ($4)) <> $5)
          AND ($6::text IS NULL OR (SELECT m.channel FROM message m WHERE m.verification_id = v.id ORDER BY m.submitted_at, m.id LIMIT 1) = $6)`,
      [
        appId,
        uuidFloor(trust.from),
        uuidFloor(trust.to),
        'country' in filters ? filters.country.values : null,
        'country' in filters ? filters.country.exclude : false,
        'channel' in filters ? filters.channel.values[0] : null,
      ],
    );
    expect(trust.created).toBe(rows[0]?.n);
    expect(trust.created).toBeGreaterThan(0);
  });

  test.each([
    ['UTC', 7, null],
    ['Asia/Kolkata', 7, 'country'],
    ['America/Sao_Paulo', 7, 'app'],
    ['Asia/Kathmandu', 7, null],
    ['Asia/Kolkata', 19, null],
    ['America/Sao_Paulo', 19, 'channel'],
    ['Asia/Kolkata', 19, 'country'],
  ] as const)(
    'count by steps of clocks in %s over %i days what plain SQL counts, by %s',
    async (timeZone, days, by) => {
      const { trust, series } = await readTimeseries(
        ANALYST,
        { from: new Date(now.getTime() - days * 86_400_000), to: now, timeZone, filters: {}, compare: 'none' },
        ['created'],
        by ? { groupBy: by } : {},
      );
      const key = {
        none: `''`,
        country: 'v.country',
        app: 'v.app_id::text',
        channel: `COALESCE((SELECT m.channel FROM message m WHERE m.verification_id = v.id ORDER BY m.submitted_at, m.id LIMIT 1), '')`,
      }[by ?? 'none'];
      const edges = series[0]?.points.map(({ at }) => at) ?? [];
      const { rows } = await pool.query<{ key: string; place: number; n: number }>(
        `SELECT ${key} AS key, width_bucket(v.created_at, $1::timestamptz[]) - 1 AS place, count(*)::int AS n FROM verification v
        WHERE v.livemode AND v.id >= $2 AND v.id < $3 GROUP BY 1, 2`,
        [edges, uuidFloor(trust.from), uuidFloor(trust.to)],
      );
      expect(trust.created).toBe(rows.reduce((sum, { n }) => sum + n, 0));
      expect(series.length).toBeGreaterThan(0);
      for (const { key, points } of series) {
        const counted = points.map(({ values }) => values.created?.value ?? 0);
        const expected = points.map((_, place) => rows.find((row) => row.key === key && row.place === place)?.n ?? 0);
        expect(counted, key).toEqual(expected);
      }
    },
  );

  test.each([
    ['1 day', 1, {}],
    ['a week', 7, { channel: { values: ['whatsapp'], exclude: false } }],
    ['19 days', 19, {}],
  ])('tell of %s how long plain SQL says it took to deliver', async (_, days, filters) => {
    const { trust, n, buckets } = await readDurations(
      ANALYST,
      {
        from: new Date(now.getTime() - days * 86_400_000),
        to: now,
        timeZone: 'UTC',
        filters: { ...filters, app: { values: [appId], exclude: false } },
        compare: 'none',
      },
      'deliver',
    );
    const { rows } = await pool.query<{ bucket: number; n: number }>(
      `SELECT floor(4 * ln(GREATEST(EXTRACT(epoch FROM LEAST(m.delivered_at, m.read_at) - m.submitted_at)::float8 * 1000, 1)) / ln(2::float8))::int AS bucket, count(*)::int AS n
         FROM message m JOIN verification v ON v.id = m.verification_id
        WHERE v.livemode AND v.app_id = $1 AND v.id >= $2 AND v.id < $3 AND LEAST(m.delivered_at, m.read_at) IS NOT NULL AND ($4::text IS NULL OR m.channel = $4)
        GROUP BY 1 ORDER BY 1`,
      [appId, uuidFloor(trust.from), uuidFloor(trust.to), 'channel' in filters ? filters.channel.values[0] : null],
    );
    expect(n).toBeGreaterThan(10);
    expect(buckets.map(({ fromMs, n }) => ({ bucket: Math.round(4 * Math.log2(fromMs)), n }))).toEqual(rows);
  });

  test.each([1, 7, 19])(
    'say of a range of %i days and of the one before it, asked together, what they say of each alone',
    async (days) => {
      const asked = {
        from: new Date(now.getTime() - days * 86_400_000),
        to: now,
        timeZone: 'UTC',
        filters: {},
        compare: 'previous_period' as const,
      };
      const before = beforeOf(asked);
      if (!before) throw new Error('something is compared with');
      const metrics = ['created', 'conversion', 'spend', 'time_to_deliver_p95_ms', 'response_time_p50_ms'] as const;
      const [both, one, other] = await Promise.all([
        readSummary(ANALYST, asked, metrics),
        readSummary(ANALYST, { ...asked, compare: 'none' }, metrics),
        readSummary(ANALYST, before, metrics),
      ]);
      expect(both.values).toEqual(one.values);
      expect(both.before).toEqual(other.values);
      expect(both.trust.created).toBe(one.trust.created);
      const byCountry = async (question: Question) =>
        (await readBreakdown(ANALYST, question, 'country', metrics, 500)).rows;
      const [rows, alone, earlier] = await Promise.all([
        byCountry(asked),
        byCountry({ ...asked, compare: 'none' }),
        byCountry(before),
      ]);
      expect(rows.map(({ before: _, ...row }) => row)).toEqual(alone.map(({ before: _, ...row }) => row));
      for (const { key, values } of earlier) {
        const row = rows.find((row) => row.key === key);
        if (row) expect(row.before, key).toEqual(values);
      }
    },
  );

  test('read no verification, message, receipt, event or check', async () => {
    const base = await baseTables(pool);
    const offenders = new Set<string>();
    const asked = new Set<string>();
    for (const one of panelCases(now, appId)) {
      if (one.timeZone !== 'UTC') continue;
      const { sent } = await statementsOf(one.ask);
      expect(sent.length, one.panel.name).toBeGreaterThan(0);
      for (const statement of sent) {
        const key = `${statement.name} ${one.scope} ${one.range}`;
        if (asked.has(key)) continue;
        asked.add(key);
        for (const { table, by } of await tablesRead(pool, statement))
          if (base.has(table)) offenders.add(`${statement.name}: ${by} of ${table}`);
      }
    }
    expect([...offenders]).toEqual([]);
    expect(asked.size).toBeGreaterThan(10);
  }, 90_000);

  test('find a plan that reads a base table when there is one', async () => {
    const found = await tablesRead(pool, { text: 'SELECT count(*) FROM message WHERE app_id = $1', values: [appId] });
    const base = await baseTables(pool);
    expect(found.filter(({ table }) => base.has(table)).length).toBeGreaterThan(0);
  });
});
