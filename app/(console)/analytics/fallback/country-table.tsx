import Link from 'next/link';
import { intervalText, percent } from '@/components/charts/figure';
import { DeltaText } from '@/components/charts/kpi-tile';
import { MetricTerm } from '@/components/charts/metric-term';
import { Flag } from '@/components/console/country';
import { Duration } from '@/components/console/duration';
import { count, countryName, DASH, duration, money } from '@/components/console/format';
import { Badge, type BadgeTone } from '@/components/ui/badge';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import type { MetricName } from '@/lib/domain/stats/metrics';
import type { TimerVerdict } from '@/lib/domain/stats/timer-reading';
import type { Value } from '@/lib/domain/stats/value';
import type { FallbackRow } from '@/lib/operations/reports/fallback-by-country';
import { scopeName } from '../../config/countries/scope-name';
import type { Standing } from '../search-params';

const VERDICTS: Record<TimerVerdict, { word: string; tone: BadgeTone }> = {
  no_fallback: { word: 'No next channel', tone: 'outline' },
  no_timer: { word: 'Off', tone: 'outline' },
  unused: { word: 'Not used', tone: 'outline' },
  low_sample: { word: 'Low sample', tone: 'outline' },
  never_silent: { word: 'Not needed', tone: 'neutral' },
  too_short: { word: 'Too short', tone: 'warn' },
  too_long: { word: 'Longer than needed', tone: 'wait' },
  fits: { word: 'Fits', tone: 'good' },
};

/** Each country's fallbacks beside the timer that holds there today, who says it, and what it seems to do. */
export function CountryTable({
  rows,
  standing,
  filterHref,
  against,
}: {
  rows: readonly FallbackRow[];
  standing: (country: string) => Standing;
  filterHref: (country: string) => string;
  /** What the figures moved against. */
  against: string;
}) {
  return (
    <Table label="Fallback by country">
      <TableHead>
        <tr>
          <TableHeading>Country</TableHeading>
          <Heading name="fallback_rate">Fallback</Heading>
          <Heading name="fallback_failed_rate">After failure</Heading>
          <Heading name="fallback_timeout_rate">After silence</Heading>
          <Heading name="rescue_rate">Rescued</Heading>
          <Heading name="duplicate_rate">Duplicates</Heading>
          <Heading name="time_to_rescue_p50_ms">Lost p50</Heading>
          <TableHeading>Timer today</TableHeading>
          <TableHeading className="w-full min-w-56">What it seems to do</TableHeading>
        </tr>
      </TableHead>
      <tbody>
        {rows.map((row) => (
          <CountryRow
            key={row.key}
            row={row}
            standing={standing(row.key)}
            href={filterHref(row.key)}
            against={against}
          />
        ))}
      </tbody>
    </Table>
  );
}

function Heading({ name, children }: { name: MetricName; children: string }) {
  return (
    <TableHeading className="text-right">
      <MetricTerm names={[name]}>{children}</MetricTerm>
    </TableHeading>
  );
}

function CountryRow({
  row,
  standing,
  href,
  against,
}: {
  row: FallbackRow;
  standing: Standing;
  href: string;
  against: string;
}) {
  const { values, before, timer, reading } = row;
  const verdict = VERDICTS[reading.verdict];
  return (
    <TableRow className={standing === 'excluded' ? 'text-ink-3 line-through decoration-line-strong' : undefined}>
      <TableCell className="whitespace-nowrap">
        <Link
          href={href}
          scroll={false}
          prefetch={false}
          aria-current={standing === 'included' ? 'true' : undefined}
          className="inline-flex min-h-6 items-center gap-2 hover:underline aria-[current]:font-medium"
        >
          <Flag country={row.key} />
          {countryName(row.key)}
        </Link>
        <span className="num block text-2xs text-ink-3">
          {count(values.fallback_rate?.n ?? 0)} on WhatsApp
          {row.pending ? `, ${count(row.pending)} pending` : ''}
        </span>
      </TableCell>
      <Rate value={values.fallback_rate} hasSample>
        <span className="flex justify-end">
          <DeltaText
            name="fallback_rate"
            after={values.fallback_rate}
            before={before?.fallback_rate}
            against={against}
            className="text-2xs"
          />
        </span>
      </Rate>
      <Rate value={values.fallback_failed_rate} hasSample />
      <Rate value={values.fallback_timeout_rate} hasSample />
      <Rate value={values.rescue_rate} hasSample />
      <Rate value={values.duplicate_rate} hasSample>
        <span className="block text-2xs text-ink-3">{money(values.duplicate_spend?.value ?? null)}</span>
      </Rate>
      <TableCell className="text-right">
        <Duration ms={values.time_to_rescue_p50_ms?.value ?? null} />
        <span className="num block whitespace-nowrap text-2xs text-ink-3">
          p90 {duration(values.time_to_rescue_p90_ms?.value ?? null)}
        </span>
      </TableCell>
      <TableCell className="whitespace-nowrap">
        <Link
          href={`/config/countries/${row.key}`}
          prefetch={false}
          title={`Change the timer of ${countryName(row.key)}`}
          className="num underline decoration-line-strong underline-offset-2 hover:decoration-ink"
        >
          {timer.afterSeconds === 0 ? 'off' : `${timer.afterSeconds} s`}
          <span className="sr-only">, change the timer of {countryName(row.key)}</span>
        </Link>
        <span className="block text-2xs text-ink-3">
          {timer.from === 'built_in'
            ? 'built in'
            : timer.from === `country:${row.key}`
              ? 'its own'
              : `from ${scopeName(timer.from).replace('Every', 'every')}`}
          {timer.onFailed ? '' : '; not on a failure'}
        </span>
      </TableCell>
      <TableCell className="py-1.5">
        <p className="max-w-[24rem] text-ink-2 text-xs leading-5">
          <Badge tone={verdict.tone} className="mr-1.5 align-middle">
            {verdict.word}
          </Badge>
          {reading.sentence}
        </p>
      </TableCell>
    </TableRow>
  );
}

function Rate({
  value,
  hasSample = false,
  children,
}: {
  value: Value | undefined;
  hasSample?: boolean;
  children?: React.ReactNode;
}) {
  const interval = value ? intervalText(value) : null;
  return (
    <TableCell className="num whitespace-nowrap text-right">
      {value?.value === null || !value ? (
        <span className="text-ink-3">{DASH}</span>
      ) : (
        <span title={interval ? `${interval}, n ${count(value.n)}` : undefined}>
          {percent(value.value)}
          {interval ? (
            <>
              <span className="sr-only"> ({interval})</span>
              <span
                aria-hidden="true"
                className="hidden text-2xs text-ink-3 group-has-[[data-intervals]:checked]/list:block"
              >
                {interval}
              </span>
            </>
          ) : null}
        </span>
      )}
      {value && value.value !== null && value.isLowSample ? (
        <span className="block font-sans text-2xs text-ink-3">low sample, n {count(value.n)}</span>
      ) : hasSample && value && value.value !== null ? (
        <span className="block text-2xs text-ink-3">of {count(value.n)}</span>
      ) : null}
      {children}
    </TableCell>
  );
}
