import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flowsSampled, messagesCounted } from '@/lib/db/analytics/alert-flows';
import { alertSamples } from '@/lib/db/analytics/alert-samples';
import { carriedSince, ourFaults } from '@/lib/db/analytics/our-faults';
import { closeDatabase, database, makePool, reports } from '@/lib/db/client';
import { countriesWithTraffic, resumePausedTimers } from '@/lib/db/incidents';
import { forgetOld, retentionRules } from '@/lib/db/retention';
import { uuidFloor } from '@/lib/ids';
import { forgetBaseline, usualNow } from '@/lib/operations/alerts/baseline';
import { evaluateAlerts } from '@/lib/operations/alerts/evaluate';
import { spentBetween } from '@/lib/operations/alerts/spend';
import { guardStorms } from '@/lib/operations/alerts/storm-guard';
import { flowsOfWindows } from '@/lib/operations/alerts/windows';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { rebuildRollups } from '@/lib/operations/rollups/rebuild';
import { SWEEPS } from '@/lib/worker/timers';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '../../scripts/testing/database';
import { load } from './load';
import { baseTables, unboundedScans } from './plans';
import { type Sent, statementsOf } from './watch';

let made: TestDatabase;
let pool: pg.Pool;
const now = new Date();

beforeAll(async () => {
  made = await createTestDatabase();
  putTestEnvironment(made);
  await load(made.url, { total: 2_500, days: 35, receiptsPercent: 100, now }, () => {});
  await rebuildRollups({ from: null, to: null });
  const plain = new pg.Pool({ connectionString: made.url, max: 1 });
  await plain.query('ANALYZE');
  await plain.end();
  pool = makePool(made.url, 1);
}, 120_000);

afterAll(async () => {
  await pool?.end();
  await closeDatabase();
  await made?.drop();
});

/** What a worker asks again and again: by itself, and what it asks only while something is wrong. */
async function everythingPeriodic(): Promise<Sent[]> {
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  const { connections, apps } = await currentConfiguration();
  const [connectionId = ''] = connections.keys();
  const [appId = ''] = apps.keys();
  const anything = { appId: null, country: null, channel: null, connectionId: null };
  const scopes = [
    anything,
    { ...anything, appId },
    { ...anything, country: 'BR' },
    { ...anything, connectionId },
    { appId, country: 'BR', channel: 'whatsapp' as const, connectionId },
  ];
  const { sent } = await statementsOf(async () => {
    for (const sweep of SWEEPS) await sweep.run(10);
    forgetBaseline();
    await evaluateAlerts(now, false);
    await guardStorms();
    for (const scope of scopes) {
      await usualNow(now, 15, scope);
      for (const limits of [
        { oneByOneMax: 1_000_000, endMax: 0 },
        { oneByOneMax: 0, endMax: 1_000_000 },
      ])
        await spentBetween(scope, ago(60), now, now, limits);
    }
    await flowsOfWindows(now, [15, 60, 120]);
    await flowsOfWindows(now, [15, 60, 120], { lookMax: 0 });
    await messagesCounted(reports(), [ago(60)]);
    await flowsSampled(database(), [{ fromId: uuidFloor(ago(60)), toId: uuidFloor(now) }], 10);
    await countriesWithTraffic(database(), uuidFloor(ago(5)), [connectionId]);
    await resumePausedTimers(database(), [], 10);
    for (const kind of ['delivery_drop', 'slow_delivery', 'template_not_sendable'] as const)
      await alertSamples(database(), uuidFloor(ago(60)), { ...anything, countries: ['BR'], template: 'x', kind });
    await ourFaults(database(), uuidFloor(ago(60)));
    await carriedSince(database(), uuidFloor(ago(60)), [connectionId]);
    for (const rule of retentionRules(400)) await forgetOld(database(), rule, 10);
  });
  return [...new Map(sent.map((each) => [each.name, each])).values()];
}

/** Base tables that hold anything: of an empty month every plan is as good, and it is planned anew when it has grown (lib/db/statistics.ts). */
async function filledTables(): Promise<Set<string>> {
  const base = await baseTables(pool);
  const { rows } = await pool.query<{ name: string }>(
    'SELECT relname AS name FROM pg_class WHERE relname = ANY ($1) AND pg_relation_size(oid) > 0',
    [[...base]],
  );
  return new Set(rows.map(({ name }) => name));
}

test('nothing that is asked again and again reads verifications or what belongs to them without a bound', async () => {
  const sent = await everythingPeriodic();
  const names = sent.map(({ name }) => name);
  // Those that read the base tables by time, and those that took the place of such.
  for (const name of [
    'alert_flows',
    'alert_flows_sampled',
    'alert_messages_counted',
    'alert_usual',
    'alert_usual_delays',
    'alert_spend_between',
    'alert_spend_counted',
    'alert_samples',
    'our_faults',
    'carried_since_faults',
    'overdue_receipts',
    'usual_receipt_delay',
    'countries_with_traffic',
    'forget_numbers',
    'claim_timers',
    'expire_verifications',
    'sweep_lost_messages',
  ])
    expect(names).toContain(name);
  const base = await filledTables();
  const found: unknown[] = [];
  for (const statement of sent)
    for (const scan of await unboundedScans(pool, base, statement)) found.push({ name: statement.name, ...scan });
  expect(found).toEqual([]);
}, 60_000);

test('a statement that reads all of a table, or all since a moment, is found', async () => {
  const base = await filledTables();
  const scans = async (text: string, values: unknown[] = []) =>
    (await unboundedScans(pool, base, { text, values })).length > 0;
  const since = uuidFloor(now);
  expect(await scans('SELECT count(*) FROM message')).toBe(true);
  expect(await scans('SELECT count(*) FROM message WHERE id >= $1', [since])).toBe(true);
  expect(await scans('SELECT country, count(*) FROM message WHERE id >= $1 GROUP BY 1 LIMIT 10', [since])).toBe(true);
  expect(await scans('SELECT * FROM verification WHERE created_at > now() LIMIT 10')).toBe(true);
  expect(await scans('SELECT * FROM message WHERE id >= $1 ORDER BY id DESC LIMIT 10', [since])).toBe(false);
  expect(await scans('SELECT * FROM message WHERE verification_id = $1', [since])).toBe(false);
});
