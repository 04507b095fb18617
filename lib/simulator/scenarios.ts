import { z } from 'zod';
import { CHANNELS, PROVIDERS } from '@/lib/domain/channel';
import { lastFourOf, mailboxOrPhone } from '@/lib/simulator/phones';
import {
  ANSWERS,
  FAULTS,
  failLater,
  type Plan,
  type PlannedReceipt,
  promptPlan,
  receipt,
  type SendFacts,
  TAKES_MESSAGE,
} from '@/lib/simulator/plan';
import type { Random } from '@/lib/simulator/random';

export const RECEIPT_MODES = ['normal', 'none', 'sent_only', 'failed', 'duplicate', 'out_of_order'] as const;

/**
 * An override of what messages do. Empty `match` is everything; the newest matching scenario wins, also over the
 * fixed personalities. `for_seconds` is wall-clock time whatever the speed.
 */
export const scenarioInput = z.strictObject({
  match: z
    .strictObject({
      provider: z.enum(PROVIDERS).optional(),
      channel: z.enum(CHANNELS).optional(),
      country: z.string().length(2).optional(),
      to: z.string().optional(),
      last4: z.string().length(4).optional(),
    })
    .default({}),
  behaviour: z.strictObject({
    /** The answer to the send call. `ok` alone makes a message prompt and certain. */
    send: z.enum(ANSWERS).optional(),
    receipts: z.enum(RECEIPT_MODES).optional(),
    /** The provider's own error code for `refuse` and for `failed` receipts. */
    error_code: z.number().int().optional(),
    fault: z.enum(FAULTS).optional(),
    /** Milliseconds until the message is on the phone. */
    latency_ms: z.number().min(0).max(86_400_000).optional(),
    /** Multiplies the times until arrival and receipts. */
    latency_factor: z.number().min(0).max(1000).optional(),
    /** Milliseconds until the send call is answered. */
    answer_ms: z.number().min(0).max(600_000).optional(),
    /** Whether the message is carried on although the answer says otherwise (`hang`, `reset`, `garbage200`, `error500`). */
    takes: z.boolean().optional(),
  }),
  for_seconds: z.number().positive().optional(),
  /** Share of matching messages it applies to. */
  share: z.number().min(0).max(1).default(1),
  /** How many messages it applies to before it ends. */
  times: z.number().int().positive().optional(),
});
export type ScenarioInput = z.input<typeof scenarioInput>;
type Behaviour = z.output<typeof scenarioInput>['behaviour'];
export type Scenario = z.output<typeof scenarioInput> & { id: string; used: number; ends_at: string | null };

const SCENARIOS_MAX = 200;

/** The overrides in force. Bounded: past 200 the oldest is dropped. */
export class Scenarios {
  #active: Scenario[] = [];
  #made = 0;

  add(input: z.output<typeof scenarioInput>): Scenario {
    this.#made += 1;
    const endsAt = input.for_seconds ? new Date(Date.now() + input.for_seconds * 1000).toISOString() : null;
    const scenario = { ...input, id: `scn_${this.#made}`, used: 0, ends_at: endsAt };
    this.#active = [...this.list(), scenario].slice(-SCENARIOS_MAX);
    return scenario;
  }

  list(): Scenario[] {
    const now = new Date().toISOString();
    return this.#active.filter(
      (scenario) =>
        (scenario.ends_at === null || scenario.ends_at > now) && scenario.used < (scenario.times ?? Infinity),
    );
  }

  remove(id: string): boolean {
    const before = this.#active.length;
    this.#active = this.#active.filter((scenario) => scenario.id !== id);
    return this.#active.length < before;
  }

  clear(): void {
    this.#active = [];
  }

  /** The plan as the newest matching scenario bends it. */
  bend(plan: Plan, facts: SendFacts, random: Random): Plan {
    const found = this.list()
      .reverse()
      .find((scenario) => matches(scenario.match, facts) && (scenario.share === 1 || random() < scenario.share));
    if (!found) return plan;
    found.used += 1;
    return { ...applyBehaviour(plan, facts, found.behaviour), because: `scenario ${found.id}` };
  }
}

function matches(match: Scenario['match'], facts: SendFacts): boolean {
  return (
    (match.provider === undefined || match.provider === facts.provider) &&
    (match.channel === undefined || match.channel === facts.channel) &&
    (match.country === undefined || match.country.toUpperCase() === facts.country) &&
    (match.to === undefined || mailboxOrPhone(match.to) === facts.to) &&
    (match.last4 === undefined || lastFourOf(facts.to) === match.last4)
  );
}

function applyBehaviour(plan: Plan, facts: SendFacts, behaviour: Behaviour): Plan {
  let bent = plan;
  if (behaviour.send !== undefined) bent = withAnswer(bent, facts, behaviour);
  if (behaviour.receipts !== undefined) bent = withReceipts(bent, facts, behaviour);
  if (behaviour.error_code !== undefined) bent = { ...bent, errorCode: behaviour.error_code };
  if (behaviour.latency_ms !== undefined) bent = withArrival(bent, behaviour.latency_ms);
  if (behaviour.latency_factor !== undefined) bent = stretched(bent, behaviour.latency_factor);
  if (behaviour.answer_ms !== undefined) bent = { ...bent, answerMs: behaviour.answer_ms };
  return bent;
}

function withAnswer(plan: Plan, facts: SendFacts, behaviour: Behaviour): Plan {
  const answer = behaviour.send ?? 'ok';
  const takes = behaviour.takes ?? TAKES_MESSAGE[answer];
  const prompt = promptPlan(facts, plan.because);
  const base = takes
    ? answer === 'ok' || plan.takes === false
      ? prompt
      : plan
    : { ...prompt, arrivesMs: null, receipts: [] };
  return { ...base, answer, takes, fault: behaviour.fault ?? (answer === 'refuse' ? 'not_on_whatsapp' : base.fault) };
}

function withReceipts(plan: Plan, facts: SendFacts, behaviour: Behaviour): Plan {
  if (!plan.takes) return plan;
  const prompt = promptPlan(facts, plan.because);
  const arrivesMs = plan.arrivesMs ?? prompt.arrivesMs;
  const hasArrival = plan.receipts.some((planned) => planned.status === 'delivered' || planned.status === 'read');
  const normal = hasArrival ? plan.receipts : prompt.receipts;
  const fault = behaviour.fault ?? (facts.channel === 'whatsapp' ? 'not_on_whatsapp' : 'unreachable');
  switch (behaviour.receipts) {
    case 'none':
      return { ...plan, arrivesMs, receipts: normal.map((planned) => ({ ...planned, isLost: true as const })) };
    case 'sent_only':
      return { ...plan, arrivesMs: null, receipts: [receipt('sent', 400)] };
    case 'failed':
      return failLater(plan, fault, 800);
    case 'duplicate':
      return {
        ...plan,
        arrivesMs,
        receipts: normal.flatMap((planned) => [planned, planned, { ...planned, postMs: planned.postMs + 50 }]),
      };
    case 'out_of_order':
      return { ...plan, arrivesMs, receipts: reversed(normal) };
    default:
      return { ...plan, arrivesMs, receipts: normal };
  }
}

/** Posts in the opposite order, none before it happened. */
function reversed(receipts: PlannedReceipt[]): PlannedReceipt[] {
  const lastMs = Math.max(...receipts.map((planned) => planned.postMs));
  return [...receipts].reverse().map((planned, index) => ({ ...planned, postMs: lastMs + index * 200 }));
}

function withArrival(plan: Plan, ms: number): Plan {
  return stretched(plan, plan.arrivesMs ? ms / plan.arrivesMs : 1);
}

function stretched(plan: Plan, factor: number): Plan {
  return {
    ...plan,
    arrivesMs: plan.arrivesMs === null ? null : plan.arrivesMs * factor,
    receipts: plan.receipts.map((planned) => ({
      ...planned,
      atMs: planned.atMs * factor,
      postMs: planned.postMs * factor,
    })),
  };
}
