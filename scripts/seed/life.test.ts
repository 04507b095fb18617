import { describe, expect, test } from 'vitest';
import type { Channel } from '@/lib/domain/channel';
import { FAILURE_REASONS } from '@/lib/domain/message/reasons';
import { decideMessage, hasArrived, type MESSAGE_RANK } from '@/lib/domain/message/states';
import { DEFAULT_POLICIES, type Policy } from '@/lib/domain/policy/policy';
import { type Plan, type PlanConnection, planRoute } from '@/lib/domain/routing/plan';
import { type Random, seededRandom } from '@/lib/simulator/random';
import { carrierTo, type Mishap } from './carriers';
import { type Conduct, type Life, type LifeInput, live } from './life';

const AT = Date.UTC(2026, 0, 5, 10);
const LIVES = 3_000;

const CONNECTIONS = new Map<string, PlanConnection>([
  [
    'meta',
    { id: 'meta', provider: 'meta-cloud', name: 'Meta', channels: ['whatsapp'], enabled: true, priceRule: 'delivered' },
  ],
  [
    'twilio',
    { id: 'twilio', provider: 'twilio', name: 'Twilio', channels: ['sms'], enabled: true, priceRule: 'submitted' },
  ],
]);
const TEMPLATE = { id: 't', useCase: null, locale: 'en', status: 'approved' } as const;
const UNTOLD = { codeExpirationMinutes: null, ttlSeconds: null, button: null };
const TEMPLATES = [
  { ...TEMPLATE, channel: 'whatsapp', connectionId: 'meta', providerName: 'otp', text: null, ...UNTOLD },
  { ...TEMPLATE, channel: 'sms', connectionId: null, providerName: null, text: '{code}', ...UNTOLD },
] as const;

function planOf(channel: Channel | null, order: readonly Channel[], policy: Policy): Plan {
  return planRoute({
    route: {
      country: 'BR',
      mode: 'automatic',
      channels: order.map((name) => ({ channel: name, enabled: true, connections: [] })),
      fallbackOnFailed: true,
      fallbackAfterSeconds: 30,
      defaultLocale: 'en',
      globalLocale: 'en',
      prices: { whatsapp: 7_000, sms: 30_000 },
      priceChanges: [],
      sendsPerDayMax: 0,
      spendPerDayMaxMicros: 0,
      coverage: 'high',
      inheritedFrom: {},
    },
    policy,
    channel,
    locales: [],
    brand: 'Pomelo',
    webDomain: null,
    connections: CONNECTIONS,
    templates: TEMPLATES,
    draw: 0,
    day: '2026-11-25',
  });
}

/** Any plan, any conduct, any trouble: stranger than the ones that history draws. */
function anyInput(random: Random, until = AT + 3_600_000): LifeInput {
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const order = oneOf<readonly Channel[]>([['whatsapp', 'sms'], ['sms', 'whatsapp'], ['sms']]);
  const channel = random() < 0.25 ? oneOf(order) : null;
  const conduct: Conduct = {
    guesses: Array.from({ length: Math.floor(random() * 9) }, () => ({
      afterMs: random() * 90_000,
      isRight: random() < 0.3,
    })),
    seesMessage: oneOf([1, 2] as const),
    resends: Array.from({ length: Math.floor(random() * 5) }, () => ({
      afterMs: random() * 60_000,
      switchTo: random() < 0.3 ? oneOf(['whatsapp', 'sms'] as const) : null,
      onlyWhenEmpty: random() < 0.5,
    })),
    cancelsAfterMs: random() < 0.1 ? random() * 700_000 : null,
    renewsAfterMs: random() < 0.1 ? random() * 700_000 : null,
  };
  const mishap = (): Mishap | null =>
    oneOf<Mishap | null>([
      null,
      { kind: 'prompt' },
      { kind: 'no_answer' },
      { kind: 'held', holdMs: null },
      { kind: 'held', holdMs: random() * 300_000 },
      { kind: 'slow', factor: 20 * random() },
      { kind: 'refused', code: oneOf([190, 131016, 131026]) },
      { kind: 'fails', fault: oneOf(['not_on_whatsapp', 'unreachable', 'filtered']), afterMs: random() * 40_000 },
    ]);
  return {
    random,
    at: AT,
    until,
    plan: planOf(channel, order, oneOf(DEFAULT_POLICIES)),
    firstStep: 0,
    channel,
    livemode: random() < 0.95,
    conduct,
    carrier: carrierTo({ to: `+55119${String(Math.floor(random() * 1e8)).padStart(8, '0')}`, country: 'BR' }, random, [
      mishap,
    ]),
    segmentsOf: (step) => (step.channel === 'sms' ? 2 : null),
  };
}

const lives: { input: LifeInput; life: Life }[] = Array.from({ length: LIVES }, (_, n) => {
  const input = anyInput(seededRandom(n));
  return { input, life: live(input) };
});
const every = (law: (life: Life, input: LifeInput) => void) => {
  for (const { life, input } of lives) law(life, input);
};

describe('a life', () => {
  test('comes to every end there is', () => {
    const ends = new Set(lives.map(({ life }) => `${life.status} ${life.endReason ?? ''}`.trim()));
    expect([...ends].sort()).toEqual([
      'approved',
      'canceled by_request',
      'canceled superseded',
      'expired lifetime_over',
      'locked checks_spent',
      'undeliverable all_channels_failed',
    ]);
  });

  test('ends no later than its code expires, and nothing can be entered any more', () => {
    every((life) => {
      expect(life.isCheckable).toBe(false);
      expect(life.endedAt).toBeLessThanOrEqual(life.expiresAt);
      expect(life.nextFallbackAt).toBeNull();
    });
  });

  test('never sends a message after its end', () => {
    every((life) => {
      for (const { submittedAt } of life.messages) {
        expect(submittedAt).toBeLessThan(life.expiresAt);
        // An end and a message may share a millisecond only when the message came first: then it is not later.
        if (life.endedAt !== null) expect(submittedAt).toBeLessThanOrEqual(life.endedAt);
      }
    });
  });

  test('judges at most as many guesses as the policy allows, numbers them, and stops at the right one', () => {
    every((life) => {
      const late = life.attempts.filter(({ outcome }) => outcome === 'expired');
      const judged = life.attempts.slice(0, life.attempts.length - late.length);
      expect(judged.map(({ number }) => number)).toEqual(judged.map((_, n) => n + 1));
      expect(life.checksUsed).toBe(judged.length);
      expect(life.checksUsed).toBeLessThanOrEqual(life.plan.policy.checksMax);
      expect(judged.slice(0, -1).every(({ outcome }) => outcome === 'mismatch')).toBe(true);
      expect(life.status === 'approved').toBe(judged.at(-1)?.outcome === 'approved');
      for (const { at } of judged) expect(at).toBeLessThan(life.expiresAt);
    });
  });

  test('notes once, and after the end, that a code came too late', () => {
    const late = lives.flatMap(({ life }) =>
      life.attempts.filter(({ outcome }) => outcome === 'expired').map((one) => ({ ...one, life })),
    );
    expect(late.length).toBeGreaterThan(0);
    expect(new Set(late.map(({ life }) => life)).size).toBe(late.length);
    for (const { at, number, life } of late) {
      expect(at).toBeGreaterThanOrEqual(life.expiresAt);
      expect(number).toBeNull();
      expect(['expired', 'undeliverable']).toContain(life.status);
    }
  });

  test('falls back for silence only when the timer has run out, and for a failure only after one', () => {
    every((life) => {
      for (const event of life.events.filter(({ kind }) => kind === 'fallback')) {
        const before = life.messages[(event.messageOf ?? 0) - 1];
        if (!before) throw new Error('a fallback has something to fall back from');
        expect(life.messages.slice(0, event.messageOf ?? 0).some((message) => arrivedBy(message, event.at))).toBe(
          false,
        );
        if (event.detail.cause === 'timeout') {
          expect(event.at - before.submittedAt).toBeGreaterThanOrEqual(life.plan.fallbackAfterSeconds * 1000);
        } else {
          expect(before.failedAt).toBeLessThanOrEqual(event.at);
        }
      }
    });
  });

  test('that began with a chosen channel stays on it until the person asks for another', () => {
    every((life, input) => {
      if (input.channel === null) return;
      const others = life.messages.filter(({ via, cause }) => via.channel !== input.channel && cause === 'fallback');
      expect(others).toEqual([]);
    });
  });

  test('resends no sooner than the cooldown and no more often than the policy allows', () => {
    every((life) => {
      const { resendCooldownSeconds, resendsMax } = life.plan.policy;
      const asked = [life.at, ...life.events.filter(({ kind }) => kind === 'resend').map(({ at }) => at)];
      expect(life.resendsUsed).toBe(asked.length - 1);
      expect(life.resendsUsed).toBeLessThanOrEqual(resendsMax);
      asked.slice(1).forEach((at, n) => {
        expect(at - (asked[n] ?? 0)).toBeGreaterThanOrEqual(resendCooldownSeconds * 1000);
      });
    });
  });

  test('leaves each message in the state that its receipts add up to, in whatever order they are read', () => {
    every((life) => {
      for (const message of life.messages) {
        const answered =
          message.isKnownToProvider || message.state !== 'unknown' ? ('accepted' as const) : ('unknown' as const);
        const start = message.state === 'failed' && message.receipts.length === 0 ? ('failed' as const) : answered;
        const backwards = [...message.receipts].reverse().reduce(
          (state, fact) => {
            const decision = decideMessage(state, { status: fact.status, at: new Date(fact.at), reason: fact.reason });
            return decision.kind === 'moved' ? decision.to : state;
          },
          start as keyof typeof MESSAGE_RANK,
        );
        expect(backwards).toBe(message.state);
      }
    });
  });

  test('costs what the price rule says and not a micro more', () => {
    every((life) => {
      for (const message of life.messages) {
        const { via, costMicros, segments, state } = message;
        const isCharged = via.priceRule === 'delivered' ? hasArrived(state) : message.isKnownToProvider;
        expect(costMicros).toBe(isCharged ? via.priceMicros * segments : 0);
        expect(segments).toBe(via.channel === 'sms' && message.answeredAt !== null ? 2 : 1);
      }
    });
  });

  test('is told by clocks that run forwards', () => {
    every((life) => {
      for (const message of life.messages) {
        expect(message.answeredAt).toBeGreaterThanOrEqual(message.submittedAt);
        for (const { at, receivedAt } of message.receipts) {
          expect(at).toBeGreaterThanOrEqual(message.answeredAt ?? 0);
          expect(receivedAt).toBeGreaterThanOrEqual(at);
        }
        if (message.readAt !== null) expect(message.readAt).toBeGreaterThanOrEqual(message.deliveredAt ?? 0);
      }
    });
  });

  test('remembers a number as off a channel only when the channel said so', () => {
    every((life) => {
      for (const { channel } of life.offChannel) {
        const said = life.messages.filter(
          ({ via, reason }) => via.channel === channel && reason && FAILURE_REASONS[reason].isOffChannel,
        );
        expect(said.length).toBeGreaterThan(0);
      }
    });
  });

  test('knows nothing of the time after now', () => {
    for (let n = 0; n < 500; n += 1) {
      const now = AT + n * 1_000;
      const life = live(anyInput(seededRandom(n), now));
      const known = [
        life.endedAt,
        ...life.events.map(({ at }) => at),
        ...life.attempts.map(({ at }) => at),
        ...life.messages.flatMap(({ submittedAt, answeredAt, receipts }) => [
          submittedAt,
          answeredAt,
          ...receipts.map((one) => one.receivedAt),
        ]),
      ];
      for (const at of known) expect(at ?? now).toBeLessThanOrEqual(now);
    }
  });

  test('with a test key sends nothing', () => {
    every((life, { livemode }) => expect(life.messages.length > 0).toBe(livemode));
  });

  test('is the same whenever it is lived with the same seed', () => {
    for (const seed of [1, 2, 3, 4, 5])
      expect(live(anyInput(seededRandom(seed)))).toEqual(live(anyInput(seededRandom(seed))));
  });
});

function arrivedBy({ receipts }: Life['messages'][number], at: number): boolean {
  return receipts.some(({ status, receivedAt }) => (status === 'delivered' || status === 'read') && receivedAt < at);
}
