import { percent } from '@/components/charts/figure';
import { money } from '@/components/console/format';
import type { Billing } from '@/lib/domain/stats/billing';

/** What providers said of their prices, in a sentence. Charges in another currency than the dollar are not kept (operations/receipts/apply.ts). */
export function billingText(rows: readonly Billing[]): string {
  const sum = (of: (row: Billing) => number | null) => rows.reduce((all, row) => all + (of(row) ?? 0), 0);
  const [messages, billed] = [sum((row) => row.messages), sum((row) => row.billed)];
  if (messages === 0) return 'Nothing was sent in this range.';
  if (billed === 0)
    return 'No provider has reported a charge in US dollars, and in other currencies none is counted: everything here is our own estimate.';
  const [estimate, charged] = [sum((row) => row.estimateMicros), sum((row) => row.billedMicros)];
  const covered = `Providers reported the price of ${percent(billed / messages)} of the messages in US dollars`;
  const off = estimate === 0 ? null : (charged - estimate) / estimate;
  if (off === null) return `${covered}: ${money(charged)} where the price list says nothing.`;
  if (Math.abs(off) < 0.0005) return `${covered}, and the price list says the same.`;
  return `${covered}: ${percent(Math.abs(off))} ${off > 0 ? 'more' : 'less'} than the price list says of the same.`;
}
