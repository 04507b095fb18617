import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Question } from '@/lib/contract/analytics';
import { MESSAGE_RANK } from '@/lib/domain/message/states';
import { readMovers } from '@/lib/operations/analytics/movers';
import { rebuildRollups } from '@/lib/operations/rollups/rebuild';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const HOUR_MS = 3_600_000;
/** The last hour, against the one before. */
const lastHour = (): Question => ({
  from: new Date(Date.now() - HOUR_MS),
  to: new Date(Date.now() + 60_000),
  timeZone: 'UTC',
  filters: {},
  compare: 'previous_period',
});

/** `over` names a channel each; messages of SMS fail for the reason given, all others are delivered. */
async function traffic(over: readonly ('sms' | 'whatsapp')[], reason: string | null): Promise<void> {
  for (const channel of over) await core.issue(core.phone(), { channel });
  await core.quiet();
  await core.sql(
    `UPDATE message SET state = CASE WHEN channel = 'sms' AND $1::text IS NOT NULL THEN 'failed' ELSE 'delivered' END,
            state_rank = CASE WHEN channel = 'sms' AND $1::text IS NOT NULL THEN $2::smallint ELSE $3::smallint END,
            reason = CASE WHEN channel = 'sms' THEN $1::text END,
            delivered_at = CASE WHEN channel = 'sms' AND $1::text IS NOT NULL THEN NULL ELSE now() END`,
    [reason, MESSAGE_RANK.failed, MESSAGE_RANK.delivered],
  );
  await core.sql(
    `UPDATE verification SET status = 'expired', is_checkable = false, ended_at = now() WHERE status = 'pending'`,
  );
  await rebuildRollups({ from: null, to: null });
}

test('a part that is gone counts as one, and failure reasons add up to the move of what arrived', async () => {
  await traffic(['sms', 'whatsapp', 'whatsapp', 'whatsapp'], null);
  const tables = ['verification_rollup', 'message_rollup'];
  for (const table of tables)
    await core.sql(`CREATE TABLE earlier_${table} AS SELECT * FROM ${table} WHERE grain <= 30`);
  await core.sql('DELETE FROM verification_tally');
  await core.sql('DELETE FROM message');
  await core.sql('DELETE FROM verification');
  await traffic(['sms', 'sms'], 'not_on_channel');
  for (const table of tables) {
    await core.sql(`UPDATE earlier_${table} SET at = at - interval '65 minutes'`);
    await core.sql(`INSERT INTO ${table} SELECT * FROM earlier_${table} ON CONFLICT DO NOTHING`);
  }

  const { before, after, movers, reasons, sentence } = await readMovers(core.key(), lastHour(), 'delivery_rate');
  expect([before.value, after.value]).toEqual([1, 0]);
  // Over channels: WhatsApp is gone, which is mix; all effects add up to the move.
  expect(movers.reduce((sum, { rateEffect, mixEffect }) => sum + rateEffect + mixEffect, 0)).toBeCloseTo(-1);
  expect(movers.map(({ before: was, after: is }) => [was.n, is.n]).sort()).toEqual([
    [1, 2],
    [3, 0],
  ]);
  expect(reasons).toEqual({
    n: { before: 4, after: 2 },
    arrived: { before: 1, after: 0 },
    effects: [
      { key: 'not_on_channel', effect: -1, before: 0, after: 1 },
      { key: null, effect: 0, before: 0, after: 0 },
    ],
  });
  expect(sentence).toContain('fell by 100.0 points');
  // Not of conversion, nor where the question is of a reason itself.
  expect((await readMovers(core.key(), lastHour(), 'conversion')).reasons).toBeNull();
});
