import { explain, metaError as metaErrorShape } from '@/lib/providers/meta-cloud/errors';
import { metaReason } from '@/lib/providers/meta-cloud/reasons';
import { twilioReason } from '@/lib/providers/twilio/reasons';
import { META_CODE, metaStatusError } from '@/lib/simulator/meta-errors';
import { ordinaryPlan } from '@/lib/simulator/ordinary-people';
import { type Fault, failLater, type Plan, type PlannedReceipt, promptPlan } from '@/lib/simulator/plan';
import { logNormalMs, type Random } from '@/lib/simulator/random';
import { TWILIO_CODE } from '@/lib/simulator/twilio-errors';
import type { Carriage, Carrier, Fact } from './carriage';

/** Something that happens to one send besides what is ordinary in its country. */
export type Mishap =
  /** Refused by the answer to the call, with a code of Meta's. */
  | { kind: 'refused'; code: number; words?: string }
  /** The call is never answered and nothing is carried. */
  | { kind: 'no_answer' }
  /** Accepted, and then nothing for `holdMs`; null is for ever. */
  | { kind: 'held'; holdMs: number | null }
  /** Everything takes this many times as long. */
  | { kind: 'slow'; factor: number }
  /** Accepted, and a failure follows. */
  | { kind: 'fails'; fault: Fault; afterMs: number }
  /** Delivered without any hitch. */
  | { kind: 'prompt' };

/** Null: nothing unusual. `at` is milliseconds since 1970. */
export type Trouble = (send: { channel: string; country: string; at: number }, random: Random) => Mishap | null;

/** Our own deadline (lib/domain/verification/limits.ts) and the pause before a second try (lib/operations/messages/dispatch.ts). */
const DEADLINE_MS = 8_000;
const RETRY_AFTER_MS = 300;
/** Meta's default time to live of an authentication template. */
const WHATSAPP_TTL_SECONDS = 600;

/**
 * How messages get to one phone: what is ordinary in its country, and the troubles of the day.
 *
 * @param ttlOf for how many seconds a WhatsApp template is delivered; null is Meta's default.
 */
export function carrierTo(
  phone: { to: string; country: string },
  random: Random,
  troubles: readonly Trouble[],
  ttlOf: (templateId: string) => number | null = () => null,
): Carrier {
  const { country } = phone;
  return ({ step, at, secondsLeft }) => {
    const isMeta = step.provider === 'meta-cloud';
    const facts = {
      provider: step.provider,
      channel: step.channel,
      to: phone.to,
      country,
      ttlSeconds: isMeta ? (ttlOf(step.template.id) ?? WHATSAPP_TTL_SECONDS) : secondsLeft,
    };
    const mishap = troubles.reduce<Mishap | null>((found, trouble) => {
      return found ?? trouble({ channel: step.channel, country, at }, random);
    }, null);

    if (mishap?.kind === 'refused') return refused(at, mishap.code, mishap.words, random);
    if (mishap?.kind === 'no_answer') return unanswered(at);
    if (mishap?.kind === 'prompt') return carried(at, promptPlan(facts, 'prompt'), isMeta, random);
    if (mishap?.kind === 'fails') {
      const plan = failLater(promptPlan(facts, 'fails'), mishap.fault, mishap.afterMs);
      const receipts = isMeta ? plan.receipts.filter(({ status }) => status === 'failed') : plan.receipts;
      return carried(at, { ...plan, receipts }, isMeta, random);
    }
    let plan = ordinaryPlan(facts, random);
    let began = at;
    if (plan.answer === 'error500') {
      began += plan.answerMs + RETRY_AFTER_MS;
      plan = ordinaryPlan(facts, random);
      if (plan.answer === 'error500') return { ...refused(began, 131000, undefined, random) };
    }
    return carried(began, delayed(plan, mishap), isMeta, random);
  };
}

/** Codes that a quick second try may cure are tried twice before the refusal counts. */
function refused(at: number, code: number, words: string | undefined, random: Random): Carriage {
  const reason = metaReason(code) ?? 'unrecognised';
  const isTriedTwice = reason === 'provider_down' || reason === 'throttled';
  const answerMs = () => logNormalMs(random, 140, 520);
  const answeredAt = at + answerMs() + (isTriedTwice ? RETRY_AFTER_MS + answerMs() : 0);
  const detail = words ?? metaDetail(code);
  const answer = { kind: 'refused', reason, providerCode: String(code), detail } as const;
  return { answeredAt: Math.round(answeredAt), answer, facts: [], lost: [], phoneAt: null };
}

function unanswered(at: number): Carriage {
  const answer = { kind: 'unknown', detail: 'No answer after the request was sent (timeout)' } as const;
  return { answeredAt: at + DEADLINE_MS, answer, facts: [], lost: [], phoneAt: null };
}

function delayed(plan: Plan, mishap: Mishap | null): Plan {
  if (mishap?.kind === 'held') {
    const { holdMs } = mishap;
    if (holdMs === null) return { ...plan, arrivesMs: null, receipts: [] };
    const later = (ms: number) => ms + holdMs;
    return move(plan, later);
  }
  return mishap?.kind === 'slow' ? move(plan, (ms) => ms * mishap.factor) : plan;
}

function move(plan: Plan, later: (ms: number) => number): Plan {
  return {
    ...plan,
    arrivesMs: plan.arrivesMs === null ? null : later(plan.arrivesMs),
    receipts: plan.receipts.map((one) => ({ ...one, atMs: later(one.atMs), postMs: later(one.postMs) })),
  };
}

function carried(at: number, plan: Plan, isMeta: boolean, random: Random): Carriage {
  const answeredAt = Math.round(at + plan.answerMs);
  const facts = plan.receipts.map((planned) => factOf(planned, plan.fault, at, answeredAt, isMeta, random));
  return {
    answeredAt,
    answer: { kind: 'accepted' },
    facts: facts.filter((_, n) => !plan.receipts[n]?.isLost),
    lost: facts.filter((_, n) => plan.receipts[n]?.isLost),
    // Nothing is on a phone before the carrier has answered: ordinary people are not that fast.
    phoneAt: plan.arrivesMs === null ? null : Math.round(Math.max(at + plan.arrivesMs, answeredAt)),
  };
}

function factOf(
  planned: PlannedReceipt,
  fault: Fault,
  began: number,
  answeredAt: number,
  isMeta: boolean,
  random: Random,
): Fact {
  const happenedAt = Math.round(Math.max(began + planned.atMs, answeredAt + 1));
  const receivedAt = Math.round(Math.max(began + planned.postMs, happenedAt) + logNormalMs(random, 60, 240));
  const failure = planned.status === 'failed' ? failureOf(planned.fault ?? fault, isMeta) : NO_FAILURE;
  return {
    status: planned.status,
    at: isMeta ? happenedAt : twilioClock(planned, happenedAt, receivedAt),
    receivedAt,
    ...failure,
  };
}

/**
 * Twilio's callbacks carry no clock but the carrier's done date, cut to the minute (lib/providers/twilio/receipts.ts): an
 * event counts from its arrival, or from the end of its minute where that is earlier.
 */
function twilioClock(planned: PlannedReceipt, happenedAt: number, receivedAt: number): number {
  if (planned.status === 'sent') return receivedAt;
  if (planned.isLost) return Math.ceil(happenedAt / 1000) * 1000;
  return Math.min(receivedAt, Math.floor(happenedAt / 60_000) * 60_000 + 59_999);
}

const NO_FAILURE = { reason: null, providerCode: null, detail: null } as const;

function failureOf(fault: Fault, isMeta: boolean): Pick<Fact, 'reason' | 'providerCode' | 'detail'> {
  const code = isMeta ? META_CODE[fault] : TWILIO_CODE.sms[fault];
  const reason = (isMeta ? metaReason(code) : twilioReason(code)) ?? 'unrecognised';
  return { reason, providerCode: String(code), detail: isMeta ? metaDetail(code) : null };
}

/** Meta's own words for a code, read as its callbacks are read. */
function metaDetail(code: number): string {
  return explain(metaErrorShape.parse(metaStatusError(code)), []);
}
