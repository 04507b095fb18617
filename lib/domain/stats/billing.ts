import type { Value } from '@/lib/domain/stats/value';

type Micros = number;
/** Estimated against billed: the same messages priced twice, by our list and by the provider. */
export type Billing = {
  messages: number;
  /** Messages whose provider reported a price. */
  billed: number;
  /** Of all messages; null: there are none. */
  covered: number | null;
  billedMicros: Micros | null;
  estimateMicros: Micros | null;
  /** Billed − estimated; above 0 the price list is too low. Null where nothing was billed: not known, not 0. */
  differenceMicros: Micros | null;
  /** Of the estimate; null where the estimate is 0 or nothing was billed. */
  difference: number | null;
};

const numberOf = (value: Value | undefined) => value?.value ?? null;

/** The figures of one row of a breakdown, set against each other. */
export function billingOf(values: {
  messages?: Value;
  billed_messages?: Value;
  billed_spend?: Value;
  billed_estimate?: Value;
}): Billing {
  const messages = numberOf(values.messages) ?? 0;
  const billed = numberOf(values.billed_messages) ?? 0;
  const billedMicros = billed > 0 ? numberOf(values.billed_spend) : null;
  const estimateMicros = billed > 0 ? numberOf(values.billed_estimate) : null;
  const differenceMicros = billedMicros === null || estimateMicros === null ? null : billedMicros - estimateMicros;
  return {
    messages,
    billed,
    covered: messages > 0 ? billed / messages : null,
    billedMicros,
    estimateMicros,
    differenceMicros,
    difference: differenceMicros === null || !estimateMicros ? null : differenceMicros / estimateMicros,
  };
}
