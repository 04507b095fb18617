import type { MessageState } from '@/lib/domain/message/states';
import { hasArrived } from '@/lib/domain/message/states';
import type { Plan } from '@/lib/domain/routing/plan';
import type { UndeliverableReason } from '@/lib/domain/verification/states';

/** What set the timer: nothing delivered in time, a failure, or a process that died with the message in its hands. */
export type FallbackCause = 'timeout' | 'failed' | 'lost';

/** A message as the decision sees it. `isLost`: its process died with it, and no news have come since. */
export type FallbackMessage = {
  step: number;
  state: MessageState;
  cause: 'issue' | 'fallback' | 'resend';
  isLost: boolean;
  /** It failed because of the provider or of our account with it: another connection may carry the same channel. */
  isProvidersFault: boolean;
};

export type FallbackDecision =
  /**
   * Send step `step`; `nextAfterSeconds` arms the timer for the step after it, null when there is none. `notOnChannel`: the steps that were
   * passed over because the number is remembered as not on their channel. `breakerOpen`: the step that `step` stands in for because its
   * connection is down; null: none.
   */
  | {
      kind: 'send';
      step: number;
      why: FallbackCause;
      nextAfterSeconds: number | null;
      notOnChannel: readonly number[];
      breakerOpen: number | null;
    }
  /** Nothing to send now, and something may still arrive. `silenceAfterSeconds`: the newest message has this long to arrive before the next step goes out. */
  | {
      kind: 'wait';
      why: 'arrived' | 'in_flight' | 'last_step' | 'fallback_off' | 'switch_offered';
      silenceAfterSeconds: number | null;
    }
  /** Every message failed, and no channel is left or none may be taken. */
  | { kind: 'undeliverable'; why: UndeliverableReason };

const NOTHING_PASSED = { notOnChannel: [], breakerOpen: null } as const;

/**
 * What a due timer does, given the messages in the order of their submission. Looks again at the messages, because news may
 * have come since the timer was set, and a later cause may have replaced an earlier one: what is lost is read from them.
 *
 * A lost message on the last (or only) channel is sent once more on that channel: nobody may be left without a code
 * because our process died. A second message of the step, resends aside, bounds that to one.
 *
 * Whoever waits without an arrival keeps the timer for silence, where the route has one: news about an older message must
 * not end the wait for the newest.
 */
export function decideFallback(input: {
  plan: Plan;
  step: number;
  cause: FallbackCause;
  messages: readonly FallbackMessage[];
  /** Connections that are known not to work now (lib/domain/routing/breaker.ts). */
  isDown?: ReadonlySet<string>;
  /** Channels that the number is remembered as not on. */
  unreachable?: ReadonlySet<string>;
}): FallbackDecision {
  const { plan, step } = input;
  const messages = withLiveCode(plan, input.messages);
  const silenceAfterSeconds = secondsToNext(plan, step);
  if (messages.some(({ state }) => hasArrived(state)))
    return { kind: 'wait', why: 'arrived', silenceAfterSeconds: null };

  const ofStep = messages.filter((message) => message.step === step);
  const why = whyNow(input.cause, ofStep);
  // News about another message, while the current channel has one on its way, are no reason to send.
  if (why === 'failed' && ofStep.some(({ state, isLost }) => state !== 'failed' && !isLost)) {
    return { kind: 'wait', why: 'in_flight', silenceAfterSeconds };
  }

  const spare = spareFor(plan, step, input.messages);
  if (why === 'failed' && spare !== null && ofStep.at(-1)?.isProvidersFault) {
    return { kind: 'send', step: spare, why, nextAfterSeconds: secondsToNext(plan, spare), ...NOTHING_PASSED };
  }
  const { next, notOnChannel } = nextReachable(plan, step, input.unreachable);
  if (next !== null && mayMoveOn(plan, why)) {
    const by = workingStep(plan, next, input.messages, input.isDown);
    const breakerOpen = by === next ? null : next;
    return { kind: 'send', step: by, why, nextAfterSeconds: secondsToNext(plan, by), notOnChannel, breakerOpen };
  }
  if (why === 'lost' && ofStep.filter(({ cause }) => cause !== 'resend').length < 2) {
    return { kind: 'send', step, why, nextAfterSeconds: silenceAfterSeconds, ...NOTHING_PASSED };
  }
  const isOver = silenceAfterSeconds === null && messages.every(({ state }) => state === 'failed');
  if (isOver && messages.length > 0) {
    return maySwitch(plan, input.messages)
      ? { kind: 'wait', why: 'switch_offered', silenceAfterSeconds: null }
      : { kind: 'undeliverable', why: endReason(plan, input.messages, next) };
  }
  return { kind: 'wait', why: next === null ? 'last_step' : 'fallback_off', silenceAfterSeconds };
}

/** Messages whose code can still approve: where a resend brings a new one, it and what followed. What became of older ones helps nobody. */
function withLiveCode({ policy }: Plan, messages: readonly FallbackMessage[]): readonly FallbackMessage[] {
  if (policy.codeMode !== 'same_code' || policy.resendCode !== 'new_code') return messages;
  return messages.slice(
    Math.max(
      0,
      messages.findLastIndex(({ cause }) => cause === 'resend'),
    ),
  );
}

/** A loss stands as long as the newest message is lost, whatever has been heard about older ones, and no longer. */
function whyNow(cause: FallbackCause, ofStep: readonly FallbackMessage[]): FallbackCause {
  if (cause === 'timeout') return cause;
  return ofStep.at(-1)?.isLost ? 'lost' : 'failed';
}

function mayMoveOn(plan: Plan, why: FallbackCause): boolean {
  if (why === 'failed') return plan.fallbackOnFailed;
  return why === 'timeout' ? plan.fallbackAfterSeconds > 0 : !plan.isUserChoice;
}

/** What the user chose has failed, and a resend may take a channel that nothing was sent on: not every channel has failed. */
function maySwitch(plan: Plan, messages: readonly FallbackMessage[]): boolean {
  const resendsUsed = messages.filter(({ cause }) => cause === 'resend').length;
  return plan.isUserChoice && resendsUsed < plan.policy.resendsMax && isChoiceLeft(plan, messages);
}

/** Whether the user could have chosen a channel that nothing was sent on. */
function isChoiceLeft(plan: Plan, messages: readonly FallbackMessage[]): boolean {
  const tried = new Set(messages.map(({ step }) => plan.steps[step]?.channel));
  return plan.switchTo.some((channel) => !tried.has(channel));
}

/** `next`: the step of the route that was not taken, if any. */
function endReason(plan: Plan, messages: readonly FallbackMessage[], next: number | null): UndeliverableReason {
  if (plan.isUserChoice) return isChoiceLeft(plan, messages) ? 'chosen_channel_failed' : 'all_channels_failed';
  return next === null ? 'all_channels_failed' : 'fallback_off';
}

/** The step after this one in the order of the route, whichever connection carried it; null after the last. */
export function nextStep(plan: Pick<Plan, 'steps'>, step: number): number | null {
  const next = (plan.steps[step]?.failsOverFor ?? step) + 1;
  const following = plan.steps[next];
  return following && following.failsOverFor === undefined ? next : null;
}

/**
 * The step to go on with: one on a channel that the number is remembered as not on is passed over as long as another is left. What is remembered may
 * be over, so the last one is tried all the same.
 */
export function nextReachable(
  plan: Pick<Plan, 'steps'>,
  step: number,
  unreachable: ReadonlySet<string> = new Set(),
): { next: number | null; notOnChannel: readonly number[] } {
  const notOnChannel: number[] = [];
  for (let next = nextStep(plan, step); next !== null; next = nextStep(plan, next)) {
    if (!unreachable.has(plan.steps[next]?.channel ?? '')) return { next, notOnChannel };
    notOnChannel.push(next);
  }
  return { next: nextStep(plan, step), notOnChannel: [] };
}

/** A step, or the one that stands in for it while its connection is down. `messages`: those that must not get a copy over it; none where a person asks for another one. */
export function workingStep(
  plan: Pick<Plan, 'steps'>,
  step: number,
  messages: readonly Pick<FallbackMessage, 'step'>[],
  isDown: ReadonlySet<string> = new Set(),
): number {
  const works = (at: number) => !isDown.has(plan.steps[at]?.connectionId ?? '');
  if (works(step)) return step;
  const spare = spareFor(plan, step, messages);
  return spare !== null && works(spare) ? spare : step;
}

/** The step that stands in for this one, as long as nothing was sent through it. */
function spareFor(
  plan: Pick<Plan, 'steps'>,
  step: number,
  messages: readonly Pick<FallbackMessage, 'step'>[],
): number | null {
  const spare = plan.steps.findIndex(({ failsOverFor }) => failsOverFor === step);
  return spare >= 0 && !messages.some((message) => message.step === spare) ? spare : null;
}

/** Seconds until the next step goes out without news; null when there is none or the timer is off. */
export function secondsToNext(plan: Pick<Plan, 'steps' | 'fallbackAfterSeconds'>, step: number): number | null {
  return nextStep(plan, step) !== null && plan.fallbackAfterSeconds > 0 ? plan.fallbackAfterSeconds : null;
}

/** A connection that a send went around, for the decision trace. */
export type PassedOver = { connection: string; why: 'breaker_open' };

/** The connection of a step that another one stands in for because its breaker is open; `step` null: none. */
export const passedOver = (plan: Pick<Plan, 'steps'>, step: number | null): PassedOver[] =>
  step === null ? [] : [{ connection: plan.steps[step]?.connectionName ?? '', why: 'breaker_open' }];
