import { Minus, Plus } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { figureOf, intervalText } from '@/components/charts/figure';
import { DeltaText } from '@/components/charts/kpi-tile';
import { MetricTerm } from '@/components/charts/metric-term';
import { count } from '@/components/console/format';
import { classNames } from '@/components/ui/class-names';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import type { Values } from '@/lib/contract/analytics';
import { type MetricName, metric, unitOf } from '@/lib/domain/stats/metrics';

export type BarRow = {
  key: string;
  /** As text, for the link’s name. */
  name: string;
  /** What stands before the name: a flag, a channel’s glyph. */
  sign?: ReactNode;
  values: Values;
  before: Values | null;
  share: number | null;
  /** Filters by the row, leaves it out, clears it: where the next choice leads. */
  href?: string | undefined;
  standing?: 'free' | 'included' | 'excluded';
  /** The verifications behind it. */
  rowsHref?: string | undefined;
  /** Cells of the room’s own, after the figures. */
  extra?: ReactNode[];
};

/**
 * A list by a dimension: a bar for its share, a column per figure. Choosing a row filters by it, again leaves it out. Figures of
 * fewer than 30 are grey.
 */
export function BarList({
  label,
  heading,
  rows,
  metrics,
  extraHeadings = [],
  hasFilter = false,
  against,
}: {
  label: string;
  heading: string;
  rows: readonly BarRow[];
  /** The first is what the share is of. */
  metrics: readonly MetricName[];
  extraHeadings?: readonly ReactNode[];
  /** Rows beside an included one are drawn back. */
  hasFilter?: boolean;
  /** What the figures moved against. */
  against?: string;
}) {
  // The largest fills its cell: shares of a hundred countries are all short, and could not be told apart.
  const most = Math.max(Number.EPSILON, ...rows.map(({ share }) => share ?? 0));
  return (
    <Table label={label}>
      <TableHead>
        <tr>
          <TableHeading className="w-full">{heading}</TableHeading>
          {metrics.map((name, at) => (
            <TableHeading key={name} className={classNames('text-right', at > 1 && 'max-sm:hidden')}>
              <MetricTerm names={[name]} className="text-right leading-4">
                <HeadingText label={metric(name).label} />
              </MetricTerm>
            </TableHeading>
          ))}
          {extraHeadings.map((each, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns never move.
            <TableHeading key={at} className="text-right max-sm:hidden">
              {each}
            </TableHeading>
          ))}
        </tr>
      </TableHead>
      <tbody>
        {rows.map((row) => (
          <TableRow
            key={row.key}
            data-standing={row.standing ?? 'free'}
            className={classNames(
              '-outline-offset-2 focus-within:bg-hover hover:bg-hover has-[a[data-row]:focus-visible]:outline-2 has-[a[data-row]:focus-visible]:outline-accent',
              row.standing === 'included' && 'bg-accent-soft hover:bg-accent-soft',
              (row.standing === 'excluded' || (hasFilter && row.standing === 'free')) && '[&_.num]:text-ink-3',
            )}
          >
            <TableCell className="relative min-w-36">
              <span
                aria-hidden="true"
                className="absolute inset-y-1 left-2 rounded-tag bg-step-1 opacity-60"
                style={{
                  width: `calc(${(((row.share ?? 0) / most) * 100).toFixed(2)}% - 1rem)`,
                  minWidth: row.share ? 2 : 0,
                }}
              />
              <span className="relative flex min-w-0 items-center gap-2">
                {row.sign}
                {row.href ? (
                  <Link
                    href={row.href}
                    scroll={false}
                    prefetch={false}
                    data-row=""
                    className={classNames(
                      'row-link min-w-0 truncate outline-none',
                      row.standing === 'excluded' && 'line-through',
                    )}
                  >
                    {row.name}
                    <span className="sr-only">{NEXT[row.standing ?? 'free']}</span>
                  </Link>
                ) : (
                  <span className="truncate">{row.name}</span>
                )}
                {row.standing === 'included' ? (
                  <Plus aria-hidden="true" className="size-3 shrink-0 text-accent" />
                ) : null}
                {row.standing === 'excluded' ? <Minus aria-hidden="true" className="size-3 shrink-0 text-bad" /> : null}
                {row.share === null ? null : (
                  <span className="num ml-auto pl-2 text-2xs text-ink-3">
                    {(row.share * 100).toFixed(row.share < 0.1 ? 1 : 0)} %
                  </span>
                )}
              </span>
            </TableCell>
            {metrics.map((name, at) => (
              <TableCell key={name} className={classNames('text-right', at > 1 && 'max-sm:hidden')}>
                <Cell
                  name={name}
                  row={row}
                  against={against}
                  {...(at === 0 && row.rowsHref ? { href: row.rowsHref } : {})}
                />
              </TableCell>
            ))}
            {row.extra?.map((each, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns never move.
              <TableCell key={at} className="text-right max-sm:hidden">
                {each}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </tbody>
    </Table>
  );
}

/** What a figure is per, where another of the same name is per something else, stands under it: columns stay narrow. */
function HeadingText({ label }: { label: string }) {
  const [word, per] = label.split(/ (?=\()/);
  return (
    <>
      {word}
      {per ? <span className="block"> {per}</span> : null}
    </>
  );
}

const NEXT = { free: ': filter by it', included: ': leave it out', excluded: ': clear the filter' } as const;

function Cell({
  name,
  row,
  against,
  href,
}: {
  name: MetricName;
  row: BarRow;
  against: string | undefined;
  href?: string;
}) {
  const value = row.values[name];
  const unit = unitOf(name);
  const isRead = unit === 'share' || unit === 'ms';
  // The percentiles of a row rest on the same: the first says so for all.
  const saysN = value && value.value !== null && (unit === 'share' || name.endsWith('_p50_ms') || value.isLowSample);
  const text = figureOf(name, value?.value ?? null);
  const interval = value ? intervalText(value) : null;
  const note =
    value && isRead && value.value !== null
      ? `${interval ? `${interval}, ` : ''}n ${count(value.n)}${value.isLowSample ? ', low sample' : ''}`
      : undefined;
  return (
    <span className="flex flex-col items-end whitespace-nowrap leading-tight" title={note}>
      <span className={classNames('num', (value?.value == null || (isRead && value.isLowSample)) && 'text-ink-3')}>
        {href ? (
          <Link
            href={href}
            prefetch={false}
            className="relative underline decoration-line-strong underline-offset-2 hover:decoration-ink-3"
          >
            {text}
            <span className="sr-only"> in the list of verifications</span>
          </Link>
        ) : (
          text
        )}
        {note ? <span className="sr-only"> ({note})</span> : null}
      </span>
      {interval ? (
        <span
          aria-hidden="true"
          className="num hidden text-2xs text-ink-3 group-has-[[data-intervals]:checked]/list:block"
        >
          {interval}
        </span>
      ) : null}
      <span className="flex items-center gap-1.5 text-2xs text-ink-3">
        {isRead && saysN ? <span aria-hidden="true">n {count(value.n)}</span> : null}
        <DeltaText name={name} after={value} before={row.before?.[name]} against={against} className="text-2xs" />
      </span>
    </span>
  );
}
