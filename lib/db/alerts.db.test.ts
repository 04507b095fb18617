import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAlert, insertAlert, missAlert, type NewAlert, touchAlert } from '@/lib/db/alerts';
import { database } from '@/lib/db/client';
import { newUuid } from '@/lib/ids';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const AT = Date.parse('2026-03-01T10:00:00Z');
const alertOf = (value: number): NewAlert => ({
  id: newUuid(),
  ruleId: null,
  kind: 'delivery_drop',
  fingerprint: 'delivery_drop/country:BR:whatsapp',
  scope: { appId: null, connectionId: null, channel: 'whatsapp', countries: ['BR'], template: null },
  severity: 'warning',
  cause: 'WhatsApp in Brazil',
  evidence: {
    ...{ unit: 'share', windowMinutes: 15, before: null, baseline: null, affected: [] },
    now: { value, n: 50, low: null, high: null },
  },
  samples: [],
});

test('an alert keeps its newest 240 points, each look adding one, and the worst of all', async () => {
  const db = database();
  const opened = await insertAlert(db, alertOf(0), new Date(AT));
  const id = opened?.id ?? '';
  for (let n = 1; n <= 243; n += 1) {
    await touchAlert(db, { ...alertOf(n / 1_000), id }, true, new Date(AT + n * 30_000));
  }
  const alert = await findAlert(db, id);
  expect(alert?.series.map(([at]) => (at - AT) / 30_000)).toEqual(Array.from({ length: 240 }, (_, n) => n + 4));
  expect(alert?.peak).toBe(0);
});

test('a past that is written down later has its own moments, and openings of its own day', async () => {
  const db = database();
  await core.sql('DELETE FROM alert');
  const at = (hours: number) => new Date(AT + hours * 3_600_000);
  const openings: (number | undefined)[] = [];
  for (const hour of [0, 10, 30, 50]) {
    const row = await insertAlert(db, alertOf(0.5), at(hour), at(hour));
    openings.push(row?.openings);
    const id = row?.id ?? '';
    await touchAlert(db, { ...alertOf(0.4), id }, true, at(hour + 1), at(hour + 1));
    const over = await missAlert(db, id, 1, 'quiet', at(hour + 2));
    expect([over?.openedAt, over?.lastSeenAt, over?.resolvedAt]).toEqual([at(hour), at(hour + 1), at(hour + 2)]);
  }
  expect(openings).toEqual([1, 2, 2, 2]);
});
