import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { Suspense } from 'react';
import { ChartSkeleton } from '@/components/charts/chart-frame';
import { Page } from '@/components/console/shell/shell';
import { ListSkeleton } from '../analytics/list-panel';
import { askedOf, RoomBar } from '../analytics/room-bar';
import { hrefWith } from '../analytics/search-params';
import { type Tile, TilesPanel, TilesSkeleton } from '../analytics/tiles-panel';
import { ChannelPanels } from './channel-panels';
import { ENDS_TITLES, EndsPanels } from './ends-panels';
import { FunnelPanel } from './funnel-panel';
import { MoversPanel } from './movers-panel';

export const metadata: Metadata = { title: 'Overview' };

const PATH = '/overview';
/** The ten figures that say how it goes. */
const TILES: readonly Tile[] = [
  { name: 'created' },
  // Beside a chart of the same name that is of messages.
  { name: 'delivery_rate', label: 'Delivery (verifications)' },
  { name: 'conversion' },
  {
    name: 'time_to_deliver_p50_ms',
    label: 'Time to deliver',
    second: { name: 'time_to_deliver_p95_ms', label: 'p95' },
  },
  { name: 'time_to_verify_p50_ms', label: 'Time to verify', second: { name: 'time_to_verify_p95_ms', label: 'p95' } },
  { name: 'spend' },
  { name: 'cost_per_verified' },
  { name: 'fallback_rate' },
  { name: 'rescue_rate' },
  { name: 'verified' },
];

export default async function OverviewPage(props: { searchParams: Promise<SearchParams> }) {
  const asked = await askedOf(PATH, props.searchParams);
  const { view } = asked;
  const key = hrefWith('', view);

  return (
    <Page title="Overview" lead="Are codes arriving, are people getting in, and what does it cost?">
      <RoomBar {...asked} />
      <Suspense key={`figures${key}`} fallback={<TilesSkeleton tiles={TILES} />}>
        <TilesPanel asked={asked} label="Figures of the range" tiles={TILES} />
      </Suspense>
      <div className="mb-4 grid gap-4 xl:grid-cols-2">
        <Suspense
          key={`channels${key}`}
          fallback={
            <>
              <ChartSkeleton title="Messages by channel" hasLegend />
              <ChartSkeleton title="Delivery rate (messages) by channel" hasLegend />
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
      <div className="mt-4 grid gap-4 xl:grid-cols-2">
        <Suspense
          key={`ends${key}`}
          fallback={ENDS_TITLES.map((title) => <ListSkeleton key={title} title={title} rows={5} />)}
        >
          <EndsPanels {...asked} />
        </Suspense>
      </div>
    </Page>
  );
}
