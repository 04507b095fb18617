import { describe, expect, test } from 'vitest';
import type { MessageState } from '@/lib/domain/message/states';
import { decideFallback, type FallbackCause, secondsToNext } from '@/lib/domain/routing/fallback';
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
  },
  ...more,
});
const chosen = plan({
  isUserChoice: true,
  steps: [step('whatsapp')],
  fallbackOnFailed: false,
  fallbackAfterSeconds: 0,
});
const onlyTimer = plan({ fallbackOnFailed: false });
const onlyFailure = plan({ fallbackAfterSeconds: 0 });
const three = plan({ steps: [step('whatsapp'), step('sms'), step('voice')] });
type At = [step: number, state: MessageState];
const summary = (input: { plan: Plan; step: number; cause: FallbackCause; messages: At[] }) => {
  const decision = decideFallback({
    ...input,
    messages: input.messages.map(([n, state]) => ({ step: n, state, tries: 1 })),
  });
  if (decision.kind === 'send') return `send ${decision.step}, then ${decision.nextAfterSeconds ?? 'nothing'}`;
  return decision.kind === 'wait' ? `wait: ${decision.why}` : 'undeliverable';
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
      [0, 'accepted'],
    ],
    'wait: in_flight',
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
    'undeliverable',
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
  ['a failure of the user’s choice', chosen, 0, 'failed', [[0, 'failed']], 'undeliverable'],
  ['a loss, with a next channel', plan(), 0, 'lost', [[0, 'unknown']], 'send 1, then nothing'],
  ['a loss, with the timer off', onlyFailure, 0, 'lost', [[0, 'unknown']], 'send 1, then nothing'],
  [
    'a loss on the last channel',
    plan(),
    1,
    'lost',
    [
      [0, 'sent'],
      [1, 'unknown'],
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
      [1, 'unknown'],
      [1, 'unknown'],
    ],
    'wait: last_step',
  ],
  ['a loss of the user’s choice', chosen, 0, 'lost', [[0, 'unknown']], 'send 0, then nothing'],
  [
    'a second loss of the user’s choice',
    chosen,
    0,
    'lost',
    [
      [0, 'unknown'],
      [0, 'unknown'],
    ],
    'wait: last_step',
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
        ).not.toBe('undeliverable');
      }
    }
  });

  test('ends: followed to the end, no plan sends more than two messages per channel', () => {
    for (const cause of causes) {
      const messages: At[] = [[0, 'unknown']];
      let at = 0;
      for (let n = 0; n < 20; n += 1) {
        const decision = decideFallback({
          plan: three,
          step: at,
          cause,
          messages: messages.map(([m, state]) => ({ step: m, state, tries: 1 })),
        });
        if (decision.kind !== 'send') break;
        at = decision.step;
        messages.push([at, cause === 'failed' ? 'failed' : 'unknown']);
      }
      expect(messages.length).toBeLessThanOrEqual(6);
    }
  });

  test('the next timer is armed only where there is a next channel and silence counts', () => {
    expect(secondsToNext(plan(), 0)).toBe(30);
    expect(secondsToNext(plan(), 1)).toBeNull();
    expect(secondsToNext(onlyFailure, 0)).toBeNull();
  });
});
