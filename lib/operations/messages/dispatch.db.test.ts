import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidFrom } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { resendVerification } from '@/lib/operations/verifications/resend';
import { accepted, refused, startTestCore, type TestCore } from '@/scripts/testing/core';
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

test('an SMS carries the id under which its text is registered in India, as it was when the code was issued', async () => {
  const { resource } = await core.issue(core.phone(), { channel: 'sms' });
  await core.quiet();
  expect(core.carrier.sends.at(-1)?.content).not.toHaveProperty('dltTemplateId');
  await core.sql(`UPDATE template SET dlt_template_id = '1107160000000012345' WHERE channel = 'sms'`);
  await reloadConfiguration();
  const to = core.phone();
  await core.issue(to, { channel: 'sms' });
  await core.quiet();
  expect(core.carrier.to(to).map(({ content }) => content)).toMatchObject([{ dltTemplateId: '1107160000000012345' }]);
  await core.forgetLimits();
  const again = await resendVerification(core.key(), { verificationId: resource.id });
  await core.quiet();
  expect(again.channel).toBe('sms');
  expect(core.carrier.sends.at(-1)?.content).not.toHaveProperty('dltTemplateId');
});

const told = () => {
  const content = core.carrier.sends.at(-1)?.content;
  return content?.kind === 'text' ? content.body : content;
};

test('an SMS sent again tells the minutes that are left, as expires_at does', async () => {
  const { resource } = await core.issue(core.phone(), { channel: 'sms', locale: 'en' });
  await core.quiet();
  expect(told()).toContain('5 minutes');
  await core.forgetLimits();
  await core.sql(`UPDATE verification SET expires_at = now() + interval '150 seconds' WHERE id = $1`, [
    uuidFrom('verification', resource.id),
  ]);
  await resendVerification(core.key(), { verificationId: resource.id });
  await core.quiet();
  expect(told()).toContain('2 minutes');
});

test('a fallback tells the minutes that are left, and in the first moments those of the first message', async () => {
  const fallBackWith = async (secondsLeft: number) => {
    const { resource } = await core.issue(core.phone(), { locale: 'en' });
    await core.quiet();
    const id = uuidFrom('verification', resource.id) ?? '';
    await core.sql(
      'UPDATE verification SET next_fallback_at = now(), expires_at = now() + make_interval(secs => $2) WHERE id = $1',
      [id, secondsLeft],
    );
    await fallBack([id], 1);
    await core.quiet();
    return told();
  };
  expect(await fallBackWith(298)).toContain('5 minutes');
  expect(await fallBackWith(270)).toContain('4 minutes');
});

describe('a provider that throttles', () => {
  const sentWhen = async (retryAfterSeconds?: number) => {
    core.carrier.answer = (sent) => {
      if (sent.channel !== 'whatsapp') return accepted(sent);
      const answer = refused('throttled');
      return retryAfterSeconds === undefined ? answer : { ...answer, retryAfterSeconds };
    };
    const to = core.phone();
    await core.issue(to);
    await core.quiet();
    core.carrier.answer = accepted;
    return core.carrier.to(to).map(({ channel }) => channel);
  };

  test('is asked once more, unless it wants to be left alone for longer: then the code moves on at once', async () => {
    expect(await sentWhen()).toEqual(['whatsapp', 'whatsapp', 'sms']);
    expect(await sentWhen(0)).toEqual(['whatsapp', 'whatsapp', 'sms']);
    expect(await sentWhen(1)).toEqual(['whatsapp', 'sms']);
    expect(await sentWhen(60)).toEqual(['whatsapp', 'sms']);
  });
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
