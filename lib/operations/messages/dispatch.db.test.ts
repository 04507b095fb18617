import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidFrom } from '@/lib/ids';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

describe('an accepted message', () => {
  test.each([
    ['is asked about in a minute where the provider can be asked (Twilio)', 'sms', 60],
    ['is never asked about where the provider cannot be asked (Meta)', 'whatsapp', null],
  ] as const)('%s', async (_, channel, expected) => {
    const { resource } = await core.issue(core.phone(), { channel });
    await core.quiet();
    const polls = await core.sql<{ state: string; after: number | null }>(
      'SELECT state, round(EXTRACT(epoch FROM next_poll_at - answered_at))::int AS after FROM message WHERE verification_id = $1',
      [uuidFrom('verification', resource.id)],
    );
    expect(polls).toEqual([{ state: 'accepted', after: expected }]);
  });
});
