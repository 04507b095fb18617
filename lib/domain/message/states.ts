import type { FailureReason } from '@/lib/domain/message/reasons';

/**
 * One message is one carriage of a code over one channel through one provider.
 *
 * Receipts are a set, not a sequence: providers repeat them and deliver them out of order, so the state is the
 * highest rank among the facts known. `failed` ranks below `delivered`, because proof of arrival outranks an
 * earlier report of failure, and above `sent`, because a failure says more than a departure.
 *
 * `submitted`: handed to the provider, no answer recorded yet. `unknown`: the provider never answered.
 */
export const MESSAGE_RANK = {
  queued: 0,
  submitted: 1,
  unknown: 2,
  accepted: 3,
  sent: 4,
  failed: 5,
  delivered: 6,
  read: 7,
} as const;

export type MessageState = keyof typeof MESSAGE_RANK;
export const MESSAGE_STATES = Object.keys(MESSAGE_RANK) as MessageState[];

/** What a provider can tell us later about a message. */
export const RECEIPT_STATUSES = ['accepted', 'sent', 'delivered', 'read', 'failed'] as const;
export type ReceiptStatus = (typeof RECEIPT_STATUSES)[number];

export type MessageEvent = { status: ReceiptStatus; at: Date; reason: FailureReason | null };

export type MessageDecision =
  | { kind: 'moved'; to: MessageState; at: Date }
  | { kind: 'ignored'; why: 'duplicate' | 'stale' };

/** What one receipt does to one message. Any order of the same receipts ends in the same state. */
export function decideMessage(state: MessageState, event: MessageEvent): MessageDecision {
  const from = MESSAGE_RANK[state];
  const to = MESSAGE_RANK[event.status];
  if (to === from) return { kind: 'ignored', why: 'duplicate' };
  if (to < from) return { kind: 'ignored', why: 'stale' };
  return { kind: 'moved', to: event.status, at: event.at };
}

/** True when the message is proven to be on the phone. */
export function hasArrived(state: MessageState): boolean {
  return MESSAGE_RANK[state] >= MESSAGE_RANK.delivered;
}
