import { expect, test } from 'vitest';
import type { AlertView } from '@/lib/operations/alerts/list';
import { canMoveOver, ROOMS } from './help';

const about = (
  kind: AlertView['kind'],
  countries: string[],
  connectionId: string | null,
  ruleId: string | null = 'rule',
) => canMoveOver({ kind, ruleId, scope: { appId: null, connectionId, channel: null, countries, template: null } });

test('another channel is offered where one does not carry, and never where it is the bill', () => {
  expect(about('delivery_drop', ['BR'], null)).toBe(true);
  expect(about('unknown_rate', [], 'con')).toBe(true);
  // A provider of which nothing is heard may carry nothing.
  expect(about('webhook_silence', [], 'con')).toBe(true);
  // The storm guard's: receipts stopped, everywhere or of one connection, and codes arrive.
  expect(about('webhook_silence', ['BR', 'IN'], null, null)).toBe(false);
  expect(about('webhook_silence', ['BR', 'IN'], 'con', null)).toBe(false);
  expect(about('spend', ['BR'], null)).toBe(false);
  expect(about('delivery_drop', [], null)).toBe(false);
});

test('an alert of unanswered sends does not lead to the unknown rate, which is another figure', () => {
  expect(ROOMS.unknown_rate).not.toHaveProperty('metric', 'unknown_rate');
});
