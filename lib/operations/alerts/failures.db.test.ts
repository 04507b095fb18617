import { afterAll, beforeAll, expect, test } from 'vitest';
import { MESSAGE_RANK } from '@/lib/domain/message/states';
import { failuresOf } from '@/lib/operations/alerts/failures';
import { rebuildRollups } from '@/lib/operations/rollups/rebuild';
import { actorOf } from '@/scripts/testing/actor';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;

beforeAll(async () => {
  core = await startTestCore();
  for (const channel of ['sms', 'whatsapp', 'whatsapp', 'whatsapp'] as const)
    await core.issue(core.phone(), { channel });
  await core.quiet();
  await core.sql(`UPDATE message SET state = 'failed', state_rank = $1, reason = 'not_on_channel'`, [
    MESSAGE_RANK.failed,
  ]);
  await core.sql(
    `UPDATE message SET reason = 'credentials_rejected' WHERE id IN (SELECT id FROM message WHERE channel = 'whatsapp' ORDER BY id LIMIT 2)`,
  );
  await rebuildRollups({ from: null, to: null });
});
afterAll(() => core.stop());

const alert = (scope: object, openedAt = new Date()) => ({
  scope: { appId: null, connectionId: null, channel: null, countries: [], template: null, ...scope },
  openedAt,
  resolvedAt: null,
  evidence: { windowMinutes: 30 },
});

test('an alert tells why messages of its scope failed, the commonest first, and nothing of others', async () => {
  const now = Date.now() + 1_000;
  expect(await failuresOf(actorOf('analyst'), alert({ channel: 'whatsapp' }), now)).toEqual([
    { reason: 'credentials_rejected', messages: 2 },
    { reason: 'not_on_channel', messages: 1 },
  ]);
  expect(await failuresOf(actorOf('analyst'), alert({ channel: 'sms' }), now)).toEqual([
    { reason: 'not_on_channel', messages: 1 },
  ]);
  expect(await failuresOf(actorOf('analyst'), alert({ countries: ['FJ'] }), now)).toEqual([]);
});

test('what failed before the window of an alert is none of its failures', async () => {
  const later = Date.now() + 3 * 3_600_000;
  expect(await failuresOf(actorOf('analyst'), alert({}, new Date(later)), later)).toEqual([]);
});
