import type { MessageState } from '@/lib/domain/message/states';
import { hasArrived } from '@/lib/domain/message/states';
import type { Plan } from '@/lib/domain/routing/plan';

/** What set the timer: nothing delivered in time, a failure, or a process that died with the message in its hands. */
export type FallbackCause = 'timeout' | 'failed' | 'lost';

export type FallbackDecision =
  /** Send step `step`; `nextAfterSeconds` arms the timer for the step after it, null when there is none. */
  | { kind: 'send'; step: number; why: FallbackCause; nextAfterSeconds: number | null }
  /** Nothing more to send, and something may still arrive. */
  | { kind: 'wait'; why: 'arrived' | 'in_flight' | 'last_step' | 'fallback_off' }
  /** Every message failed and no channel is left. */
  | { kind: 'undeliverable' };

/**
 * What a due timer does. Looks again at the messages, because better news may have come since the timer was set.
 *
 * A lost message on the last (or only) channel is sent once more on that channel: nobody may be left without a code
 * because our process died. A second message of the step bounds that to one.
 */
export function decideFallback(input: {
  plan: Plan;
  step: number;
  cause: FallbackCause;
  messages: readonly { step: number; state: MessageState; tries: number }[];
}): FallbackDecision {
  const { plan, step, cause, messages } = input;
  if (messages.some(({ state }) => hasArrived(state))) return { kind: 'wait', why: 'arrived' };
  // An older channel failed while the current one is still on its way: that is no reason for another message.
  if (cause === 'failed' && messages.some((message) => message.step === step && message.state !== 'failed')) {
    return { kind: 'wait', why: 'in_flight' };
  }

  const next = step + 1;
  const mayMoveOn =
    cause === 'failed'
      ? plan.fallbackOnFailed
      : cause === 'timeout'
        ? plan.fallbackAfterSeconds > 0
        : !plan.isUserChoice;
  if (next < plan.steps.length && mayMoveOn) {
    return { kind: 'send', step: next, why: cause, nextAfterSeconds: secondsToNext(plan, next) };
  }
  if (cause === 'lost' && messages.filter((message) => message.step === step).length < 2) {
    return { kind: 'send', step, why: cause, nextAfterSeconds: secondsToNext(plan, step) };
  }
  if (messages.length > 0 && messages.every(({ state }) => state === 'failed')) return { kind: 'undeliverable' };
  return { kind: 'wait', why: next < plan.steps.length ? 'fallback_off' : 'last_step' };
}

/** Seconds until the step after `step` goes out without news; null when there is none or the timer is off. */
export function secondsToNext(plan: Pick<Plan, 'steps' | 'fallbackAfterSeconds'>, step: number): number | null {
  return step + 1 < plan.steps.length && plan.fallbackAfterSeconds > 0 ? plan.fallbackAfterSeconds : null;
}
