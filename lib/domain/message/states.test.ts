import { describe, expect, test } from 'vitest';
import { FAILURE_REASONS } from '@/lib/domain/message/reasons';
import {
  decideMessage,
  hasArrived,
  MESSAGE_RANK,
  MESSAGE_STATES,
  type MessageState,
  RECEIPT_STATUSES,
  type ReceiptStatus,
} from '@/lib/domain/message/states';

const at = new Date('2026-01-05T10:00:00Z');
const event = (status: ReceiptStatus) => ({ status, at, reason: null });
const stateAfter = (state: MessageState, statuses: readonly ReceiptStatus[]) =>
  statuses.reduce<MessageState>((current, status) => {
    const decision = decideMessage(current, event(status));
    return decision.kind === 'moved' ? decision.to : current;
  }, state);
const permutations = <T>(items: readonly T[]): T[][] =>
  items.length <= 1
    ? [[...items]]
    : items.flatMap((item, n) => permutations(items.filter((_, other) => other !== n)).map((rest) => [item, ...rest]));

describe('one receipt and one message', () => {
  const table: [from: MessageState, status: ReceiptStatus, outcome: string][] = [
    ['submitted', 'accepted', 'moved to accepted'],
    ['submitted', 'delivered', 'moved to delivered'],
    ['unknown', 'sent', 'moved to sent'],
    ['unknown', 'failed', 'moved to failed'],
    ['sent', 'sent', 'ignored as duplicate'],
    ['delivered', 'sent', 'ignored as stale'],
    ['delivered', 'read', 'moved to read'],
    ['delivered', 'failed', 'ignored as stale'],
    ['read', 'delivered', 'ignored as stale'],
    ['failed', 'failed', 'ignored as duplicate'],
    ['failed', 'sent', 'ignored as stale'],
    ['failed', 'delivered', 'moved to delivered'],
  ];
  test.each(table)('%s and %s: %s', (from, status, outcome) => {
    const decision = decideMessage(from, event(status));
    expect(decision.kind === 'moved' ? `moved to ${decision.to}` : `ignored as ${decision.why}`).toBe(outcome);
  });

  test('no receipt ever lowers a state', () => {
    for (const state of MESSAGE_STATES) {
      for (const status of RECEIPT_STATUSES)
        expect(MESSAGE_RANK[stateAfter(state, [status])]).toBeGreaterThanOrEqual(MESSAGE_RANK[state]);
    }
  });
});

describe('receipts are a set, not a sequence', () => {
  const subsets = Array.from({ length: 31 }, (_, bits) => RECEIPT_STATUSES.filter((__, n) => (bits + 1) & (1 << n)));
  test.each(subsets.map((subset) => [subset.join(', '), subset] as const))(
    '%s end in one state in every order',
    (_, subset) => {
      expect(new Set(permutations(subset).map((order) => stateAfter('submitted', order))).size).toBe(1);
    },
  );

  test('proof of arrival outranks a failure, a failure outranks a departure', () => {
    expect(stateAfter('submitted', ['failed', 'delivered'])).toBe('delivered');
    expect(stateAfter('submitted', ['delivered', 'failed'])).toBe('delivered');
    expect(stateAfter('submitted', ['sent', 'failed'])).toBe('failed');
    expect(stateAfter('submitted', ['failed', 'sent'])).toBe('failed');
  });

  test('read implies delivered, and only those two are arrival', () => {
    expect(MESSAGE_STATES.filter(hasArrived)).toEqual(['delivered', 'read']);
  });
});

test('only a fault of ours raises an alert, and only proof that a number is not on a channel is remembered', () => {
  const named = Object.entries(FAILURE_REASONS);
  expect(named.filter(([, { isOffChannel }]) => isOffChannel).map(([name]) => name)).toEqual(['not_on_channel']);
  expect(named.filter(([, { group, isOffChannel }]) => group === 'ours' && isOffChannel)).toEqual([]);
  expect(named.filter(([, { retriesOnce }]) => retriesOnce).map(([name]) => name)).toEqual([
    'throttled',
    'provider_down',
  ]);
});
