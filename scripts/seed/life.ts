import type { Channel } from '@/lib/domain/channel';
import { FAILURE_REASONS, type FailureReason } from '@/lib/domain/message/reasons';
import { decideMessage, hasArrived, MESSAGE_RANK, type MessageState } from '@/lib/domain/message/states';
import { decideFallback, type FallbackCause, secondsToNext } from '@/lib/domain/routing/fallback';
import type { Plan, PlanStep } from '@/lib/domain/routing/plan';
import {
  type CheckOutcome,
  type EndReason,
  outcomeWithoutGuess,
  type VerificationStatus,
} from '@/lib/domain/verification/states';
import type { Random } from '@/lib/simulator/random';
import { Agenda } from './agenda';
import type { Carriage, Carrier, Fact } from './carriage';

/** What the person does. Pauses in milliseconds. */
export type Conduct = {
  /** Guesses, each after a pause, once the code has been seen; ends with the first right one. */
  guesses: readonly { afterMs: number; isRight: boolean }[];
  /** Sees the code when this many messages have shown up: 2 is somebody who overlooks the first. */
  seesMessage: 1 | 2;
  /** Asks again this long after it is allowed; `onlyWhenEmpty` gives up asking when something has shown up. */
  resends: readonly { afterMs: number; switchTo: Channel | null; onlyWhenEmpty: boolean }[];
  cancelsAfterMs: number | null;
  /** Begins anew with another verification, this long after the first. Must be past the cooldown. */
  renewsAfterMs: number | null;
};

export type LifeInput = {
  random: Random;
  at: number;
  /** Nothing later than this has happened yet. */
  until: number;
  plan: Plan;
  /** Where to begin: above 0 when the number is remembered as not on the first channel. */
  firstStep: number;
  channel: Channel | null;
  livemode: boolean;
  conduct: Conduct;
  carrier: Carrier;
  /** Parts of the text of this step; null where the provider does not count. */
  segmentsOf(step: PlanStep): number | null;
};

export type MessageLife = {
  step: number;
  cause: 'issue' | 'fallback' | 'resend';
  via: PlanStep;
  state: MessageState;
  reason: FailureReason | null;
  providerCode: string | null;
  detail: string | null;
  isKnownToProvider: boolean;
  submittedAt: number;
  answeredAt: number | null;
  sentAt: number | null;
  deliveredAt: number | null;
  readAt: number | null;
  failedAt: number | null;
  segments: number;
  costMicros: number;
  nextPollAt: number | null;
  pollTries: number;
  receipts: (Fact & { decision: 'moved' | 'stale'; isPolled: boolean })[];
};

/** `messageOf` is the message that the event sent, `failedOf` the one whose failure it rests on, by their places in `messages`. */
export type LifeEvent = {
  at: number;
  kind: string;
  detail: Record<string, unknown>;
  messageOf: number | null;
  failedOf?: number;
};

export type Life = {
  at: number;
  plan: Plan;
  status: VerificationStatus;
  endReason: EndReason | null;
  channel: Channel | null;
  isCheckable: boolean;
  step: number;
  checksUsed: number;
  resendsUsed: number;
  expiresAt: number;
  resendAfter: number;
  nextFallbackAt: number | null;
  fallbackCause: FallbackCause | null;
  endedAt: number | null;
  approvedAt: number | null;
  /** When the same person began anew; the next verification is created at this moment. */
  supersededAt: number | null;
  messages: MessageLife[];
  /** `number` null: entered after the end, noted once and not spent. */
  attempts: { at: number; outcome: CheckOutcome; number: number | null }[];
  events: LifeEvent[];
  /** When a channel proved that the number is not on it. */
  offChannel: { channel: Channel; at: number }[];
};

/** Between a due timer and the send: the worker looks every 250 ms. */
const SWEEP_MS = 250;
const POLL_SWEEP_MS = 5_000;
const POLL_FIRST_MS = 60_000;
const POLLS_MORE = 5;

/**
 * One verification from issue to end, by the rules of lib/domain and with the writes of lib/db (issue, record, apply,
 * fall back, check, resend, expire) on plain objects: what the system would have stored, without the system.
 */
export function live(input: LifeInput): Life {
  return new Living(input).run();
}

class Living {
  readonly #input: LifeInput;
  readonly #agenda = new Agenda();
  readonly #life: Life;
  #seen = 0;
  #isGuessing = false;

  constructor(input: LifeInput) {
    this.#input = input;
    const { at, plan } = input;
    this.#life = {
      at,
      plan,
      status: 'pending',
      endReason: null,
      channel: input.channel,
      isCheckable: true,
      step: input.firstStep,
      checksUsed: 0,
      resendsUsed: 0,
      expiresAt: at + plan.policy.lifetimeSeconds * 1000,
      resendAfter: at + plan.policy.resendCooldownSeconds * 1000,
      nextFallbackAt: null,
      fallbackCause: null,
      endedAt: null,
      approvedAt: null,
      supersededAt: null,
      messages: [],
      attempts: [],
      events: [],
      offChannel: [],
    };
  }

  run(): Life {
    const { at, until, conduct, livemode } = this.#input;
    this.#agenda.book(this.#life.expiresAt, () => this.#expire());
    if (livemode) this.#send(at, this.#life.step, 'issue');
    // With a test key nothing is sent and the code is known.
    else this.#see(at);
    this.#bookResend(0);
    if (conduct.cancelsAfterMs !== null) this.#agenda.book(at + conduct.cancelsAfterMs, (now) => this.#cancel(now));
    if (conduct.renewsAfterMs !== null) this.#agenda.book(at + conduct.renewsAfterMs, (now) => this.#supersede(now));
    this.#agenda.runUntil(until);
    return this.#life;
  }

  // Messages

  #send(now: number, step: number, cause: MessageLife['cause']): number {
    const { carrier, segmentsOf } = this.#input;
    const life = this.#life;
    const via = life.plan.steps[step];
    if (!via) throw new Error(`the plan has no step ${step}`);
    const message: MessageLife = {
      step,
      cause,
      via,
      state: 'submitted',
      reason: null,
      providerCode: null,
      detail: null,
      isKnownToProvider: false,
      submittedAt: now,
      answeredAt: null,
      sentAt: null,
      deliveredAt: null,
      readAt: null,
      failedAt: null,
      segments: 1,
      costMicros: 0,
      nextPollAt: null,
      pollTries: 0,
      receipts: [],
    };
    life.messages.push(message);
    life.step = step;
    const next = secondsToNext(life.plan, step);
    this.#setTimer(next === null ? null : now + next * 1000, 'timeout');

    const carriage = carrier({ step: via, at: now, secondsLeft: Math.round((life.expiresAt - now) / 1000) });
    this.#agenda.book(carriage.answeredAt, (at) => this.#record(message, carriage, segmentsOf(via), at));
    for (const fact of carriage.facts)
      this.#agenda.book(fact.receivedAt, (at) => this.#apply(message, fact, false, at));
    if (carriage.phoneAt !== null) this.#agenda.book(carriage.phoneAt, (at) => this.#see(at));
    return life.messages.length - 1;
  }

  /** lib/db/messages.ts: the provider's answer. */
  #record(message: MessageLife, carriage: Carriage, segments: number | null, now: number): void {
    const { answer } = carriage;
    const state = answer.kind === 'refused' ? 'failed' : answer.kind;
    const rises = MESSAGE_RANK[state] > MESSAGE_RANK[message.state];
    if (rises && answer.kind !== 'accepted') {
      message.detail = answer.detail;
      if (answer.kind === 'refused')
        Object.assign(message, { reason: answer.reason, providerCode: answer.providerCode });
    }
    if (answer.kind === 'accepted' && MESSAGE_RANK[message.state] < MESSAGE_RANK.failed) {
      this.#bookPoll(message, carriage, now + POLL_FIRST_MS);
    }
    if (rises) message.state = state;
    message.answeredAt = now;
    message.segments = segments ?? message.segments;
    if (answer.kind === 'accepted') {
      message.isKnownToProvider = true;
      if (message.via.priceRule !== 'delivered' && message.costMicros === 0) {
        message.costMicros = message.via.priceMicros * message.segments;
      }
    }
    if (answer.kind === 'refused') {
      message.failedAt = now;
      if (message.state === 'failed') this.#afterFailure(message, answer.reason, now);
    }
  }

  /** lib/db/receipts.ts: one fact, whichever way it came. The same fact twice is one row. */
  #apply(message: MessageLife, fact: Fact, isPolled: boolean, now: number): void {
    const before = message.state;
    const decision = decideMessage(before, { status: fact.status, at: new Date(fact.at), reason: fact.reason });
    if (!message.receipts.some(({ status }) => status === fact.status)) {
      message.receipts.push({ ...fact, decision: decision.kind === 'moved' ? 'moved' : 'stale', isPolled });
    }
    if (decision.kind === 'moved') message.state = decision.to;
    message.isKnownToProvider = true;
    const earliest = (known: number | null) => Math.min(known ?? fact.at, fact.at);
    if (fact.status === 'sent') message.sentAt = earliest(message.sentAt);
    if (fact.status === 'delivered' || fact.status === 'read') message.deliveredAt = earliest(message.deliveredAt);
    if (fact.status === 'read') message.readAt = earliest(message.readAt);
    if (fact.status === 'failed') {
      message.failedAt = earliest(message.failedAt);
      message.reason ??= fact.reason;
      message.providerCode ??= fact.providerCode;
      message.detail = fact.detail ?? message.detail;
    }
    if (MESSAGE_RANK[message.state] >= MESSAGE_RANK.failed) message.nextPollAt = null;

    if (hasArrived(message.state)) {
      if (message.via.priceRule === 'delivered') message.costMicros = message.via.priceMicros * message.segments;
      if (this.#life.nextFallbackAt !== null) this.#setTimer(null, 'timeout');
    } else if (message.state === 'failed' && before !== 'failed') {
      this.#afterFailure(message, fact.reason, now);
    }
  }

  #afterFailure(message: MessageLife, reason: FailureReason | null, now: number): void {
    const life = this.#life;
    if (reason !== null && FAILURE_REASONS[reason].isOffChannel)
      life.offChannel.push({ channel: message.via.channel, at: now });
    if (life.status !== 'pending') return;
    if (life.step === message.step || life.nextFallbackAt === null) this.#setTimer(now, 'failed');
  }

  #bookPoll(message: MessageLife, carriage: Carriage, at: number): void {
    message.nextPollAt = at;
    this.#agenda.book(at + this.#input.random() * POLL_SWEEP_MS, (now) => {
      if (message.nextPollAt !== at) return;
      const tries = message.pollTries;
      message.pollTries += 1;
      message.nextPollAt = null;
      if (tries < POLLS_MORE) this.#bookPoll(message, carriage, now + POLL_FIRST_MS * 2 ** tries);
      const told = carriage.lost.find((fact) => fact.at <= now);
      if (told) this.#apply(message, { ...told, receivedAt: now }, true, now);
    });
  }

  // The timer

  #setTimer(at: number | null, cause: FallbackCause): void {
    const life = this.#life;
    life.nextFallbackAt = at;
    life.fallbackCause = at === null ? null : cause;
    if (at === null) return;
    // A failure is looked at right away, a silence when the worker comes by.
    const lagMs = cause === 'failed' ? 8 + this.#input.random() * 45 : 6 + this.#input.random() * SWEEP_MS;
    this.#agenda.book(at + lagMs, (now) => {
      if (life.nextFallbackAt === at && life.fallbackCause === cause) this.#fallBack(now, cause);
    });
  }

  /** lib/operations/messages/fall-back.ts */
  #fallBack(now: number, cause: FallbackCause): void {
    const life = this.#life;
    if (life.status !== 'pending' || now >= life.expiresAt) return;
    // Nobody's process dies in a seeded past.
    const messages = life.messages.map((message) => ({
      ...message,
      isLost: false,
      isProvidersFault: message.reason !== null && FAILURE_REASONS[message.reason].group !== 'recipient',
    }));
    const decision = decideFallback({ plan: life.plan, step: life.step, cause, messages });
    if (decision.kind === 'wait') {
      const { silenceAfterSeconds } = decision;
      if (decision.why === 'switch_offered') life.resendAfter = Math.min(life.resendAfter, now);
      const since = life.messages.at(-1)?.submittedAt ?? now;
      this.#setTimer(
        silenceAfterSeconds === null ? null : Math.max(now, since + silenceAfterSeconds * 1_000),
        'timeout',
      );
      life.events.push({ at: now, kind: 'no_fallback', detail: { cause, why: decision.why }, messageOf: null });
      return;
    }
    if (decision.kind === 'undeliverable') {
      this.#setTimer(null, cause);
      Object.assign(life, { status: 'undeliverable', endReason: decision.why, endedAt: now });
      life.events.push({ at: now, kind: 'undeliverable', messageOf: null, ...this.#failure() });
      return;
    }
    const failure = decision.why === 'failed' ? this.#failure() : { detail: {} };
    const messageOf = this.#send(now, decision.step, 'fallback');
    const channel = life.plan.steps[decision.step]?.channel;
    const detail = { cause: decision.why, step: decision.step, channel, ...failure.detail };
    life.events.push({ ...failure, at: now, kind: 'fallback', detail, messageOf });
  }

  /** The newest failure, as a decision keeps it. */
  #failure(): Pick<LifeEvent, 'detail' | 'failedOf'> {
    const failedOf = this.#life.messages.findLastIndex(({ state }) => state === 'failed');
    const { reason, providerCode } = this.#life.messages[failedOf] ?? {};
    const detail = { ...(reason ? { reason } : {}), ...(providerCode ? { provider_code: providerCode } : {}) };
    return failedOf < 0 ? { detail } : { detail, failedOf };
  }

  // The person

  #see(now: number): void {
    this.#seen += 1;
    if (this.#isGuessing || this.#seen < this.#input.conduct.seesMessage) return;
    this.#isGuessing = true;
    this.#bookGuess(0, now);
  }

  #bookGuess(n: number, now: number): void {
    const guess = this.#input.conduct.guesses[n];
    if (!guess) return;
    this.#agenda.book(now + guess.afterMs, (at) => {
      this.#check(guess.isRight, at);
      if (this.#life.isCheckable) this.#bookGuess(n + 1, at);
    });
  }

  /** lib/db/check-verifications.ts: spent and judged in one; what cannot be spent leaves no trace, but that somebody came too late. */
  #check(isRight: boolean, now: number): void {
    const life = this.#life;
    const { checksMax } = life.plan.policy;
    const isPastExpiry = now >= life.expiresAt;
    if (isPastExpiry && outcomeWithoutGuess(life.status, isPastExpiry) === 'expired') {
      const isNoted = life.attempts.some(({ outcome }) => outcome === 'expired');
      if (!isNoted) life.attempts.push({ at: now, outcome: 'expired', number: null });
      return;
    }
    if (!life.isCheckable || life.checksUsed >= checksMax || now >= life.expiresAt) return;
    life.checksUsed += 1;
    const isLast = life.checksUsed >= checksMax;
    const outcome = isRight ? 'approved' : isLast ? 'locked' : 'mismatch';
    life.attempts.push({ at: now, outcome, number: life.checksUsed });
    if (outcome === 'mismatch') return;
    Object.assign(life, { status: outcome, endReason: isRight ? null : 'checks_spent', endedAt: now });
    if (isRight) life.approvedAt = now;
    this.#close();
  }

  #bookResend(n: number): void {
    const resend = this.#input.conduct.resends[n];
    if (!resend) return;
    this.#agenda.book(this.#life.resendAfter + resend.afterMs, (now) => {
      if (resend.onlyWhenEmpty && this.#seen > 0) return;
      if (this.#resend(resend.switchTo, now)) this.#bookResend(n + 1);
    });
  }

  /** lib/operations/verifications/resend.ts, without channels outside the frozen plan. */
  #resend(switchTo: Channel | null, now: number): boolean {
    const life = this.#life;
    const { policy } = life.plan;
    if (life.status !== 'pending' || now >= life.expiresAt || now < life.resendAfter) return false;
    if (life.resendsUsed >= policy.resendsMax) return false;
    let step = life.step;
    if (switchTo !== null) {
      if (life.plan.steps[step]?.channel !== switchTo)
        step = life.plan.steps.findIndex(({ channel }) => channel === switchTo);
      if (step < 0) return false;
      life.plan = { ...life.plan, isUserChoice: true, fallbackOnFailed: false, fallbackAfterSeconds: 0 };
    }
    life.channel = switchTo ?? life.channel;
    life.resendsUsed += 1;
    life.resendAfter = now + policy.resendCooldownSeconds * 1000;
    const detail = { step, channel: life.plan.steps[step]?.channel, number: life.resendsUsed };
    life.events.push({ at: now, kind: 'resend', detail, messageOf: null });
    if (this.#input.livemode) this.#send(now, step, 'resend');
    return true;
  }

  #cancel(now: number): void {
    if (this.#life.status !== 'pending' || now >= this.#life.expiresAt) return;
    Object.assign(this.#life, { status: 'canceled', endReason: 'by_request', endedAt: now });
    this.#close();
  }

  /** lib/db/issue-verifications.ts: a new request for the same number ends the old one, once its cooldown is over. */
  #supersede(now: number): void {
    const life = this.#life;
    if (!life.isCheckable || now >= life.expiresAt || (life.status === 'pending' && now < life.resendAfter)) return;
    if (life.status === 'pending') Object.assign(life, { status: 'canceled', endReason: 'superseded', endedAt: now });
    life.supersededAt = now;
    this.#close();
  }

  #expire(): void {
    const life = this.#life;
    if (!life.isCheckable) return;
    if (life.status === 'pending') {
      Object.assign(life, { status: 'expired', endReason: 'lifetime_over', endedAt: life.expiresAt });
    }
    this.#close();
  }

  /** No code can be entered any more; the cause of a timer stays behind, as in the database. */
  #close(): void {
    this.#life.isCheckable = false;
    this.#life.nextFallbackAt = null;
  }
}
