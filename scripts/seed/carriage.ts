import type { FailureReason } from '@/lib/domain/message/reasons';
import type { ReceiptStatus } from '@/lib/domain/message/states';
import type { PlanStep } from '@/lib/domain/routing/plan';

/** One fact about a message. `at` is the provider's clock, `receivedAt` ours; whole milliseconds since 1970. */
export type Fact = {
  status: ReceiptStatus;
  at: number;
  receivedAt: number;
  reason: FailureReason | null;
  providerCode: string | null;
  detail: string | null;
};

/** Everything a carrier will do with one message, decided when it is handed over. */
export type Carriage = {
  answeredAt: number;
  answer:
    | { kind: 'accepted' }
    | { kind: 'refused'; reason: FailureReason; providerCode: string; detail: string }
    | { kind: 'unknown'; detail: string };
  /** What callbacks will say. */
  facts: readonly Fact[];
  /** Callbacks that get lost and can only be asked for. */
  lost: readonly Fact[];
  /** When the phone shows the code; null for never. */
  phoneAt: number | null;
};

/** A way to the phone of one person. */
export type Carrier = (send: { step: PlanStep; at: number; secondsLeft: number }) => Carriage;
