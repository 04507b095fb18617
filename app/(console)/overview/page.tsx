import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { Suspense } from 'react';
import { ChartSkeleton } from '@/components/charts/chart-frame';
import { Page } from '@/components/console/shell/shell';
import { askedOf, RoomBar } from '../analytics/room-bar';
import { hrefWith } from '../analytics/search-params';
import { ChannelPanels } from './channel-panels';
import { FiguresPanel, FiguresSkeleton } from './figures-panel';
import { FunnelPanel } from './funnel-panel';
import { MoversPanel } from './movers-panel';

export const metadata: Metadata = { title: 'Overview' };

const PATH = '/overview';

export default async function OverviewPage(props: { searchParams: Promise<SearchParams> }) {
  const asked = await askedOf(PATH, props.searchParams);
  const { view } = asked;
  const key = hrefWith('', view);

  return (
    <Page title="Overview" lead="Are codes arriving, are people getting in, and what does it cost?">
      <RoomBar {...asked} />
      <Suspense key={`figures${key}`} fallback={<FiguresSkeleton />}>
        <FiguresPanel {...asked} />
      </Suspense>
      <div className="mb-4 grid gap-4 xl:grid-cols-2">
        <Suspense
          key={`channels${key}`}
          fallback={
            <>
              <ChartSkeleton title="Messages by channel" hasLegend />
              <ChartSkeleton title="Delivery rate by channel" hasLegend />
            </>
          }
        >
          <ChannelPanels {...asked} />
        </Suspense>
      </div>
      <div className="grid gap-4 xl:grid-cols-2">
        <Suspense key={`funnel${key}`} fallback={<ChartSkeleton title="From request to verified" height="tall" />}>
          <FunnelPanel {...asked} />
        </Suspense>
        <Suspense key={`movers${key}`} fallback={<ChartSkeleton title="Why did it move?" height="tall" />}>
          <MoversPanel {...asked} />
        </Suspense>
      </div>
    </Page>
  );
}
