import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidFrom } from '@/lib/ids';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { startTestCore, type TestCore } from '@/scripts/testing/core';
import { liveAndDie } from '@/scripts/testing/mortal';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

test('a committed message leaves although the configuration cannot be read again', async () => {
  const to = core.phone();
  const { resource } = await core.issue(to);
  await core.quiet();
  const id = uuidFrom('verification', resource.id) ?? '';
  await core.sql('UPDATE verification SET next_fallback_at = now() WHERE id = $1', [id]);
  const held = (globalThis as { watchwordConfiguration?: { checkedAt: number } }).watchwordConfiguration;
  if (held) held.checkedAt = 0;
  await liveAndDie(core.carrier, { what: 'configuration_revision', nth: 1, when: 'before', how: 'fails' }, () =>
    fallBack([id], 1),
  );
  expect(core.carrier.to(to).map(({ channel }) => channel)).toEqual(['whatsapp', 'sms']);
});

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
