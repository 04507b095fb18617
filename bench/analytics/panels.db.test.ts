import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDatabase } from '@/lib/db/client';
import { uuidFloor } from '@/lib/ids';
import { readSummary } from '@/lib/operations/analytics/summary';
import { rebuildRollups } from '@/lib/operations/rollups/rebuild';
import { INVARIANTS } from '../../scripts/seed/invariants';
import { createTestDatabase, type TestDatabase, useTestEnvironment } from '../../scripts/testing/database';
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
  useTestEnvironment(database);
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
  // Late checks leave an attempt of their own, which the demo's history has none of.
  const OTHERWISE = [
    'guesses that are not counted',
    'guesses without or with a repeated number',
    'guesses after the end',
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
