import type { Metadata } from 'next';
import Link from 'next/link';
import type { SearchParams } from 'nuqs/server';
import { Suspense } from 'react';
import { ChartSkeleton } from '@/components/charts/chart-frame';
import { sentenceOfLine } from '@/components/charts/sentences';
import { Page } from '@/components/console/shell/shell';
import { classNames } from '@/components/ui/class-names';
import { ListPanel, ListSkeleton, type Split } from '../list-panel';
import { askedOf, RoomBar } from '../room-bar';
import { type AnalyticsView, hrefWith } from '../search-params';
import { type Tile, TilesPanel, TilesSkeleton } from '../tiles-panel';
import { TimePanel } from '../time-panel';
import { LifetimePanel, LifetimeSkeleton } from './lifetime-panel';
import { WeekPanel } from './week-panel';

export const metadata: Metadata = { title: 'Response times' };

const PATH = '/analytics/response-times';
const TILES: readonly Tile[] = [
  {
    name: 'time_to_deliver_p50_ms',
    label: 'Time to deliver',
    second: { name: 'time_to_deliver_p95_ms', label: 'p95' },
  },
  { name: 'response_time_p50_ms', label: 'Response time', second: { name: 'response_time_p95_ms', label: 'p95' } },
  { name: 'time_to_verify_p50_ms', label: 'Time to verify', second: { name: 'time_to_verify_p95_ms', label: 'p95' } },
  { name: 'webhook_lag_p50_ms', label: 'Webhook lag', second: { name: 'webhook_lag_p95_ms', label: 'p95' } },
  { name: 'expired_rate', second: { name: 'late_rate', label: 'too late' } },
];
const DELIVERED = [
  'messages',
  'time_to_deliver_p50_ms',
  'time_to_deliver_p90_ms',
  'time_to_deliver_p95_ms',
  'time_to_deliver_p99_ms',
] as const;
/** Histograms are kept by few keys (lib/domain/stats/cuts.ts): only figures that can be told stand in a column. */
const SPLITS: readonly [Split, ...Split[]] = [
  {
    dimension: 'country',
    metrics: [...DELIVERED, 'response_time_p50_ms', 'response_time_p95_ms'],
    judge: 'time_to_deliver_p95_ms',
  },
  {
    dimension: 'channel',
    metrics: [...DELIVERED, 'response_time_p50_ms', 'response_time_p95_ms'],
    judge: 'time_to_deliver_p95_ms',
  },
  {
    dimension: 'connection',
    metrics: [...DELIVERED, 'webhook_lag_p50_ms', 'webhook_lag_p95_ms'],
    judge: 'time_to_deliver_p95_ms',
  },
  {
    dimension: 'use_case',
    metrics: [
      'created',
      'response_time_p50_ms',
      'response_time_p90_ms',
      'response_time_p95_ms',
      'response_time_p99_ms',
      'time_to_verify_p50_ms',
      'time_to_verify_p95_ms',
    ],
    judge: 'response_time_p95_ms',
  },
];
/** Which percentile the channels are compared at. */
const PERCENTILES = ['p50', 'p90', 'p95', 'p99'] as const;
const percentileOf = (view: AnalyticsView) => PERCENTILES.find((each) => each === view.metric) ?? 'p95';

export default async function ResponseTimesPage(props: { searchParams: Promise<SearchParams> }) {
  const asked = await askedOf(PATH, props.searchParams);
  const { view } = asked;
  const key = hrefWith(PATH, view);
  const percentile = percentileOf(view);

  return (
    <Page title="Response times" lead="How long messages take to arrive, and how long people take to answer them.">
      <RoomBar {...asked} />
      <Suspense key={`tiles${key}`} fallback={<TilesSkeleton tiles={TILES} />}>
        <TilesPanel asked={asked} label="Response times" tiles={TILES} />
      </Suspense>
      <div className="grid gap-4">
        <div className="grid gap-4 xl:grid-cols-2">
          <Suspense key={`deliver${key}`} fallback={<ChartSkeleton title="Time to deliver, by channel" hasLegend />}>
            <TimePanel
              asked={asked}
              id="deliver"
              title="Time to deliver, by channel"
              metrics={[`time_to_deliver_${percentile}_ms`]}
              by="channel"
              aside={<Percentiles view={view} current={percentile} />}
            />
          </Suspense>
          <Suspense key={`respond${key}`} fallback={<ChartSkeleton title="Response time" hasLegend />}>
            <TimePanel
              asked={asked}
              id="respond"
              title="Response time"
              metrics={['response_time_p50_ms', 'response_time_p90_ms', 'response_time_p95_ms', 'response_time_p99_ms']}
              say={(chart) => `The person’s part. p50: ${sentenceOfLine(chart)}`}
            />
          </Suspense>
        </div>
        <Suspense key={`list${key}`} fallback={<ListSkeleton title="Where it takes long" />}>
          <ListPanel asked={asked} title="Where it takes long" splits={SPLITS} />
        </Suspense>
        <section aria-labelledby="lifetimes">
          <h2 id="lifetimes" className="mt-2 mb-0.5 font-medium text-base">
            Against the lifetime
          </h2>
          <p className="mb-3 max-w-[80ch] text-ink-3 text-xs">
            From the first submission to the approval, per use case, against how long its codes live today. Codes
            entered when they had died are counted as too late: whether they were right cannot be told any more. Who
            gave up without typing is not seen.
          </p>
          <Suspense key={`lifetimes${key}`} fallback={<LifetimeSkeleton />}>
            <LifetimePanel asked={asked} />
          </Suspense>
        </section>
        <div className="grid gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <Suspense key={`week${key}`} fallback={<ChartSkeleton title="Response time by hour of the week" />}>
            <WeekPanel asked={asked} />
          </Suspense>
          <Suspense key={`lag${key}`} fallback={<ChartSkeleton title="Webhook lag" hasLegend />}>
            <TimePanel
              asked={asked}
              id="lag"
              title="Webhook lag"
              metrics={['webhook_lag_p50_ms', 'webhook_lag_p95_ms']}
              say={(chart) =>
                `Not in the times above: the provider’s clock is used there. p50: ${sentenceOfLine(chart)}`
              }
            />
          </Suspense>
        </div>
      </div>
    </Page>
  );
}

function Percentiles({ view, current }: { view: AnalyticsView; current: string }) {
  return (
    <nav aria-label="Percentile" className="flex gap-0.5">
      {PERCENTILES.map((each) => (
        <Link
          key={each}
          href={hrefWith(PATH, view, { metric: each })}
          scroll={false}
          prefetch={false}
          aria-current={each === current ? 'true' : undefined}
          className={classNames(
            'num flex h-6 items-center rounded-tag px-1.5 text-2xs',
            each === current ? 'bg-sunken text-ink' : 'text-ink-3 hover:text-ink',
          )}
        >
          {each}
        </Link>
      ))}
    </nav>
  );
}
