import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Question } from '@/lib/contract/analytics';
import { MESSAGE_RANK } from '@/lib/domain/message/states';
import { newUuid } from '@/lib/ids';
import { readMovers } from '@/lib/operations/analytics/movers';
import { rebuildRollups } from '@/lib/operations/rollups/rebuild';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

const HOUR = 3_600_000;
const now = Math.floor(Date.now() / HOUR) * HOUR;
const question: Question = {
  from: new Date(now - 24 * HOUR),
  to: new Date(now),
  timeZone: 'UTC',
  filters: {},
  compare: 'previous_period',
};
let core: TestCore;

/** Verifications of one country as copies of one that was issued, each with a message that was delivered or failed for a reason. */
async function lives(hoursAgo: number, country: string, fates: Readonly<Record<string, number>>): Promise<void> {
  const { resource } = await core.issue(core.phone());
  await core.quiet();
  const { id } = await core.verification(resource.id);
  for (const [fate, n] of Object.entries(fates)) {
    const ids = Array.from({ length: n }, () => newUuid(now - hoursAgo * HOUR));
    const isDelivered = fate === 'delivered';
    await core.sql(
      `INSERT INTO verification SELECT (jsonb_populate_record(v, jsonb_build_object('id', i, 'country', $3::text, 'status', $4::text, 'is_checkable', false, 'next_fallback_at', null))).*
         FROM verification v, unnest($2::uuid[]) AS i WHERE v.id = $1`,
      [id, ids, country, isDelivered ? 'approved' : 'expired'],
    );
    await core.sql(
      `INSERT INTO message SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'verification_id', i, 'country', $3::text, 'provider_message_id', i::text,
           'state', $4::text, 'state_rank', $5::int, 'reason', $6::text, 'delivered_at', CASE WHEN $6::text IS NULL THEN now() END))).*
         FROM message m, unnest($2::uuid[]) AS i WHERE m.verification_id = $1`,
      [
        id,
        ids,
        country,
        isDelivered ? 'delivered' : 'failed',
        isDelivered ? MESSAGE_RANK.delivered : MESSAGE_RANK.failed,
        isDelivered ? null : fate,
      ],
    );
  }
  await core.sql('DELETE FROM message WHERE verification_id = $1', [id]);
  await core.sql('DELETE FROM verification WHERE id = $1', [id]);
}

beforeAll(async () => {
  core = await startTestCore();
  await lives(30, 'BR', { delivered: 280, not_on_channel: 20 });
  // Gone in the range that is asked about.
  await lives(30, 'PH', { delivered: 20, invalid_number: 80 });
  await lives(6, 'BR', { delivered: 200, not_on_channel: 20, expired_in_transit: 80 });
  await lives(6, 'IN', { delivered: 95, not_on_channel: 5 });
  await rebuildRollups({ from: null, to: null });
});
afterAll(() => core.stop());

test('what its parts did adds up to the move, also where a part has come or gone', async () => {
  const { before, after, movers } = await readMovers(core.key(), question, 'delivery_rate');
  expect([before, after]).toMatchObject([
    { value: 300 / 400, n: 400 },
    { value: 295 / 400, n: 400 },
  ]);
  const sum = movers.reduce((total, { rateEffect, mixEffect }) => total + rateEffect + mixEffect, 0);
  expect(sum).toBeCloseTo((after.value ?? 0) - (before.value ?? 0), 9);
  expect(movers.map(({ key }) => key).sort()).toEqual(['BR', 'IN', 'PH']);
});

test('failure reasons that moved are told with their share of all messages, those that did not are not', async () => {
  const { reasons } = await readMovers(core.key(), question, 'delivery_rate');
  expect(reasons.map(({ key }) => key).sort()).toEqual(['expired_in_transit', 'invalid_number']);
  const of = Object.fromEntries(reasons.map((reason) => [reason.key, reason]));
  expect(of.expired_in_transit).toMatchObject({
    effect: 0.2,
    before: { value: 0, n: 400 },
    after: { value: 0.2, n: 400 },
  });
  expect(of.invalid_number).toMatchObject({ effect: -0.2, before: { value: 0.2 }, after: { value: 0, n: 400 } });
});
