import { expect, test } from 'vitest';
import { loadView } from '../verifications/search-params';
import { termsOf } from '../verifications/terms';
import { verificationsHref } from './parts';
import { questionOf } from './range';
import { loadAnalyticsView } from './search-params';

const now = new Date('2026-11-22T12:00:00Z');
const asked = (query: string) => ({
  question: questionOf(loadAnalyticsView(new URLSearchParams(query)), now, 'UTC'),
});
const termsBehind = (...given: Parameters<typeof verificationsHref>) =>
  termsOf(loadView(new URLSearchParams(verificationsHref(...given).split('?')[1])));

test('behind a figure of verifications are those that began with the channel; behind one of messages those with any message of it', () => {
  expect(termsBehind(asked('country=BR'), { channel: 'sms' })).toEqual([
    { key: 'country', value: 'BR', isExcluded: false },
    { key: 'first_channel', value: 'sms', isExcluded: false },
    { key: 'mode', value: 'live', isExcluded: false },
  ]);
  expect(termsBehind(asked('channel=-sms'), {}, { behind: 'verification' })).toContainEqual({
    key: 'first_channel',
    value: 'sms',
    isExcluded: true,
  });
  expect(termsBehind(asked('channel=-sms'), {}, { behind: 'message' })).toContainEqual({
    key: 'channel',
    value: 'sms',
    isExcluded: true,
  });
});

test('further terms narrow the list, and never widen what is filtered by', () => {
  const also = { status: ['approved'], first_channel: ['whatsapp'] };
  expect(termsBehind(asked('channel=sms'), {}, { also })).toEqual([
    { key: 'status', value: 'approved', isExcluded: false },
    { key: 'first_channel', value: 'sms', isExcluded: false },
    { key: 'mode', value: 'live', isExcluded: false },
  ]);
});
