import Link from 'next/link';
import { figure, intervalText } from '@/components/charts/figure';
import { DeltaText } from '@/components/charts/kpi-tile';
import { MetricTerm } from '@/components/charts/metric-term';
import { count, DASH } from '@/components/console/format';
import { Badge } from '@/components/ui/badge';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import type { MetricName } from '@/lib/domain/stats/metrics';
import type { Value } from '@/lib/domain/stats/value';

export type FigureRow = {
  key: string;
  label: string;
  /** What explains the figure; absent where it is what the others leave over. */
  name?: MetricName;
  value: Value | undefined;
  before?: Value | undefined;
  /** What n counts; of a rate alone. */
  of?: string;
  /** The verifications behind it. */
  href?: string;
};

/** Figures under each other, each with its definition, its bar, its interval, what it rests on and how it moved. */
export function FigureList({
  label,
  heading,
  rows,
  against,
}: {
  label: string;
  heading: string;
  rows: readonly FigureRow[];
  /** What the figures moved against, in words. */
  against?: string;
}) {
  return (
    <Table label={label}>
      <TableHead>
        <tr>
          <TableHeading className="w-full">{heading}</TableHeading>
          <TableHeading className="text-right">Figure</TableHeading>
          <TableHeading className="text-right max-sm:hidden">95 % interval, n</TableHeading>
          <TableHeading className="text-right max-sm:hidden">Moved</TableHeading>
        </tr>
      </TableHead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.key} row={row} against={against} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({
  row: { label, name, value, before, of, href },
  against,
}: {
  row: FigureRow;
  against: string | undefined;
}) {
  const known = value && value.value !== null ? { ...value, value: value.value } : null;
  const share = known?.unit === 'share' ? known : null;
  const text = value ? figure(value.value, value.unit) : DASH;
  // On two lines: side by side they would push what moved out of sight.
  const note = share ? (
    <>
      <span className="block">{intervalText(share)}</span>
      <span className="block">
        n {count(share.n)}
        {of ? ` ${of}` : ''}
      </span>
    </>
  ) : null;
  return (
    <TableRow>
      <TableCell className="relative min-w-36">
        {share ? (
          <span
            aria-hidden="true"
            className="absolute inset-y-1 left-2 rounded-tag bg-step-1 opacity-60"
            style={{ width: `calc(${(share.value * 100).toFixed(2)}% - 1rem)`, minWidth: share.value > 0 ? 2 : 0 }}
          />
        ) : null}
        <span className="relative flex items-center gap-2">
          {name ? <MetricTerm names={[name]}>{label}</MetricTerm> : label}
          {share?.isLowSample ? <Badge tone="warn">Low sample</Badge> : null}
        </span>
      </TableCell>
      <TableCell className="num whitespace-nowrap py-1.5 text-right leading-tight">
        {href && known ? (
          <Link
            href={href}
            prefetch={false}
            className="underline decoration-line-strong underline-offset-2 hover:decoration-ink-3"
          >
            {text}
            <span className="sr-only"> in the list of verifications</span>
          </Link>
        ) : (
          <span className={known ? undefined : 'text-ink-3'}>{text}</span>
        )}
        {note ? <span className="block text-2xs text-ink-3 sm:hidden">{note}</span> : null}
      </TableCell>
      <TableCell className="num whitespace-nowrap py-1.5 text-right text-ink-3 text-xs max-sm:hidden">{note}</TableCell>
      <TableCell className="text-right max-sm:hidden">
        {name ? <DeltaText name={name} after={value} before={before} against={against} /> : null}
      </TableCell>
    </TableRow>
  );
}
