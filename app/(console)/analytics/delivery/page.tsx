import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { Suspense } from 'react';
import { ChartSkeleton } from '@/components/charts/chart-frame';
import { DIMENSION_WORDS } from '@/components/charts/dimensions';
import { Page } from '@/components/console/shell/shell';
import { Tabs } from '@/components/ui/tabs';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { ListPanel } from '../list-panel';
import { askedOf, RoomBar } from '../room-bar';
import { hrefWith } from '../search-params';
import { type Tile, TilesPanel, TilesSkeleton } from '../tiles-panel';
import { MapPanel } from './map-panel';
import { OverTimePanel } from './over-time-panel';
import { ReasonsPanel } from './reasons-panel';
import { SPLITS, splitOf } from './splits';

export const metadata: Metadata = { title: 'Delivery' };

const PATH = '/analytics/delivery';
/** How messages fare on the whole. */
const TILES: readonly Tile[] = [
  { name: 'message_delivery_rate' },
  { name: 'failure_rate' },
  { name: 'unknown_rate' },
  { name: 'read_rate' },
  {
    name: 'time_to_deliver_p50_ms',
    label: 'Time to deliver',
    second: { name: 'time_to_deliver_p95_ms', label: 'p95' },
  },
];
const LISTED = [
  'messages',
  'message_delivery_rate',
  'failure_rate',
  'unknown_rate',
  'read_rate',
  'time_to_deliver_p50_ms',
] as const satisfies readonly MetricName[];

export default async function DeliveryPage(props: { searchParams: Promise<SearchParams> }) {
  const asked = await askedOf(PATH, props.searchParams);
  const { view } = asked;
  const split = splitOf(view);
  const key = hrefWith('', view);

  // Where the list is short, what has a fixed height goes first: the list's own length then moves nothing in view.
  const list = (
    <Suspense
      key={`list${key}`}
      fallback={<ChartSkeleton title={`By ${DIMENSION_WORDS[split].toLowerCase()}`} height="tall" />}
    >
      <ListPanel
        asked={asked}
        title={`By ${DIMENSION_WORDS[split].toLowerCase()}`}
        height="tall"
        rowsMax={25}
        splits={[{ dimension: split, metrics: LISTED, judge: 'message_delivery_rate' }]}
      />
    </Suspense>
  );
  const overTime = (
    <Suspense key={`time${key}`} fallback={<ChartSkeleton title="Over time" hasLegend />}>
      <OverTimePanel {...asked} />
    </Suspense>
  );

  return (
    <Page title="Delivery" lead="Which messages arrive, which fail and why, and which nobody answers for.">
      <RoomBar {...asked} />
      <Suspense key={`figures${key}`} fallback={<TilesSkeleton tiles={TILES} />}>
        <TilesPanel asked={asked} label="Messages of the range" tiles={TILES} />
      </Suspense>
      <div className="mb-4 overflow-x-auto [&>nav]:min-w-max">
        <Tabs
          label="Split by"
          tabs={SPLITS.map((dimension) => ({
            href: hrefWith(PATH, view, { by: dimension }),
            title: DIMENSION_WORDS[dimension],
            isCurrent: dimension === split,
          }))}
        />
      </div>
      <div className="flex flex-col gap-4">
        {split === 'country' ? (
          <Suspense key={`map${key}`} fallback={<ChartSkeleton title="The world" height="map" hasLegend />}>
            <MapPanel {...asked} />
          </Suspense>
        ) : null}
        {split === 'country' ? [list, overTime] : [overTime, list]}
        <Suspense key={`reasons${key}`} fallback={<ChartSkeleton title="Why messages fail" height="tall" />}>
          <ReasonsPanel {...asked} />
        </Suspense>
      </div>
    </Page>
  );
}
