import { apiCall } from '@/components/charts/api-call';
import { barRows } from '@/components/charts/bar-rows';
import { ChartFault, ListFrame } from '@/components/charts/chart-frame';
import { percent } from '@/components/charts/figure';
import { MetricTerm } from '@/components/charts/metric-term';
import { count, DASH, money } from '@/components/console/format';
import { Badge } from '@/components/ui/badge';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { type Billing, billingOf } from '@/lib/domain/stats/billing';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { LOW_SAMPLE_BELOW } from '@/lib/domain/stats/wilson';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { ask } from '../ask';
import type { Asked } from '../parts';
import { hrefWith } from '../search-params';
import { billingText } from './billing-words';

const TITLE = 'Estimated against billed';
const METRICS = ['messages', 'billed_messages', 'billed_spend', 'billed_estimate'] as const;
const ROWS_MAX = 250;
/** A list price that is off by more is worth changing. */
const FAR = 0.02;

/** The same messages priced twice: by our price list, and by the provider where it reports what it charged. */
export async function BillingPanel({
  asked: { user, path, view, question },
  by,
}: {
  asked: Asked;
  by: 'connection' | 'country';
}) {
  const posed = { ...question, compare: 'none' as const };
  const asking = await ask(readBreakdown(user, posed, by, METRICS, ROWS_MAX));
  const title = `${TITLE}, by ${by}`;
  if ('fault' in asking) return <ChartFault title={title} fault={asking.fault} retryHref={hrefWith(path, view)} />;
  const { answer } = asking;
  const rows = barRows(answer)
    .map(({ key, name, sign, values }) => ({ key, name, sign, billing: billingOf(values) }))
    .filter(({ billing }) => billing.messages > 0);
  // Most countries have none billed: they are counted in the sentence, and rows of dashes would hide the others.
  const shown = by === 'country' ? rows.filter(({ billing }) => billing.billed > 0) : rows;
  return (
    <ListFrame
      title={title}
      metrics={['billed_spend', 'billed_estimate', 'billed_messages']}
      sentence={billingText(rows.map(({ billing }) => billing))}
      trust={answer.trust}
      query={apiCall(posed, { kind: 'breakdown', metrics: METRICS, dimension: by, limit: ROWS_MAX })}
      isEmpty={shown.length === 0}
    >
      <Table label={title}>
        <TableHead>
          <tr>
            <TableHeading>{by === 'country' ? 'Country' : 'Connection'}</TableHeading>
            <Heading names={['billed_messages', 'messages']}>Covered</Heading>
            <Heading names={['billed_estimate']}>Estimated</Heading>
            <Heading names={['billed_spend']}>Billed</Heading>
            <Heading names={['billed_spend', 'billed_estimate']}>Difference</Heading>
          </tr>
        </TableHead>
        <tbody>
          {shown.map(({ key, name, sign, billing }) => (
            <TableRow key={key}>
              <TableCell>
                <span className="flex items-center gap-2 whitespace-nowrap">
                  {sign}
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
    </ListFrame>
  );
}

function Heading({ names, children }: { names: readonly [MetricName, ...MetricName[]]; children: string }) {
  return (
    <TableHeading className="text-right">
      <MetricTerm names={names}>{children}</MetricTerm>
    </TableHeading>
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
