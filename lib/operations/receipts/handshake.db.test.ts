import { afterAll, beforeAll, expect, test } from 'vitest';
import { publicId } from '@/lib/ids';
import { answerChallenge } from '@/lib/operations/receipts/receive';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const query = (more: Record<string, string> = {}) =>
  new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.challenge': '1158201444',
    'hub.verify_token': 'meta-verify-token',
    ...more,
  });
const meta = () => publicId('connection', core.whatsapp);

test('whoever knows the token gets the challenge back', async () => {
  expect(await answerChallenge('meta-cloud', meta(), query())).toBe('1158201444');
});

test.each([
  ['the wrong token', { 'hub.verify_token': 'wrong' }],
  ['an empty token', { 'hub.verify_token': '' }],
  ['another mode', { 'hub.mode': 'unsubscribe' }],
  ['a challenge that could be read as markup', { 'hub.challenge': '<script>' }],
])('%s gets nothing', async (_, more) => {
  expect(await answerChallenge('meta-cloud', meta(), query(more))).toBeNull();
});

test('a provider without a handshake, an unknown connection and a foreign one answer nothing', async () => {
  expect(await answerChallenge('twilio', publicId('connection', core.sms), query())).toBeNull();
  expect(await answerChallenge('meta-cloud', publicId('connection', core.sms), query())).toBeNull();
  expect(await answerChallenge('meta-cloud', 'con_1', query())).toBeNull();
});
