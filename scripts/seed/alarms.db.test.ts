import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, transact } from '@/lib/db/client';
import { type Configuration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { seededRandom } from '@/lib/simulator/random';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '../testing/database';
import { writeAlarms } from './alarms';
import { Author } from './author';
import { lossOf, pauseBefore } from './changes';
import type { Eras } from './eras';
import { History, historySpan } from './history';
import { type Incident, incidentsBefore, overrideBefore, pumpingSpan } from './incidents';
import { type Installation, install } from './installation';
import { Journal } from './journal';
import { SEED } from './past';
import { newBuffers } from './tables';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

let testDatabase: TestDatabase;
let installation: Installation;
let configuration: Configuration;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  putTestEnvironment(testDatabase);
  const urls = {
    simulatorUrl: 'http://127.0.0.1:4999',
    smtpUrl: 'smtp://127.0.0.1:4025',
    publicUrl: 'http://127.0.0.1:3999',
  };
  installation = await install({ ...urls, since: new Date('2025-01-01T00:00:00Z') });
  configuration = await reloadConfiguration();
});

afterAll(async () => {
  await closeDatabase();
  await testDatabase?.drop();
});

type Row = { kind: string; countries: string[]; openedAt: Date; resolvedAt: Date | null; overrides: number };

/** Lives sixty days without writing them, and looks at what their alerts would be. */
async function alertsOf(now: number): Promise<Row[]> {
  const override = overrideBefore(now);
  const eras: Eras = [{ from: 0, configuration, overrides: [override] }];
  const random = seededRandom(SEED);
  const journal = new Journal();
  const author = new Author(eras, newBuffers(), random, now, journal);
  const history = new History({ author, eras, appIds: installation.appIds, random, now });
  for (const _ of history.tell());
  journal.sort();
  const { metaId } = installation;
  const changes = { eras, published: [], override, lost: [lossOf(metaId, now)] };
  const since = new Date(historySpan(now).from - DAY_MS);
  const rolledBack = new Error('only looked at');
  let found: Row[] = [];
  await transact(async (tx) => {
    await writeAlarms(tx, { changes, journal, metaId, since, now });
    found = await tx.query<Row & pg.QueryResultRow>(
      {
        name: 'alerts_of_a_past',
        text: `SELECT kind, ARRAY(SELECT jsonb_array_elements_text(scope->'countries')) AS countries, opened_at AS "openedAt", resolved_at AS "resolvedAt",
                      (SELECT count(*)::int FROM route_override o WHERE o.alert_id = a.id AND o.started_at >= a.opened_at AND o.started_at < a.resolved_at) AS overrides
                 FROM alert a ORDER BY opened_at`,
      },
      [],
    );
    throw rolledBack;
  }).catch((error: unknown) => {
    if (error !== rolledBack) throw error;
  });
  return found;
}

test.each([
  ['in the night', '2026-11-29T02:10:00Z'],
  ['at noon', '2026-09-11T12:37:00Z'],
  ['on the first of a month', '2026-12-01T00:05:00Z'],
])(
  'a demo that is started %s has an alert of every trouble while it lasted, all of them over, and an override from an open one',
  async (_, moment) => {
    const now = Date.parse(moment);
    const alerts = await alertsOf(now);
    const { outage, slowSms, token } = incidentsBefore(now);
    const during = (kind: string, { from, to }: Pick<Incident, 'from' | 'to'>, country?: string) =>
      alerts.filter(
        (alert) =>
          alert.kind === kind &&
          alert.openedAt.getTime() >= from &&
          alert.openedAt.getTime() <= to + HOUR_MS &&
          (country === undefined || alert.countries.includes(country)),
      ).length;
    expect(during('delivery_drop', outage, 'BR')).toBeGreaterThan(0);
    expect(during('slow_delivery', slowSms, 'PH')).toBeGreaterThan(0);
    expect(during('delivery_drop', token)).toBeGreaterThan(0);
    expect(during('spend', pumpingSpan(now))).toBeGreaterThan(0);
    expect(during('template_not_sendable', pauseBefore(now))).toBe(1);
    expect(alerts.filter(({ resolvedAt }) => resolvedAt === null)).toEqual([]);
    expect(alerts.reduce((sum, { overrides }) => sum + overrides, 0)).toBe(1);
    // Fewer than a page of them: troubles come and go, but an alert per look would be noise.
    expect(alerts.length).toBeLessThan(20);
  },
  120_000,
);
