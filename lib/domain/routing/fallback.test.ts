import { describe, expect, test } from 'vitest';
import type { MessageState } from '@/lib/domain/message/states';
import { decideFallback, type FallbackCause, type FallbackMessage, secondsToNext } from '@/lib/domain/routing/fallback';
import type { Plan, PlanStep } from '@/lib/domain/routing/plan';

const step = (channel: PlanStep['channel']): PlanStep => ({
  channel,
  provider: 'twilio',
  connectionId: 'c',
  connectionName: 'c',
  template: { id: 't', name: null, text: 'x' },
  locale: 'en',
  priceMicros: 0,
  priceRule: 'any',
});
const plan = (more: Partial<Plan> = {}): Plan => ({
  mode: 'automatic',
  isUserChoice: false,
  steps: [step('whatsapp'), step('sms')],
  skipped: [],
  switchTo: [],
  fallbackOnFailed: true,
  fallbackAfterSeconds: 30,
  coverage: null,
  inheritedFrom: {},
  brand: 'Acme',
  webDomain: null,
  policy: {
    lifetimeSeconds: 300,
    codeLength: 6,
    checksMax: 5,
    resendCooldownSeconds: 60,
    resendsMax: 3,
    codeMode: 'same_code',
    resendCode: 'same_code',
    alphabet: 'digits',
    bindsTransaction: false,
  },
  ...more,
});
const chosen = plan({
  isUserChoice: true,
  steps: [step('whatsapp')],
  fallbackOnFailed: false,
  fallbackAfterSeconds: 0,
});
const choosing = { ...chosen, switchTo: ['whatsapp', 'sms'] as const };
const onlyTimer = plan({ fallbackOnFailed: false });
const onlyFailure = plan({ fallbackAfterSeconds: 0 });
const three = plan({ steps: [step('whatsapp'), step('sms'), step('voice')] });
/** A message, `lost` with its process instead of in a state; the first is from the issue, the others from fallbacks or, where it says so, a resend. */
type At = [step: number, state: MessageState | 'lost', cause?: 'resend'];
const seen = (messages: readonly At[]): FallbackMessage[] =>
  messages.map(([n, state, cause], at) => ({
    step: n,
    state: state === 'lost' ? 'unknown' : state,
    cause: cause ?? (at === 0 ? 'issue' : 'fallback'),
    isLost: state === 'lost',
    isProvidersFault: false,
  }));
const summary = (input: { plan: Plan; step: number; cause: FallbackCause; messages: At[] }) => {
  const decision = decideFallback({ ...input, messages: seen(input.messages) });
  if (decision.kind === 'send') return `send ${decision.step}, then ${decision.nextAfterSeconds ?? 'nothing'}`;
  if (decision.kind === 'undeliverable') return `undeliverable: ${decision.why}`;
  const { why, silenceAfterSeconds } = decision;
  return silenceAfterSeconds === null ? `wait: ${why}` : `wait: ${why}, ${silenceAfterSeconds} s of silence`;
};

const table: [name: string, plan: Plan, step: number, cause: FallbackCause, messages: At[], outcome: string][] = [
  ['silence, with a next channel', plan(), 0, 'timeout', [[0, 'sent']], 'send 1, then nothing'],
  ['silence, with two next channels', three, 0, 'timeout', [[0, 'sent']], 'send 1, then 30'],
  ['silence after a message that is unknown', plan(), 0, 'timeout', [[0, 'unknown']], 'send 1, then nothing'],
  [
    'silence on the last channel',
    plan(),
    1,
    'timeout',
    [
      [0, 'sent'],
      [1, 'sent'],
    ],
    'wait: last_step',
  ],
  ['silence, with the timer off', onlyFailure, 0, 'timeout', [[0, 'sent']], 'wait: fallback_off'],
  [
    'silence after a failure that was not to fall back',
    onlyTimer,
    0,
    'timeout',
    [[0, 'failed']],
    'send 1, then nothing',
  ],
  ['a delivery that came in time', plan(), 0, 'timeout', [[0, 'delivered']], 'wait: arrived'],
  ['a read that came in time', plan(), 0, 'timeout', [[0, 'read']], 'wait: arrived'],
  [
    'a failure after an arrival of another message',
    three,
    1,
    'failed',
    [
      [0, 'delivered'],
      [1, 'failed'],
    ],
    'wait: arrived',
  ],
  ['a failure, with a next channel', plan(), 0, 'failed', [[0, 'failed']], 'send 1, then nothing'],
  [
    'a failure of the middle one',
    three,
    1,
    'failed',
    [
      [0, 'sent'],
      [1, 'failed'],
    ],
    'send 2, then nothing',
  ],
  [
    'a failure of an older one while the newer is on its way',
    plan(),
    1,
    'failed',
    [
      [0, 'failed'],
      [1, 'sent'],
    ],
    'wait: in_flight',
  ],
  [
    'a failure of one of two on the current channel',
    plan(),
    0,
    'failed',
    [
      [0, 'failed'],
      [0, 'accepted', 'resend'],
    ],
    'wait: in_flight, 30 s of silence',
  ],
  [
    'the same, with the timer off',
    onlyFailure,
    0,
    'failed',
    [
      [0, 'failed'],
      [0, 'accepted', 'resend'],
    ],
    'wait: in_flight',
  ],
  [
    'a failure of the newer one while the older was lost',
    plan(),
    0,
    'failed',
    [
      [0, 'lost'],
      [0, 'failed', 'resend'],
    ],
    'send 1, then nothing',
  ],
  [
    'a failure that is not to fall back, while silence still is',
    onlyTimer,
    0,
    'failed',
    [[0, 'failed']],
    'wait: fallback_off, 30 s of silence',
  ],
  [
    'a failure of everything',
    plan(),
    1,
    'failed',
    [
      [0, 'failed'],
      [1, 'failed'],
    ],
    'undeliverable: all_channels_failed',
  ],
  [
    'a failure of the last while an older one may arrive',
    plan(),
    1,
    'failed',
    [
      [0, 'sent'],
      [1, 'failed'],
    ],
    'wait: last_step',
  ],
  [
    'a failure of the last while an older one is unknown',
    plan(),
    1,
    'failed',
    [
      [0, 'unknown'],
      [1, 'failed'],
    ],
    'wait: last_step',
  ],
  [
    'a failure of the user’s choice, with none to switch to',
    chosen,
    0,
    'failed',
    [[0, 'failed']],
    'undeliverable: all_channels_failed',
  ],
  [
    'a failure of the user’s choice, with another to switch to',
    choosing,
    0,
    'failed',
    [[0, 'failed']],
    'wait: switch_offered',
  ],
  [
    'a failure of what the user switched to, with all tried',
    plan({ ...choosing, steps: [step('whatsapp'), step('sms')] }),
    1,
    'failed',
    [
      [0, 'failed'],
      [1, 'failed', 'resend'],
    ],
    'undeliverable: all_channels_failed',
  ],
  [
    'a failure of the user’s choice, with another to switch to and no resend left',
    plan({ ...choosing, policy: { ...choosing.policy, resendsMax: 1 } }),
    0,
    'failed',
    [
      [0, 'failed'],
      [0, 'failed', 'resend'],
    ],
    'undeliverable: chosen_channel_failed',
  ],
  [
    'a failure where the route does not fall back at all',
    plan({ fallbackOnFailed: false, fallbackAfterSeconds: 0 }),
    0,
    'failed',
    [[0, 'failed']],
    'undeliverable: fallback_off',
  ],
  ['a loss, with a next channel', plan(), 0, 'lost', [[0, 'lost']], 'send 1, then nothing'],
  ['a loss, with the timer off', onlyFailure, 0, 'lost', [[0, 'lost']], 'send 1, then nothing'],
  [
    'a loss on the last channel',
    plan(),
    1,
    'lost',
    [
      [0, 'sent'],
      [1, 'lost'],
    ],
    'send 1, then nothing',
  ],
  [
    'a second loss on the last channel',
    plan(),
    1,
    'lost',
    [
      [0, 'sent'],
      [1, 'lost'],
      [1, 'lost'],
    ],
    'wait: last_step',
  ],
  ['a loss of the user’s choice', chosen, 0, 'lost', [[0, 'lost']], 'send 0, then nothing'],
  [
    'a second loss of the user’s choice',
    chosen,
    0,
    'lost',
    [
      [0, 'lost'],
      [0, 'lost'],
    ],
    'wait: last_step',
  ],
  [
    'a loss of the second sending, heard of after the failure of the first',
    plan(),
    0,
    'failed',
    [
      [0, 'failed'],
      [0, 'lost', 'resend'],
    ],
    'send 1, then nothing',
  ],
  [
    'a loss of the second sending on the last channel',
    plan({ steps: [step('sms')] }),
    0,
    'failed',
    [
      [0, 'failed'],
      [0, 'lost', 'resend'],
    ],
    'send 0, then nothing',
  ],
  [
    'a loss while a newer one is on its way',
    plan(),
    0,
    'lost',
    [
      [0, 'lost'],
      [0, 'accepted', 'resend'],
    ],
    'wait: in_flight, 30 s of silence',
  ],
  ['a loss that turned out to have left', plan(), 0, 'lost', [[0, 'sent']], 'wait: in_flight, 30 s of silence'],
  ['a loss that turned out to have failed', plan(), 0, 'lost', [[0, 'failed']], 'send 1, then nothing'],
  [
    'a loss that turned out to have failed, on the last channel',
    chosen,
    0,
    'lost',
    [[0, 'failed']],
    'undeliverable: all_channels_failed',
  ],
  [
    'a loss that turned out to have failed, where only silence counts',
    onlyTimer,
    0,
    'lost',
    [[0, 'failed']],
    'wait: fallback_off, 30 s of silence',
  ],
  ['a loss that turned out to have arrived', plan(), 0, 'lost', [[0, 'delivered']], 'wait: arrived'],
];

describe('a due timer', () => {
  test.each(table)('%s', (_, thePlan, at, cause, messages, outcome) => {
    expect(summary({ plan: thePlan, step: at, cause, messages })).toBe(outcome);
  });

  const states: MessageState[] = ['queued', 'submitted', 'unknown', 'accepted', 'sent', 'failed', 'delivered', 'read'];
  const causes: FallbackCause[] = ['timeout', 'failed', 'lost'];

  test('never sends on another channel than the user chose, whatever happened', () => {
    for (const cause of causes) {
      for (const state of states) {
        expect(summary({ plan: chosen, step: 0, cause, messages: [[0, state]] })).not.toMatch(/^send [1-9]/);
      }
    }
  });

  test('goes over the connection that stands in while the next channel’s own is down, and over its own where nothing else works', () => {
    const own = { ...step('sms'), connectionId: 'own' };
    const spare = { ...step('sms'), connectionId: 'spare', failsOverFor: 1 };
    const withSpare = plan({ steps: [step('whatsapp'), own, spare] });
    const stepOf = (isDown: readonly string[], messages: readonly At[] = [[0, 'sent']]) => {
      const input = { plan: withSpare, step: 0, cause: 'timeout' as const, messages: seen(messages) };
      const decision = decideFallback({ ...input, isDown: new Set(isDown) });
      return decision.kind === 'send' ? decision.step : decision.kind;
    };
    expect(stepOf([])).toBe(1);
    expect(stepOf(['own'])).toBe(2);
    expect(stepOf(['own', 'spare'])).toBe(1);
    // Used already: whoever has it would get a second one.
    expect(
      stepOf(
        ['own'],
        [
          [0, 'sent'],
          [2, 'failed'],
        ],
      ),
    ).toBe(1);
  });

  test('passes over a channel that the number is remembered as not on while another is left, and never where the user chose', () => {
    const sendOf = (thePlan: Plan, unreachable: readonly string[], cause: FallbackCause = 'failed') => {
      const messages = seen([[0, cause === 'lost' ? 'lost' : cause === 'failed' ? 'failed' : 'sent']]);
      const decision = decideFallback({ plan: thePlan, step: 0, cause, messages, unreachable: new Set(unreachable) });
      return decision.kind === 'send' ? [decision.step, ...decision.notOnChannel] : decision.kind;
    };
    for (const cause of causes) {
      expect(sendOf(three, [], cause)).toEqual([1]);
      expect(sendOf(three, ['sms'], cause)).toEqual([2, 1]);
      // What began on a channel is not called back by what is remembered of it.
      expect(sendOf(three, ['whatsapp'], cause)).toEqual([1]);
      expect(sendOf(three, ['sms', 'voice'], cause)).toEqual([1]);
      expect(sendOf(plan(), ['sms'], cause)).toEqual([1]);
    }
    const own = plan({ ...three, isUserChoice: true, fallbackOnFailed: false, fallbackAfterSeconds: 0 });
    for (const cause of causes) expect(sendOf(own, ['sms'], cause)).not.toEqual([2, 1]);
  });

  test('never sends anything once one message has arrived', () => {
    for (const cause of causes) {
      for (const state of states) {
        for (const arrived of ['delivered', 'read'] as const) {
          expect(
            summary({
              plan: three,
              step: 1,
              cause,
              messages: [
                [0, arrived],
                [1, state],
              ],
            }),
          ).toBe('wait: arrived');
        }
      }
    }
  });

  test('never calls it undeliverable while one message may still arrive', () => {
    for (const cause of causes) {
      for (const state of states.filter((each) => each !== 'failed')) {
        expect(
          summary({
            plan: plan(),
            step: 1,
            cause,
            messages: [
              [0, state],
              [1, 'failed'],
            ],
          }),
        ).not.toContain('undeliverable');
      }
    }
  });

  test('ends: followed to the end, no plan sends more than two messages per channel', () => {
    for (const cause of causes) {
      const messages: At[] = [[0, cause === 'lost' ? 'lost' : cause === 'failed' ? 'failed' : 'unknown']];
      let at = 0;
      for (let n = 0; n < 20; n += 1) {
        const decision = decideFallback({
          plan: three,
          step: at,
          cause,
          messages: seen(messages),
        });
        if (decision.kind !== 'send') break;
        at = decision.step;
        messages.push([at, cause === 'timeout' ? 'unknown' : cause]);
      }
      expect(messages.length).toBeLessThanOrEqual(6);
    }
  });

  test('whoever waits without an arrival, and has a channel left for silence, keeps a timer', () => {
    for (const cause of causes) {
      for (const state of [...states, 'lost'] as const) {
        for (const thePlan of [plan(), onlyTimer, three]) {
          const messages: At[] = [
            [0, 'failed'],
            [0, state, 'resend'],
          ];
          const outcome = summary({ plan: thePlan, step: 0, cause, messages });
          expect(outcome).toMatch(/^send 1|s of silence$|^wait: arrived$/);
        }
      }
    }
  });

  test('the next timer is armed only where there is a next channel and silence counts', () => {
    expect(secondsToNext(plan(), 0)).toBe(30);
    expect(secondsToNext(plan(), 1)).toBeNull();
    expect(secondsToNext(onlyFailure, 0)).toBeNull();
  });
});
