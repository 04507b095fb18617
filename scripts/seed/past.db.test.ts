import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDatabase } from '@/lib/db/client';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '../testing/database';
import { historySpan } from './history';
import { install } from './installation';
import { INVARIANTS } from './invariants';
import { writePast } from './past';

/** Sixty days of a demo: seconds on a quiet machine, minutes on one that is shared. */
const SEED_SECONDS_MAX = 400;

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  putTestEnvironment(database);
  const now = new Date();
  const publicUrl = 'http://127.0.0.1:3999';
  const since = new Date(historySpan(now.getTime()).from - 86_400_000);
  const urls = { simulatorUrl: 'http://127.0.0.1:4999', smtpUrl: 'smtp://127.0.0.1:4025', publicUrl };
  const installation = await install({ ...urls, since });
  await writePast('demo', { installation, publicUrl, now, isCounted: false, onProgress: () => {} });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
}, SEED_SECONDS_MAX * 1_000);

afterAll(async () => {
  await client?.end();
  await closeDatabase();
  await database?.drop();
});

const one = async (sql: string): Promise<number> => {
  const [row] = (await client.query<Record<string, string>>(sql)).rows;
  return Number(Object.values(row ?? {})[0]);
};

describe('the past of a demo', () => {
  test('is sixty days of at least 50,000 verifications in more than 40 countries', async () => {
    expect(await one('SELECT count(*) FROM verification')).toBeGreaterThanOrEqual(50_000);
    expect(await one('SELECT count(DISTINCT country) FROM verification')).toBeGreaterThan(40);
    expect(await one('SELECT count(DISTINCT created_at::date) FROM verification')).toBeGreaterThanOrEqual(60);
  });

  test.each(Object.entries(INVARIANTS))('there are no %s', async (_, sql) => {
    expect(await one(sql)).toBe(0);
  });

  test('people chose a channel, and some entered their code too late', async () => {
    expect(await one('SELECT count(*) FROM verification WHERE channel IS NOT NULL')).toBeGreaterThan(1_000);
    const expired = await one("SELECT count(*) FROM verification WHERE status = 'expired'");
    const late = await one("SELECT count(*) FROM check_attempt WHERE outcome = 'expired'");
    expect(late / expired).toBeGreaterThan(0.01);
    expect(late / expired).toBeLessThan(0.15);
  });

  test('troubles have their alerts, with what shows them, and all of them are over', async () => {
    const { rows } = await client.query<{ kind: string; countries: string[] }>(
      `SELECT DISTINCT kind, CASE WHEN jsonb_array_length(scope->'countries') <= 1 THEN scope->'countries' ELSE '["many"]'::jsonb END AS countries FROM alert`,
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { kind: 'spend', countries: [] },
        { kind: 'template_not_sendable', countries: [] },
      ]),
    );
    // These rules see a handful of messages in their windows: what a day has drawn may leave one out.
    const ofFew = rows.filter(({ kind, countries: [country] }) =>
      ['delivery_drop BR', 'delivery_drop many', 'slow_delivery PH'].includes(`${kind} ${country}`),
    );
    expect(ofFew.length).toBeGreaterThanOrEqual(2);
    expect(await one('SELECT count(*) FROM alert WHERE resolved_at IS NULL')).toBe(0);
    expect(await one('SELECT count(*) FROM alert WHERE cardinality(samples) NOT BETWEEN 1 AND 5')).toBe(0);
    expect(await one('SELECT max(cardinality(samples)) FROM alert')).toBe(5);
    // What an alert shows was there when it opened.
    expect(
      await one(`SELECT count(*) FROM alert a, unnest(a.samples) s LEFT JOIN verification v ON v.id = s
                  WHERE v.id IS NULL OR v.created_at > a.opened_at`),
    ).toBe(0);
    expect(
      await one(`SELECT count(*) FROM alert a WHERE a.resolved_at < a.last_seen_at OR a.last_seen_at < a.opened_at
                    OR a.rule_id NOT IN (SELECT id FROM alert_rule WHERE created_at < a.opened_at)
                    OR (SELECT count(*) FROM audit_entry e WHERE e.target_id = a.id::text
                         AND (e.action, e.at) IN (('alert.open', a.opened_at), ('alert.resolve', a.resolved_at))) <> 2`),
    ).toBe(0);
  });

  test('the override was started from an open alert, and SMS went first in Brazil while it ran, and only then', async () => {
    expect(
      await one(`SELECT count(*) FROM route_override o JOIN alert a ON a.id = o.alert_id
                  WHERE o.country = 'BR' AND o.started_at BETWEEN a.opened_at AND a.resolved_at AND o.until = o.started_at + interval '2 hours'`),
    ).toBe(1);
    const counted = (during: string) =>
      one(`SELECT count(*) FROM verification v JOIN plan p ON p.id = v.plan_id, route_override o
            WHERE v.country = 'BR' AND p.body->'override'->>'id' = o.id::text AND ${during}`);
    expect(await counted('v.created_at >= o.started_at AND v.created_at < o.until')).toBeGreaterThan(5);
    expect(await counted('NOT (v.created_at >= o.started_at AND v.created_at < o.until)')).toBe(0);
  });

  test('codes were sent under the configuration of their day, and each version says when and what it touched', async () => {
    const { rows } = await client.query<{ version: number; touched: number; rank: string }>(
      `SELECT version, (impact->>'verifications')::int AS touched, rank() OVER (ORDER BY at) AS rank FROM configuration_version ORDER BY version`,
    );
    expect(rows.map(({ rank }) => Number(rank))).toEqual([1, 2, 3, 4]);
    expect(rows.slice(1).every(({ touched }) => touched > 0)).toBe(true);
    const checks = `SELECT count(*) FROM verification v, configuration_version c WHERE c.version = 3 AND v.use_case = 'withdrawal'`;
    expect(await one(`${checks} AND v.checks_max <> CASE WHEN v.created_at >= c.at THEN 3 ELSE 5 END`)).toBe(0);
    expect(await one(`${checks} AND v.checks_max = 3`)).toBeGreaterThan(0);
  });

  test('a template was taken out for three hours, and nothing was sent with it meanwhile', async () => {
    const paused = `SELECT a.at AS since, b.at AS until, a.name, a.locale FROM template_change a JOIN template_change b ON b.template_id = a.template_id
       WHERE a.after = 'paused' AND b.after = 'approved' AND b.at = a.at + interval '3 hours'`;
    expect(await one(`SELECT count(*) FROM (${paused}) p`)).toBe(1);
    expect(
      await one(`SELECT count(*) FROM (${paused}) p JOIN message m ON m.template = p.name AND m.locale = p.locale
                   JOIN verification v ON v.id = m.verification_id AND v.created_at >= p.since AND v.created_at < p.until`),
    ).toBe(0);
  });

  test('the limit per prefix kept a part of the pumping out', async () => {
    expect(
      await one("SELECT sum(n) FROM refused_issue WHERE country = 'UZ' AND code = 'too_many_verifications'"),
    ).toBeGreaterThan(100);
    expect(
      await one(`SELECT count(*) FROM (SELECT count(*) OVER (PARTITION BY prefix_blind ORDER BY created_at RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW) AS n
                   FROM verification WHERE country = 'UZ' AND use_case = 'registration') x WHERE n > 21`),
    ).toBe(0);
  });
});
