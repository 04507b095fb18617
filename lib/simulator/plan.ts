import type { Channel, ProviderName } from '@/lib/domain/channel';

/** Something that went wrong with one message, in words that each provider translates to its own code. */
export const FAULTS = [
  'not_on_whatsapp',
  'unreachable',
  'unknown_handset',
  'filtered',
  'no_template',
  'expired',
  'unknown',
] as const;
export type Fault = (typeof FAULTS)[number];

/** How the provider answers the send call itself. */
export const ANSWERS = [
  'ok',
  'refuse',
  'error500',
  'hang',
  'reset',
  'garbage200',
  'slow_body',
  'accept_then_hang',
] as const;
export type Answer = (typeof ANSWERS)[number];

/** True when the provider has taken the message although its answer may never be read. */
export const TAKES_MESSAGE: Record<Answer, boolean> = {
  ok: true,
  refuse: false,
  error500: false,
  hang: false,
  reset: false,
  garbage200: false,
  slow_body: true,
  accept_then_hang: true,
};

export type ReceiptStatus = 'sent' | 'delivered' | 'read' | 'failed';

/**
 * `atMs` is when it happened by the provider's clock, `postMs` when its webhook leaves; both count from the send.
 * A lost one happened, and can be asked for where the provider has a door for that, but its webhook never leaves.
 */
export type PlannedReceipt = { status: ReceiptStatus; atMs: number; postMs: number; fault?: Fault; isLost?: true };

/** Everything that will happen to one message, decided when the provider is asked to carry it. */
export type Plan = {
  /** Which rule decided, for the log. */
  because: string;
  answer: Answer;
  answerMs: number;
  /** True when the message is carried on (phone, receipts) whatever the answer looked like. */
  takes: boolean;
  fault: Fault;
  /** The provider's own code, when a scenario names one; otherwise `fault` is translated. */
  errorCode: number | null;
  /** When the phone shows it, null for never. */
  arrivesMs: number | null;
  receipts: PlannedReceipt[];
  /** The first receipt is posted, and taken by the app, before the send is answered. */
  receiptFirst: boolean;
};

/** What is known about a message when its plan is made. */
export type SendFacts = {
  provider: ProviderName;
  channel: Channel;
  /** E.164, or an address in lower case. */
  to: string;
  country: string | null;
  /** Seconds after which the provider drops it undelivered; null for no limit. */
  ttlSeconds: number | null;
};

/** A receipt that is posted when it happens. */
export function receipt(status: ReceiptStatus, ms: number, fault?: Fault): PlannedReceipt {
  return { status, atMs: ms, postMs: ms, ...(fault ? { fault } : {}) };
}

/** A message that goes well and quickly: sent after 0.4 s, on the phone after 2 s (SMS 3 s). */
export function promptPlan(facts: SendFacts, because: string): Plan {
  const arrivesMs = facts.channel === 'whatsapp' ? 2000 : 3000;
  return {
    because,
    answer: 'ok',
    answerMs: 120,
    takes: true,
    fault: 'unknown',
    errorCode: null,
    arrivesMs,
    receipts: [receipt('sent', 400), receipt('delivered', arrivesMs)],
    receiptFirst: false,
  };
}

/** The same plan, ending in a failure that a webhook reports after `ms`; the phone stays empty. */
export function failLater(plan: Plan, fault: Fault, ms: number): Plan {
  return { ...plan, fault, arrivesMs: null, receipts: [receipt('sent', 400), receipt('failed', ms, fault)] };
}

/** The same plan, refused by the answer to the send call. */
export function refuseNow(plan: Plan, answer: Answer, fault: Fault): Plan {
  return { ...plan, answer, takes: TAKES_MESSAGE[answer], fault, arrivesMs: null, receipts: [] };
}
