import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { pollReceipts } from '@/lib/operations/receipts/poll';
import { log } from '@/lib/telemetry/log';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(async () => {
  await core.stop();
});

test('an adapter that throws holds up no other message, and only the name of what it threw is logged', async () => {
  for (let n = 0; n < 3; n += 1) await core.issue(core.phone());
  await core.quiet();
  await core.sql('UPDATE message SET connection_id = $1, next_poll_at = now()', [core.sms]);
  // Twilio's adapter cannot be asked anything without an account.
  await core.sql(`UPDATE connection SET settings = 'null'::jsonb WHERE id = $1`, [core.sms]);
  await reloadConfiguration();

  const noted = vi.spyOn(log(), 'error').mockReturnValue();
  expect(await pollReceipts()).toBe(3);
  expect(noted.mock.calls).toEqual(
    Array.from({ length: 3 }, () => [{ provider: 'twilio', error: 'TypeError' }, 'provider.poll_threw']),
  );
  noted.mockRestore();
});
