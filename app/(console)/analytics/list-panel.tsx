import Link from 'next/link';
import { apiCall } from '@/components/charts/api-call';
import { BarList } from '@/components/charts/bar-list';
import { barRows } from '@/components/charts/bar-rows';
import { ChartFault, ListFrame } from '@/components/charts/chart-frame';
import { DIMENSION_WORDS } from '@/components/charts/dimensions';
import { sentenceOfRows } from '@/components/charts/sentences';
import { classNames } from '@/components/ui/class-names';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import type { Dimension } from '@/lib/domain/stats/measures';
import { type MetricName, metric, unitOf } from '@/lib/domain/stats/metrics';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { ask } from './ask';
import { beforeWords } from './before-words';
import { areKept, NOT_KEPT } from './kept';
import { orderedBy } from './ordered-by';
import { type Asked, choosing, hereHref, verificationsHref } from './parts';
import { questionBeside } from './range';
import { hrefWith } from './search-params';

/** Those of which the largest are found: they are read by traffic and ordered by their first figure. */
const READ_MAX = 250;
/** What the list of verifications can be held to. */
const LISTED: readonly Dimension[] = ['app', 'use_case', 'country', 'channel'];

export type Split = {
  dimension: Dimension;
  /** Rows are ordered by the first, and the shares are of it. */
  metrics: readonly [MetricName, ...MetricName[]];
  /** The figure that the sentence speaks of. */
  judge: MetricName;
};

/** Figures by country, channel and so on: choosing a row filters by it, again leaves it out. */
export async function ListPanel({
  asked,
  title,
  splits,
  rowsMax = 20,
  height,
}: {
  asked: Asked;
  title: string;
  rowsMax?: number;
  /** Of the message, where the figures could not be had. */
  height?: 'tall';
  /** What it can be split by, each with its figures; the first unless the address says another. */
  splits: readonly [Split, ...Split[]];
}) {
  const { user, view, question } = asked;
  const { dimension, metrics, judge } = splits.find((each) => each.dimension === view.by) ?? splits[0];
  const beside = questionBeside(question, dimension);
  const asking = await ask(readBreakdown(user, beside, dimension, metrics, READ_MAX));
  if ('fault' in asking)
    return (
      <ChartFault title={title} fault={asking.fault} retryHref={hereHref(asked)} {...(height ? { height } : {})} />
    );
  const { answer } = asking;
  const all = barRows(orderedBy(metrics[0], answer), {
    ...choosing(asked, dimension),
    rowsHref: (key) =>
      LISTED.includes(dimension)
        ? verificationsHref(asked, { [dimension]: key }, { behind: metric(metrics[0]).subject })
        : undefined,
  });
  const rows = all.slice(0, rowsMax);
  const judged = rows.map(({ name, share, values }) => ({ name, share, value: values[judge] }));
  return (
    <ListFrame
      title={title}
      sentence={[
        sentenceOfRows(judged, judge),
        answer.isTruncated || all.length > rows.length ? `The ${rowsMax} largest are shown.` : '',
        areKept(metrics, beside, dimension) ? '' : NOT_KEPT,
        'Choose a row to filter by it, again to leave it out.',
      ]
        .filter(Boolean)
        .join(' ')}
      {...(splits.length > 1
        ? {
            aside: (
              <Splits
                label={`${title} by`}
                asked={asked}
                dimensions={splits.map((each) => each.dimension)}
                current={dimension}
              />
            ),
          }
        : {})}
      trust={answer.trust}
      query={apiCall(beside, { kind: 'breakdown', metrics, dimension, limit: READ_MAX })}
      isEmpty={rows.length === 0}
      hasIntervals={metrics.some((name) => unitOf(name) === 'share')}
    >
      <BarList
        label={title}
        heading={DIMENSION_WORDS[dimension]}
        rows={rows}
        metrics={metrics}
        hasFilter={view[dimension]?.exclude === false}
        against={beforeWords(question)}
      />
    </ListFrame>
  );
}

function Splits({
  label,
  asked: { path, view },
  dimensions,
  current,
}: {
  label: string;
  asked: Asked;
  dimensions: readonly Dimension[];
  current: Dimension;
}) {
  return (
    <nav aria-label={label} className="flex flex-wrap gap-1">
      {dimensions.map((each) => (
        <Link
          key={each}
          href={hrefWith(path, view, { by: each })}
          scroll={false}
          prefetch={false}
          aria-current={each === current ? 'true' : undefined}
          className={classNames(
            'flex h-7 items-center rounded-control px-2 text-xs',
            each === current ? 'bg-sunken font-medium text-ink' : 'text-ink-3 hover:text-ink',
          )}
        >
          {DIMENSION_WORDS[each]}
        </Link>
      ))}
    </nav>
  );
}

/** A list before its figures are there, about as tall as it will be. */
export function ListSkeleton({ title, rows = 8 }: { title: string; rows?: number }) {
  return (
    <Panel role="status" aria-label={`Loading ${title}`}>
      <div className="px-4 pt-3 pb-1">
        <div className="flex min-h-7 items-center font-medium text-sm">{title}</div>
        <div className="min-h-[2.125rem] pt-1 max-sm:min-h-[3.2rem]">
          <Skeleton className="h-2.5 w-1/2" />
        </div>
      </div>
      <div className="h-8 border-line border-y" />
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have a place and nothing else.
        <div key={at} className="flex h-10 items-center border-line border-b px-4">
          <Skeleton className="w-full" />
        </div>
      ))}
      <div className="min-h-9" />
    </Panel>
  );
}
