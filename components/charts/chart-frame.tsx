import { ChartNoAxesColumn, CloudAlert, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ApiCall } from '@/components/charts/api-call';
import { CopyCurl } from '@/components/charts/copy-curl';
import { MARK_WORDS } from '@/components/charts/dimensions';
import { MetricTerm } from '@/components/charts/metric-term';
import type { ChartMark } from '@/components/charts/model';
import { pendingText } from '@/components/charts/sentences';
import { Badge } from '@/components/ui/badge';
import { classNames } from '@/components/ui/class-names';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import type { Trust } from '@/lib/contract/analytics';
import type { MetricName } from '@/lib/domain/stats/metrics';

/** The same figures in rows: for screen readers, for those who cannot tell the colours apart, and for copying. */
export type ChartTable = {
  /** The first column names the row. */
  columns: { label: string; isNumber?: boolean }[];
  rows: { key: string; cells: ReactNode[] }[];
};

/** Fixed heights: nothing moves when a picture arrives, or when the table takes its place. */
const HEIGHTS = { low: 'h-28', short: 'h-40', middle: 'h-60', tall: 'h-80', map: 'h-[10.5rem] sm:h-[25rem]' } as const;
export type ChartHeight = keyof typeof HEIGHTS;

type Frame = {
  title: string;
  /** What the title's popover explains. */
  metrics?: readonly [MetricName, ...MetricName[]] | undefined;
  height?: ChartHeight;
  className?: string | undefined;
};

/** Around every chart: title with its definition, one sentence, the picture or the same as a table, how far to trust it. */
export function ChartFrame({
  title,
  metrics,
  height = 'middle',
  className,
  sentence,
  trust,
  isLowSample = false,
  isEmpty = false,
  isReadable = false,
  table,
  marks = [],
  query,
  aside,
  legend,
  children,
}: Frame & {
  sentence: string;
  trust?: Trust | undefined;
  isLowSample?: boolean;
  isEmpty?: boolean;
  /** The picture is itself readable and walkable: it is not hidden from screen readers. */
  isReadable?: boolean;
  table: ChartTable;
  marks?: readonly ChartMark[];
  /** The call of the API with the same answer (`apiCall`). */
  query: ApiCall;
  aside?: ReactNode;
  legend?: ReactNode;
  children: ReactNode;
}) {
  const pending = trust ? pendingText(trust) : null;
  return (
    <Panel data-chart={title} className={classNames('group/frame flex min-w-0 flex-col overflow-visible', className)}>
      <figure aria-label={title} className="flex min-w-0 grow flex-col">
        <figcaption className="px-4 pt-3">
          <Heading title={title} metrics={metrics} aside={aside} />
          <p className="min-h-[2.125rem] text-ink-2 text-xs max-sm:min-h-[3.2rem]">{sentence}</p>
        </figcaption>
        {isEmpty ? (
          <div
            className={classNames('flex flex-col items-center justify-center gap-2 px-6 text-center', HEIGHTS[height])}
          >
            <ChartNoAxesColumn aria-hidden="true" className="size-7 text-ink-3" strokeWidth={1.25} />
            <p className="text-ink-3 text-sm">Nothing to draw in this range, with these filters.</p>
          </div>
        ) : (
          <>
            <div className="group-has-[[data-table]:checked]/frame:hidden">
              {legend ? <div className="flex min-h-8 items-center px-4">{legend}</div> : null}
              <div aria-hidden={isReadable ? undefined : true} className={classNames('px-3 pb-1', HEIGHTS[height])}>
                {children}
              </div>
            </div>
            <div className="hidden group-has-[[data-table]:checked]/frame:block">
              <Twin
                title={title}
                table={table}
                marks={marks}
                className={classNames(HEIGHTS[height], legend && 'box-content pb-8')}
              />
            </div>
          </>
        )}
      </figure>
      <footer className="flex min-h-9 flex-wrap items-center gap-x-3 border-line border-t px-4 py-1 text-2xs text-ink-3">
        {isLowSample ? <Badge tone="warn">Low sample</Badge> : null}
        {pending ? <span>{pending}</span> : null}
        <span className="ml-auto flex items-center gap-1">
          <CopyCurl query={query} />
          {isEmpty ? null : (
            <Toggle mark={{ 'data-table': '' }}>
              <span className="group-has-[[data-table]:checked]/frame:hidden">Show as table</span>
              <span className="hidden group-has-[[data-table]:checked]/frame:inline">Show the picture</span>
            </Toggle>
          )}
        </span>
      </footer>
    </Panel>
  );
}

/** Around a list of figures, which is a table already. */
export function ListFrame({
  title,
  metrics,
  className,
  sentence,
  trust,
  query,
  aside,
  hasIntervals = false,
  isEmpty = false,
  emptyText = 'Nothing in this range, with these filters.',
  children,
}: Omit<Frame, 'height'> & {
  sentence: string;
  trust?: Trust | undefined;
  query: ApiCall;
  aside?: ReactNode;
  /** Its cells hold intervals, `group-has-[[data-intervals]:checked]/list`, that are shown when asked for. */
  hasIntervals?: boolean;
  isEmpty?: boolean;
  emptyText?: string;
  children: ReactNode;
}) {
  const pending = trust ? pendingText(trust) : null;
  return (
    <Panel className={classNames('group/list flex min-w-0 flex-col overflow-visible', className)}>
      <div className="border-line border-b px-4 pt-3 pb-1">
        <Heading title={title} metrics={metrics} aside={aside} />
        <p className="min-h-[2.125rem] text-ink-2 text-xs max-sm:min-h-[3.2rem]">{sentence}</p>
      </div>
      {isEmpty ? <p className="px-4 py-10 text-center text-ink-3 text-sm">{emptyText}</p> : children}
      <footer className="mt-auto flex min-h-9 flex-wrap items-center gap-x-3 border-line border-t px-4 py-1 text-2xs text-ink-3">
        {pending ? <span>{pending}</span> : null}
        <span className="ml-auto flex items-center gap-1">
          <CopyCurl query={query} />
          {hasIntervals && !isEmpty ? (
            <Toggle mark={{ 'data-intervals': '' }}>
              <span className="group-has-[[data-intervals]:checked]/list:hidden">Show intervals</span>
              <span className="hidden group-has-[[data-intervals]:checked]/list:inline">Hide intervals</span>
            </Toggle>
          ) : null}
        </span>
      </footer>
    </Panel>
  );
}

/** Works before any script has run: what it shows and hides asks whether it is checked. */
function Toggle({ mark, children }: { mark: Record<`data-${string}`, ''>; children: ReactNode }) {
  return (
    <label className="flex h-7 select-none items-center rounded-tag px-1.5 hover:bg-hover hover:text-ink has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent">
      <input type="checkbox" {...mark} className="sr-only" />
      {children}
    </label>
  );
}

function Heading({ title, metrics, aside }: Pick<Frame, 'title' | 'metrics'> & { aside?: ReactNode }) {
  return (
    <div className="flex min-h-7 flex-wrap items-center gap-x-3">
      <h2 className="font-medium text-sm">{metrics ? <MetricTerm names={metrics}>{title}</MetricTerm> : title}</h2>
      {aside ? <div className="ml-auto flex flex-wrap items-center justify-end gap-2">{aside}</div> : null}
    </div>
  );
}

function Twin({
  title,
  table,
  marks,
  className,
}: {
  title: string;
  table: ChartTable;
  marks: readonly ChartMark[];
  className: string;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
    <section aria-label={`${title}, as a table`} tabIndex={0} className={classNames('overflow-auto px-4', className)}>
      <table className="w-full text-left text-xs">
        <caption className="sr-only">{title}</caption>
        <thead className="sticky top-0 bg-surface">
          <tr className="border-line border-b">
            {table.columns.map(({ label, isNumber }) => (
              <th
                key={label}
                scope="col"
                className={classNames(
                  'h-7 whitespace-nowrap px-2 font-normal text-ink-3 first:pl-0 last:pr-0',
                  isNumber && 'text-right',
                )}
              >
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map(({ key, cells: [name, ...cells] }) => (
            <tr key={key} className="border-line border-b last:border-b-0">
              <th scope="row" className="h-7 whitespace-nowrap pr-2 font-normal">
                {name}
              </th>
              {cells.map((cell, at) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: cells stand under their column and never move.
                  key={at}
                  className={classNames(
                    'whitespace-nowrap px-2 last:pr-0',
                    table.columns[at + 1]?.isNumber && 'num text-right',
                  )}
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {marks.length > 0 ? (
        <ul aria-label="Marks" className="py-3 text-ink-2 text-xs">
          {marks.map((mark) => (
            <li key={`${mark.kind}${mark.at}${mark.title}`} className="flex gap-2 py-0.5">
              <span className="num text-ink-3">{mark.at}</span>
              <span>{MARK_WORDS[mark.kind] ?? mark.kind}:</span>
              {mark.href ? (
                <a href={mark.href} className="underline decoration-line-strong underline-offset-2 hover:text-ink">
                  {mark.title}
                </a>
              ) : (
                mark.title
              )}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

/** A chart whose figures could not be had; the rest of the page stands. */
export function ChartFault({
  title,
  metrics,
  height = 'middle',
  className,
  fault,
  retryHref,
}: Frame & { fault: string; retryHref: string }) {
  return (
    <Panel className={classNames('flex min-w-0 flex-col overflow-visible', className)}>
      <div className="px-4 pt-3">
        <Heading title={title} metrics={metrics} />
        <div className="min-h-[2.125rem] max-sm:min-h-[3.2rem]" />
      </div>
      <div
        role="alert"
        className={classNames('flex flex-col items-center justify-center gap-2 px-6 text-center', HEIGHTS[height])}
      >
        <CloudAlert aria-hidden="true" className="size-7 text-ink-3" strokeWidth={1.25} />
        <p className="max-w-[46ch] text-balance text-ink-2 text-sm">{fault}</p>
        <a
          href={retryHref}
          className="inline-flex h-7 items-center gap-1.5 rounded-control border border-line-strong bg-raised px-2 font-medium text-ink text-xs hover:bg-hover"
        >
          <RotateCw aria-hidden="true" className="size-3" /> Ask again
        </a>
      </div>
      <div className="min-h-9 border-line border-t" />
    </Panel>
  );
}

/** The frame before its figures are there, at the size it will have. */
export function ChartSkeleton({
  title,
  height = 'middle',
  hasLegend = false,
  className,
}: Frame & { hasLegend?: boolean }) {
  return (
    <Panel role="status" aria-label={`Loading ${title}`} className={classNames('flex min-w-0 flex-col', className)}>
      <div className="px-4 pt-3">
        <div className="flex min-h-7 items-center font-medium text-sm">{title}</div>
        <div className="flex min-h-[2.125rem] items-start pt-1 max-sm:min-h-[3.2rem]">
          <Skeleton className="h-2.5 w-2/3" />
        </div>
      </div>
      {hasLegend ? <div className="h-8" /> : null}
      <div className={HEIGHTS[height]} />
      <div className="mt-auto min-h-9 border-line border-t" />
    </Panel>
  );
}
