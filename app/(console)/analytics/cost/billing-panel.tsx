import { apiPath } from '@/components/charts/api-path';
import { percent } from '@/components/charts/figure';
import { MetricTerm } from '@/components/charts/metric-term';
import { valueWords } from '@/components/charts/model';
import { count, DASH, money } from '@/components/console/format';
import { Badge } from '@/components/ui/badge';
import { EmptyState } from '@/components/ui/empty-state';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { type Billing, billingOf } from '@/lib/domain/stats/billing';
import type { Dimension } from '@/lib/domain/stats/measures';
import { LOW_SAMPLE_BELOW } from '@/lib/domain/stats/wilson';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { type Asked, ask } from '../ask';
import { Fault, signOf, TablePanel } from '../list-panel';
import { hrefWith } from '../search-params';

const TITLE = 'Estimated against billed';
const METRICS = ['messages', 'billed_messages', 'billed_spend', 'billed_estimate'] as const;
const ROWS_MAX = 20;
/** A list price that is off by more is worth changing. */
const FAR = 0.02;

/** The same messages priced twice: by our price list, and by the provider where it reports what it charged. */
export async function BillingPanel({ asked: { user, path, view, question }, by }: { asked: Asked; by: Dimension }) {
  const asking = { ...question, compare: 'none' as const };
  const { answer, fault } = await ask(readBreakdown(user, asking, by, METRICS, ROWS_MAX));
  if (fault !== undefined) {
    return (
      <TablePanel title={TITLE} sentence="">
        <Fault fault={fault} href={hrefWith(path, view)} />
      </TablePanel>
    );
  }
  const rows = answer.rows
    .map(({ key, label, values }) => ({ key, name: valueWords(by, key, label), billing: billingOf(values) }))
    .filter(({ billing }) => billing.messages > 0);
  return (
    <TablePanel
      title={
        <MetricTerm names={['billed_spend', 'billed_estimate', 'billed_messages']}>
          {TITLE}
          {by === 'country' ? ', by country' : ', by connection'}
        </MetricTerm>
      }
      sentence={sentenceOf(rows.map(({ billing }) => billing))}
      trust={answer.trust}
      query={apiPath(asking, { kind: 'breakdown', metrics: METRICS, dimension: by, limit: ROWS_MAX })}
      note={answer.isTruncated ? `The ${ROWS_MAX} largest` : undefined}
    >
      {rows.length === 0 ? (
        <EmptyState title="Nothing here">Nothing was sent in this range, with these filters.</EmptyState>
      ) : (
        <Table label={TITLE}>
          <TableHead>
            <tr>
              <TableHeading>{by === 'country' ? 'Country' : 'Connection'}</TableHeading>
              <TableHeading className="text-right">Covered</TableHeading>
              <TableHeading className="text-right">Estimated</TableHeading>
              <TableHeading className="text-right">Billed</TableHeading>
              <TableHeading className="text-right">Difference</TableHeading>
            </tr>
          </TableHead>
          <tbody>
            {rows.map(({ key, name, billing }) => (
              <TableRow key={key}>
                <TableCell>
                  <span className="flex items-center gap-2 whitespace-nowrap">
                    {signOf(by, key)}
                    {name}
                  </span>
                </TableCell>
                <TableCell className="num text-right">
                  {percent(billing.covered)}
                  <span className="block whitespace-nowrap text-2xs text-ink-3">
                    {count(billing.billed)} of {count(billing.messages)}
                  </span>
                </TableCell>
                <TableCell className="num text-right">{money(billing.estimateMicros)}</TableCell>
                <TableCell className="num text-right">{money(billing.billedMicros)}</TableCell>
                <TableCell className="text-right">
                  <Difference billing={billing} />
                </TableCell>
              </TableRow>
            ))}
          </tbody>
        </Table>
      )}
    </TablePanel>
  );
}

function Difference({ billing: { billed, difference, differenceMicros } }: { billing: Billing }) {
  if (differenceMicros === null) return <span className="text-ink-3">{DASH}</span>;
  const sign = differenceMicros > 0 ? '+' : '';
  return (
    <span className="num whitespace-nowrap">
      {sign}
      {money(differenceMicros)}
      {difference === null ? null : (
        <Badge tone={Math.abs(difference) > FAR && billed >= LOW_SAMPLE_BELOW ? 'warn' : 'neutral'} className="ml-2">
          {sign}
          {percent(difference)}
        </Badge>
      )}
      {billed < LOW_SAMPLE_BELOW ? <span className="block font-sans text-2xs text-ink-3">low sample</span> : null}
    </span>
  );
}

function sentenceOf(rows: readonly Billing[]): string {
  const sum = (of: (row: Billing) => number | null) => rows.reduce((all, row) => all + (of(row) ?? 0), 0);
  const [messages, billed] = [sum((row) => row.messages), sum((row) => row.billed)];
  if (messages === 0) return 'Nothing was sent in this range.';
  if (billed === 0) return 'No provider has reported what it charged: everything here is our own estimate.';
  const [estimate, charged] = [sum((row) => row.estimateMicros), sum((row) => row.billedMicros)];
  const covered = `Providers reported the price of ${percent(billed / messages)} of the messages`;
  const off = estimate === 0 ? null : (charged - estimate) / estimate;
  if (off === null) return `${covered}: ${money(charged)} where the price list says nothing.`;
  if (Math.abs(off) < 0.0005) return `${covered}, and the price list says the same.`;
  return `${covered}: ${percent(Math.abs(off))} ${off > 0 ? 'more' : 'less'} than the price list says of the same.`;
}
