import { expect, test } from 'vitest';
import { billingOf } from '@/lib/domain/stats/billing';
import { billingText } from './billing-words';

const of = (value: number) => ({ value, unit: 'micros' as const, n: 10, low: null, high: null, isLowSample: true });
const row = (billed: number, charged: number, estimated: number) =>
  billingOf({
    messages: of(10),
    billed_messages: of(billed),
    billed_spend: of(charged),
    billed_estimate: of(estimated),
  });

test('that nobody billed is said of dollars only: what was charged in euros is not known here', () => {
  expect(billingText([row(0, 0, 0)])).toBe(
    'No provider has reported a charge in US dollars, and in other currencies none is counted: everything here is our own estimate.',
  );
  expect(billingText([])).toBe('Nothing was sent in this range.');
  expect(billingText([row(5, 110, 100), row(0, 0, 0)])).toBe(
    'Providers reported the price of 25.0 % of the messages in US dollars: 10.0 % more than the price list says of the same.',
  );
});
